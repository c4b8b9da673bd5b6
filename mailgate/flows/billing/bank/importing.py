"""A bank's file is imported: each of its lines once, whoever imports it, how often, and in which files it stands.

It goes in small transactions, in the order of the file. Whoever is killed amid it imports it again: what was done is
known by its key.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Engine

from mailgate.billing.money.amount import written
from mailgate.billing.payment.bank import Candidate, EntryState, Known, Proposed, Reason, Sure, doubted, judge
from mailgate.billing.payment.bank_line import BankLine, Facts
from mailgate.billing.payment.bank_words import Said, said
from mailgate.billing.payment.keyed import Keyed
from mailgate.config import Settings
from mailgate.flows.billing.back.returned import take_payment_back
from mailgate.flows.billing.bank.booking import book_for
from mailgate.flows.billing.bank.twice import alike
from mailgate.flows.billing.books import Books, Deal, Today, lock, open_books
from mailgate.log_events import LogEvent
from store import locks
from store.billing import bank, payments
from store.billing.bank import BankEntry, FromFile
from store.billing.bank_known import Names, known, names
from store.billing.payments import Payment
from store.engine import reading, transact

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Lines that are looked at together."""

TOGETHER = 16
"""Payments that are booked in one transaction: a commit waits for the disk, and mail that comes in waits for it."""

_ONE_AT_A_TIME = "bank lines"
"""The name that an import holds: another one sees what it has written."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, and whose it is; None of what went out."""

    key: str
    line: BankLine
    names: Said
    verdict: Sure | Proposed | None
    is_doubted: bool = False  # it may be one that is known

    @property
    def is_return(self) -> bool:
        """The bank takes something back."""
        return self.line.is_return and self.line.amount_minor < 0


@dataclass(slots=True)
class Imported:
    """What became of a file."""

    lines: int = 0
    known: int = 0  # that were there
    states: Counter[EntryState] = field(default_factory=Counter)  # of the new ones
    returned: int = 0  # payments that were taken back
    statements: list[Facts] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)  # of a look alone: what would become of the new ones

    @property
    def is_balanced(self) -> bool:
        """No statement says of itself that it does not add up."""
        return all(one.is_balanced is not False for one in self.statements)


@dataclass(slots=True)
class _Import:
    """An import on its way."""

    engine: Engine
    books: Books
    by_name: Names
    file: FromFile
    now: datetime
    by: str
    progress: Callable[[int], None]
    writes: bool
    done: Imported = field(default_factory=Imported)

    def all(self, found: Iterable[Keyed | Facts]) -> Imported:
        """Line by line."""
        position = 1
        for statement in _parts(found):
            self.file = FromFile(self.file.sha256, self.file.name, position)
            if isinstance(statement, Facts):
                self._end(statement)
                position += 1
            else:
                self._lines(statement)
                self.progress(self.done.lines)
        return self.done

    def _lines(self, together: Sequence[Keyed]) -> None:
        with reading(self.engine) as conn:
            doubtful = alike(conn, together)
            lines = [doubtful.get(one.key, one) for one in together]
            there = bank.known_keys(conn, [one.key for one in lines])
            fresh = [(one.key, one.line, said(one.line)) for one in lines if one.key not in there]
            facts = known(conn, [(line, names) for _, line, names in fresh if line.amount_minor > 0], self.by_name)
        doubted_keys = {one.key for one in doubtful.values()}
        judged = [
            Judged(key, line, names, _verdict(line, names, facts, is_doubted=key in doubted_keys), key in doubted_keys)
            for key, line, names in fresh
        ]
        self.done.lines += len(together)
        self.done.known += len(together) - len(fresh)
        if not self.writes:
            self._look(judged)
            return
        for group in _groups(judged):
            wrote = transact(self.engine, partial(self._write, group=group))
            self.done.known += len(group) - len(wrote)
            self.done.states.update(one.state for one in wrote)
            self.done.returned += sum(one.state is EntryState.BOOKED and one.amount_minor < 0 for one in wrote)

    def _look(self, judged: Sequence[Judged]) -> None:
        self.done.judged.extend(judged)
        self.done.states.update(_state(one) for one in judged)

    def _end(self, facts: Facts) -> None:
        self.done.statements.append(facts)
        if self.writes:
            transact(self.engine, lambda conn: self._end_statement(conn, facts))

    def _end_statement(self, conn: Connection, facts: Facts) -> None:
        locks.hold(conn, (_ONE_AT_A_TIME,))
        number = bank.begin_statement(conn, self.file, facts, by=self.by, now=self.now)
        bank.end_statement(conn, number, facts)
        if facts.is_balanced is False:
            log.warning(LogEvent.BANK_UNBALANCED(statement=number, file=self.file.name))

    def _write(self, conn: Connection, group: Sequence[Judged]) -> list[BankEntry]:
        """Lines that are new still, in one transaction; the account of each is locked before anything is written."""
        locks.hold(conn, (_ONE_AT_A_TIME,))
        there = bank.known_keys(conn, [one.key for one in group])
        fresh = [one for one in group if one.key not in there]
        if not fresh:
            return []
        books = self.books = self.books.renewed(conn)
        if len(fresh) == 1 and fresh[0].is_return:
            return [self._take_back(conn, fresh[0], books)]
        payers = lock(conn, {one.verdict.bill.customer_id for one in fresh if isinstance(one.verdict, Sure)})
        statement_id = bank.begin_statement(conn, self.file, fresh[0].line, by=self.by, now=self.now)
        entries = []
        for one in fresh:
            payment_id = None
            if isinstance(one.verdict, Sure):
                payer = payers[one.verdict.bill.customer_id]
                deal = Deal(conn, books, payer, Today(self.now), self.by)
                payment_id = book_for(deal, one.verdict.bill.id, one.line, one.key)
            entries.append(self._entry(one, _state(one), payment_id, _why(one)))
        ids = bank.add(conn, statement_id, entries)
        bank.propose(conn, {ids[one.key]: one.verdict.candidates for one in fresh if isinstance(one.verdict, Proposed)})
        return entries

    def _take_back(self, conn: Connection, one: Judged, books: Books) -> BankEntry:
        """A payment that came by a line before goes back; whose it was must be plain, else people decide."""
        payers = lock(conn, {payment.customer_id for _, payment in self._paid_before(conn, one)})
        paid = self._paid_before(conn, one)  # as they are now that nobody else changes them
        statement_id = bank.begin_statement(conn, self.file, one.line, by=self.by, now=self.now)
        if len(paid) != 1 or one.is_doubted:
            entry = self._entry(one, EntryState.PROPOSED, None, "")
            ids = bank.add(conn, statement_id, [entry])
            whose = dict.fromkeys(payment.customer_id for _, payment in paid)
            bank.propose(conn, {ids[one.key]: [Candidate(number, None, (Reason.RETURN,)) for number in whose]})
            return entry
        ((line, payment),) = paid
        entry = self._entry(one, EntryState.BOOKED, payment.id, f"takes line {line.id} back")
        (number,) = bank.add(conn, statement_id, [entry]).values()
        bank.decide(
            conn,
            line.id,
            EntryState.RETURNED,
            since=EntryState.BOOKED,
            payment_id=payment.id,
            why=f"taken back by line {number}",
            by=self.by,
            now=self.now,
        )
        deal = Deal(conn, books, payers[payment.customer_id], Today(self.now), self.by)
        take_payment_back(deal, payment, entry_id=number, on=one.line.booked_on)
        return entry

    def _paid_before(self, conn: Connection, judged: Judged) -> list[tuple[BankEntry, Payment]]:
        """What a return may take back."""
        before = bank.booked_before(conn, judged.line, judged.names.references)
        return [(one, payments.get(conn, one.payment_id)) for one in before if one.payment_id is not None]

    def _entry(self, one: Judged, state: EntryState, payment_id: int | None, why: str) -> BankEntry:
        line = one.line
        text = _with_what_was_sent(line)
        reference = (*one.names.references, *line.references, "")[0]
        return BankEntry(
            0, 0, one.key, line.currency, line.amount_minor, line.booked_on, line.party, line.party_account, reference,
            line.end_to_end, line.bank_reference, text, line.is_return, state, payment_id, why, self.now, self.by,
        )  # fmt: skip


def import_lines(
    engine: Engine,
    settings: Settings,
    found: Iterable[Keyed | Facts],
    file: FromFile,
    *,
    by: str,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    writes: bool = True,
) -> Imported:
    """Import the lines of a file, and tell what became of them. `progress` is told how many were looked at.

    `writes`: else it is only looked what would become of them. Raises BadStatement when the file turns out to be none:
    what stands before the mistake is done.
    """
    with reading(engine) as conn:
        books, by_name = open_books(conn, settings), names(conn)
    return _Import(engine, books, by_name, file, now, by, progress, writes).all(found)


def _parts(found: Iterable[Keyed | Facts]) -> Iterator[Sequence[Keyed] | Facts]:
    """So many lines of one statement at once."""
    together: list[Keyed] = []
    for one in found:
        if isinstance(one, Facts):
            if together:
                yield together
            yield one
            together = []
        else:
            together.append(one)
            if len(together) == AT_ONCE:
                yield together
                together = []
    if together:
        yield together


def _groups(judged: Iterable[Judged]) -> Iterator[list[Judged]]:
    """In their order: so many payments at once, and what the bank takes back by itself."""
    group: list[Judged] = []
    sure = 0
    for one in judged:
        if group and (one.is_return or group[-1].is_return or sure == TOGETHER):
            yield group
            group, sure = [], 0
        group.append(one)
        sure += isinstance(one.verdict, Sure)
    if group:
        yield group


def _verdict(line: BankLine, names: Said, facts: Known, *, is_doubted: bool) -> Sure | Proposed | None:
    if line.amount_minor < 0:
        return None
    found = judge(line, names, facts)
    return doubted(found) if is_doubted else found


def _with_what_was_sent(line: BankLine) -> str:
    """Its words, and in what currency it was sent, or what was sent before banks took their charges."""
    said = [line.sent] if line.sent else []
    if line.charges_minor:
        sent, taken = (
            written(minor, line.currency) for minor in (line.amount_minor + line.charges_minor, line.charges_minor)
        )
        said.append(f"{sent} - {taken} {line.currency}")
    return f"{line.text} ({', '.join(said)})".strip() if said else line.text


def _state(one: Judged) -> EntryState:
    if one.verdict is None:
        return EntryState.PROPOSED if one.is_return else EntryState.IGNORED
    return EntryState.BOOKED if isinstance(one.verdict, Sure) else EntryState.PROPOSED


def _why(one: Judged) -> str:
    if isinstance(one.verdict, Sure):
        return f"names invoice {one.verdict.bill.number} by its reference"
    return "" if isinstance(one.verdict, Proposed) else "went out"
