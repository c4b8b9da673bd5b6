"""`mailgate db`: the store's schema."""

import click

from mailgate.cli.gate import settings, told_errors
from mailgate.cli.output import json_option, print_object
from store.engine import connect, reading
from store.migrations import current
from store.migrations import upgrade as migrate


@click.group()
def db() -> None:
    """The store's schema."""


@db.command()
@json_option
def upgrade(as_json: bool) -> None:
    """Bring the store to the newest schema; an embedded store is made when there is none."""
    chosen = settings(as_json=as_json)
    with told_errors(as_json=as_json):
        engine = connect(chosen.store.url)
        chosen.store.archive.mkdir(mode=0o700, parents=True, exist_ok=True)
        changed = migrate(engine)
        with reading(engine) as conn:
            revision = current(conn)
        engine.dispose()
    print_object({"revision": revision, "changed": changed}, as_json=as_json)
