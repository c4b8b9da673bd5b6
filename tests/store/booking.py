"""A ledger to book in: two customers, and events of theirs."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from mailgate.billing.ledger import events
from mailgate.billing.ledger.events import Sale, Whose
from mailgate.billing.ledger.transaction import Transaction
from store import people
from store.billing import ledger, ledger_verify
from store.billing.ledger_verify import Verified
from store.engine import transaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = NOON.date()
ANNE, BART = 1, 2


def add_customers(engine: Engine) -> None:
    """ANNE and BART."""
    with transaction(engine) as conn:
        for name in ("anne", "bart"):
            people.add_customer(
                conn, name, f"{name}@customer.example",
                country=None, currency="EUR", timezone="UTC", language="en", now=NOON,
            )  # fmt: skip


def invoice(number: int, customer_id: int = ANNE, net: int = 1000, currency: str = "EUR") -> Transaction:
    """An invoice with a fifth of tax."""
    sale = Sale({"hosting": net}, {"VAT": net // 5}, f"{number:064x}")
    return events.invoice(number, Whose(customer_id, DAY, currency), sale)


def gift(number: int, customer_id: int = ANNE, amount: int = 500) -> Transaction:
    """Credit for nothing, so many days after DAY."""
    return events.gift(number, Whose(customer_id, DAY + timedelta(number), "EUR"), amount_minor=amount)


def settle(number: int, amount: int, customer_id: int = ANNE) -> Transaction:
    """Credit pays for invoice 1."""
    return events.settle(number, Whose(customer_id, DAY, "EUR"), invoice_id=1, amount_minor=amount)


def book(store: Engine, *together: Transaction) -> None:
    """Booked in a transaction of their own."""
    with transaction(store) as conn:
        ledger.book(conn, together, now=NOON)


def verified(store: Engine) -> Verified:
    """What a look at the whole ledger finds."""
    return ledger_verify.verify(store, progress=lambda *_: None)
