"""The ledger's rows: booked once, chained whoever books beside, and balances that follow."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.exc import IntegrityError

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import BANK, CREDIT, RECEIVABLE
from mailgate.billing.ledger.events import Sale, Whose
from mailgate.billing.ledger.transaction import Line, Transaction, booked, fold
from store.billing import ledger
from store.billing.ledger import CreditOverdrawn
from store.engine import connect, reading, transaction
from store.schema import balances, ledger_entries
from tests.store.booking import ANNE, BART, DAY, NOON, add_customers, book, gift, invoice, settle, verified


@pytest.fixture
def store(engine: Engine) -> Engine:
    """A store with two customers and an empty ledger."""
    add_customers(engine)
    return engine


def test_what_was_booked_is_read_as_it_was(store: Engine) -> None:
    free = events.invoice(4, Whose(ANNE, DAY, "EUR"), Sale({}, {}, "4" * 64))
    told = [invoice(1), gift(2, BART), invoice(3, currency="JPY"), free]

    book(store, *told[:2])
    book(store, *told[2:])

    expected = tuple(booked(number, one, now=NOON) for number, one in enumerate(told, 1))
    with reading(store) as conn:
        assert ledger.listing(conn) == expected
        assert ledger.listing(conn, customer_id=ANNE, after=1, limit=1) == expected[2:3]
        assert tuple(ledger.between(conn, DAY, DAY)) == (expected[0], *expected[2:])
        assert tuple(ledger.between(conn, DAY + timedelta(1), None)) == expected[1:2]
    assert (verified(store).transactions, verified(store).entries, verified(store).faults) == (4, 8, ())


def test_balances_are_kept_by_customer_account_and_currency(store: Engine) -> None:
    book(store, invoice(1), invoice(2, BART), gift(3), settle(4, 200))
    book(store, invoice(5, currency="KWD"), settle(6, 300))

    with reading(store) as conn:
        assert ledger.balances(conn, ANNE) == {
            Line(RECEIVABLE, ANNE, "EUR"): 700,
            Line(RECEIVABLE, ANNE, "KWD"): 1200,
            Line(CREDIT, ANNE, "EUR"): 0,
        }
        assert ledger.balances(conn)[Line("income:hosting", None, "EUR")] == -2000
        assert (ledger.credit(conn, ANNE, "EUR"), ledger.credit(conn, BART, "EUR")) == (0, 0)


def test_an_event_is_booked_once(store: Engine) -> None:
    book(store, invoice(1))

    with pytest.raises(IntegrityError):
        book(store, gift(2), invoice(1, BART))

    with reading(store) as conn:
        assert [one.key for one in ledger.listing(conn)] == ["invoice:1"]
    assert verified(store).faults == ()


@pytest.mark.parametrize(
    "spent", [[settle(9, 501)], [settle(9, 1, BART)], [settle(8, 300), settle(9, 201)]],
    ids=["more than there is", "where there never was any", "in two parts"],
)  # fmt: skip
def test_nobody_spends_credit_that_he_does_not_have(store: Engine, spent: Sequence[Transaction]) -> None:
    book(store, gift(1))

    with pytest.raises(CreditOverdrawn):
        book(store, *spent)

    with reading(store) as conn:
        assert ledger.credit(conn, ANNE, "EUR") == 500


def test_the_database_itself_refuses_overdrawn_credit_and_a_posting_of_nothing(store: Engine) -> None:
    book(store, gift(1))

    for statement in (
        update(balances).where(balances.c.account == CREDIT).values(amount_minor=1),
        update(ledger_entries).values(amount_minor=0),
    ):
        with pytest.raises(IntegrityError), transaction(store) as conn:
            conn.execute(statement)


def test_a_batch_takes_as_many_statements_as_one(store: Engine) -> None:
    def statements(*together: Transaction) -> int:
        executed: list[str] = []
        with transaction(store) as conn:
            event.listen(conn, "before_cursor_execute", lambda *given: executed.append(given[2]))
            ledger.book(conn, together, now=NOON)
        return len(executed)

    book(store, gift(1000, amount=10**6))

    assert statements(invoice(1)) == statements(*map(invoice, range(2, 202))) == 5


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(("invoice", "payment", "settle", "gift", "credit-note", "write-off", "refund", "dispute")),
        st.sampled_from((ANNE, BART)),
        st.sampled_from(("EUR", "JPY")),
        st.integers(1, 10**15),
        st.integers(0, 100),
    ),
    max_size=20,
)


def told(script: list[tuple[str, int, str, int, int]]) -> Iterator[Transaction]:
    """Events as they may follow each other: nobody spends credit that he does not have."""
    credit: dict[tuple[int, str], int] = {}
    for number, (kind, customer_id, currency, amount, percent) in enumerate(script, 1):
        whose, part = Whose(customer_id, DAY, currency), amount * percent // 100
        has = credit.get((customer_id, currency), 0)
        against = {number: part} if part else {}
        sale = Sale({"hosting": amount - part, "domain": part}, {"VAT": percent}, "")
        match kind:
            case "invoice":
                yield events.invoice(number, whose, sale)
            case "credit-note":
                yield events.credit_note(number, whose, sale, against=against)
                credit[customer_id, currency] = has + amount + percent - part
            case "payment":
                yield events.payment(number, whose, amount_minor=amount, into=BANK, allocations=against)
                credit[customer_id, currency] = has + amount - part
            case "gift":
                yield events.gift(number, whose, amount_minor=amount)
                credit[customer_id, currency] = has + amount
            case "settle" if has * percent // 100:
                yield events.settle(number, whose, invoice_id=number, amount_minor=has * percent // 100)
                credit[customer_id, currency] = has - has * percent // 100
            case "refund" if has:
                yield events.refund(number, whose, amount_minor=has, out_of=CREDIT, by=BANK)
                credit[customer_id, currency] = 0
            case "write-off":
                yield events.write_off(number, whose, invoice_id=number, amount_minor=amount)
            case "dispute":
                yield events.dispute(
                    number, whose, amount_minor=amount, allocations=against, fee_minor=percent, provider="assets:stripe"
                )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=EVENTS, at_once=st.integers(1, 7))
def test_whatever_is_booked_sums_to_nothing_and_folds_to_the_balances(
    store: Engine, script: list[tuple[str, int, str, int, int]], at_once: int
) -> None:
    transactions = list(told(script))

    with store.connect() as conn, conn.begin() as undone:
        for begin in range(0, len(transactions), at_once):
            ledger.book(conn, transactions[begin : begin + at_once], now=NOON)
        kept = {**ledger.balances(conn), **ledger.balances(conn, ANNE), **ledger.balances(conn, BART)}
        total = conn.execute(select(func.sum(ledger_entries.c.amount_minor))).scalar()
        undone.rollback()

    folded = fold(transactions)
    assert not total
    assert kept == folded


def test_those_who_book_at_the_same_time_keep_one_chain(store: Engine) -> None:
    engines = [connect(store.url.render_as_string(hide_password=False)) for _ in range(3)]
    ready = threading.Barrier(len(engines))

    def run(place: int) -> None:
        ready.wait()
        for number in range(1, 21):
            first = 1000 * place + 2 * number
            book(engines[place], invoice(first), invoice(first + 1, BART))

    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(run, range(len(engines))))
    for engine in engines:
        engine.dispose()

    found = verified(store)
    with reading(store) as conn:
        ids = [one.id for one in ledger.listing(conn)]
        assert ledger.balances(conn, BART) == {Line(RECEIVABLE, BART, "EUR"): 60 * 1200}
    assert ids == list(range(1, 121))
    assert (found.transactions, found.faults) == (120, ())


def test_what_stood_on_the_accounts_before_a_day_is_summed_from_the_entries(store: Engine) -> None:
    book(store, gift(1), gift(2), settle(3, 500))

    with reading(store) as conn:
        before = dict(ledger.balances_before(conn, DAY + timedelta(2)))
        assert ledger.first_day(conn) == DAY

    assert before == {Line("expenses:gifts", None, "EUR"): 500, Line(RECEIVABLE, ANNE, "EUR"): -500}
