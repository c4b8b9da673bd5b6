"""What another hand has changed in the ledger is found, and said of which transaction."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from mailgate.billing.ledger.accounts import CREDIT
from store.billing import ledger_verify
from store.billing.ledger_verify import MOST_FAULTS
from store.engine import transaction
from store.schema import balances, ledger_chain, ledger_entries, ledger_transactions
from tests.store.booking import BART, add_customers, book, gift, invoice, verified


@pytest.fixture
def store(engine: Engine) -> Engine:
    """A store with two customers and an empty ledger."""
    add_customers(engine)
    return engine


def reasons(store: Engine) -> list[tuple[int | None, str]]:
    return [(fault.transaction_id, fault.reason) for fault in verified(store).faults]


CHANGED = "is not as it was booked, or does not follow the one before it"
ENDS = "the chain does not end as it was booked"
Tamper = Callable[[Connection], object]


def set_in(number: int, **values: object) -> Tamper:
    return lambda conn: conn.execute(
        update(ledger_transactions).where(ledger_transactions.c.id == number).values(**values)
    )


def set_entry(number: int, position: int, **values: object) -> Tamper:
    mine = (ledger_entries.c.transaction_id == number, ledger_entries.c.position == position)
    return lambda conn: conn.execute(update(ledger_entries).where(*mine).values(**values))


def remove(*numbers: int) -> Tamper:
    def do(conn: Connection) -> None:
        conn.execute(delete(ledger_entries).where(ledger_entries.c.transaction_id.in_(numbers)))
        conn.execute(delete(ledger_transactions).where(ledger_transactions.c.id.in_(numbers)))

    return do


def swap(conn: Connection) -> None:
    """Transactions 2 and 3, whose entries are the same."""
    names = [column.name for column in ledger_transactions.c if column.name != "id"]
    two, three = conn.execute(select(ledger_transactions).where(ledger_transactions.c.id.in_((2, 3)))).mappings()
    set_in(2, key="")(conn)
    set_in(3, **{name: two[name] for name in names})(conn)
    set_in(2, **{name: three[name] for name in names})(conn)


def cover_up(conn: Connection) -> None:
    """Less was given: entries and balances agree."""
    set_entry(2, 1, amount_minor=400)(conn)
    set_entry(2, 2, amount_minor=-400)(conn)
    conn.execute(update(balances).where(balances.c.account == CREDIT).values(amount_minor=-900))
    conn.execute(update(balances).where(balances.c.account == "expenses:gifts").values(amount_minor=900))


def cut_off(conn: Connection) -> None:
    """The last transaction never was."""
    remove(4)(conn)
    conn.execute(update(ledger_chain).values(transaction_id=3))
    conn.execute(update(balances).where(balances.c.customer_id == BART).values(amount_minor=0))
    conn.execute(text("UPDATE balances SET amount_minor = amount_minor + 1000 WHERE account = 'income:hosting'"))
    conn.execute(text("UPDATE balances SET amount_minor = amount_minor + 200 WHERE account = 'liabilities:tax:vat'"))


def kept_as(account: str, kept: int, made: int, whose: str = "") -> str:
    return f"the balance of {account}{whose} in EUR is kept as {kept}, its entries make {made}"


TAMPERED: dict[str, tuple[Tamper, list[tuple[int | None, str]]]] = {
    "an amount": (
        set_entry(2, 1, amount_minor=501),
        [
            (2, CHANGED), (2, "is out of balance by 1 minor units of EUR"),
            (None, kept_as("expenses:gifts", 1000, 1001)),
        ],
    ),
    "amounts and balances": (cover_up, [(2, CHANGED)]),
    "a customer": (
        set_entry(2, 2, customer_id=BART),
        [
            (2, CHANGED),
            (None, kept_as(CREDIT, -1000, -500, " of customer 1")), (None, kept_as(CREDIT, 0, -500, " of customer 2")),
        ],
    ),
    "a date": (set_in(1, on_date=date(2025, 3, 2)), [(1, CHANGED)]),
    "a document": (set_in(1, document_sha256="0" * 64), [(1, CHANGED)]),
    "its own digest": (set_in(2, sha256="0" * 64), [(2, CHANGED), (3, CHANGED)]),
    "a row swapped with the next": (swap, [(2, CHANGED), (3, CHANGED), (4, CHANGED)]),
    "a deleted row": (
        remove(2),
        [
            (2, "transaction 2 is missing"), (3, CHANGED),
            (None, kept_as("expenses:gifts", 1000, 500)), (None, kept_as(CREDIT, -1000, -500, " of customer 1")),
        ],
    ),
    "the last row": (cut_off, [(3, ENDS)]),
    "the end of the chain": (
        lambda conn: conn.execute(delete(ledger_chain)), [(None, "the end of the chain is missing")]
    ),
    "a balance": (
        lambda conn: conn.execute(update(balances).where(balances.c.account == CREDIT).values(amount_minor=-999)),
        [(None, kept_as(CREDIT, -999, -1000, " of customer 1"))],
    ),
    "a row behind the end": (
        lambda conn: conn.execute(
            insert(ledger_transactions).from_select(
                [column.name for column in ledger_transactions.c],
                select(*(
                    {"id": text("5"), "key": text("'gift:9'")}.get(column.name, column)
                    for column in ledger_transactions.c
                )).where(ledger_transactions.c.id == 4),
            )
        ),
        [(None, "transactions 5 to 5 stand behind the end of the chain")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_by_another_hand_is_found(store: Engine, what: str) -> None:
    tamper, expected = TAMPERED[what]
    book(store, invoice(1), gift(2), gift(3), invoice(4, BART))
    assert verified(store).faults == ()

    with transaction(store) as conn:
        tamper(conn)

    assert reasons(store) == expected


def test_of_very_many_faults_the_number_is_told(store: Engine) -> None:
    book(store, *map(invoice, range(1, MOST_FAULTS + 11)))

    with transaction(store) as conn:
        conn.execute(update(ledger_transactions).values(currency="USD"))

    found = verified(store)
    assert (len(found.faults), found.found) == (MOST_FAULTS, MOST_FAULTS + 10 + 6)


def test_a_look_tells_how_far_it_is_and_does_not_mind_who_books_meanwhile(store: Engine) -> None:
    book(store, *map(invoice, range(1, 1002)))
    told: list[tuple[str, int, int]] = []

    def progress(what: str, done: int, of: int) -> None:
        told.append((what, done, of))
        book(store, invoice(2000 + done))

    found = ledger_verify.verify(store, progress=progress)

    assert told == [("transactions", done, 1001) for done in (500, 1000, 1001)]
    assert (found.transactions, found.faults) == (1001, ())
