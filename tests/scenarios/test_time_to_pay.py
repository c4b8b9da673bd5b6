"""`!paid` and `!defer`: reminders rest for some days, within limits; what was said, and what came of it, is kept."""

from datetime import date, timedelta

import pytest

from mailgate.billing.promise import Ended, PromiseKind
from mailgate.billing.service import State
from mailgate.config.settings import QueueList
from mailgate.flows.billing.told.letters import invoice_notices
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from store import people_edits
from store.billing import invoices
from store.engine import transaction
from tests.gate import BeginGate, Gate, Person, Received
from tests.scenarios.billed import Billed, plain

MARCH = date(2026, 3, 2)


@pytest.fixture
def billed(gate: Gate, anne: Person) -> Billed:
    """Anne has an invoice of 2 March, due that day."""
    billed = Billed(gate).sells()
    billed.invoice()
    return billed


def told(gate: Gate, person: Person, text: str) -> str:
    """What somebody is answered."""
    before = len(gate.mailbox(person))
    gate.deliver(person.writes(text))
    [receipt] = gate.mailbox(person)[before:]
    return plain(receipt)


def running(billed: Billed) -> list[tuple[PromiseKind, date]]:
    return [(one.kind, one.until_on) for one in billed.promises() if one.ended_at is None]


def test_who_has_paid_hears_until_when_reminders_rest_and_what_follows(
    billed: Billed, gate: Gate, anne: Person
) -> None:
    text = " ".join(told(gate, anne, "!paid 1 March").split())

    assert "We have noted that you paid on 1 March 2026. Until 8 March 2026 you get no reminders" in text
    assert "Invoice 2026-0001: EUR 11.78, due on 2 March 2026" in text
    assert "Should the money not have come by then, reminders go on where they stopped" in text
    [promise] = billed.promises()
    assert (promise.kind, promise.until_on) == (PromiseKind.PAID, date(2026, 3, 8))
    assert (promise.said_by, promise.spool_id) == ("Anne Miller <anne@customer.example>", 1)


def test_time_is_given_and_counted_and_the_due_date_stays(billed: Billed, gate: Gate, anne: Person) -> None:
    text = " ".join(told(gate, anne, "!defer").split())

    assert "You have time until 16 March 2026." in text
    assert "The due date of the invoice stays as it is." in text
    assert "You can ask for time in this way once more within a year." in text
    assert running(billed) == [(PromiseKind.DEFERRED, MARCH + timedelta(days=14))]


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("!defer 7", date(2026, 3, 9)),
        ("!defer 2 weeks", date(2026, 3, 16)),
        ("!defer until 10 March", date(2026, 3, 10)),
        ("!defer bis zum 10. März", date(2026, 3, 10)),
        ("!defer 2026-0001 7 days", date(2026, 3, 9)),
    ],
)
def test_time_is_asked_for_as_people_write_it(billed: Billed, gate: Gate, anne: Person, line: str, until: date) -> None:
    told(gate, anne, line)

    assert running(billed) == [(PromiseKind.DEFERRED, until)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!paid 99999", "There is no invoice “99999” among yours, so nothing was done."),
        ("!paid 3/5", "A day is written like 3 May or 2027-05-03"),
        ("!paid tomorrow", "3 March 2026 is still to come, so nothing was done."),
        ("!paid 1 January", "What you sent on 1 January 2026 should be here by now"),
        ("!paid 2026-0009", "There is no invoice “2026-0009” among yours"),
        ("!paid yesterday by bank", "a day must follow, such as 3 May"),
        ("!defer -3", "a number of days must follow, such as 14"),
        ("!defer 0", "a number of days must follow, such as 14"),
        ("!defer 99999", "a number of days must follow, such as 14"),
        ("!defer 15", "15 days are too many, so nothing was done: 14 are the most"),
        ("!defer 2026-0001 365", "Write !defer 14"),
        ("!defer until 1 May", "60 days are too many"),
        ("!defer 2026-0009 3", "There is no invoice “2026-0009” among yours"),
        ("!defer '; DROP TABLE promises", "a number of days must follow"),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    billed: Billed, gate: Gate, anne: Person, line: str, said: str
) -> None:
    assert said in " ".join(told(gate, anne, line).split())
    assert billed.promises() == ()


def test_where_nothing_is_open_nothing_is_noted(billed: Billed, gate: Gate, anne: Person) -> None:
    billed.shop.pay("2026-0001", 1178, MARCH)

    assert "There is nothing to be paid at the moment" in told(gate, anne, "!paid")
    assert "There is nothing to be paid of invoice 2026-0001" in told(gate, anne, "!paid 2026-0001")
    assert "There is nothing to be paid of invoice 2026-0001" in told(gate, anne, "!defer 2026-0001")
    assert billed.promises() == ()


def test_said_twice_it_is_noted_once(billed: Billed, gate: Gate, anne: Person) -> None:
    told(gate, anne, "!paid")

    assert "You have told us already that you paid. Until 9 March 2026" in told(gate, anne, "!paid yesterday")
    assert len(billed.promises()) == 1


def test_time_is_given_once_at_a_time_and_twice_a_year(begin: BeginGate) -> None:
    gate = begin(billing={"suspend_days": 0})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    billed = Billed(gate).sells()
    billed.invoice()
    told(gate, anne, "!defer 3")
    while_it_runs = told(gate, anne, "!defer 5")
    gate.later(days=5)
    last = told(gate, anne, "!defer 3")
    gate.later(days=5)
    used_up = " ".join(told(gate, anne, "!defer 3").split())
    gate.later(days=358)
    next_year = told(gate, anne, "!defer 3")

    assert "You have time already, until 5 March 2026" in while_it_runs
    assert "as often as you can within a year" in last
    assert "It is possible again from 2 March 2027." in used_up
    assert "You have time until" in next_year
    assert [one.kind for one in billed.promises()] == [PromiseKind.DEFERRED] * 3


def test_who_was_suspended_gets_no_time_by_mail(billed: Billed, gate: Gate, anne: Person) -> None:
    billed.suspends(1)

    assert "A service of yours is switched off already" in told(gate, anne, "!defer 3")
    assert billed.promises() == ()


@pytest.mark.parametrize(("most", "said"), [(3, "Write !defer 3"), (0, "There is no time to be had in this way.")])
def test_the_settings_give_less_or_no_time(begin: BeginGate, most: int, said: str) -> None:
    gate = begin(billing={"promise_days": most})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    Billed(gate).sells().invoice()

    assert said in told(gate, anne, "!defer 14")
    assert ("!defer" in told(gate, anne, "!help")) is (most > 0)


def test_what_was_paid_in_time_has_been_kept(billed: Billed, gate: Gate, anne: Person) -> None:
    told(gate, anne, "!paid")
    billed.shop.pay("2026-0001", 1178, MARCH)
    gate.later(days=1)
    billed.invoice()  # of later, and not meant
    gate.later(days=8)

    assert [one.outcome for one in billed.promises()] == [Ended.KEPT]
    assert "We have noted" in told(gate, anne, "!paid")


def test_what_never_came_is_seen_and_cannot_be_said_again(billed: Billed, gate: Gate, anne: Person) -> None:
    told(gate, anne, "!paid")
    gate.later(days=7)
    on_the_last_day = [one.outcome for one in billed.promises()]
    gate.later(days=1)

    again = " ".join(told(gate, anne, "!paid").split())

    assert on_the_last_day == [None]
    assert [one.outcome for one in billed.promises()] == [Ended.UNMATCHED]
    assert "You told us before that you had paid, and the money has not come" in again
    assert "2026-0001" in again


def test_of_several_invoices_the_one_that_is_named_rests(billed: Billed, gate: Gate, anne: Person) -> None:
    second = billed.invoice(sku="big")

    told(gate, anne, f"!paid {second} yesterday")
    listed = told(gate, anne, "!invoices")

    assert "Invoice 2026-0002: EUR 29.63 to be paid by 2 March 2026, no reminders until 8 March 2026" in listed
    assert "Invoice 2026-0001: EUR 11.78 to be paid by 2 March 2026\n" in listed


def test_words_beside_it_become_a_ticket_for_a_person(billed: Billed, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("!paid yesterday\n\nFrom my wife's account."))

    assert gate.ticket(1).customer_id == 1
    assert "From my wife's account." in gate.mailbox(bart)[-1].text
    assert len(billed.promises()) == 1


def test_the_day_is_that_of_the_customer(gate: Gate, anne: Person) -> None:
    kiri = gate.customer("Kiri", "kiri@far.example", timezone="Pacific/Auckland")
    billed = Billed(gate).sells()
    billed.invoice(2)
    gate.now = gate.now.replace(hour=22)  # there it is the third

    text = told(gate, kiri, "!paid today")

    assert "you paid on 3 March 2026" in text
    assert [one.until_on for one in billed.promises(2)] == [date(2026, 3, 10)]


def test_an_answer_in_german_is_whole(billed: Billed, gate: Gate, anne: Person) -> None:
    with transaction(gate.parts.engine) as conn:
        people_edits.edit_customer(conn, 1, {"language": "de"})

    text = " ".join(told(gate, anne, "!paid 1. März").split())

    assert "Wir haben uns notiert, dass Sie am 1. März 2026 gezahlt haben." in text
    assert "Bis zum 8. März 2026 bekommen Sie keine Erinnerungen" in text
    assert "Rechnung 2026-0001: 11,78 EUR, fällig am 2. März 2026" in text


def test_staff_read_in_the_list_of_the_day_once_what_never_came(begin: BeginGate) -> None:
    gate = begin(desk_rules={"queue_list": QueueList.DAILY})
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    anne = gate.customer("Anne Miller", "anne@customer.example")
    billed = Billed(gate).sells()
    billed.invoice()
    gate.deliver(anne.writes("!paid 2026-0001"))
    gate.later(days=7)
    before = len(gate.mailbox(bart))
    gate.later(hours=9)  # it is the tenth
    for _ in range(4):
        gate.later(hours=12)

    [listed] = gate.mailbox(bart)[before:]
    said = " ".join(plain(listed).split())
    assert "Nobody waits for an answer." in said
    assert "Anne Miller: invoice 2026-0001, said to have been paid, and waited for until 9 Mar 2026" in said


def invoice_mail(billed: Billed, number: str) -> Received:
    """What Anne gets about an invoice."""
    gate = billed.gate
    with transaction(gate.parts.engine) as conn:
        act = Act.begin(conn, gate.parts.settings, gate.now)
        invoice = invoices.find(conn, number)
        assert invoice is not None
        notify(act, invoice_notices(act, Template.INVOICE_REMINDER_DUE, invoice), cause=None)
    gate.work()
    return gate.mailbox(Person("Anne Miller", "anne@customer.example"))[-1]


def test_an_answer_to_the_mail_of_an_invoice_means_that_one(billed: Billed, gate: Gate, anne: Person) -> None:
    second = billed.invoice(sku="big")
    mail = invoice_mail(billed, second)

    gate.deliver(anne.replies(mail, "!invoice\n!paid yesterday"))

    receipt = gate.mailbox(anne)[-1]
    assert [file.get_filename() for file in receipt.message.iter_attachments()] == [
        "Example-Hosting_invoice_2026-0002.pdf"
    ]
    assert "Invoice 2026-0002: EUR 29.63" in plain(receipt)
    assert "2026-0001" not in plain(receipt)
    [promise] = billed.promises()
    assert (promise.invoice_id, promise.until_on) == (2, date(2026, 3, 8))


def test_a_number_that_is_written_goes_before_the_mail_that_is_answered(
    billed: Billed, gate: Gate, anne: Person
) -> None:
    mail = invoice_mail(billed, billed.invoice(sku="big"))

    gate.deliver(anne.replies(mail, "!defer 2026-0001 3"))

    assert [one.invoice_id for one in billed.promises()] == [1]


def test_the_address_of_somebody_elses_invoice_opens_nothing(billed: Billed, gate: Gate, anne: Person) -> None:
    paul = gate.customer("Paul Stone", "paul@other.example")
    mail = invoice_mail(billed, "2026-0001")

    gate.deliver(paul.replies(mail, "!invoice"))
    gate.deliver(paul.replies(mail, "!paid"))

    told = [plain(one) for one in gate.mailbox(paul)]
    assert "Which invoice do you mean?" in told[0]
    assert "There is nothing to be paid at the moment" in told[1]
    assert not any("11.78" in one for one in told)
    assert billed.promises() == ()


def test_a_tampered_address_means_no_invoice(billed: Billed, gate: Gate, anne: Person) -> None:
    mail = invoice_mail(billed, billed.invoice(sku="big"))
    address = str(mail.message["Reply-To"])
    token = address.partition("+")[2].partition("@")[0]
    forged = token[:-1] + ("a" if token[-1] != "a" else "b")

    gate.deliver(anne.writes("!invoice", to=address.replace(token, forged)))

    assert "Which invoice do you mean?" in plain(gate.mailbox(anne)[-1])


def reminded_on(gate: Gate) -> list[date]:
    """The days after the due day on which reminders were called for, also those that warn."""
    kinds = (Template.INVOICE_REMINDER_AFTER, Template.SERVICE_SUSPEND_WARNING)
    return sorted(one.created_at.date() for kind in kinds for one in gate.outbox(kind))


def days_pass(gate: Gate, *, until: date) -> None:
    """Each afternoon what is due is done."""
    while gate.now.date() < until:
        gate.later(days=1)


def test_reminders_rest_and_go_on_where_they_stopped(billed: Billed, gate: Gate, anne: Person) -> None:
    gate.later(hours=1)
    told(gate, anne, "!paid")

    days_pass(gate, until=date(2026, 3, 9))
    while_it_rests = reminded_on(gate)
    days_pass(gate, until=date(2026, 3, 12))

    assert while_it_rests == []
    assert reminded_on(gate) == [date(2026, 3, 10)]


def test_an_extension_that_is_shortened_ends_earlier(begin: BeginGate) -> None:
    gate = begin()
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    anne = gate.customer("Anne Miller", "anne@customer.example")
    Billed(gate).sells().invoice()
    gate.deliver(anne.writes("May I pay later?"))
    notification = gate.mailbox(bart)[-1]

    gate.deliver(bart.replies(notification, "!extend 30d"))
    days_pass(gate, until=date(2026, 3, 6))
    gate.deliver(bart.replies(notification, "!extend until 8 March"))
    days_pass(gate, until=date(2026, 3, 10))

    assert reminded_on(gate) == [date(2026, 3, 9)]


def test_who_was_given_time_is_not_suspended_in_it(billed: Billed, gate: Gate, anne: Person) -> None:
    days_pass(gate, until=date(2026, 3, 14))
    told(gate, anne, "!defer 14")

    days_pass(gate, until=date(2026, 3, 28))
    on_the_last_day = billed.shop.service(1).state
    days_pass(gate, until=date(2026, 4, 5))

    assert on_the_last_day is State.ACTIVE
    assert billed.shop.service(1).state is State.SUSPENDED
