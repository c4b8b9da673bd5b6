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
def upgrade() -> None:
    """Bring the store to the newest schema; an embedded store is made when there is none."""
    chosen = settings()
    with told_errors():
        engine = connect(chosen.store.url)
        chosen.store.archive.mkdir(mode=0o700, parents=True, exist_ok=True)
        changed = migrate(engine)
        with reading(engine) as conn:
            revision = current(conn)
        engine.dispose()
    print_object({"revision": revision, "changed": changed})
