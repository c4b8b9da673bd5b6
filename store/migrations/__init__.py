"""One file for each change of the schema, and the way to run them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from store.engine import reading, transaction


def upgrade(engine: Engine) -> bool:
    """Bring the store to the newest schema, in one transaction; False when it had it already."""
    with reading(engine) as conn:
        if is_current(conn):
            return False
    with transaction(engine) as conn:
        if is_current(conn):  # another process was quicker
            return False
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
    return True


def is_current(conn: Connection) -> bool:
    """The store has the newest schema."""
    return current(conn) == ScriptDirectory.from_config(_config()).get_current_head()


def current(conn: Connection) -> str | None:
    """The revision that the store has; None for an empty one."""
    return MigrationContext.configure(conn).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
