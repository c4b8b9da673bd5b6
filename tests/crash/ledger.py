"""What was sent, what was promised, and what became of it: compared after the crash and the restart."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser

from sqlalchemy import Engine, func, or_, select, update

from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import EntryKind
from store.archive import Archive
from store.desk import tickets
from store.engine import reading, transaction
from store.post import leases, outbox, spool
from store.post.outbox import OutState
from store.schema import blobs, lessons
from store.schema import outbox as outbox_rows
from store.schema import spool as spool_rows
from tests.inbound.door import Address

OFTEN = 2
"""In hand so many times: after one more that ends with its worker the mail is parked."""

Row = tuple[str, int]


@dataclass
class Sender:
    """A mail server that sends each of its mails until it has a 250 for it, as RFC 5321 §4.5.4.1 asks."""

    mails: list[bytes] = field(default_factory=list)
    promised: dict[bytes, int] = field(default_factory=dict)

    def try_all(self, port: int, *, between: Callable[[], object] = lambda: None) -> None:
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
            between()


@dataclass(frozen=True)
class Ledger:
    """The store and the smarthost's mailbox."""

    engine: Engine
    archive: Archive
    sent: list[bytes]

    def kept(self) -> int:
        """How many mails came in, copies included."""
        with reading(self.engine) as conn:
            return int(conn.execute(select(func.count()).select_from(spool_rows)).scalar_one())

    def waiting(self) -> int:
        """How many mails have no disposition yet."""
        with reading(self.engine) as conn:
            return int(
                conn.execute(select(func.count()).where(spool_rows.c.disposition == Disposition.WAITING)).scalar_one()
            )

    def outcomes(self, raw: bytes) -> list[spool.Outcome]:
        """What became of the mail with these bytes."""
        name = hashlib.sha256(raw).hexdigest()
        with reading(self.engine) as conn:
            return [row.outcome for row in spool.listing(conn) if row.sha256 == name]

    def is_quiet(self) -> bool:
        """Nothing waits, neither in nor out."""
        unsent = select(func.count()).where(outbox_rows.c.state != OutState.SENT)
        with reading(self.engine) as conn:
            return not self.waiting() and not conn.execute(unsent).scalar()

    def at_risk(self) -> set[Row]:
        """Rows that one more death would leave to a person: in doubt, or in hand at two deaths already."""
        often = spool_rows.c.attempts >= OFTEN
        with reading(self.engine) as conn:
            mails_in = conn.execute(select(spool_rows.c.id).where(often, spool_rows.c.due_at.is_not(None)))
            mails_out = conn.execute(select(outbox_rows.c.id).where(outbox_rows.c.phase.is_not(None)))
            return {*(("in", row.id) for row in mails_in), *(("out", row.id) for row in mails_out)}

    def left_open(self) -> set[Row]:
        """Rows that somebody seems to work on or that somebody is to look at."""
        with reading(self.engine) as conn:
            return {
                (table.name, row.id)
                for table in (spool_rows, outbox_rows)
                for row in conn.execute(
                    select(table.c.id).where(or_(table.c.lease.is_not(None), table.c.due_at.is_not(None)))
                )
            }

    def lent(self) -> list[str]:
        """Leases of rows that somebody works on, or seems to."""
        with reading(self.engine) as conn:
            return [
                str(row.lease)
                for table in (spool_rows, outbox_rows, lessons)
                for row in conn.execute(select(table.c.lease).where(table.c.lease.is_not(None)))
            ]

    def grace_passes(self) -> None:
        """As if a row's time of grace were over: what nobody works on, whose job may be lost, is looked at now.

        The sweep leaves a row to the job that was sent for it for a minute or more; no test has to sit that out.
        Beside programs that run it does what a slow clock of one of them would: a job is sent a second time.
        """
        with transaction(self.engine) as conn:
            for table in (spool_rows, outbox_rows, lessons):
                waiting = select(table.c.id, table.c.due_at).where(table.c.lease.is_(None), table.c.due_at.is_not(None))
                for row in conn.execute(waiting).all():
                    still = (table.c.id == row.id, table.c.lease.is_(None), table.c.due_at == row.due_at)
                    conn.execute(update(table).where(*still).values(due_at=row.due_at - leases.SOON))

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

    def texts_in_tickets(self) -> list[list[str]]:
        """The words of the messages in each ticket, both in order."""
        with reading(self.engine) as conn:
            histories = [tickets.history(conn, ticket.id) for ticket in tickets.listing(conn)]
        return sorted(sorted(e.text for e in history if e.kind is EntryKind.MESSAGE) for history in histories)

    def damage(self) -> list[str]:
        """What is wrong with the database itself, or with a blob."""
        with self.engine.connect() as conn:
            unsound = [str(row[0]) for row in conn.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
            dangling = [str(tuple(row)) for row in conn.exec_driver_sql("PRAGMA foreign_key_check")]
            digests = [row.sha256 for row in conn.execute(select(blobs.c.sha256))]
            wrong = [name for name in digests if hashlib.sha256(self.archive.load(conn, name)).hexdigest() != name]
        return [*unsound, *dangling, *wrong]

    def queued(self) -> set[str]:
        """Message-IDs of all that the gate wrote."""
        with reading(self.engine) as conn:
            return {row.message_id for row in outbox.listing(conn)}

    def unanswered(self) -> set[str]:
        """Message-IDs of all that may be with the smarthost, as far as the store knows."""
        with reading(self.engine) as conn:
            return {row.message_id for row in outbox.listing(conn) if row.phase is not None}

    def copies_sent(self) -> Counter[str]:
        """How often the smarthost took each Message-ID."""
        return copies(self.sent)


def copies(mails: Iterable[bytes]) -> Counter[str]:
    """How often each Message-ID is there."""
    parser = BytesHeaderParser()
    return Counter(str(parser.parsebytes(raw)["Message-ID"]).strip("<>") for raw in mails)
