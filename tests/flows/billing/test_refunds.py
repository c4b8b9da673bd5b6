"""Money goes back: how much of it, by which way, and what becomes of it; it leaves once and is booked once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from mailgate.billing.refund import RefundState, Way
from mailgate.config import Settings
from mailgate.config.settings import ProviderName
from mailgate.flows.billing.back import refund_by_hand
from mailgate.flows.billing.back.refund_by_hand import NotPossibleNow
from mailgate.flows.billing.money.refund import NothingToGiveBack, give_back
from mailgate.flows.billing.money.settle import BadMethod, take_over
from mailgate.flows.billing.provider.send_refund import Refunder
from mailgate.jobs import FailPoint, no_fail_point
from mailgate.letters.kind import Template
from mailgate.payments.provider import RefundState as Seen
from store.billing import refunds
from store.billing.refunds import Refund
from store.engine import reading
from store.post import outbox
from store.schema import refunds as rows
from tests.flows.billing.till import Away, Till
from tests.flows.billing.trade import Trade, d, noon


class Killed(BaseException):
    """The process is gone."""


def by_card(settings: Settings) -> Settings:
    """A provider handles cards."""
    return replace(settings, payments=replace(settings.payments, provider=ProviderName.STRIPE))


@pytest.fixture
def till(trade: Trade) -> Till:
    """The provider, whom the settings name."""
    trade.settings = by_card(trade.settings)
    return Till()


def bought(trade: Trade, anne: int, till: Till, *paid: str) -> list[str]:
    """A service for a month from April 1, paid by these amounts and cancelled so that 8.33 is given back."""
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    for number, amount in enumerate(paid, 1):
        till.charge(f"pi_{number}", int(amount.replace(".", "")))
        day = f"2026-04-0{number}"
        trade.pay(first.number, amount, on=day, reference=f"pi_{number}", method="stripe", provider="stripe")
    trade.cancel(added, on="2026-04-10")
    return [first.number]


def work(trade: Trade, till: Till, on: str, *, later: timedelta = timedelta(), at: FailPoint = no_fail_point) -> None:
    """The job of each refund that is due."""
    now = noon(d(on)) + later
    with reading(trade.engine) as conn:
        due = conn.execute(select(rows.c.id).where(rows.c.due_at <= now)).scalars().all()
    for number in due:
        Refunder(trade.engine, trade.settings, till.as_provider, at)(number, now)


def stands(trade: Trade, anne: int) -> list[tuple[int, str, str, str]]:
    """Amount, way and state of each, and why."""
    return [(one.amount_minor, one.way.value, one.state.value, one.code) for one in trade.refunds(anne)]


def told(trade: Trade) -> list[Template]:
    """Which mails were written about refunds."""
    about = (Template.REFUND_SENT, Template.REFUND_FAILED, Template.REFUNDS_DUE)
    with reading(trade.engine) as conn:
        found = outbox.listing(conn)
    return [one.notice.template for one in found if one.notice.template in about]


def test_no_more_goes_back_than_was_paid_above_what_is_owed(trade: Trade, anne: int, till: Till) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "5.00", on="2026-04-01", reference="pi_1", method="stripe", provider="stripe")

    (note,) = trade.cancel(added, on="2026-04-10")

    (one,) = trade.refunds(anne)
    assert (note.reckoned.total_minor, one.amount_minor) == (833, 500 + 833 - 1190)
    assert (one.way, one.state, one.deadline_on) == (Way.PROVIDER, RefundState.WANTED, d("2026-04-20"))
    assert trade.balance("liabilities:refunds") == -143


def test_the_newest_payment_goes_back_first_and_of_each_no_more_than_it_was(
    trade: Trade, anne: int, till: Till
) -> None:
    bought(trade, anne, till, "4.00", "5.90", "2.00")

    assert [(one.payment_id, one.amount_minor) for one in trade.refunds(anne)] == [(3, 200), (2, 590), (1, 43)]


def test_what_credit_has_paid_is_credit_again(trade: Trade, anne: int, till: Till) -> None:
    trade.give(anne, "6.90", on="2026-04-01")
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "5.00", on="2026-04-01", reference="pi_1", method="stripe", provider="stripe")

    trade.cancel(added, on="2026-04-10")

    assert stands(trade, anne) == [(500, "provider", "wanted", "")]
    assert trade.has_credit(anne) == 333


def test_what_staff_credit_stays_credit(trade: Trade, anne: int, till: Till) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01", reference="pi_1", method="stripe", provider="stripe")

    trade.credit(first.number, "2.00", on="2026-04-10")

    assert (trade.has_credit(anne), trade.refunds(anne)) == (200, ())


def test_of_an_upgraded_plan_both_payments_go_back(trade: Trade, anne: int, till: Till) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01", reference="pi_1", method="stripe", provider="stripe")
    (more,) = trade.change(added, on="2026-04-02", sku="large")
    trade.pay(more.number, f"{more.reckoned.total_minor / 100:.2f}", on="2026-04-02", reference="pi_2",
              method="stripe", provider="stripe")  # fmt: skip

    (note,) = trade.cancel(added, on="2026-04-03")

    assert trade.has_credit(anne) == 0
    assert sum(one.amount_minor for one in trade.refunds(anne)) == note.reckoned.total_minor
    assert [one.payment_id for one in trade.refunds(anne)] == [2, 1]


def test_a_refund_is_sent_booked_and_told_once(trade: Trade, anne: int, till: Till) -> None:
    bought(trade, anne, till, "11.90")

    for _ in range(3):
        work(trade, till, "2026-04-10")
    work(trade, till, "2026-04-12")

    assert stands(trade, anne) == [(833, "provider", "succeeded", "")]
    assert (till.sent_minor, trade.balance("assets:stripe")) == (833, 1190 - 833)
    assert trade.balance("liabilities:refunds") == 0
    assert told(trade) == [Template.REFUND_SENT]


def test_a_refund_that_is_pending_is_followed(trade: Trade, anne: int, till: Till) -> None:
    till.first_state = Seen.PENDING
    bought(trade, anne, till, "11.90")
    work(trade, till, "2026-04-10")
    assert stands(trade, anne) == [(833, "provider", "pending", "")]

    till.refunds["re_1"] = replace(till.refunds["re_1"], state=Seen.SUCCEEDED)
    work(trade, till, "2026-04-10", later=timedelta(minutes=2))

    assert stands(trade, anne) == [(833, "provider", "succeeded", "")]
    assert (trade.balance("assets:stripe"), told(trade)) == (1190 - 833, [Template.REFUND_SENT])


def test_a_card_that_is_closed_makes_a_task_with_the_deadline_of_the_first_moment(
    trade: Trade, anne: int, till: Till
) -> None:
    till.closed.add("pi_1")
    bought(trade, anne, till, "11.90")

    work(trade, till, "2026-04-14")

    (one,) = trade.refunds(anne)
    assert stands(trade, anne) == [(833, "check-or-transfer", "task", "charge_too_old")]
    assert one.deadline_on == d("2026-04-20")
    assert (trade.balance("assets:stripe"), trade.balance("liabilities:refunds")) == (1190, -833)


@pytest.mark.parametrize("days", [0, 1, 20])
def test_a_refund_that_fails_later_becomes_a_task_of_its_own(trade: Trade, anne: int, till: Till, days: int) -> None:
    bought(trade, anne, till, "11.90")
    work(trade, till, "2026-04-10")
    for day in range(days):
        work(trade, till, "2026-04-10", later=timedelta(days=day + 1))

    till.comes_back("re_1")
    work(trade, till, "2026-04-10", later=timedelta(days=days + 15))

    code = "expired_or_canceled_card"
    assert stands(trade, anne) == [(833, "provider", "failed", code), (833, "check-or-transfer", "task", code)]
    assert [one.deadline_on for one in trade.refunds(anne)] == [d("2026-04-20")] * 2
    assert (till.sent_minor, trade.balance("assets:stripe"), trade.balance("liabilities:refunds")) == (0, 1190, -833)


def test_money_that_came_by_hand_is_a_task_from_the_first_moment_on(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.cancel(added, on="2026-04-10")
    (task,) = trade.refunds(anne)
    assert (task.way, task.state, task.deadline_on) == (Way.BY_HAND, RefundState.TASK, d("2026-04-20"))

    done = by_hand(trade, task, lambda deal, one: refund_by_hand.record(deal, one, method="Check", reference="4711"))

    assert (done.state, done.method, done.reference) == (RefundState.RECORDED, "check", "4711")
    assert (trade.balance("assets:bank"), trade.balance("liabilities:refunds")) == (1190 - 833, 0)
    assert told(trade) == [Template.REFUND_SENT]
    with pytest.raises(NotPossibleNow, match="recorded, and no task: it was sent by check, 4711"):
        by_hand(trade, done, lambda deal, one: refund_by_hand.record(deal, one, method="check", reference="4712"))


def test_nothing_is_recorded_as_sent_by_a_provider(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.cancel(added, on="2026-04-10")
    (task,) = trade.refunds(anne)

    with pytest.raises(BadMethod, match="'stripe' sends nothing by hand"):
        by_hand(trade, task, lambda deal, one: refund_by_hand.record(deal, one, method="stripe", reference="1"))

    assert trade.refunds(anne) == (task,)


def test_a_task_may_be_tried_once_more_by_a_refund_with_a_key_of_its_own(trade: Trade, anne: int, till: Till) -> None:
    till.closed.add("pi_1")
    bought(trade, anne, till, "11.90")
    work(trade, till, "2026-04-10")
    till.closed.clear()

    by_hand(trade, trade.refunds(anne)[0], refund_by_hand.retry)
    work(trade, till, "2026-04-11")

    assert [one[:3] for one in stands(trade, anne)] == [
        (833, "check-or-transfer", "failed"), (833, "provider", "succeeded"),
    ]  # fmt: skip
    assert (till.sent_minor, list(till.marks)) == (833, ["refund-2"])


def test_a_task_may_be_credit_in_the_end(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")
    trade.cancel(added, on="2026-04-10")

    by_hand(trade, trade.refunds(anne)[0], refund_by_hand.keep)

    assert (trade.has_credit(anne), trade.goes_back(anne), trade.balance("liabilities:refunds")) == (833, 0, 0)


@pytest.mark.parametrize("place", ["refund.lent", "refund.answered", "refund.before-commit", "refund.committed"])
def test_killed_between_any_two_steps_the_money_moves_once_and_is_booked_once(
    trade: Trade, anne: int, till: Till, place: str
) -> None:
    bought(trade, anne, till, "11.90")

    with pytest.raises(Killed):
        work(trade, till, "2026-04-10", at=_dies(place))
    till.keys.clear()  # a day goes by, and they are forgotten
    work(trade, till, "2026-04-12")
    work(trade, till, "2026-04-14")

    assert (till.sent_minor, len(till.refunds)) == (833, 1)
    assert [one[:3] for one in stands(trade, anne)] == [(833, "provider", "succeeded")]
    assert (trade.balance("assets:stripe"), trade.balance("liabilities:refunds")) == (1190 - 833, 0)
    assert told(trade) == [Template.REFUND_SENT]


@pytest.mark.parametrize("fault", ["before", "after"])
def test_what_is_not_known_is_looked_up_and_never_sent_anew(trade: Trade, anne: int, till: Till, fault: str) -> None:
    bought(trade, anne, till, "11.90")
    setattr(till, fault, _no_answer)

    work(trade, till, "2026-04-10")
    in_doubt = stands(trade, anne)
    till.keys.clear()
    work(trade, till, "2026-04-11")

    assert in_doubt == [(833, "provider", "in-doubt", "no answer")]
    assert [one[:3] for one in stands(trade, anne)] == [(833, "provider", "succeeded")]
    assert (till.sent_minor, len(till.refunds), trade.balance("assets:stripe")) == (833, 1, 1190 - 833)


def test_two_workers_send_it_once(trade: Trade, anne: int, till: Till) -> None:
    bought(trade, anne, till, "11.90")

    def another(place: str) -> None:
        if place == "refund.lent":
            work(trade, till, "2026-04-10", later=timedelta(minutes=5))

    work(trade, till, "2026-04-10", at=another)

    assert (till.asked, till.sent_minor, trade.balance("assets:stripe")) == (1, 833, 1190 - 833)


def test_who_has_lost_the_lease_books_nothing(trade: Trade, anne: int, till: Till) -> None:
    bought(trade, anne, till, "11.90")

    def slow(place: str) -> None:
        if place == "refund.answered":
            work(trade, till, "2026-04-10", later=timedelta(hours=1))

    work(trade, till, "2026-04-10", at=slow)

    assert (till.sent_minor, len(till.refunds)) == (833, 1)
    assert (trade.balance("assets:stripe"), told(trade)) == (1190 - 833, [Template.REFUND_SENT])


def test_what_no_unit_of_the_provider_expresses_is_credit(trade: Trade, anne: int, till: Till) -> None:
    till.unit = 10
    bought(trade, anne, till, "11.90")

    work(trade, till, "2026-04-10")
    work(trade, till, "2026-04-10", later=timedelta(minutes=1))

    assert (till.sent_minor, trade.has_credit(anne)) == (830, 3)
    assert [one[:3] for one in stands(trade, anne)] == [(830, "provider", "succeeded"), (3, "provider", "kept")]


def test_staff_give_back_credit_by_the_way_it_came(trade: Trade, anne: int, till: Till) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    till.charge("pi_1", 2000)
    trade.pay(first.number, "20.00", on="2026-04-01", reference="pi_1", method="stripe", provider="stripe")

    give(trade, anne, first.number, 500)
    work(trade, till, "2026-04-10")

    assert (trade.has_credit(anne), till.sent_minor) == (310, 500)
    assert [(one.asked_by, one.approved_by, one.credit_note_id) for one in trade.refunds(anne)] == [
        ("Bart", "Cris", None)
    ]
    assert trade.balance("assets:stripe") == 1500


def test_staff_give_back_all_there_is_but_no_gift(trade: Trade, anne: int) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "20.00", on="2026-04-01")
    trade.give(anne, "30.00", on="2026-04-02")

    give(trade, anne, None, None)

    assert (trade.has_credit(anne), trade.goes_back(anne)) == (3000 + 810 - 2000, 2000)
    with pytest.raises(NothingToGiveBack, match=r"no more than 0.00 EUR of the money that came in"):
        give(trade, anne, None, 100)


def test_there_is_no_more_to_give_back_than_the_credit(trade: Trade, anne: int) -> None:
    _, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")

    with pytest.raises(NothingToGiveBack, match="has no credit in EUR: a credit note comes first"):
        give(trade, anne, first.number, None)
    trade.credit(first.number, "2.00", on="2026-04-02")
    with pytest.raises(NothingToGiveBack, match=r"no more than the credit of customer 1 can go back: 2.00 EUR"):
        give(trade, anne, first.number, 201)


def test_what_came_from_an_older_system_may_go_back_by_hand(trade: Trade, anne: int) -> None:
    with trade.deal(anne, "2026-04-01") as deal:
        take_over(deal, "EUR", 700)

    give(trade, anne, None, None)

    assert stands(trade, anne) == [(700, "check-or-transfer", "task", "")]


def give(trade: Trade, anne: int, number: str | None, amount_minor: int | None) -> None:
    """Staff ask for it."""
    invoice = trade.invoice(number) if number else None
    with trade.deal(anne, "2026-04-10") as deal:
        give_back(deal, invoice, amount_minor, asked_by="Bart", approved_by="Cris")


def by_hand(trade: Trade, refund: Refund, act: Callable[..., Refund]) -> Refund:
    """A person does something about it."""
    with trade.deal(refund.customer_id, "2026-04-11") as deal:
        now = refunds.find(deal.conn, refund.id)
        assert now is not None
        return act(deal, now)


def _dies(place: str) -> FailPoint:
    def die(name: str) -> None:
        if name == place:
            raise Killed(name)

    return die


def _no_answer() -> None:
    raise Away("no answer")
