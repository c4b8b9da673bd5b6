"""What is booked in the store of a program."""

from datetime import UTC, date, datetime

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import BANK
from mailgate.billing.ledger.events import Sale, Whose
from mailgate.billing.ledger.transaction import Transaction
from store.billing import ledger
from store.engine import connect, transaction
from tests.program import Program

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def add_customers(program: Program) -> None:
    """Anne and Bart, 1 and 2."""
    for name in ("Anne", "Bart"):
        program.ask("customer", "add", name, f"{name.lower()}@customer.example")


def book(program: Program, *together: Transaction) -> None:
    """In a transaction of their own."""
    engine = connect(f"sqlite:///{program.database}")
    with transaction(engine) as conn:
        ledger.book(conn, together, now=NOON)
    engine.dispose()


def book_some(program: Program) -> None:
    """An invoice of Anne's, a payment that is too much, a gift to Bart, and an invoice that comes to nothing."""
    anne, bart = Whose(1, NOON.date(), "EUR"), Whose(2, date(2026, 3, 5), "JPY")
    book(
        program,
        events.invoice(7, anne, Sale({"hosting": 1000}, {"VAT": 190}, "a" * 64)),
        events.payment(1, anne, amount_minor=1200, into=BANK, allocations={7: 1190}),
        events.gift(1, bart, amount_minor=2400),
        events.invoice(8, bart, Sale({}, {}, "b" * 64)),
    )
