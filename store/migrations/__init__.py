"""One file for each change of the schema, and the way to run them."""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

from mailgate.errors import Permanent
from store.engine import reading, transaction

HEAD = "0018"
"""The newest revision. Said here so that a look at a store that has it need not load Alembic; a test keeps it true."""

_VERSION = table("alembic_version", column("version_num"))


class StoreTooNew(Permanent):
    """A later version of mailgate has migrated this store."""


def upgrade(engine: Engine) -> bool:
    """Bring the store to the newest schema, in one transaction; False when it had it already. Raises StoreTooNew."""
    with reading(engine) as conn:
        revision = current(conn)
    if revision == HEAD:
        return False
    if revision is not None and revision > HEAD:  # they are numbered
        raise StoreTooNew(f"the store has schema {revision}, this version of mailgate knows {HEAD}: use the newer one")
    from alembic import command
    from alembic.config import Config

    with transaction(engine) as conn:
        if is_current(conn):  # another process was quicker
            return False
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
    return True


def is_current(conn: Connection) -> bool:
    """The store has the newest schema."""
    return current(conn) == HEAD


def current(conn: Connection) -> str | None:
    """The revision that the store has; None for an empty one."""
    if not inspect(conn).has_table(_VERSION.name):
        return None
    return conn.execute(select(_VERSION.c.version_num)).scalar()
