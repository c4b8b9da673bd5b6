"""A payer's bank takes money back: what it had paid is open again, and won, all is as it was."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.ledger.accounts import RECEIVABLE
from mailgate.billing.refund import RefundState
from mailgate.config.settings import ProviderName
from mailgate.flows.billing.back import dispute
from mailgate.flows.billing.card.collecting import cards_fall_due
from mailgate.flows.billing.money.refund import give_back
from mailgate.flows.billing.provider.provider_lists import ListReader
from mailgate.jobs import FailPoint, no_fail_point
from mailgate.letters.kind import Template
from mailgate.payments.provider import DisputeSeen, DisputeState, PayoutSeen
from store import people
from store.billing import disputes, ledger, provider_looks
from store.billing.disputes import Dispute, State
from store.billing.provider_looks import DISPUTES, PAYOUTS
from store.engine import reading, transaction
from store.post import outbox
from store.schema import payment_methods
from tests.flows.billing.test_refunds import Killed, work
from tests.flows.billing.till import Away, Till
from tests.flows.billing.trade import Trade, d, noon

ON = "2026-04-20"


@pytest.fixture
def till(trade: Trade) -> Till:
    """The provider, whom the settings name; and Bart of the staff, who is told."""
    trade.settings = replace(trade.settings, payments=replace(trade.settings.payments, provider=ProviderName.STRIPE))
    with transaction(trade.engine) as conn:
        people.add_staff(conn, "Bart", "bart@desk.example", now=noon(d("2026-01-01")))
    return Till()


def read(trade: Trade, till: Till, on: str = ON, *, which: int = DISPUTES, at: FailPoint = no_fail_point) -> None:
    """The job of a list."""
    now = noon(d(on))
    with transaction(trade.engine) as conn:
        provider_looks.take_up(conn, [which], now=now - timedelta(hours=2))
    ListReader(trade.engine, trade.settings, till.as_provider, at)(which, now)


def paid(trade: Trade, anne: int, amount: str = "11.90", *, number: int = 1) -> str:
    """An invoice of 11.90 that a card has paid by so much."""
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, amount, on="2026-04-01", reference=f"pi_{number}", method="stripe", provider="stripe")
    return first.number


def one_of(trade: Trade) -> Dispute:
    with reading(trade.engine) as conn:
        (found,) = disputes.listing(conn)
    return found


def stands(trade: Trade, number: str) -> tuple[str, int]:
    found = trade.invoice(number)
    return found.state.value, found.open_minor


def told(trade: Trade) -> list[object]:
    """How disputes stood of which staff were told."""
    with reading(trade.engine) as conn:
        found = outbox.listing(conn)
    written: list[Any] = [one.notice.values for one in found if one.notice.template is Template.DISPUTE]
    return [(values["dispute"]["state"], values["invoices"]) for values in written]


def card(trade: Trade, anne: int) -> None:
    with transaction(trade.engine) as conn:
        conn.execute(
            insert(payment_methods).values(
                customer_id=anne, provider="stripe", customer_token="cus_1", token="pm_1", brand="visa", last4="4242",
                expires_on=date(2030, 1, 31), added_at=noon(d("2026-04-01")),
            )
        )  # fmt: skip


def blocked(trade: Trade) -> str:
    with reading(trade.engine) as conn:
        return str(conn.execute(select(payment_methods.c.blocked_because)).scalar_one())


def owed_without_invoice(trade: Trade, anne: int) -> int:
    with reading(trade.engine) as conn:
        return sum(
            entry.amount_minor
            for one in ledger.listing(conn, customer_id=anne)
            for entry in one.entries
            if entry.account == RECEIVABLE and entry.invoice_id is None
        )


def test_what_it_had_paid_is_open_again_and_the_card_is_blocked(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne)
    card(trade, anne)
    till.dispute("pi_1", 1190, fee_minor=1500)

    for _ in range(3):
        read(trade, till)

    assert stands(trade, number) == ("issued", 1190)
    assert (one_of(trade).state, one_of(trade).rests_until) == (State.OPEN, noon(d("2026-04-27")))
    assert (trade.balance("assets:stripe"), trade.balance("expenses:fees")) == (-1500, 1500)
    assert blocked(trade) == "dispute 1"
    assert told(trade) == [("open", [number])]


def test_won_all_is_as_it_was(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne)
    card(trade, anne)
    till.dispute("pi_1", 1190, fee_minor=1500)
    read(trade, till)
    till.dispute("pi_1", 1190, state=DisputeState.WON, fee_minor=0)

    for _ in range(3):
        read(trade, till, "2026-05-01")

    assert stands(trade, number) == ("paid", 0)
    assert (trade.balance("assets:stripe"), trade.balance("expenses:fees")) == (1190, 0)
    assert (one_of(trade).state, blocked(trade)) == (State.WON, "")
    assert told(trade) == [("open", [number]), ("won", [])]


def test_lost_the_invoice_stays_open_and_staff_decide(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne)
    till.dispute("pi_1", 1190, fee_minor=1500)
    till.dispute("pi_1", 1190, state=DisputeState.LOST, fee_minor=1500)

    read(trade, till)

    assert stands(trade, number) == ("issued", 1190)
    assert trade.balance("assets:stripe") == -1500
    trade.write_off(number, on="2026-05-01")
    assert trade.invoice(number).state is DocumentState.WRITTEN_OFF


def test_the_end_that_is_heard_of_before_the_beginning_comes_to_the_same(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne)
    till.dispute("pi_1", 1190, state=DisputeState.WON)
    till.dispute("pi_1", 1190, state=DisputeState.OPEN)

    read(trade, till)

    assert (stands(trade, number), trade.balance("assets:stripe")) == (("paid", 0), 1190)


def test_credit_that_is_still_there_is_taken_first(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne, "20.00")
    till.dispute("pi_1", 2000)

    read(trade, till)

    assert (stands(trade, number), trade.has_credit(anne)) == (("issued", 1190), 0)
    till.dispute("pi_1", 2000, state=DisputeState.WON)
    read(trade, till, "2026-05-01")
    assert (stands(trade, number), trade.has_credit(anne)) == (("paid", 0), 810)


def test_of_a_part_credit_goes_first_and_the_invoice_is_open_by_the_rest(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne, "20.00")
    till.dispute("pi_1", 1000)

    read(trade, till)

    assert (stands(trade, number), trade.has_credit(anne)) == (("issued", 190), 0)


def test_what_its_credit_has_paid_is_open_again(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne, "20.00")
    _, (second,) = trade.add(anne, "small", on="2026-04-02")
    trade.use_credit(anne, on="2026-04-02")
    assert stands(trade, second.number) == ("issued", second.reckoned.total_minor - 810)
    till.dispute("pi_1", 2000)

    read(trade, till)

    assert [stands(trade, one) for one in (number, second.number)] == [
        ("issued", 1190), ("issued", second.reckoned.total_minor)
    ]  # fmt: skip


def test_what_was_given_back_before_is_owed_without_an_invoice(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne, "20.00")
    till.charge("pi_1", 2000)
    with trade.deal(anne, "2026-04-10") as deal:
        give_back(deal, None, 810, asked_by="Bart")
    work(trade, till, "2026-04-10")
    trade.give(anne, "5.00", on="2026-04-11")
    till.dispute("pi_1", 2000)

    read(trade, till)

    assert (stands(trade, number), trade.has_credit(anne)) == (("issued", 1190), 500)
    assert owed_without_invoice(trade, anne) == 810


def test_what_is_not_sent_yet_is_not_sent_any_more(trade: Trade, anne: int, till: Till) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01", reference="pi_1", method="stripe", provider="stripe")
    trade.cancel(added, on="2026-04-10")
    till.dispute("pi_1", 1190)

    read(trade, till)
    work(trade, till, ON)

    assert [one.state for one in trade.refunds(anne)] == [RefundState.KEPT]
    assert (till.asked, stands(trade, first.number), trade.has_credit(anne)) == (0, ("issued", 1190 - 833), 0)


def test_a_refund_that_is_refused_for_the_dispute_is_no_task(trade: Trade, anne: int, till: Till) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01", reference="pi_1", method="stripe", provider="stripe")
    trade.cancel(added, on="2026-04-10")
    till.charge("pi_1", 1190)
    till.before = _no_answer
    work(trade, till, "2026-04-10")
    till.dispute("pi_1", 1190)
    read(trade, till)
    till.closed.add("pi_1")

    work(trade, till, ON)

    assert [one.state for one in trade.refunds(anne)] == [RefundState.KEPT]
    assert trade.balance("liabilities:refunds") == 0


def test_money_that_comes_back_when_the_invoice_is_paid_by_then_is_credit(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne)
    till.dispute("pi_1", 1190)
    read(trade, till)
    trade.pay(number, "11.90", on="2026-04-22")
    till.dispute("pi_1", 1190, state=DisputeState.WON)

    read(trade, till, "2026-05-01")

    assert (stands(trade, number), trade.has_credit(anne)) == (("paid", 0), 1190)


def test_a_fee_in_another_currency_is_booked_apart(trade: Trade, anne: int, till: Till) -> None:
    paid(trade, anne)
    till.dispute("pi_1", 1190, fee_minor=1500, fee_currency="USD")

    read(trade, till)

    assert (trade.balance("expenses:fees", "USD"), trade.balance("assets:stripe", "USD")) == (1500, -1500)
    assert trade.balance("assets:stripe") == 0


def test_of_an_unknown_payment_staff_are_told_once_when_it_may_come_no_more(
    trade: Trade, anne: int, till: Till
) -> None:
    number = paid(trade, anne)
    till.dispute("pi_9", 500, number="dp_9", at=noon(d("2026-04-20")) - timedelta(hours=1))
    till.dispute("pi_1", 1190)

    read(trade, till)
    first = told(trade)
    for day in ("2026-04-22", "2026-04-23"):
        read(trade, till, day)

    assert first == [("open", [number])]
    assert told(trade) == [("open", [number]), ("open", [])]


def test_a_payment_that_is_booked_after_its_dispute_is_found(trade: Trade, anne: int, till: Till) -> None:
    till.dispute("pi_1", 1190, at=noon(d(ON)))
    read(trade, till)
    number = paid(trade, anne)

    read(trade, till)

    assert stands(trade, number) == ("issued", 1190)


@pytest.mark.parametrize("place", ["provider.dispute", "provider.before-cursor"])
def test_killed_between_any_two_disputes_each_is_booked_once(trade: Trade, anne: int, till: Till, place: str) -> None:
    numbers = [paid(trade, anne, number=number) for number in (1, 2, 3)]
    for number in (1, 2, 3):
        till.dispute(f"pi_{number}", 1190, number=f"dp_{number}")
    seen: list[str] = []

    def die(name: str) -> None:
        seen.append(name)
        if name == place and seen.count(name) == (2 if place == "provider.dispute" else 1):
            raise Killed

    with pytest.raises(Killed):
        read(trade, till, at=die)
    read(trade, till, "2026-04-21")

    assert [stands(trade, number) for number in numbers] == [("issued", 1190)] * 3
    assert (trade.balance("assets:stripe"), len(told(trade))) == (0, 3)


def test_a_provider_that_does_not_answer_is_asked_again(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne)
    till.dispute("pi_1", 1190)
    till.before = _no_answer

    read(trade, till)
    before = stands(trade, number)
    read(trade, till, "2026-04-21")

    assert (before, stands(trade, number)) == (("paid", 0), ("issued", 1190))


def test_staff_decide_that_the_ladder_goes_on(trade: Trade, anne: int, till: Till) -> None:
    paid(trade, anne)
    till.dispute("pi_1", 1190)
    read(trade, till)
    with trade.deal(anne, "2026-04-21") as deal:
        dispute.accept(deal, one_of(trade), by="Bart")

    assert (one_of(trade).rests_until, one_of(trade).decided_by) == (None, "Bart")
    with trade.deal(anne, "2026-04-21") as deal, pytest.raises(dispute.NotOpen, match="nothing waits for it"):
        dispute.accept(deal, one_of(trade), by="Bart")


def test_another_card_is_charged_when_staff_have_decided(trade: Trade, anne: int, till: Till) -> None:
    paid(trade, anne)
    card(trade, anne)
    till.dispute("pi_1", 1190)
    read(trade, till)
    with transaction(trade.engine) as conn:  # it is not the one that was blocked
        conn.execute(update(payment_methods).values(token="pm_2", last4="1881", blocked_because=""))

    def whose() -> list[int]:
        with reading(trade.engine) as conn:
            return [number for number, _ in cards_fall_due(conn, trade.settings, noon(d("2026-04-22")))]

    waiting = whose()
    with trade.deal(anne, "2026-04-22") as deal:
        dispute.accept(deal, one_of(trade), by="Bart")

    assert waiting == []
    assert whose() == [anne]


def test_after_weeks_without_a_look_the_list_is_read_from_its_beginning(trade: Trade, anne: int, till: Till) -> None:
    number = paid(trade, anne)
    till.heard_disputes += [
        DisputeSeen("dp_8", "pi_8", DisputeState.WON, "EUR", 1, 0, "EUR", noon(d("2026-01-02")))
    ] * 3
    read(trade, till)
    till.heard_disputes.clear()  # what has changed is forgotten after 30 days
    till.dispute("pi_1", 1190)

    read(trade, till, "2026-04-25")
    before = stands(trade, number)
    read(trade, till, "2026-06-01")

    assert (before, stands(trade, number)) == (("paid", 0), ("issued", 1190))


def test_after_weeks_in_which_the_provider_failed_it_is_read_from_its_beginning_though_it_was_asked_each_day(
    trade: Trade, anne: int, till: Till
) -> None:
    number = paid(trade, anne)
    till.heard_disputes += [
        DisputeSeen("dp_8", "pi_8", DisputeState.WON, "EUR", 1, 0, "EUR", noon(d("2026-01-02")))
    ] * 3
    read(trade, till, "2026-04-20")
    till.heard_disputes.clear()  # what has changed is forgotten after 30 days
    till.dispute("pi_1", 1190)

    for days in range(1, 40):
        till.before = _no_answer
        read(trade, till, str(d("2026-04-20") + timedelta(days=days)))
    before = stands(trade, number)
    read(trade, till, "2026-06-01")

    assert (before, stands(trade, number)) == (("paid", 0), ("issued", 1190))


def payout(number: str, *, has_arrived: bool = True, has_failed: bool = False) -> PayoutSeen:
    return PayoutSeen(number, "EUR", 900, date(2026, 4, 19), has_arrived, has_failed)


def test_what_is_paid_out_is_booked_when_it_has_arrived_and_back_when_it_failed(trade: Trade, till: Till) -> None:
    till.heard_payouts += [payout("po_1", has_arrived=False), payout("po_2"), payout("po_1"), payout("po_1")]

    read(trade, till, which=PAYOUTS)
    arrived = trade.balance("assets:bank"), trade.balance("assets:stripe")
    till.heard_payouts += [
        payout("po_2", has_arrived=False, has_failed=True),
        payout("po_2", has_arrived=False, has_failed=True),
        payout("po_3", has_arrived=False, has_failed=True),
    ]
    for day in ("2026-04-21", "2026-04-22"):
        read(trade, till, day, which=PAYOUTS)

    assert arrived == (1800, -1800)
    assert (trade.balance("assets:bank"), trade.balance("assets:stripe")) == (900, -900)


def _no_answer() -> None:
    raise Away("no answer")
