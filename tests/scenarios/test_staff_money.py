"""Staff move money by mail: credit and what is given up, after a yes, and above a limit after that of a second one."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from mailgate.billing.document.invoice import DocumentState
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event
from store.billing import invoices, ledger, rates
from store.billing.invoices import Issued
from store.billing.rates import Rate
from store.engine import reading, transaction
from store.schema import gifts
from tests.collecting import Collector
from tests.gate import BeginGate, Gate, Person, Received
from tests.scenarios.billed import Billed, plain


@pytest.fixture
def billed(gate: Gate, anne: Person, bart: Person) -> Billed:
    """Anne has an open invoice of 11.78, and Bart answers customers."""
    billed = Billed(gate).sells()
    billed.invoice()
    return billed


@pytest.fixture
def notification(billed: Billed, gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got of Anne's ticket."""
    gate.deliver(anne.writes("My site was down."))
    return gate.mailbox(bart)[-1]


@pytest.fixture
def dora(gate: Gate) -> Person:
    """Another who answers."""
    return gate.staff("Dora Smith", "dora@hosting.example")


@pytest.fixture
def staff(bart: Person, dora: Person) -> dict[str, Person]:
    """Both, by their first names."""
    return {"bart": bart, "dora": dora}


def credit(gate: Gate, currency: str = "EUR") -> int:
    """What Anne has with us."""
    with reading(gate.parts.engine) as conn:
        return ledger.credit(conn, 1, currency)


def given(gate: Gate) -> list[tuple[int, str, str]]:
    """All gifts: how much, why, and by whom."""
    with reading(gate.parts.engine) as conn:
        rows = conn.execute(select(gifts).order_by(gifts.c.id)).mappings()
        return [(one["amount_minor"], one["reason"], one["given_by"]) for one in rows]


def invoice(gate: Gate, number: str = "2026-0001") -> Issued:
    with reading(gate.parts.engine) as conn:
        found = invoices.find(conn, number)
    assert found is not None
    return found


def plain_subject(mail: Received) -> str:
    return mail.subject.replace("\u00a0", " ")


def words(mail: Received) -> str:
    return " ".join(plain(mail).split())


def test_credit_is_given_after_a_yes_of_its_writer(
    billed: Billed, gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    billed.shop.pay("2026-0001", 1178, billed.today)
    gate.deliver(bart.replies(notification, "!credit 10.00 server was down"))
    question, before = gate.mailbox(bart)[-1], credit(gate)

    gate.deliver(bart.replies(question, "yes"))
    gate.work()

    assert "Customer 1, Anne Miller, is given EUR 10.00 of credit: server was down" in words(question)
    assert (before, credit(gate)) == (0, 1000)
    assert given(gate) == [(1000, "server was down", "Bart Jones <bart@hosting.example>")]
    assert "As you say, this is done now" in gate.mailbox(bart)[-1].text
    assert any("EUR 10.00" in plain(mail) for mail in gate.mailbox(anne))
    line = next(one for one in gate.history(1) if one.event is Event.CREDITED)
    assert line.details == {"amount": "EUR 10.00", "reason": "server was down"}
    assert (line.author_name, line.evidence, line.for_customers) == ("Bart Jones", "C", False)


def test_what_is_open_is_given_up_after_a_yes(gate: Gate, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "!waive"))
    question = gate.mailbox(bart)[-1]

    gate.deliver(bart.replies(question, "yes"))

    assert "EUR 11.78 that is open of invoice 2026-0001 of customer 1, Anne Miller, is given up" in words(question)
    assert invoice(gate).state is DocumentState.WRITTEN_OFF
    line = next(one for one in gate.history(1) if one.event is Event.WAIVED)
    assert line.details == {"amount": "EUR 11.78", "number": "2026-0001"}


def test_an_invoice_by_its_number_in_a_new_mail(billed: Billed, gate: Gate, bart: Person) -> None:
    gate.deliver(bart.writes("!waive 2026-0001"))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "yes"))

    assert invoice(gate).state is DocumentState.WRITTEN_OFF


def test_the_late_fee_of_what_is_paid_is_given_up(begin: BeginGate) -> None:
    gate = begin(billing={"late_fee": "5.00"})
    money = Collector.begin(gate)
    money.customer("Anne Miller")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    _, sold = money.sell(1)
    money.until(date(2026, 3, 6))
    money.pay(sold.number)

    gate.deliver(bart.writes(f"!waive {sold.number}"))
    question = gate.mailbox(bart)[-1]
    gate.deliver(bart.replies(question, "yes"))

    assert "EUR 5.00 that is open of invoice 2026-0002 of customer 1, Anne Miller, is given up" in words(question)
    assert (invoice(gate, "2026-0002").state, invoice(gate).state) == (DocumentState.WRITTEN_OFF, DocumentState.PAID)


def test_a_no_moves_nothing(gate: Gate, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "!waive"))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "no"))

    assert invoice(gate).open_minor == 1178
    assert "The mail stays held" not in gate.mailbox(bart)[-1].text


def test_what_has_changed_since_the_question_is_not_given_up(
    billed: Billed, gate: Gate, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!waive"))
    billed.shop.pay("2026-0001", 1000, billed.today)

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "yes"))

    assert invoice(gate).open_minor == 178
    assert "1.78 EUR is open of invoice 2026-0001 by now: send the command again" in words(gate.mailbox(bart)[-1])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!credit", "write the amount and why"),
        ("!credit 10.00", "write the amount and why"),
        ("!credit ten for nothing", "is no amount"),
        ("!credit 0.00 for nothing", "is no amount that can be moved"),
        ("!credit 10.001 rounding", "10.001"),
        ("!waive 2026-0009", "there is no invoice 2026-0009"),
        ("!credit 10.00 outage\n\nDear Anne, we are sorry.", "words or files beside it would reach nobody"),
    ],
)
def test_what_cannot_be_asked_comes_back_with_the_reason(
    gate: Gate, bart: Person, notification: Received, line: str, said: str
) -> None:
    gate.deliver(bart.replies(notification, line))

    assert said in words(gate.mailbox(bart)[-1])
    assert "Shall we do this" not in gate.mailbox(bart)[-1].text
    assert (credit(gate), invoice(gate).open_minor) == (0, 1178)


def test_nothing_is_given_up_of_what_is_paid(billed: Billed, gate: Gate, bart: Person, notification: Received) -> None:
    billed.shop.pay("2026-0001", 1178, billed.today)
    gate.deliver(bart.replies(notification, "!waive 2026-0001"))

    assert "nothing is open of invoice 2026-0001" in words(gate.mailbox(bart)[-1])


def test_more_than_one_moves_alone_is_asked_of_another(
    billed: Billed, gate: Gate, bart: Person, dora: Person, notification: Received
) -> None:
    billed.shop.pay("2026-0001", 1178, billed.today)
    gate.deliver(bart.replies(notification, "!credit 100.01 three days off"))
    told, question = gate.mailbox(bart)[-1], gate.mailbox(dora)[-1]

    gate.deliver(dora.replies(question, "yes"))

    assert "We have asked Dora Smith" in words(told)
    assert "Bart Jones asked for it" in words(question)
    assert credit(gate) == 10001
    assert given(gate)[0][2] == "Bart Jones <bart@hosting.example> and Dora Smith <dora@hosting.example>"
    heard = gate.mailbox(bart)[-1]
    assert plain_subject(heard) == "Done: Customer 1, Anne Miller, is given EUR 100.01 of credit: three days off"
    assert "Dora Smith said yes" in words(heard)
    line = next(one for one in gate.history(1) if one.event is Event.CREDITED)
    assert line.details == {"amount": "EUR 100.01", "reason": "three days off", "second": "Dora Smith"}
    assert line.author_name == "Bart Jones"


def test_just_as_much_as_one_may_move_alone_is_asked_of_its_writer(
    gate: Gate, bart: Person, dora: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!credit 100.00 three days off"))

    assert "Shall we do this" in gate.mailbox(bart)[-1].text
    assert not any("Shall we do this" in mail.text for mail in gate.mailbox(dora))


def test_the_author_hears_that_another_said_no(gate: Gate, bart: Person, dora: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "!credit 500.00 three days off"))

    gate.deliver(dora.replies(gate.mailbox(dora)[-1], "no"))

    assert credit(gate) == 0
    assert "Dora Smith said no" in words(gate.mailbox(bart)[-1])
    assert gate.mailbox(bart)[-1].subject.startswith("Not done: ")


def test_the_author_cannot_say_the_yes_of_the_other(
    gate: Gate, bart: Person, dora: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!credit 500.00 three days off"))

    gate.deliver(bart.replies(gate.mailbox(dora)[-1], "yes"))

    assert credit(gate) == 0
    assert "Your answer was not used" in gate.mailbox(bart)[-1].text


def test_who_is_alone_is_told_how_it_is_done(gate: Gate, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "!credit 500.00 three days off"))

    said = words(gate.mailbox(bart)[-1])
    assert "more than 100.00 EUR takes the yes of a second one of the staff, and there is nobody else" in said
    assert "mailgate credit add 1 500.00 --reason REASON" in said


def test_silence_of_the_other_ends_it_and_the_author_hears(
    gate: Gate, bart: Person, dora: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!credit 500.00 three days off"))
    question = gate.mailbox(dora)[-1]
    gate.later(hours=25)
    heard = [mail.subject for mail in gate.mailbox(bart)]

    gate.deliver(dora.replies(question, "yes"))

    assert any(subject.startswith("Not done: Customer 1") for subject in heard)
    assert credit(gate) == 0


@pytest.mark.parametrize(
    ("rate", "asked"),
    [(None, "dora"), ("1.25", "bart"), ("0.90", "dora")],
    ids=["no rate", "96.00 at home", "133.33 at home"],
)
def test_another_currency_goes_by_the_rate_on_record(
    gate: Gate, staff: dict[str, Person], notification: Received, rate: str | None, asked: str
) -> None:
    if rate:
        with transaction(gate.parts.engine) as conn:
            rates.add(conn, Rate("EUR", "USD", date(2026, 1, 1), rate, datetime(2026, 1, 1, tzinfo=UTC), "Bart"))

    gate.deliver(staff["bart"].replies(notification, "!credit 120.00 USD three days off"))

    assert "is given USD 120.00 of credit" in words(gate.mailbox(staff[asked])[-1])


def test_it_is_done_once_however_often_and_by_whomever_it_is_answered(
    billed: Billed, gate: Gate, bart: Person, dora: Person, notification: Received
) -> None:
    fred = gate.staff("Fred Frost", "fred@hosting.example")
    billed.shop.pay("2026-0001", 1178, billed.today)
    gate.deliver(bart.replies(notification, "!credit 500.00 three days off"))
    asked = {person: gate.mailbox(person)[-1] for person in (dora, fred)}

    for person in (dora, dora, fred):
        gate.deliver(person.replies(asked[person], "yes"))

    assert credit(gate) == 50000
    assert len(given(gate)) == 1
    assert "Your answer was not used" in gate.mailbox(fred)[-1].text


def test_a_forged_answer_does_nothing(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "!credit 10.00 outage"))
    question = gate.mailbox(bart)[-1]

    gate.deliver(anne.replies(question, "yes"))
    gate.deliver(bart.replies(question, "yes", to="confirm+AAAAAAAAAAAAAAAA@support.example"))

    assert credit(gate) == 0


def test_the_limit_is_looked_at_again_under_the_lock(gate: Gate, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "!credit 90.00 outage"))
    question, settings = gate.mailbox(bart)[-1], gate.parts.settings
    stricter = replace(settings, billing=replace(settings.billing, second_person_above="50.00"))
    gate.parts = replace(gate.parts, settings=stricter)

    gate.deliver(bart.replies(question, "yes"))

    assert credit(gate) == 0
    assert "by now it takes the yes of a second one of you" in words(gate.mailbox(bart)[-1])


def test_the_fifty_first_question_of_a_day_is_refused(gate: Gate, bart: Person, notification: Received) -> None:
    for turn in range(51):
        gate.deliver(bart.replies(notification, f"!credit 1.00 for hour {turn}"))
        gate.work()
    mails = gate.mailbox(bart)

    asked = [mail for mail in mails if "Shall we do this" in mail.text]
    assert len(asked) == 50
    assert "for hour 3" in asked[3].text
    assert "Within a day we ask you 50 times at most" in words(mails[-1])
    assert "for hour 50" in mails[-1].text


def test_customers_cannot_command_it(gate: Gate, anne: Person, notification: Received) -> None:
    mail = gate.deliver(anne.writes("!credit 100.00 for me"))

    assert mail.outcome.disposition is not Disposition.HELD
    assert "there is no such command" in words(gate.mailbox(anne)[-1])
    assert credit(gate) == 0
