"""Rows of bank statements and their lines: each line once, whatever files it came in, and what became of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from mailgate.billing.payment.bank import Candidate, EntryState, Reason
from mailgate.billing.payment.bank_line import BankLine, Facts, is_given
from store.engine import insert_new, insert_once
from store.rows import Rows
from store.schema import bank_entries, bank_proposals, bank_statements

_ADD_PROPOSALS = insert(bank_proposals)


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One line of a bank account, and what became of it."""

    id: int
    statement_id: int
    key: str
    currency: str
    amount_minor: int  # below zero: it went out
    booked_on: date
    payer: str
    payer_account: str
    reference: str
    end_to_end: str
    bank_reference: str
    text: str
    is_return: bool
    state: EntryState
    payment_id: int | None  # that it is booked as, or takes back
    why: str
    decided_at: datetime
    decided_by: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whose a line may be; the first is the likeliest."""

    entry_id: int
    position: int
    customer_id: int
    invoice_id: int | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class BankStatement:
    """A statement that was imported."""

    id: int
    name: str
    account: str
    currency: str
    from_on: date | None
    to_on: date | None
    opening_minor: int | None
    closing_minor: int | None
    balanced: bool | None
    entries: int
    imported_at: datetime
    imported_by: str


@dataclass(frozen=True, slots=True)
class FromFile:
    """Where a statement stands: the file by its digest and name, and which of its statements it is, from 1."""

    sha256: str
    name: str
    position: int


_ENTRY, _STATEMENT = Rows(BankEntry), Rows(BankStatement)


def begin_statement(conn: Connection, file: FromFile, line: BankLine | Facts, *, by: str, now: datetime) -> int:
    """The row of a statement, by whatever is known of it; the one that is there if the file was read before."""
    values = {
        "sha256": file.sha256,
        "position": file.position,
        "name": file.name,
        "account": line.account,
        "currency": line.currency,
        "entries": 0,
        "imported_at": now,
        "imported_by": by,
    }
    number = insert_new(conn, bank_statements, values)
    if number is not None:
        return number
    same = bank_statements.c.sha256 == file.sha256, bank_statements.c.position == file.position
    return int(conn.execute(select(bank_statements.c.id).where(*same)).scalar_one())


def end_statement(conn: Connection, statement_id: int, facts: Facts) -> None:
    """All of it was read."""
    conn.execute(
        update(bank_statements)
        .where(bank_statements.c.id == statement_id)
        .values(
            account=facts.account,
            currency=facts.currency,
            from_on=facts.from_on,
            to_on=facts.to_on,
            opening_minor=facts.opening_minor,
            closing_minor=facts.closing_minor,
            balanced=facts.is_balanced,
        )
    )


def known_keys(conn: Connection, keys: Iterable[str]) -> frozenset[str]:
    """Those of these lines that are there."""
    return frozenset(conn.execute(select(bank_entries.c.key).where(bank_entries.c.key.in_(list(keys)))).scalars())


def add(conn: Connection, statement_id: int, together: Sequence[BankEntry]) -> dict[str, int]:
    """Write lines, whose own ids do not count, unless they are there; the ids of these, by key."""
    if not together:
        return {}
    rows = [{**_ENTRY.columns(one), "statement_id": statement_id} for one in together]
    insert_once(conn, bank_entries, rows)
    conn.execute(
        update(bank_statements)
        .where(bank_statements.c.id == statement_id)
        .values(entries=bank_statements.c.entries + len(rows))
    )
    query = select(bank_entries.c.key, bank_entries.c.id).where(bank_entries.c.key.in_([one.key for one in together]))
    return {row.key: row.id for row in conn.execute(query)}


def propose(conn: Connection, together: Mapping[int, Sequence[Candidate]]) -> None:
    """Whose these lines may be."""
    rows = [
        {
            "entry_id": entry_id,
            "position": position,
            "customer_id": one.customer_id,
            "invoice_id": one.bill.id if one.bill else None,
            "reasons": [reason.value for reason in one.reasons],
        }
        for entry_id, candidates in together.items()
        for position, one in enumerate(candidates, 1)
    ]
    if rows:
        conn.execute(_ADD_PROPOSALS, rows)


def get(conn: Connection, entry_id: int) -> BankEntry:
    """A line. Raises LookupError."""
    row = conn.execute(select(bank_entries).where(bank_entries.c.id == entry_id)).mappings().first()
    if row is None:
        raise LookupError(f"there is no bank line {entry_id}")
    return _ENTRY.read(row)


def several(conn: Connection, ids: Collection[int]) -> dict[int, BankEntry]:
    """Lines by their ids; of an id that there is none of, nothing."""
    query = select(bank_entries).where(bank_entries.c.id.in_(list(ids)))
    return {row["id"]: _ENTRY.read(row) for row in conn.execute(query).mappings()} if ids else {}


def listing(
    conn: Connection, *, state: EntryState | None = None, after: int = 0, limit: int | None = None
) -> tuple[BankEntry, ...]:
    """Lines in the order in which they were read."""
    query = select(bank_entries).where(bank_entries.c.id > after).order_by(bank_entries.c.id).limit(limit)
    if state is not None:
        query = query.where(bank_entries.c.state == state.value)
    return tuple(_ENTRY.read(row) for row in conn.execute(query).mappings())


def proposals(conn: Connection, entry_ids: Collection[int]) -> dict[int, list[Proposal]]:
    """Whose these lines may be, the likeliest first."""
    found: dict[int, list[Proposal]] = {}
    query = select(bank_proposals).where(bank_proposals.c.entry_id.in_(list(entry_ids)))
    for row in conn.execute(query.order_by(bank_proposals.c.entry_id, bank_proposals.c.position)).mappings():
        reasons = tuple(Reason(one) for one in row["reasons"])
        one = Proposal(row["entry_id"], row["position"], row["customer_id"], row["invoice_id"], reasons)
        found.setdefault(one.entry_id, []).append(one)
    return found


def decide(
    conn: Connection,
    entry_id: int,
    state: EntryState,
    *,
    since: EntryState = EntryState.PROPOSED,
    payment_id: int | None,
    why: str,
    by: str,
    now: datetime,
) -> bool:
    """What became of a line; False, and nothing is done, when somebody else has decided since."""
    done = conn.execute(
        update(bank_entries)
        .where(bank_entries.c.id == entry_id, bank_entries.c.state == since.value)
        .values(state=state.value, payment_id=payment_id, why=why, decided_at=now, decided_by=by)
    )
    return bool(done.rowcount)


def set_payment(conn: Connection, entry_id: int, payment_id: int) -> BankEntry:
    """What a line was booked as; the line as it is then."""
    conn.execute(update(bank_entries).where(bank_entries.c.id == entry_id).values(payment_id=payment_id))
    return get(conn, entry_id)


def booked_before(conn: Connection, line: BankLine, references: Collection[str]) -> tuple[BankEntry, ...]:
    """What a return may give back: money of this amount that was booked, and that names the same."""
    same = []
    if is_given(line.end_to_end):
        same.append(bank_entries.c.end_to_end == line.end_to_end)
    if is_given(line.bank_reference):
        same.append(bank_entries.c.bank_reference == line.bank_reference)
    if references:
        same.append(bank_entries.c.reference.in_(list(references)))
    if not same:
        return ()
    query = select(bank_entries).where(
        bank_entries.c.state == EntryState.BOOKED.value,
        bank_entries.c.amount_minor == -line.amount_minor,
        bank_entries.c.currency == line.currency,
        bank_entries.c.payment_id.is_not(None),
        bank_entries.c.booked_on <= line.booked_on,
        or_(*same),
    )
    return tuple(_ENTRY.read(row) for row in conn.execute(query.order_by(bank_entries.c.id)).mappings())


def of_payment(conn: Connection, payment_id: int) -> BankEntry | None:
    """The line that a payment came by, and stands; None where it came by none."""
    query = select(bank_entries).where(
        bank_entries.c.payment_id == payment_id,
        bank_entries.c.state == EntryState.BOOKED.value,
        bank_entries.c.amount_minor > 0,
    )
    row = conn.execute(query).mappings().first()
    return _ENTRY.read(row) if row else None


def is_taken_back(conn: Connection, payment_id: int) -> bool:
    """A line has taken this payment back."""
    taking = bank_entries.c.payment_id == payment_id, bank_entries.c.amount_minor < 0
    return conn.execute(select(bank_entries.c.id).where(*taking).limit(1)).first() is not None


def count(conn: Connection, state: EntryState) -> tuple[int, datetime | None]:
    """How many lines are in a state, and since when the oldest is."""
    query = select(func.count(), func.min(bank_entries.c.decided_at)).where(bank_entries.c.state == state.value)
    row = conn.execute(query).one()
    return int(row[0]), row[1]


_UNTOLD = and_(
    bank_entries.c.told_at.is_(None),
    or_(
        bank_entries.c.state == EntryState.PROPOSED.value,
        and_(bank_entries.c.state == EntryState.BOOKED.value, bank_entries.c.amount_minor < 0),
    ),
)
_UNTOLD_STATEMENT = and_(bank_statements.c.told_at.is_(None), bank_statements.c.balanced.is_(False))


def untold_since(conn: Connection) -> datetime | None:
    """Since when staff are to be told of lines, or of statements that do not add up; None: they know all."""
    lines = conn.execute(select(func.min(bank_entries.c.decided_at)).where(_UNTOLD)).scalar()
    statements = conn.execute(select(func.min(bank_statements.c.imported_at)).where(_UNTOLD_STATEMENT)).scalar()
    return min((one for one in (lines, statements) if one is not None), default=None)


def untold(conn: Connection) -> tuple[tuple[BankEntry, ...], tuple[BankStatement, ...]]:
    """What staff are to be told of: lines that wait or took money back, and statements that do not add up."""
    lines = conn.execute(select(bank_entries).where(_UNTOLD).order_by(bank_entries.c.id)).mappings()
    statements = conn.execute(
        select(bank_statements).where(_UNTOLD_STATEMENT).order_by(bank_statements.c.id)
    ).mappings()
    return tuple(map(_ENTRY.read, lines)), tuple(map(_STATEMENT.read, statements))


def tell(conn: Connection, *, now: datetime) -> None:
    """Staff are told of all of them."""
    conn.execute(update(bank_entries).where(_UNTOLD).values(told_at=now))
    conn.execute(update(bank_statements).where(_UNTOLD_STATEMENT).values(told_at=now))
