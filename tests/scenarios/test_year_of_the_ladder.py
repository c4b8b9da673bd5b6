"""Half a year of customers who pay, pay late, pay a part, or never; lived day by day, and seen at once at its end."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mailgate.billing.dunning import Outcome, Rules, ladder
from mailgate.billing.period import local_date
from mailgate.billing.service import UNPAID, NotPossible, State
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.back.take_back import CannotTakeBack
from store.billing import dunning, invoices, services
from store.billing.dunning import StepDone
from store.billing.invoices import Issued
from store.engine import reading
from store.post.outbox import Outgoing, OutState
from store.schema import dunning_steps
from tests.collecting import Collector
from tests.gate import BEGIN, BeginGate

ZONES = ("Pacific/Kiritimati", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Pacific/Pago_Pago", "Europe/Berlin")
DAYS = 150
HOURS = (time(0, 5), time(11, 5), time(20, 5))

REMINDERS = frozenset(
    {
        "invoice-reminder-before",
        "invoice-reminder-due",
        "invoice-reminder-after",
        "service-suspend-warning",
        "service-end-warning",
    }
)


@pytest.fixture
def store_url() -> None:
    """In a file: what differs on a server is in the other stories."""


@pytest.fixture
def money(begin: BeginGate) -> Collector:
    """A company with a dozen customers, each of whom has taken something; the mails of its desk are no matter here."""
    money = Collector.begin(begin())
    for number in range(12):
        money.customer(f"Customer{number}", zone=ZONES[number % len(ZONES)])
        for sku in ("web", "big", "web")[: 1 + number % 3]:
            money.sell(number + 1, sku)
    return money


def live(money: Collector, *, looking: bool) -> None:
    """Day by day: what is due three times a day, if anybody looks, and what the customers do, always the same."""
    dice = random.Random(7)
    for number in range(DAYS):
        day = BEGIN.date() + timedelta(number + 1)
        for hour in HOURS:
            money.gate.now = datetime.combine(day, hour, UTC)
            if looking:
                money.look()
        for invoice in [one for one in everything(money) if one.open_minor and one.due_on <= day + timedelta(5)]:
            habit = invoice.customer_id % 6  # 0 never pays
            if habit == 0 or dice.random() > 0.02 * habit**2:
                continue
            money.pay(invoice.number, None if dice.random() < 0.7 else max(1, invoice.open_minor // 2))
        if dice.random() < 0.05:
            void_some(money, dice)


def void_some(money: Collector, dice: random.Random) -> None:
    """Staff take an invoice back, if that can be."""
    found = [one for one in everything(money) if one.open_minor]
    if not found:
        return
    one = dice.choice(found)
    with money.deal(one.customer_id) as deal:
        try:
            take_back.void(deal, invoices.get(deal.conn, one.id))
        except (CannotTakeBack, NotPossible):
            return


def everything(money: Collector) -> tuple[Issued, ...]:
    """Every invoice as it is now."""
    with reading(money.gate.parts.engine) as conn:
        return invoices.listing(conn)


def steps(money: Collector) -> dict[int, list[StepDone]]:
    """All that the ladder did, by invoice."""
    with reading(money.gate.parts.engine) as conn:
        ids = conn.execute(select(dunning_steps.c.invoice_id).distinct()).scalars().all()
        return dunning.done(conn, ids)


def mails(money: Collector) -> dict[int, Outgoing]:
    """Those about money, by their ids."""
    return {one.id: one for one in money.mails()}


def named_in(one: Outgoing) -> Iterator[int]:
    """The invoices that a mail names."""
    values = one.notice.values
    for about in (values["invoice"], *values.get("also", ())):  # type: ignore[misc]
        yield about["id"]


def assert_fair(money: Collector) -> None:
    """What holds of every mail and every consequence, whatever happened."""
    by_id = {one.id: one for one in everything(money)}
    sent = mails(money)
    done = steps(money)
    days: Counter[tuple[str, date]] = Counter()
    for one in sent.values():
        if one.notice.template.value not in REMINDERS or one.state is not OutState.SENT:
            continue
        assert one.sent_at is not None
        for number in named_in(one):
            settled_at = by_id[number].settled_at
            assert settled_at is None or settled_at >= one.sent_at, (one.subject, by_id[number].number)
        zone = ZoneInfo(by_id[next(named_in(one))].zone)
        days[one.notice.to_address, local_date(one.created_at, zone)] += 1
    assert max(days.values()) == 1  # a reader gets one a day
    order = {step.name: place for place, step in enumerate(ladder(Rules()))}
    brought = Counter(
        mail for theirs in done.values() for one in theirs if one.step == "created" for mail in one.outbox_ids
    )
    assert set(brought.values()) == {1}
    for number, theirs in done.items():
        told = [one for one in theirs if one.outcome is not Outcome.SKIPPED and one.step in order]
        assert [one.step for one in told] == sorted((one.step for one in told), key=order.__getitem__)
        for step in theirs:
            if step.outcome is Outcome.SUSPENDED:
                assert_warned(theirs, sent, step, "service-suspend-warning", timedelta(days=3))
            if step.outcome is Outcome.ENDED:
                assert_warned(theirs, sent, step, "service-end-warning", timedelta(days=7))
        assert by_id[number].issued_at <= min(one.done_at for one in theirs)


def assert_warned(
    theirs: list[StepDone], sent: dict[int, Outgoing], step: StepDone, template: str, before: timedelta
) -> None:
    """A consequence has its warning, which had arrived so long before."""
    arrived = [
        one.sent_at
        for other in theirs
        for one in (sent[number] for number in other.outbox_ids if number in sent)
        if one.notice.template.value == template and one.state is OutState.SENT and one.sent_at
    ]
    assert arrived, (step, template)
    assert step.done_at - min(arrived) >= before


def test_half_a_year_lived_day_by_day_is_fair(money: Collector) -> None:
    live(money, looking=True)

    assert_fair(money)
    kinds = Counter(money.kinds())
    assert {"invoice-created", "service-suspended", "service-restored", "service-cancelled", *REMINDERS} <= kinds.keys()
    with reading(money.gate.parts.engine) as conn:
        theirs = services.of_accounts(conn, range(1, 13))
        off = [one for some in theirs.values() for one in some if one.state is State.SUSPENDED]
        held = dunning.billed_services(
            conn, [number for number, some in steps(money).items() if is_held(money, number, some)]
        )
    assert off
    assert all(one.suspended_for == UNPAID for one in off)
    assert {one.id for one in off} <= set().union(*held.values())


def is_held(money: Collector, number: int, theirs: list[StepDone]) -> bool:
    """This invoice keeps what it bills off."""
    with reading(money.gate.parts.engine) as conn:
        is_open = invoices.get(conn, number).open_minor > 0
    return is_open and any(one.outcome is Outcome.SUSPENDED for one in theirs)


def test_half_a_year_seen_in_one_go_sends_each_account_one_mail_and_touches_no_service(money: Collector) -> None:
    live(money, looking=False)

    for _ in range(3):
        money.look()

    assert_fair(money)
    asked = Counter(one.notice.to_address for one in money.mails() if one.notice.template.value in REMINDERS)
    assert set(asked.values()) == {1}
    assert not {"service-suspended", "service-cancelled"} & set(money.kinds())
    with reading(money.gate.parts.engine) as conn:
        states = {one.state for some in services.of_accounts(conn, range(1, 13)).values() for one in some}
    assert states == {State.ACTIVE}
