"""Money is taken back that had gone back to its payer before: staff and payer hear of it, and staff decide."""

from typing import Any

import pytest

from mailgate.billing.ledger.accounts import WRITE_OFFS
from mailgate.billing.ledger.kinds import Kind
from mailgate.billing.statement import read_month
from mailgate.flows.billing.money import owed as owing
from mailgate.flows.billing.money.refund import give_back
from mailgate.flows.billing.papers.statement import says, statement_of
from mailgate.letters.kind import Template
from mailgate.outbound.document.layouts import words_of
from mailgate.outbound.templates import built_in_directory
from mailgate.payments.provider import DisputeState
from store.billing import money_queues, owed
from store.billing.owed import Owed
from store.engine import reading
from store.post import outbox
from tests.flows.billing.test_disputes import card, paid, read, stands, till
from tests.flows.billing.test_refunds import work
from tests.flows.billing.till import Till
from tests.flows.billing.trade import Trade, d, noon

__all__ = ["till"]  # a fixture

OF_NO_CUSTOMER = {Kind.PAYOUT, Kind.PAYOUT_FAILED, Kind.FEE, Kind.DISPUTE_FEE, Kind.DISPUTE_FEE_BACK}


@pytest.fixture
def number(trade: Trade, anne: int, till: Till) -> str:
    """An invoice of 11.90, paid with 20.00 of which 8.10 went back; then all of it is charged back."""
    found = paid(trade, anne, "20.00")
    till.charge("pi_1", 2000)
    with trade.deal(anne, "2026-04-10") as deal:
        give_back(deal, None, 810, asked_by="Bart")
    work(trade, till, "2026-04-10")
    card(trade, anne)
    till.dispute("pi_1", 2000)
    read(trade, till)
    return found


def won(trade: Trade, till: Till) -> None:
    """The bank gives the money back after all."""
    till.dispute("pi_1", 2000, state=DisputeState.WON)
    read(trade, till, "2026-05-01")


def listed(trade: Trade) -> tuple[Owed, ...]:
    with reading(trade.engine) as conn:
        assert money_queues.standing(conn).owed == len(owed.listing(conn))
        return owed.listing(conn)


def values(trade: Trade, template: Template) -> list[dict[str, Any]]:
    """What mails of a kind were given."""
    with reading(trade.engine) as conn:
        return [dict(one.notice.values) for one in outbox.listing(conn) if one.notice.template is template]


def closing(trade: Trade, anne: int) -> tuple[int, int]:
    """What the statement of May says: to pay, and in hand."""
    with reading(trade.engine) as conn:
        (section,) = statement_of(conn, anne, read_month("2026-05"), now=noon(d("2026-06-30"))).sections
    return section.closing.to_pay_minor, section.closing.credit_minor


def test_staff_and_payer_are_told_and_it_stands_until_somebody_decides(trade: Trade, anne: int, number: str) -> None:
    (one,) = listed(trade)

    assert (one.customer_id, one.amount_minor, one.currency, one.because, str(one.since)) == (
        anne, 810, "EUR", "dispute", "2026-04-20"
    )  # fmt: skip
    (to_staff,), (to_anne,) = values(trade, Template.DISPUTE), values(trade, Template.PAYMENT_RETURNED)
    assert (to_staff["owed_minor"], to_staff["invoices"]) == (810, [number])
    assert to_anne["taken"] == {"is_charged_back": True, "is_won": False, "blocks_card": True, "owed_minor": 810}
    assert [invoice["number"] for invoice in to_anne["open"]] == [number]
    assert closing(trade, anne) == (1190 + 810, 0)
    trade.assert_whole()


def test_it_is_taken_from_the_credit_where_that_is_enough(trade: Trade, anne: int, number: str) -> None:
    trade.pay(number, "11.90", on="2026-04-22")
    trade.give(anne, "8.00", on="2026-04-22")
    with (
        pytest.raises(owing.NothingOwed, match=r"less credit than the 8\.10 EUR"),
        trade.deal(anne, "2026-04-22") as deal,
    ):
        owing.pay_from_credit(deal)
    trade.give(anne, "1.00", on="2026-04-22")

    with trade.deal(anne, "2026-04-22") as deal:
        owing.pay_from_credit(deal)

    assert (listed(trade), trade.has_credit(anne), closing(trade, anne)) == ((), 90, (0, 90))
    with pytest.raises(owing.NothingOwed, match="owes nothing"), trade.deal(anne, "2026-04-22") as deal:
        owing.pay_from_credit(deal)
    trade.assert_whole()


def test_it_is_given_up(trade: Trade, anne: int, number: str) -> None:
    with trade.deal(anne, "2026-04-22") as deal:
        owing.give_up(deal)

    assert (listed(trade), trade.balance(WRITE_OFFS), stands(trade, number)) == ((), 810, ("issued", 1190))
    trade.assert_whole()


@pytest.mark.parametrize("way", ["nothing", "credit", "given up"])
def test_won_it_is_owed_no_more_whatever_became_of_it(
    trade: Trade, anne: int, till: Till, number: str, way: str
) -> None:
    trade.pay(number, "11.90", on="2026-04-22")
    trade.give(anne, "9.00", on="2026-04-22")
    with trade.deal(anne, "2026-04-22") as deal:
        if way == "given up":
            owing.give_up(deal)
        elif way == "credit":
            owing.pay_from_credit(deal)

    won(trade, till)

    assert (listed(trade), stands(trade, number)) == ((), ("paid", 0))
    assert (trade.has_credit(anne), trade.balance(WRITE_OFFS)) == (900 + 1190, 0)
    assert values(trade, Template.PAYMENT_RETURNED)[-1]["taken"]["is_won"]
    trade.assert_whole()


def test_a_chargeback_that_was_won_before_anybody_heard_of_it_is_no_mail_to_the_payer(
    trade: Trade, anne: int, till: Till
) -> None:
    paid(trade, anne)
    till.dispute("pi_1", 1190, state=DisputeState.WON)

    read(trade, till)

    assert values(trade, Template.PAYMENT_RETURNED) == []


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in OF_NO_CUSTOMER])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_statement_has_words_for_all_that_may_stand_in_it(kind: Kind, language: str) -> None:
    words = words_of((built_in_directory() / "documents",), language)[1]

    assert f"statement-{says(kind)}" in words
