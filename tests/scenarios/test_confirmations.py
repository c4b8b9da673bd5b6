"""What is confirmed by reply: asked at the registered address, done after a yes of whoever was asked, once, in time."""

import re

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event, State
from store import people
from store.engine import reading, transaction
from store.people import find_customer
from tests.gate import BeginGate, Gate, Person, Received

BOB = "bob@partner.example"


def question_to(gate: Gate, person: Person) -> Received:
    """The last mail that asks for a yes."""
    return [mail for mail in gate.mailbox(person) if "Shall we do this?" in mail.text][-1]


def contacts(gate: Gate, customer_id: int = 1) -> list[str]:
    with reading(gate.parts.engine) as conn:
        customer = find_customer(conn, customer_id)
    assert customer is not None
    return [contact.address for contact in customer.contacts]


@pytest.fixture
def asked(gate: Gate, anne: Person, bart: Person) -> Received:
    """The question that Anne got when she had a stranger added."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(anne.replies(gate.mailbox(anne)[0], f"!add {BOB}"))
    return question_to(gate, anne)


def test_a_new_contact_is_registered_only_after_the_owners_yes(gate: Gate, anne: Person, asked: Received) -> None:
    before = contacts(gate)

    answer = gate.deliver(anne.replies(asked, "Yes, please.\n\n!close"))

    assert before == [anne.address]
    assert answer.outcome.disposition is Disposition.COMMAND
    assert contacts(gate) == [anne.address, BOB]
    assert [reader.address for reader in gate.ticket(1).participants] == [anne.address, BOB]
    assert gate.ticket(1).state is State.OPEN
    assert f"{BOB} gets the mails about ticket #1 from now on." in gate.mailbox(anne)[-1].text
    confirmed = gate.history(1)[-3:]
    assert [entry.spool_id for entry in confirmed] == [answer.id] * 3
    assert [entry.evidence for entry in confirmed][-1] == "C"


def test_the_history_names_who_was_asked_as_registered_whatever_the_mail_calls_itself(
    gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    forger = Person("Bart Jones of the staff", anne.address)

    gate.deliver(forger.replies(gate.mailbox(anne)[0], f"!add {BOB}"))
    gate.later(hours=25)

    asked = {"deed": "add-contact", "address": BOB}
    assert gate.events(1)[-2:] == [(Event.ASKED, "Anne Miller", asked), (Event.LAPSED, "mailgate", asked)]


def test_the_question_says_exactly_what_will_happen_and_what_it_costs(
    gate: Gate, anne: Person, asked: Received
) -> None:
    words = " ".join(asked.text.split())

    assert f"{BOB} becomes a support contact of your account, and gets the mails of ticket #1." in words
    assert "It costs" not in words
    assert "until Tue 3 Mar, 09:00" in words
    assert asked.message["Auto-Submitted"] == "auto-replied"
    assert asked.reverse_path == ""
    assert re.fullmatch(r"confirm\+[a-z2-7]{30,56}@support\.example", str(asked.message["Reply-To"]))


def test_the_address_that_confirms_is_in_no_copy_of_ours(gate: Gate, anne: Person, asked: Received) -> None:
    detail = str(asked.message["Reply-To"]).partition("@")[0]
    [row] = gate.outbox(Template.CONFIRM)
    assert row.sha256 is not None

    with reading(gate.parts.engine) as conn:
        archived = gate.parts.archive.load(conn, row.sha256)

    html = asked.message.get_body(("html",))
    assert html is not None
    assert detail.replace("+", "%2B") in str(html.get_content())
    assert detail not in (row.text or "")
    assert detail.partition("+")[2].encode() not in archived.replace(b"=\r\n", b"")
    assert row.live is None
    assert row.notice.secret == {}


def test_no_means_that_nothing_is_done(gate: Gate, anne: Person, asked: Received) -> None:
    gate.deliver(anne.replies(asked, "no"))
    gate.deliver(anne.replies(asked, "yes"))

    assert contacts(gate) == [anne.address]
    assert gate.events(1)[-1] == (Event.DECLINED, "Anne Miller", {"deed": "add-contact", "address": BOB})
    assert "Your answer was not used" in gate.mailbox(anne)[-1].text


def test_a_yes_counts_once(gate: Gate, anne: Person, asked: Received) -> None:
    gate.deliver(anne.replies(asked, "yes"))
    again = gate.deliver(anne.replies(asked, "yes, yes"))

    assert again.outcome.disposition is Disposition.COMMAND
    assert contacts(gate) == [anne.address, BOB]
    assert gate.events(1).count((Event.CONTACT_ADDED, "Anne Miller", {"address": BOB})) == 1
    assert "Your answer was not used" in gate.mailbox(anne)[-1].text


def test_a_question_expires_and_its_yes_comes_too_late(gate: Gate, anne: Person, asked: Received) -> None:
    gate.later(hours=23)
    still_open = len(gate.mailbox(anne))
    gate.later(hours=2)
    told = gate.mailbox(anne)[still_open:]
    gate.deliver(anne.replies(asked, "yes"))

    assert ["We had no answer from you in time" in mail.text for mail in told] == [True]
    assert contacts(gate) == [anne.address]
    assert "Your answer was not used" in gate.mailbox(anne)[-1].text


def test_every_wrong_answer_gets_the_same_words(gate: Gate, anne: Person, asked: Received) -> None:
    paul = gate.customer("Paul Other", "paul@other.example")
    address = str(asked.message["Reply-To"])
    flipped = address.replace("@", "b@") if address[-17] != "b" else address.replace("b@", "c@")

    foreign = gate.deliver(paul.writes("yes", to=address))
    forged = gate.deliver(paul.writes("yes", to=flipped, subject="Yes"))
    none = gate.deliver(paul.writes("yes", to="confirm@support.example", subject="Yes!"))

    assert contacts(gate) == [anne.address]
    assert {mail.outcome.disposition for mail in (foreign, forged, none)} == {Disposition.COMMAND}
    assert len({mail.text for mail in gate.mailbox(paul)}) == 1
    assert BOB not in gate.mailbox(paul)[0].text


def test_a_strangers_answer_is_held_and_not_answered(gate: Gate, anne: Person, cris: Person, asked: Received) -> None:
    mail = gate.deliver(cris.writes("yes", to=str(asked.message["Reply-To"])))

    assert mail.outcome.disposition is Disposition.HELD
    assert (gate.mailbox(cris), contacts(gate)) == ([], [anne.address])


def test_a_program_confirms_nothing(gate: Gate, anne: Person, asked: Received) -> None:
    mail = gate.deliver(
        anne.writes("yes", to=str(asked.message["Reply-To"]), headers={"Auto-Submitted": "auto-replied"})
    )

    assert mail.outcome.disposition is Disposition.AUTOMATIC
    assert contacts(gate) == [anne.address]


def test_a_forged_author_confirms_nothing(gate: Gate, anne: Person, asked: Received) -> None:
    yes = anne.writes("yes", to=str(asked.message["Reply-To"]))
    doubled = yes.replace(b"From: ", b"From: Paul <paul@other.example>\r\nFrom: ", 1)

    mail = gate.deliver(doubled)

    assert mail.outcome.disposition is Disposition.HELD
    assert contacts(gate) == [anne.address]


def test_an_unclear_answer_goes_back_once_and_the_second_is_held(gate: Gate, anne: Person, asked: Received) -> None:
    first = gate.deliver(anne.replies(asked, "Who is Bob?"))
    returned = question_to(gate, anne)
    second = gate.deliver(anne.replies(returned, "I mean, what does he want?"))
    done = gate.deliver(anne.replies(returned, "yes"))

    assert "We could not read your answer" in returned.text
    assert returned.message["Reply-To"] == asked.message["Reply-To"]
    assert [mail.outcome.disposition for mail in (first, second, done)] == [
        Disposition.COMMAND,
        Disposition.HELD,
        Disposition.COMMAND,
    ]
    assert contacts(gate) == [anne.address, BOB]


def test_a_yes_to_something_else_is_asked_again_and_nothing_is_done(gate: Gate, anne: Person, asked: Received) -> None:
    gate.deliver(anne.replies(asked, "Yes, but only for this week"))
    before = contacts(gate)
    returned = question_to(gate, anne)
    gate.deliver(anne.replies(returned, "Yes please, thanks"))

    assert before == [anne.address]
    assert "We could not read your answer" in returned.text
    assert contacts(gate) == [anne.address, BOB]


def test_yes_is_understood_in_the_customers_language(gate: Gate) -> None:
    with transaction(gate.parts.engine) as conn:
        people.add_customer(
            conn,
            "Jan Kok",
            "jan@klant.example",
            country=None,
            currency="EUR",
            timezone="UTC",
            language="nl",
            now=gate.now,
        )
    jan = Person("Jan Kok", "jan@klant.example")
    gate.deliver(jan.writes("Kapot."))
    gate.deliver(jan.replies(gate.mailbox(jan)[0], f"!add {BOB}"))
    question = question_to(gate, jan)

    gate.deliver(jan.replies(question, "Ja hoor"))

    assert "ja" in question.text.splitlines()
    assert contacts(gate) == [jan.address, BOB]


def test_the_same_request_asks_once_and_an_account_has_three_questions(
    gate: Gate, anne: Person, asked: Received
) -> None:
    acknowledgement = gate.mailbox(anne)[0]

    gate.deliver(anne.replies(acknowledgement, f"!add {BOB}", message_id="again"))
    for number in range(4):
        gate.deliver(anne.replies(acknowledgement, f"!add bob{number}@partner.example"))

    assert len(gate.outbox(Template.CONFIRM)) == 3
    refused = [mail.text for mail in gate.mailbox(anne) if "at most 3 such questions" in " ".join(mail.text.split())]
    assert any("We have asked you already" in mail.text for mail in gate.mailbox(anne))
    assert len(refused) == 2


def test_the_question_goes_to_the_registered_address_and_not_to_reply_to(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))

    command = f"!add {BOB}"
    gate.deliver(anne.replies(gate.mailbox(anne)[0], command).replace(b"To: ", b"Reply-To: x@evil.example\r\nTo: ", 1))

    assert [row.notice.to_address for row in gate.outbox(Template.CONFIRM)] == [anne.address]


def test_without_a_spam_score_a_close_in_a_new_mail_of_the_subject_is_confirmed_first(begin: BeginGate) -> None:
    gate = begin(spam={"spamd": None})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    gate.deliver(anne.writes("It is broken."))

    gate.deliver(anne.writes("!close", subject="Re: No mail since Monday [#1]"))

    assert gate.ticket(1).state is State.CLOSED
