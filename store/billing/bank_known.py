"""What is known of people and invoices that bank lines may name."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, or_, select

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.payment.bank import Bill, EntryState, Known
from mailgate.billing.payment.bank_line import BankLine
from mailgate.billing.payment.bank_words import Said, name_key
from mailgate.billing.payment.beside import Span
from store.schema import bank_entries, bank_statements, billing_accounts, contacts, customers, invoices, payments

Names = Mapping[str, frozenset[int]]
"""Customers by the keys of their names."""

_LATE = timedelta(days=7)
"""A bank tells of a line in the statement of a later day at times."""

_BILL = select(
    invoices.c.id,
    invoices.c.number,
    invoices.c.customer_id,
    invoices.c.currency,
    invoices.c.reference,
    invoices.c.open_minor,
).where(invoices.c.kind == DocumentKind.INVOICE.value)


def names(conn: Connection) -> Names:
    """Everybody's: of customers, their organisations and their contacts."""
    found: dict[str, set[int]] = {}
    for query in (
        select(customers.c.id, customers.c.name).where(customers.c.removed_at.is_(None)),
        select(billing_accounts.c.customer_id, billing_accounts.c.organisation).where(
            billing_accounts.c.organisation != ""
        ),
        select(contacts.c.customer_id, contacts.c.name).where(contacts.c.removed_at.is_(None)),
    ):
        for customer_id, name in conn.execute(query):
            if key := name_key(name or ""):
                found.setdefault(key, set()).add(customer_id)
    return {key: frozenset(numbers) for key, numbers in found.items()}


def known(conn: Connection, lines: Sequence[tuple[BankLine, Said]], by_name: Names) -> Known:
    """What may be said of these lines, by a constant number of queries."""
    references = {one for _, said in lines for one in (*said.references, *said.numbers)}
    by_reference = _by_reference(conn, references)
    by_account = _by_account(conn, {line.party_account for line, _ in lines if line.party_account})
    people = {number for numbers in by_account.values() for number in numbers}
    people.update(number for _, said in lines for number in by_name.get(said.name, ()))
    return Known(by_reference, by_account, by_name, _open_of(conn, people))


def _by_reference(conn: Connection, references: set[str]) -> dict[str, list[Bill]]:
    found: dict[str, list[Bill]] = {}
    if references:
        for row in conn.execute(_BILL.where(invoices.c.reference.in_(list(references)))).mappings():
            found.setdefault(row["reference"], []).append(Bill(**row))
    return found


def _by_account(conn: Connection, accounts: set[str]) -> dict[str, frozenset[int]]:
    """Whose money came from these accounts before."""
    query = (
        select(bank_entries.c.payer_account, payments.c.customer_id)
        .join(payments, payments.c.id == bank_entries.c.payment_id)
        .where(
            bank_entries.c.payer_account.in_(list(accounts)),
            bank_entries.c.state == EntryState.BOOKED.value,
            bank_entries.c.amount_minor > 0,
        )
        .distinct()
    )
    found: dict[str, set[int]] = {}
    for account, customer_id in conn.execute(query) if accounts else ():
        found.setdefault(account, set()).add(customer_id)
    return {account: frozenset(numbers) for account, numbers in found.items()}


def _open_of(conn: Connection, people: set[int]) -> dict[int, list[Bill]]:
    found: dict[int, list[Bill]] = {}
    if people:
        is_open = _BILL.where(invoices.c.customer_id.in_(list(people)), invoices.c.open_minor > 0)
        for row in conn.execute(is_open.order_by(invoices.c.due_on, invoices.c.id)).mappings():
            found.setdefault(row["customer_id"], []).append(Bill(**row))
    return found


def spans(conn: Connection, account: str, days: Collection[date]) -> list[Span]:
    """Statements of an account that may have lines of these days, with their balances."""
    query = select(bank_statements.c.id, bank_statements.c.opening_minor, bank_statements.c.closing_minor).where(
        bank_statements.c.account == account,
        bank_statements.c.opening_minor.is_not(None),
        bank_statements.c.closing_minor.is_not(None),
        or_(bank_statements.c.from_on.is_(None), bank_statements.c.from_on <= max(days) + _LATE),
        or_(bank_statements.c.to_on.is_(None), bank_statements.c.to_on >= min(days)),
    )
    return [Span(*row) for row in conn.execute(query)]


def keys_of(conn: Connection, statements: Collection[int], days: Collection[date]) -> tuple[str, ...]:
    """The keys of the lines of these days that were read from these statements."""
    here = bank_entries.c.statement_id.in_(list(statements)), bank_entries.c.booked_on.in_(list(days))
    return tuple(conn.execute(select(bank_entries.c.key).where(*here)).scalars())
