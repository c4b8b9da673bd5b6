"""What was settled is open again, since the money was taken back: it climbs the ladder anew, from that day on."""

from datetime import date, timedelta

import pytest

from mailgate.billing.service import UNPAID, State
from mailgate.flows.billing.back import dispute
from mailgate.flows.billing.back.returned import take_payment_back
from mailgate.flows.billing.money import settle
from mailgate.payments.provider import DisputeSeen, DisputeState
from store.billing import invoices, payments
from store.billing.payments import Payment
from store.engine import reading
from store.views import about_invoice
from tests.collecting import Collector, midday
from tests.gate import BeginGate, Gate, Person


@pytest.fixture
def money(gate: Gate) -> Collector:
    """It sells."""
    return Collector.begin(gate)


@pytest.fixture
def anne(money: Collector) -> Person:
    """Customer 1, in Berlin."""
    return money.customer("Anne Miller")


def pay_by_card(money: Collector, number: str) -> None:
    """What is open of it comes by a provider."""
    with money.deal(1) as deal:
        one = invoices.get(deal.conn, money.invoice(number).id)
        paid = Payment(0, 1, "stripe", "pi_1", one.currency, one.open_minor, deal.day, deal.now, "Bart", "stripe")
        settle.record_payment(deal, one, paid, as_credit=False)


def taken_back(money: Collector, payment_id: int) -> None:
    """The bank takes a payment back."""
    with money.deal(1) as deal:
        take_payment_back(deal, payments.get(deal.conn, payment_id), entry_id=payment_id, on=deal.day)


def charged_back(money: Collector, payment_id: int, state: DisputeState) -> None:
    """The provider says how the dispute of a payment stands."""
    with money.deal(1) as deal:
        paid = payments.get(deal.conn, payment_id)
        amount, currency = paid.amount_minor, paid.currency
        dispute.hear(deal, paid, DisputeSeen("dp_1", "pi_1", state, currency, amount, 0, currency, deal.now))


def pay_renewals(money: Collector, *, but: str) -> None:
    """All that is open of Anne's, but one."""
    with reading(money.gate.parts.engine) as conn:
        numbers = [one.number for one in invoices.open_of(conn, 1) if one.number != but]
    for number in numbers:
        money.pay(number)


def since(money: Collector, number: str) -> list[tuple[str, str, str]]:
    """What was done about an invoice since it is open again."""
    found = money.done(number)
    last = max(place for place, one in enumerate(found) if one[0] == "reopened")
    return found[last:]


def test_who_was_suspended_and_paid_is_warned_and_suspended_again_by_days_that_count_from_the_return(
    money: Collector, anne: Person
) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 20))
    paid = money.pay(sold.number)
    money.until(date(2026, 4, 10))
    pay_renewals(money, but=sold.number)
    assert money.service(site).state is State.ACTIVE

    taken_back(money, paid.payment_id)
    money.until(date(2026, 4, 23))
    before = money.service(site).state
    money.until(date(2026, 4, 25))

    assert since(money, sold.number) == [
        ("reopened", "reopened", "2026-04-10"),
        ("-3", "skipped", "2026-04-10"),
        ("0", "skipped", "2026-04-10"),
        ("+3", "reminded", "2026-04-13"),
        ("+7", "warned", "2026-04-17"),
        ("+14", "skipped", "2026-04-24"),
        ("suspend", "suspended", "2026-04-24"),
    ]
    now = money.service(site)
    assert (before, now.state, now.suspended_for) == (State.ACTIVE, State.SUSPENDED, UNPAID)
    money.pay(sold.number)
    assert money.service(site).state is State.ACTIVE


def test_what_nobody_pays_a_second_time_ends_by_its_new_days(money: Collector, anne: Person) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 20))
    paid = money.pay(sold.number)
    money.until(date(2026, 3, 25))
    taken_back(money, paid.payment_id)

    money.until(date(2026, 6, 30))

    assert [one for one in since(money, sold.number) if one[0].startswith("end")] == [
        ("end-warning", "warned", "2026-05-17"),
        ("end-watch", "watched", "2026-05-23"),
        ("end", "ended", "2026-05-24"),
    ]
    assert money.service(site).state is State.TERMINATED


def test_a_chargeback_that_is_lost_rests_first_and_is_then_warned_of_before_it_suspends(
    money: Collector, anne: Person
) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 20))
    pay_by_card(money, sold.number)
    money.until(date(2026, 4, 10))

    charged_back(money, 1, DisputeState.OPEN)
    charged_back(money, 1, DisputeState.LOST)
    money.until(date(2026, 4, 30))

    assert since(money, sold.number)[-3:] == [
        ("+7", "warned", "2026-04-18"),
        ("+14", "skipped", "2026-04-24"),
        ("suspend", "suspended", "2026-04-24"),
    ]
    assert money.service(site).state is State.SUSPENDED


def test_it_climbs_anew_each_time(money: Collector, anne: Person) -> None:
    site, sold = money.sell(1)
    for day in (date(2026, 4, 10), date(2026, 5, 10)):
        paid = money.pay(sold.number)
        money.until(day)
        pay_renewals(money, but=sold.number)
        taken_back(money, paid.payment_id)
        money.until(day + timedelta(days=15))
        assert [step for step, *_ in since(money, sold.number)].count("suspend") == 1

    assert since(money, sold.number)[0] == ("reopened", "reopened", "2026-05-10")
    assert money.service(site).state is State.SUSPENDED


def test_what_is_back_before_its_due_date_is_counted_from_that(money: Collector, anne: Person) -> None:
    site, sold = money.sell(1)
    money.pay(sold.number)
    money.until(date(2026, 3, 24))
    paid = money.pay("2026-0002")  # due on 2 April
    money.until(date(2026, 3, 26))

    taken_back(money, paid.payment_id)
    money.until(date(2026, 4, 20))

    assert since(money, "2026-0002") == [
        ("reopened", "reopened", "2026-03-26"),
        ("-3", "reminded", "2026-03-30"),
        ("0", "reminded", "2026-04-02"),
        ("+3", "reminded", "2026-04-05"),
        ("+7", "warned", "2026-04-09"),
        ("+14", "skipped", "2026-04-16"),
        ("suspend", "suspended", "2026-04-16"),
    ]
    assert money.service(site).state is State.SUSPENDED


def test_what_was_open_all_along_climbs_on_where_it_is(money: Collector, anne: Person) -> None:
    _, sold = money.sell(1)
    money.until(date(2026, 3, 6))
    part = money.pay(sold.number, 500)
    money.until(date(2026, 3, 10))

    taken_back(money, part.payment_id)
    money.until(date(2026, 3, 20))

    assert money.done(sold.number)[-3:] == [
        ("+7", "warned", "2026-03-09"),
        ("+14", "skipped", "2026-03-16"),
        ("suspend", "suspended", "2026-03-16"),
    ]


def test_what_is_ahead_of_it_is_shown_by_the_same_days(money: Collector, anne: Person) -> None:
    _, sold = money.sell(1)
    money.until(date(2026, 3, 20))
    paid = money.pay(sold.number)
    money.until(date(2026, 4, 10))
    taken_back(money, paid.payment_id)

    with reading(money.gate.parts.engine) as conn:
        rules = money.gate.parts.settings.billing.ladder
        found = about_invoice.ahead_of(conn, sold.id, rules, midday(date(2026, 4, 11)))

    assert [(one.kind.value, one.on.isoformat()) for one in found.coming if one.kind.value.startswith("suspend")] == [
        ("suspend-warning", "2026-04-17"), ("suspend", "2026-04-24")
    ]  # fmt: skip


def test_the_first_climb_of_one_invoice_keeps_nothing_off_that_another_has_suspended(
    money: Collector, anne: Person
) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 20))
    paid = money.pay(sold.number)
    money.until(date(2026, 3, 31))
    second = "2026-0002"
    with reading(money.gate.parts.engine) as conn:
        assert invoices.find(conn, second) is not None
    money.until(date(2026, 4, 30))
    assert money.service(site).state is State.SUSPENDED
    taken_back(money, paid.payment_id)

    money.pay(second)

    assert money.service(site).state is State.ACTIVE


def test_a_late_fee_is_taken_once_however_often_it_climbs(begin: BeginGate) -> None:
    money = Collector.begin(begin(billing={"late_fee": "5.00"}))
    money.customer("Anne Miller")
    _, sold = money.sell(1)
    money.until(date(2026, 3, 20))
    paid = money.pay(sold.number)
    taken_back(money, paid.payment_id)

    money.until(date(2026, 4, 10))

    assert [step for step, *_ in money.done(sold.number)].count("late-fee") == 1
    assert [step for step, outcome, _ in money.done(sold.number) if outcome == "warned"] == ["+7", "+7"]
