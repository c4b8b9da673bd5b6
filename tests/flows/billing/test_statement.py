"""Statements of account: their sums are the ledger's, month after month."""

from datetime import UTC, date, datetime

import pytest

from mailgate.billing.ledger.accounts import CREDIT, RECEIVABLE
from mailgate.billing.ledger.transaction import Line, Transaction, fold
from mailgate.billing.statement import BadMonth, Section, Standing, Statement, read_month
from mailgate.flows.billing.papers.statement import StillToCome, statement_of
from store.billing import ledger
from store.engine import reading
from tests.flows.billing.trade import Trade, d, noon

LATER = noon(d("2026-12-31"))


def statement(trade: Trade, customer_id: int, month: str, *, now: datetime = LATER) -> Statement:
    with reading(trade.engine) as conn:
        return statement_of(conn, customer_id, read_month(month), now=now)


def one(found: Statement) -> Section:
    (section,) = found.sections
    return section


def told(section: Section) -> list[tuple[str, str, int, int]]:
    return [(str(each.on), each.kind, each.amount_minor, each.used_minor) for each in section.entries]


def folded(trade: Trade, customer_id: int, before: date) -> dict[str, Standing]:
    """How the account stood on the day before, added up from every transaction that there is."""
    with reading(trade.engine) as conn:
        booked = [each for each in ledger.listing(conn) if each.on_date < before]
    sums = fold(
        Transaction(
            key=each.key, kind=each.kind, on_date=each.on_date, customer_id=each.customer_id, currency=each.currency,
            object_kind=each.object_kind, object_id=each.object_id, postings=each.entries,  # type: ignore[arg-type]
        )
        for each in booked
    )  # fmt: skip
    return {
        currency: Standing(
            sums.get(Line(RECEIVABLE, customer_id, currency), 0), -sums.get(Line(CREDIT, customer_id, currency), 0)
        )
        for currency in ("EUR", "KWD")
    }


def test_an_invoice_its_payment_and_what_was_too_much(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "20.00", on="2026-04-14", reference="Statement 7")

    found = one(statement(trade, anne, "2026-04"))

    assert found.opening == Standing()
    assert told(found) == [("2026-04-01", "invoice", 1190, 0), ("2026-04-14", "payment", -2000, 0)]
    assert found.closing == Standing(0, 810)
    assert found.closing.balance_minor == -810
    assert found.entries[0].about.number == invoice.number
    assert (found.entries[1].about.method, found.entries[1].about.words) == ("transfer", "Statement 7")


def test_credit_that_pays_moves_nothing_and_is_told(trade: Trade, anne: int) -> None:
    trade.give(anne, "5.00", on="2026-03-20")
    _, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.use_credit(anne, on="2026-04-01")

    found = one(statement(trade, anne, "2026-04"))

    assert found.opening == Standing(0, 500)
    assert told(found) == [("2026-04-01", "invoice", 1190, 0), ("2026-04-01", "settle", 0, 500)]
    assert found.entries[1].about.number == invoice.number
    assert found.closing == Standing(690, 0)


def test_what_is_taken_back_given_up_and_partly_credited(trade: Trade, anne: int) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    _, (second,) = trade.add(anne, "large", on="2026-04-02")
    trade.pay(first.number, "2.00", on="2026-04-03")
    note = trade.void(first.number, on="2026-04-04")
    trade.credit(second.number, "5.70", on="2026-04-05")
    trade.write_off(second.number, on="2026-05-02")

    april, may = one(statement(trade, anne, "2026-04")), one(statement(trade, anne, "2026-05"))

    assert [each[1:] for each in told(april)] == [
        ("invoice", 1190, 0), ("invoice", 3451, 0), ("payment", -200, 0), ("void", -1190, 0), ("settle", 0, 200),
        ("credit-note", -570, 0),
    ]  # fmt: skip
    assert april.entries[3].about.number == note.number
    assert told(may) == [("2026-05-02", "write-off", -april.closing.to_pay_minor, 0)]
    assert may.entries[0].about.number == second.number


def test_the_sums_of_every_month_are_those_of_the_ledger(trade: Trade, anne: int) -> None:
    other = trade.customer("Bart", currency="KWD")
    _, (first,) = trade.add(anne, "small", on="2026-01-10")
    trade.add(other, "small", on="2026-01-10")
    trade.pay(first.number, "30.00", on="2026-01-12")
    trade.run("2026-02-01")
    service, (second,) = trade.add(anne, "large", on="2026-02-11")
    trade.use_credit(anne, on="2026-02-20")
    trade.credit(second.number, "1.23", on="2026-03-01")
    trade.run("2026-03-05")
    trade.cancel(service, on="2026-03-20")
    trade.run("2026-04-05")

    for customer_id in (anne, other):
        for month, after in (("2026-01", "2026-02-01"), ("2026-02", "2026-03-01"), ("2026-03", "2026-04-01")):
            found = statement(trade, customer_id, month)
            opened, closed = (folded(trade, customer_id, d(day)) for day in (f"{month}-01", after))
            for section in found.sections:
                assert section.opening == opened.pop(section.currency)
                assert section.closing == closed.pop(section.currency)
                moved = sum(each.amount_minor for each in section.entries)
                assert section.opening.balance_minor + moved == section.closing.balance_minor
            assert set(closed.values()) == {Standing()}


def test_a_customer_with_nothing_has_an_empty_statement(trade: Trade, anne: int) -> None:
    assert statement(trade, anne, "2026-04").is_empty


def test_a_month_that_was_settled_before_is_empty(trade: Trade, anne: int) -> None:
    service, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(invoice.number, "11.90", on="2026-04-02")
    trade.cancel(service, on="2026-04-03", at_end=True)

    assert statement(trade, anne, "2026-06").is_empty
    assert not statement(trade, anne, "2026-04").is_empty


def test_this_month_goes_up_to_the_account_s_own_today(trade: Trade) -> None:
    far = trade.customer("Cris", timezone="Pacific/Auckland")

    found = statement(trade, far, "2026-04", now=datetime(2026, 3, 31, 12, tzinfo=UTC))

    assert found.through == date(2026, 4, 1)
    with pytest.raises(StillToCome, match="2026-05"):
        statement(trade, far, "2026-05", now=datetime(2026, 3, 31, 12, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-4", "0000-01", "2026-04-01", "２０２６-04"])
def test_what_is_no_month_is_named(text: str) -> None:
    with pytest.raises(BadMonth, match="2027-03"):
        read_month(text)
