"""SQL that is compiled once in a run of the tests, as it is once in the life of a gate: each test begins another."""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

STATEMENTS = 2000
"""Several times as many as all tests together send."""


class _Statements(LRUCache[Any, Any]):
    """What SQLAlchemy compiled, whichever store it was for, as long as one server's SQL is the other's.

    Its keys begin with the dialect, an object of one engine alone.
    """

    __slots__ = ()

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_any_store(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_any_store(key), compiled)


def _of_any_store(key: Any) -> Any:
    dialect, *statement = key
    return type(dialect), dialect.server_version_info, *statement


def compile_once() -> None:
    """From now on, for all engines of this process: a fifth of what a test with a store of its own takes."""
    statements = _Statements(STATEMENTS)

    @event.listens_for(Engine, "engine_connect")
    def _share(conn: Connection) -> None:
        conn.execution_options(compiled_cache=statements)
