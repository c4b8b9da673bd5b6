"""Silence has consequences only after fair warning: invoices climb the ladder, as their readers see it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mailgate.billing.promise import Ended, PromiseKind
from mailgate.billing.service import UNPAID, NotPossible, Service, State
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.service import states, terms
from mailgate.letters.kind import Template
from mailgate.people import Role
from store import people
from store.billing import accounts, dunning, invoices, lines, promises, services
from store.billing.invoices import Issued
from store.billing.promises import Promise
from store.engine import reading, transaction
from store.post.outbox import OutState
from tests.billing.shop import product, tax
from tests.collecting import Collector
from tests.gate import BeginGate, Gate, Person
from tests.scenarios.reports import report

WARNED = datetime(2026, 3, 8, 23, tzinfo=UTC)
"""Midnight of 9 March in Berlin, seven days after the first invoice was due: the warning leaves."""


@pytest.fixture
def money(gate: Gate) -> Collector:
    """It sells."""
    return Collector.begin(gate)


@pytest.fixture
def anne(money: Collector) -> Person:
    """Customer 1, in Berlin."""
    return money.customer("Anne Miller")


def state(money: Collector, service: Service) -> tuple[State, str]:
    """How a service stands, and why it is off."""
    now = money.service(service)
    return now.state, now.suspended_for


def promise(money: Collector, until_on: date, *, invoice_id: int | None = None) -> int:
    """Anne says when the money comes; the ladder is told to look anew, as whoever writes a promise does."""
    with money.deal(1) as deal:
        one = Promise(0, 1, invoice_id, PromiseKind.PAID, until_on, deal.now, "Anne Miller")
        dunning.look_soon(deal.conn, 1, now=deal.now)
        return promises.add(deal.conn, one)


def test_who_never_pays_is_brought_the_invoice_reminded_warned_suspended_and_in_the_end_ended(
    money: Collector, anne: Person
) -> None:
    site, sold = money.sell(1)

    money.until(date(2026, 6, 1))

    assert money.done(sold.number) == [
        ("-3", "skipped", "2026-03-02"),
        ("0", "skipped", "2026-03-02"),
        ("created", "sent", "2026-03-02"),
        ("+3", "reminded", "2026-03-05"),
        ("+7", "warned", "2026-03-09"),
        ("+14", "skipped", "2026-03-16"),
        ("suspend", "suspended", "2026-03-16"),
        ("end-warning", "warned", "2026-04-24"),
        ("end-watch", "watched", "2026-04-30"),
        ("end", "ended", "2026-05-01"),
    ]
    assert money.kinds() == [
        "invoice-created",
        "invoice-reminder-after",
        "service-suspend-warning",
        "service-suspended",
        "service-end-warning",
        "service-cancelled",
    ]
    assert [one.created_at.hour for one in money.mails()[1:]] == [23, 23, 23, 22, 22]  # midnight in Berlin
    assert money.service(site).state is State.TERMINATED
    invoice = money.invoice(sold.number)
    assert 0 < invoice.open_minor < invoice.total_minor  # from the suspension on it is given back
    assert invoice.step_at is None


def test_a_renewal_is_announced_reminded_of_before_and_on_its_day_and_each_once_however_often_one_looks(
    money: Collector, anne: Person
) -> None:
    _, sold = money.sell(1)
    money.pay(sold.number)

    for day in range(40):
        money.until(date(2026, 3, 3) + timedelta(days=day))
        for _ in range(3):
            money.look()

    assert money.done("2026-0002")[:5] == [
        ("created", "sent", "2026-03-23"),
        ("-3", "reminded", "2026-03-30"),
        ("0", "reminded", "2026-04-02"),
        ("+3", "reminded", "2026-04-05"),
        ("+7", "warned", "2026-04-09"),
    ]
    assert money.kinds() == [
        "payment-receipt",
        "invoice-created",  # of what was paid at once
        "invoice-created",
        "invoice-reminder-before",
        "invoice-reminder-due",
        "invoice-reminder-after",
        "service-suspend-warning",
    ]


def test_money_brings_the_service_back_at_once(money: Collector, anne: Person) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 20))
    assert state(money, site) == (State.SUSPENDED, UNPAID)

    money.pay(sold.number)

    assert state(money, site) == (State.ACTIVE, "")
    money.until(date(2026, 3, 21))
    assert sum(kind == "service-restored" for kind in money.kinds()) == 1
    money.until(date(2026, 6, 30))
    assert [step for step, *_ in money.done(sold.number)][-1] == "suspend"  # nothing more was done about it


@pytest.mark.parametrize("way", ["credit", "credit note", "write-off", "void"])
def test_whatever_settles_it_brings_the_service_back(money: Collector, anne: Person, way: str) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 20))

    with money.deal(1) as deal:
        invoice = invoices.get(deal.conn, sold.id)
        if way == "credit":
            settle.give(deal, "EUR", invoice.open_minor, reason="sorry")
        elif way == "credit note":
            take_back.credit(deal, invoice, invoice.open_minor, reason="sorry")
        elif way == "write-off":
            settle.write_off(deal, invoice)
        else:
            take_back.void(deal, invoice)

    assert state(money, site) == (State.ACTIVE, "")
    assert money.invoice(sold.number).step_at is None


def test_a_suspension_by_staff_is_neither_warned_of_nor_lifted_by_money(money: Collector, anne: Person) -> None:
    site, sold = money.sell(1)
    with money.deal(1) as deal:
        states.suspend(deal, services.get(deal.conn, site.id), reason="spam")
    money.until(date(2026, 5, 30))

    money.pay(sold.number)
    money.look()

    assert state(money, site) == (State.SUSPENDED, "spam")
    assert "service-suspend-warning" not in money.kinds()
    assert [step for step, *_ in money.done(sold.number)] == ["-3", "0", "created", "+3", "+7", "+14"]


def test_nobody_of_the_staff_can_give_the_reason_that_money_takes_back(money: Collector, anne: Person) -> None:
    site, _ = money.sell(1)

    with pytest.raises(NotPossible, match="comes back by itself"), money.deal(1) as deal:
        states.suspend(deal, services.get(deal.conn, site.id), reason=UNPAID)


def test_who_pays_a_part_is_reminded_of_the_rest(money: Collector, anne: Person) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 6))

    money.pay(sold.number, 1000)
    money.until(date(2026, 3, 20))

    assert ("suspend", "suspended", "2026-03-16") in money.done(sold.number)
    warning = next(one for one in money.gate.mailbox(anne) if "will be suspended" in one.subject)
    assert "The rest of invoice 2026-0001, EUR\xa01.78, was due on" in warning.text
    assert state(money, site) == (State.SUSPENDED, UNPAID)
    money.pay(sold.number)
    assert state(money, site) == (State.ACTIVE, "")


def test_an_invoice_that_is_void_within_the_hold_is_never_heard_of(money: Collector, anne: Person) -> None:
    _, sold = money.sell(1)
    money.gate.now += timedelta(minutes=10)

    with money.deal(1) as deal:
        take_back.void(deal, invoices.get(deal.conn, sold.id))
    money.until(date(2026, 3, 20))

    assert money.done(sold.number) == []
    assert "invoice-created" not in money.kinds()


def test_an_invoice_that_is_paid_within_the_hold_is_brought_all_the_same(money: Collector, anne: Person) -> None:
    _, sold = money.sell(1)
    money.gate.now += timedelta(minutes=10)

    money.pay(sold.number)
    money.until(date(2026, 3, 20))

    assert money.done(sold.number) == [("created", "sent", "2026-03-02")]
    assert sum(kind == "invoice-created" for kind in money.kinds()) == 1
    [files] = [list(one.message.iter_attachments()) for one in money.gate.mailbox(anne) if "Invoice" in one.subject]
    assert [one.get_content_type() for one in files] == ["application/pdf"]


def test_a_mail_that_waits_is_dropped_when_the_money_has_come(begin: BeginGate) -> None:
    money = Collector.begin(begin())
    money.customer("Anne Miller")
    _, sold = money.sell(1)
    money.until(date(2026, 3, 3))
    money.gate.sink.replies["MAIL"] = ["451 4.3.0 later"] * 2
    money.until(datetime(2026, 3, 4, 23, 0, 30, tzinfo=UTC))
    assert money.mails()[-1].state is OutState.QUEUED

    money.pay(sold.number)
    money.until(date(2026, 3, 5))

    reminder = next(one for one in money.mails() if one.notice.template is Template.INVOICE_REMINDER_AFTER)
    assert reminder.state is OutState.CANCELLED
    assert reminder.last_reply == "not sent, no longer so: 2026-0001 is paid"


def test_a_warning_that_was_dropped_since_a_part_was_paid_is_given_anew_with_the_rest(
    money: Collector, anne: Person
) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 8))
    money.gate.sink.replies["MAIL"] = ["451 4.3.0 later"]
    money.until(WARNED + timedelta(seconds=30))
    assert money.mails()[-1].state is OutState.QUEUED

    money.pay(sold.number, 1000)
    money.until(date(2026, 3, 20))

    dropped, given = [one for one in money.mails() if one.notice.template is Template.SERVICE_SUSPEND_WARNING]
    assert (dropped.state, given.state) == (OutState.CANCELLED, OutState.SENT)
    assert "EUR\xa01.78" in next(one.text for one in money.gate.mailbox(anne) if "will be suspended" in one.subject)
    assert ("suspend-warning-2", "warned", "2026-03-10") in money.done(sold.number)
    assert money.service(site).suspended_on == date(2026, 3, 16)


def test_a_promise_pauses_the_ladder_and_when_nothing_came_it_goes_on(money: Collector, anne: Person) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 4))

    promise(money, date(2026, 3, 20))
    money.until(date(2026, 4, 1))

    assert money.done(sold.number)[3:] == [
        ("+3", "skipped", "2026-03-21"),
        ("+7", "skipped", "2026-03-21"),
        ("+14", "warned", "2026-03-21"),
        ("suspend", "suspended", "2026-03-24"),
    ]
    assert state(money, site) == (State.SUSPENDED, UNPAID)
    with reading(money.gate.parts.engine) as conn:
        [one] = promises.listing(conn, 1)
    assert one.outcome is Ended.UNMATCHED


def test_a_promise_stops_a_suspension_that_was_warned_of_and_the_money_keeps_it(money: Collector, anne: Person) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 3, 12))

    promise(money, date(2026, 3, 30), invoice_id=sold.id)
    money.until(date(2026, 3, 25))
    assert state(money, site) == (State.ACTIVE, "")
    money.pay(sold.number)
    money.until(date(2026, 4, 1))

    with reading(money.gate.parts.engine) as conn:
        [one] = promises.listing(conn, 1)
    assert one.outcome is Ended.KEPT
    assert state(money, site) == (State.ACTIVE, "")


def test_a_warning_that_comes_back_suspends_nobody_goes_to_another_contact_and_then_counts_anew(
    money: Collector, anne: Person
) -> None:
    money.gate.contact(1, "Bob Reed", "bob@customer.example")
    site, sold = money.sell(1)
    money.until(WARNED)
    warning = money.gate.mailbox(anne)[-1]
    assert "will be suspended" in warning.subject

    money.gate.deliver(report(warning.reverse_path, about=anne.address), sender="")
    money.until(date(2026, 3, 31))

    bob = Person("Bob Reed", "bob@customer.example")
    assert money.subjects(bob)[0] == warning.subject  # the same day as before: it is more than three days off
    assert ("suspend-warning-2", "warned", "2026-03-10") in money.done(sold.number)
    assert state(money, site)[0] is State.SUSPENDED  # three days and more after Bob had it
    assert money.service(site).suspended_on == date(2026, 3, 16)


def test_when_nobody_can_be_reached_nothing_happens_and_staff_are_asked_to_reach_them_otherwise(
    money: Collector, anne: Person
) -> None:
    bart = money.gate.staff("Bart Jones", "bart@hosting.example")
    site, sold = money.sell(1)
    money.until(WARNED)

    money.gate.deliver(report(money.gate.mailbox(anne)[-1].reverse_path, about=anne.address), sender="")
    money.until(date(2026, 4, 5))

    assert state(money, site) == (State.ACTIVE, "")
    told = [one for one in money.gate.outbox(Template.UNREACHABLE_CUSTOMER) if one.notice.to_address == bart.address]
    assert [one.notice.about_id for one in told] == [sold.id, sold.id + 1]  # each invoice once
    assert "Anne Miller" in money.gate.mailbox(bart)[-1].text
    assert money.gate.outbox(Template.UNDELIVERED) == ()
    assert ("unreachable", "told", "2026-03-09") in money.done(sold.number)
    assert not any(step == "suspend" for step, *_ in money.done(sold.number))


def test_an_invoice_that_comes_back_goes_to_the_next_contact_and_counts_as_brought(
    money: Collector, anne: Person
) -> None:
    with transaction(money.gate.parts.engine) as conn:
        people.add_contact(conn, 1, "Acc", "accounts@customer.example", (Role.INVOICE,), now=money.gate.now)
    accounts_of_anne = Person("Acc", "accounts@customer.example")
    _, sold = money.sell(1)
    money.until(date(2026, 3, 3))
    brought = money.gate.mailbox(accounts_of_anne)[-1]

    money.gate.deliver(report(brought.reverse_path, about=accounts_of_anne.address), sender="")
    money.look()

    assert money.subjects(anne) == [brought.subject]
    [created] = [one for one in money.steps(sold.number) if one.step == "created"]
    assert len(created.outbox_ids) == 2


def test_without_a_smarthost_nobody_is_suspended(begin: BeginGate) -> None:
    money = Collector.begin(begin(smarthost={"address": None}))
    money.customer("Anne Miller")
    site, sold = money.sell(1)

    money.until(date(2026, 7, 1))

    assert state(money, site) == (State.ACTIVE, "")
    assert ("+7", "warned", "2026-03-09") in money.done(sold.number)


def test_after_three_months_away_each_gets_one_mail_and_nobody_is_suspended_or_ended(
    money: Collector, anne: Person
) -> None:
    site, _ = money.sell(1)
    other, _ = money.sell(1, "big")
    money.until(datetime(2026, 3, 2, 9, 16, tzinfo=UTC))
    before = len(money.mails())

    money.gate.now = datetime(2026, 6, 2, 9, 16, tzinfo=UTC)
    for _ in range(3):
        money.look()

    assert [one.notice.template.value for one in money.mails()[before:]] == ["service-suspend-warning"]
    assert [money.service(one).state for one in (site, other)] == [State.ACTIVE, State.ACTIVE]


def test_a_clock_that_was_three_months_ahead_does_nothing_again_when_it_is_right_and_ends_nobody(
    money: Collector, anne: Person
) -> None:
    site, sold = money.sell(1)
    money.until(date(2026, 4, 26))  # suspended, and warned of the end
    assert "service-end-warning" in money.kinds()
    right = money.gate.now

    money.gate.now = right + timedelta(days=90)
    for _ in range(3):
        money.look()
    assert money.service(site).state is State.SUSPENDED
    money.gate.now = right
    mails = len(money.mails())
    for _ in range(3):
        money.look()

    assert len(money.mails()) == mails
    assert money.service(site).state is State.SUSPENDED
    money.pay(sold.number)
    assert money.service(site).state is State.ACTIVE


def test_one_mail_a_day_names_all_that_is_open(money: Collector, anne: Person) -> None:
    _, first = money.sell(1)
    _, second = money.sell(1, "big")
    money.until(date(2026, 3, 6))

    reminders = [one for one in money.gate.mailbox(anne) if one.subject.startswith("Reminder")]

    assert len(reminders) == 1
    assert all(one.number in reminders[0].text for one in (first, second))
    assert money.steps(first.number)[-1].outbox_ids == money.steps(second.number)[-1].outbox_ids
    assert [one.step for one in money.steps(second.number)][-1] == "+3"


def test_what_two_invoices_keep_off_comes_back_when_both_are_paid(money: Collector, anne: Person) -> None:
    site, first = money.sell(1)
    with money.deal(1) as deal:  # a second document for the same service, due on the same day
        found = services.get(deal.conn, site.id)
        _, (second,) = terms.change(deal, found, *terms.quote_new_terms(deal, found, sku="big"))
    money.until(date(2026, 3, 20))
    assert state(money, site) == (State.SUSPENDED, UNPAID)

    money.pay(first.number)
    still = state(money, site)
    money.pay(second.number)

    assert still == (State.SUSPENDED, UNPAID)
    assert state(money, site) == (State.ACTIVE, "")


def test_add_ons_go_off_and_come_back_with_what_they_belong_to(gate: Gate) -> None:
    catalogue = [
        product("plan", 'addons = ["extra"]', name="Plan"),
        product("extra", kind="add-on", name="Extra"),
        tax("DE", "19"),
    ]
    money = Collector.begin(gate, "\n".join(catalogue))
    money.customer("Anne Miller")
    plan, sold = money.sell(1, "plan")
    extra, of_extra = money.sell(1, "extra", parent_id=plan.id)
    money.pay(of_extra.number)
    money.until(date(2026, 3, 20))
    assert state(money, extra) == (State.SUSPENDED, UNPAID)

    money.pay(sold.number)

    assert [state(money, one) for one in (plan, extra)] == [(State.ACTIVE, ""), (State.ACTIVE, "")]


def test_what_was_sold_once_is_reminded_of_and_never_warned_of(money: Collector, anne: Person) -> None:
    _, sold = money.sell(1, "hour")

    money.until(date(2026, 6, 30))

    assert money.kinds() == ["invoice-created", *["invoice-reminder-after"] * 3]
    assert [step for step, outcome, _ in money.done(sold.number) if outcome != "skipped"] == [
        "created", "+3", "+7", "+14",
    ]  # fmt: skip


def test_an_account_that_is_billed_elsewhere_gets_no_mail_about_money(money: Collector, anne: Person) -> None:
    _, sold = money.sell(1)
    with money.deal(1) as deal:
        accounts.edit(deal.conn, replace(deal.payer.account, billed_elsewhere=True))

    money.until(date(2026, 6, 30))

    assert (money.done(sold.number), money.kinds()) == ([], [])


def test_the_hour_of_the_settings_is_the_customers_own(begin: BeginGate) -> None:
    money = Collector.begin(begin(billing={"reminder_hour": 9}))
    money.customer("Anne Miller", zone="America/New_York")
    _, sold = money.sell(1)

    money.until(date(2026, 3, 13))

    reminders = [one.done_at for one in money.steps(sold.number) if one.step in ("+3", "+7")]
    assert reminders == [
        datetime(2026, 3, 5, 14, tzinfo=UTC),
        datetime(2026, 3, 9, 13, tzinfo=UTC),
    ]  # summer time began


def test_a_late_fee_is_an_invoice_of_its_own_once_and_without_tax(begin: BeginGate) -> None:
    money = Collector.begin(begin(billing={"late_fee": "5.00"}))
    anne = money.customer("Anne Miller", language="de")
    _, sold = money.sell(1, "hour")
    money.until(date(2026, 3, 4))
    assert len(issued(money)) == 1

    money.until(date(2026, 6, 30))

    [invoice, fee] = issued(money)
    assert (fee.total_minor, fee.tax_minor, fee.issued_on, fee.due_on) == (500, 0, date(2026, 3, 5), date(2026, 3, 15))
    with reading(money.gate.parts.engine) as conn:
        [line] = lines.of(conn, fee.id)
    assert (line.kind, line.text, line.tax_category) == ("fee", "Mahngebühr zu Rechnung 2026-0001", "O")
    assert line.tax_reason == "Not subject to VAT: compensation for late payment"
    assert ("late-fee", "charged", "2026-03-05") in money.done(sold.number)
    assert not any(step == "late-fee" for step, *_ in money.done(fee.number))
    assert any(fee.number in subject for subject in money.subjects(anne))
    assert invoice.id == sold.id


@pytest.mark.parametrize("late_fee", ["", "5.00"])
def test_no_late_fee_is_taken_where_it_is_off_or_the_invoice_is_in_another_currency(
    begin: BeginGate, late_fee: str
) -> None:
    gate = begin(billing={"late_fee": late_fee}, gate={"currency": "USD" if late_fee else "EUR"})
    money = Collector.begin(gate)
    money.customer("Anne Miller")
    money.sell(1, "hour")

    money.until(date(2026, 4, 30))

    assert len(issued(money)) == 1


def issued(money: Collector) -> tuple[Issued, ...]:
    """Every invoice."""
    with reading(money.gate.parts.engine) as conn:
        return invoices.listing(conn)
