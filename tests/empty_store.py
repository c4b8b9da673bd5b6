"""An empty store of the newest schema: migrated once in a run, and copied for each test."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store.engine import connect
from store.migrations import upgrade


def put_empty_store(database: Path) -> None:
    """Write the file of a store without a row of ours, as `upgrade` makes it; one that is there stays as it is.

    A migration takes ten times as long as what most tests do then. What the migration does has tests of its own, and
    those of the program begin without a file.
    """
    if database.exists():
        return
    database.touch(mode=0o600)
    database.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory(prefix="mailgate-store-") as directory:
        database = Path(directory) / "mailgate.db"
        engine = connect(f"sqlite:///{database}")
        upgrade(engine)
        engine.dispose()  # the last connection to close moves the write-ahead log into the file
        assert not database.with_name("mailgate.db-wal").exists()
        return database.read_bytes()
