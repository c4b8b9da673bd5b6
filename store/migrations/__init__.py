"""One file for each change of the schema, and the way to run them."""

from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
    update,
)

from mailgate.errors import Permanent
from store import locks
from store.engine import reading, transaction

HEAD = "0042"
"""The newest revision. Said here so that a look at a store that has it need not load Alembic; a test keeps it true."""

RESTORING, MOVING = "restoring", "moving"
"""What stands in place of the revision while a store is being filled: no program takes it for one to work on."""

_VERSION = Table(  # as Alembic makes it
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


class StoreTooNew(Permanent):
    """A later version of mailgate has migrated this store."""


class StoreUnfinished(Permanent):
    """A restore or a move into this store has not come to its end: only half of it may be there."""


def upgrade(engine: Engine) -> bool:
    """Bring the store to the newest schema, in one transaction; False when it had it already.

    Raises StoreTooNew, StoreUnfinished.
    """
    with reading(engine) as conn:
        revision = current(conn)
    if revision == HEAD:
        return False
    refuse_unusable(revision)
    with transaction(engine) as conn:
        locks.hold(conn, ("migrations",))
        revision = current(conn)
        if revision == HEAD:  # another process was quicker
            return False
        refuse_unusable(revision)
        migrate(conn)
    return True


def migrate(conn: Connection) -> None:
    """Bring the store to the newest schema in the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def refuse_unusable(revision: str | None) -> None:
    """Nothing is to be done to a store that says this of itself. Raises StoreTooNew, StoreUnfinished."""
    refuse_unfinished(revision)
    if revision is not None and revision > HEAD:  # they are numbered
        raise StoreTooNew(f"the store has schema {revision}, this version of mailgate knows {HEAD}: use the newer one")


def refuse_unfinished(revision: str | None) -> None:
    """A store that is only half there is not to be used. Raises StoreUnfinished."""
    if (reason := unfinished(revision)) is not None:
        raise StoreUnfinished(reason)


def unfinished(revision: str | None) -> str | None:
    """What has begun to fill the store and has not ended, in words; None for a store that is whole."""
    word = (revision or "").partition(" ")[0]
    command = {RESTORING: "restore", MOVING: "move-store"}.get(word)
    if command is None:
        return None
    return f"a `mailgate {command}` into this store has not come to its end: run it again"


def stamp(conn: Connection, revision: str) -> None:
    """Say what schema the store has, or by RESTORING or MOVING that it is not to be used yet."""
    _VERSION.create(conn, checkfirst=True)
    if not conn.execute(update(_VERSION).values(version_num=revision)).rowcount:
        conn.execute(insert(_VERSION).values(version_num=revision))


def unstamp(conn: Connection) -> None:
    """Take away the table that says it: of a store that is taken away itself."""
    _VERSION.drop(conn, checkfirst=True)


def is_current(conn: Connection) -> bool:
    """The store has the newest schema."""
    return current(conn) == HEAD


def current(conn: Connection) -> str | None:
    """The revision that the store has; None for an empty one."""
    if not inspect(conn).has_table(_VERSION.name):
        return None
    return conn.execute(select(_VERSION.c.version_num)).scalar()
