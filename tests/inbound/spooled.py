"""What has been accepted, as another process would find it: read over a connection of its own."""

from store.archive import archive_of
from store.engine import connect, reading
from store.post import spool
from store.post.spool import Accepted
from tests.gate import Gate


def spooled(gate: Gate) -> tuple[Accepted, ...]:
    """All rows."""
    engine = connect(gate.parts.settings.store.url, read_only=True)
    with reading(engine) as conn:
        rows = spool.listing(conn)
    engine.dispose()
    return rows


def spooled_bytes(gate: Gate) -> list[bytes]:
    """The bytes of all accepted mails, in the order of their rows."""
    engine = connect(gate.parts.settings.store.url, read_only=True)
    archive = archive_of(gate.parts.settings)
    with reading(engine) as conn:
        found = [archive.load(conn, row.sha256) for row in spool.listing(conn)]
    engine.dispose()
    return found
