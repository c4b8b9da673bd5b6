"""What was sent, what was promised, and what became of it: compared after the crash and the restart."""

from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes

from sqlalchemy import Engine

from mailgate.mail.disposition import Disposition
from store import outbox, spool, tickets
from store.archive import Archive
from store.engine import reading
from store.outbox import OutState
from tests.inbound.door import Address


@dataclass
class Sender:
    """A mail server that sends each of its mails until it has a 250 for it, as RFC 5321 §4.5.4.1 asks."""

    mails: list[bytes] = field(default_factory=list)
    promised: dict[bytes, int] = field(default_factory=dict)

    def try_all(self, port: int) -> None:
        """Send what has no 250 yet, each in a connection of its own, until the other side is gone."""
        for raw in self.mails:
            if raw in self.promised:
                continue
            try:
                with Address(port).client() as client:
                    reply = client.deliver(raw)
            except ConnectionError:
                return
            if not reply.startswith("250 "):
                return
            self.promised[raw] = int(reply.rpartition(" ")[2])


@dataclass(frozen=True)
class Ledger:
    """The store and the smarthost's mailbox."""

    engine: Engine
    archive: Archive
    sent: list[bytes]

    def is_quiet(self) -> bool:
        """Nothing waits, neither in nor out."""
        with reading(self.engine) as conn:
            waiting = spool.listing(conn, dispositions=(Disposition.WAITING,))
            unsent = [row for row in outbox.listing(conn) if row.state is not OutState.SENT]
        return not waiting and not unsent

    def effects(self) -> dict[bytes, list[Disposition]]:
        """The dispositions of all rows with these bytes, copies left out."""
        found: dict[bytes, list[Disposition]] = {}
        with reading(self.engine) as conn:
            for row in spool.listing(conn):
                effects = found.setdefault(self.archive.load(conn, row.sha256), [])
                if row.outcome.disposition is not Disposition.DUPLICATE:
                    effects.append(row.outcome.disposition)
        return found

    def keeps(self, promised: dict[bytes, int]) -> bool:
        """Each promised id is a row with just the bytes that were sent."""
        with reading(self.engine) as conn:
            rows = {row.id: row.sha256 for row in spool.listing(conn)}
            return all(self.archive.load(conn, rows[spool_id]) == raw for raw, spool_id in promised.items())

    def messages_in_tickets(self) -> list[int]:
        """How many messages each ticket has."""
        with reading(self.engine) as conn:
            return [ticket.messages for ticket in tickets.listing(conn)]

    def queued(self) -> set[str]:
        """Message-IDs of all that the gate wrote."""
        with reading(self.engine) as conn:
            return {row.message_id for row in outbox.listing(conn)}

    def copies_sent(self) -> Counter[str]:
        """How often the smarthost took each Message-ID."""
        return Counter(_message_id(raw) for raw in self.sent)


def _message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"]).strip("<>")
