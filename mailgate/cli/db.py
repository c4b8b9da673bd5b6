"""`mailgate db`: the store's schema."""

import click

from mailgate.cli.gate import settings, told_errors
from mailgate.cli.group import Group
from mailgate.cli.output import json_option, print_object, wants_json
from store.engine import connect, reading
from store.migrations import current
from store.migrations import upgrade as migrate
from store.web_role import sql_for


@click.group(cls=Group)
def db() -> None:
    """The store's schema."""


@db.command()
@json_option
def upgrade() -> None:
    """Bring the store to the newest schema; an embedded store is made when there is none."""
    chosen = settings()
    with told_errors():
        engine = connect(chosen.store.url)
        chosen.store.archive.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            changed = migrate(engine)
            with reading(engine) as conn:
                revision = current(conn)
        finally:
            engine.dispose()
    print_object({"revision": revision, "changed": changed})


@db.command("web-role")
@click.option("--name", default="mailgate_web", show_default=True, help="The user that is made.")
@json_option
def web_role(name: str) -> None:
    """Print the SQL that lets a user of PostgreSQL read the store and do nothing else: for `web.store_url`.

    An administrator of the database runs it, and gives the user a password where it needs one.
    """
    with told_errors():
        engine = connect(settings().store.url, read_only=True)
        try:
            with reading(engine) as conn:
                sql = sql_for(conn, name)
        finally:
            engine.dispose()
    if wants_json():
        print_object({"role": name, "sql": sql})
    else:
        click.echo(sql)
