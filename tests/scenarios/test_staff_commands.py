"""Commands at the top of a staff mail: carried out, or returned to their writer with each line and the reason."""

import re

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import EntryKind, Event, State
from tests.gate import SUPPORT, Gate, Person, Received


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


def test_a_note_never_reaches_the_customer(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    noted = gate.deliver(bart.replies(notification, "!note\nShe has not paid since May."))
    inline = gate.deliver(bart.replies(notification, "!Note ask the bank first"))

    assert {noted.outcome.disposition, inline.outcome.disposition} == {Disposition.COMMAND}
    notes = [entry.text for entry in gate.history(1) if entry.kind is EntryKind.NOTE]
    assert notes == ["She has not paid since May.", "ask the bank first"]
    assert gate.ticket(1).state is State.OPEN
    assert not [mail for mail in gate.mailbox(anne) if "May" in mail.text or "bank" in mail.text]


def test_a_note_with_a_file_keeps_the_file_from_the_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!note\nHer contract.", files=[("c.pdf", "application/pdf", b"%PDF")]))

    assert [file.filename for file in gate.history(1)[-1].attachments] == ["c.pdf"]
    assert len(gate.mailbox(anne)) == 1


def test_close_alone_closes_and_tells_the_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    closed = gate.deliver(bart.replies(notification, "!close"))

    assert (closed.outcome.disposition, closed.outcome.reason) == (Disposition.COMMAND, "!close")
    assert gate.ticket(1).state is State.CLOSED
    assert [row.notice.template for row in gate.outbox()][-1] is Template.CLOSED
    assert gate.outbox(Template.REPLY) == ()
    assert gate.events(1) == [(Event.CLOSED, "Bart Jones", {})]


def test_close_with_words_sends_the_words_and_closes(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    closed = gate.deliver(bart.replies(notification, "  !CLOSE\n\nIt works again.\n\nBart"))

    assert closed.outcome.disposition is Disposition.JOINED
    assert gate.ticket(1).state is State.CLOSED
    [reply] = gate.mailbox(anne)[1:]
    assert reply.text.replace("\r", "").startswith(
        "It works again.\n\nBart\n\nWe have closed this ticket. A reply opens it again.\n\n-- \n"
    )
    assert "Solved?" not in reply.text
    assert gate.outbox(Template.CLOSED) == ()


def test_a_note_with_close_is_no_answer_so_the_customer_hears_of_the_close(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!note\n!close\n\nNobody writes to him again."))

    assert [row.notice.template for row in gate.outbox()][-1] is Template.CLOSED
    assert "Nobody writes" not in gate.mailbox(anne)[-1].raw.decode()


def test_an_answer_to_one_that_closed_goes_on_as_any_other(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!close\n\nIt works again."))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "It is broken again."))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "So it is."))

    assert gate.ticket(1).state is State.ANSWERED
    assert "We have closed" not in gate.mailbox(anne)[-1].text


def test_a_reply_of_the_customer_reopens_a_closed_ticket(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!close"))

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "It is broken again."))

    assert gate.ticket(1).state is State.OPEN
    assert gate.events(1)[-1] == (Event.REOPENED, "Anne Miller", {"cause": "reply"})


def test_a_command_may_stand_in_the_subject_of_an_empty_mail(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    closed = gate.deliver(bart.replies(notification, "", subject="!close"))

    assert (closed.outcome.disposition, gate.ticket(1).state) == (Disposition.COMMAND, State.CLOSED)


def test_a_command_in_a_mail_of_html_alone_is_read(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    to = str(notification.message["Reply-To"])

    gate.deliver(bart.writes("", to=to, html="<div>!close</div><div><br></div><div>It <b>works</b> again.</div>"))

    assert gate.ticket(1).state is State.CLOSED
    assert "It works again." in gate.mailbox(anne)[1].text


def test_a_staff_member_begins_a_ticket_for_a_customer(gate: Gate, anne: Person, bart: Person) -> None:
    words = "!customer ANNE@customer.example\n\nYour certificate expires on Friday."
    opened = gate.deliver(bart.writes(words, subject="Certificate"))

    assert (opened.outcome.disposition, opened.outcome.ticket_id) == (Disposition.OPENED, 1)
    ticket = gate.ticket(1)
    assert (ticket.customer_id, ticket.state, ticket.subject) == (1, State.ANSWERED, "Certificate")
    [mail] = gate.mailbox(anne)
    assert mail.subject == "Certificate [#1]"  # she never wrote, so it answers nothing
    assert "Your certificate expires on Friday." in mail.text
    assert "!customer" not in mail.raw.decode()
    joined = gate.deliver(anne.replies(mail, "Please renew it."))
    assert (joined.outcome.disposition, joined.outcome.ticket_id) == (Disposition.JOINED, 1)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It is done."))
    assert gate.mailbox(anne)[-1].subject == "Re: Certificate [#1]"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Your certificate expires.", "It answers no ticket. To write to a customer, begin with a line such as"),
        ("!customer cris@stranger.example\nHello", "cris@stranger.example is no registered customer's address."),
        ("!customer anne@customer.example", "There are no words of yours in it."),
        ("!customer Anne Miller\nHello", "one mail address is needed here"),
        ("!close\nHello", "this works only in a reply to a mail about a ticket"),
        ("!customer support@support.example\nHello", "support@support.example is no registered customer's address."),
    ],
)
def test_a_new_staff_mail_that_is_not_understood_goes_back(
    gate: Gate, anne: Person, bart: Person, text: str, reason: str
) -> None:
    returned = gate.deliver(bart.writes(text, subject="Certificate"))

    assert returned.outcome.disposition is Disposition.COMMAND
    assert reason in " ".join(gate.mailbox(bart)[0].text.split())
    assert (gate.tickets(), gate.mailbox(anne)) == ((), [])


@pytest.mark.parametrize(
    "case",
    [
        ("!clsoe\nDone.", "!clsoe", "there is no such command", "!close"),
        ("!reward 10 EUR\nDone.", "!reward 10 EUR", "there is no such command", None),
        ("!close\n!close\nDone.", "!close", "this command stands here twice", None),
        ("!note one\n!note two\nDone.", "!note two", "this command stands here twice", None),
        ("!close now\nDone.", "!close now", "nothing may follow on this line", "!close"),
        ("!customer anne@customer.example\nDone.", "!customer anne@customer.example", "this begins a new ticket", None),
        ("!\nDone.", "!", "there is no such command", None),
        ("!note\n!lcose\nDone.", "!lcose", "there is no such command", "!close"),
    ],
)
def test_a_command_that_was_not_understood_goes_back_and_nothing_is_done(
    gate: Gate, anne: Person, bart: Person, notification: Received, case: tuple[str, str, str, str | None]
) -> None:
    text, line, reason, nearest = case
    shown = [] if nearest is None else [("", nearest) if reason.startswith("nothing") else (nearest, "")]

    returned = gate.deliver(bart.replies(notification, text))

    assert (returned.outcome.disposition, returned.outcome.ticket_id) == (Disposition.COMMAND, 1)
    answer = gate.mailbox(bart)[-1]
    words = " ".join(answer.text.split())
    assert "Your mail has come back" in words
    assert f"- {line}: {reason}" in words
    assert re.findall(r"Did you mean (.+?)\?|Write it like this: (\S+)", words) == shown
    assert "Done." in words
    assert (answer.reverse_path, answer.message["Auto-Submitted"]) == ("", "auto-replied")
    assert (len(gate.mailbox(anne)), gate.ticket(1).state, len(gate.history(1))) == (1, State.OPEN, 1)


def test_commands_alone_come_back_with_the_corrected_mail(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!clsoe\n!Take"))
    gate.deliver(bart.replies(notification, "!clsoe\nDone."))

    alone, with_words = (" ".join(mail.text.split()) for mail in gate.mailbox(bart)[-2:])
    assert "If this is what you meant, reply with these lines: - !close - !take" in alone
    assert "reply with these lines" not in with_words
    assert str(notification.message["Reply-To"]) not in alone


@pytest.mark.parametrize("words", ["!Hola!\n\nFunciona.", "![screen](http://x.example/1.png)", "!!! It works again"])
def test_a_first_line_that_is_plainly_no_command_goes_to_the_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received, words: str
) -> None:
    gate.deliver(bart.replies(notification, words))

    assert gate.ticket(1).state is State.ANSWERED
    assert gate.mailbox(anne)[-1].text.splitlines()[0] == words.splitlines()[0]


@pytest.mark.parametrize("line", ["**!close**", "`!close`", "！close", "\u200b!close", "• !close"])
def test_a_mark_that_missed_narrowly_is_not_sent_to_the_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received, line: str
) -> None:
    gate.deliver(bart.replies(notification, f"{line}\n\nIt works again."))

    assert gate.ticket(1).state is State.CLOSED
    assert gate.mailbox(anne)[1].text.startswith("It works again.")


def test_the_answer_to_a_returned_mail_is_carried_out(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!clsoe\nDone."))

    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!close\nDone."))

    assert gate.ticket(1).state is State.CLOSED
    assert "Done." in gate.mailbox(anne)[1].text


def test_a_note_without_words_goes_back(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    returned = gate.deliver(bart.replies(notification, "!note"))

    assert returned.outcome.reason == "returned to its writer: There are no words of yours in it."
    assert len(gate.history(1)) == 1


def test_more_than_twenty_commands_go_back(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    returned = gate.deliver(bart.replies(notification, "!close\n" * 500 + "Done."))

    assert returned.outcome.reason == "returned to its writer: There are more than 20 commands in it."
    assert (len(gate.mailbox(anne)), gate.ticket(1).state) == (1, State.OPEN)
    assert len(gate.mailbox(bart)[-1].text) < 20_000


@pytest.mark.parametrize(
    "text",
    [
        "It works.\n\n> !close",
        "It works.\n\n-- \n!close",
        "It works.\n\n---------- Forwarded message ---------\nFrom: Cris <cris@stranger.example>\n\n!close",
        "It works.\n\nOn Mon, 2 Mar 2026 at 10:00, Cris <cris@stranger.example> wrote:\n!close",
    ],
)
def test_a_command_that_is_not_the_writer_s_does_nothing(
    gate: Gate, anne: Person, bart: Person, notification: Received, text: str
) -> None:
    gate.deliver(bart.writes(text, to=str(notification.message["Reply-To"])))

    assert gate.ticket(1).state is State.ANSWERED
    assert "It works." in gate.mailbox(anne)[-1].text


def test_a_command_in_an_attachment_or_the_html_beside_a_text_does_nothing(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    attached = bart.replies(notification, "It works.", files=[("todo.txt", "text/plain", b"!close\n")])

    gate.deliver(attached)

    assert gate.ticket(1).state is State.ANSWERED


def test_a_staff_command_of_a_customer_is_none(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "!note\nthe door is open"))

    assert not [entry for entry in gate.history(1) if entry.kind is EntryKind.NOTE]
    assert "!note: there is no such command." in gate.mailbox(anne)[-1].text
    assert "the door is open" in gate.mailbox(bart)[-1].text


def test_a_command_by_mail_without_its_token_is_held(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    held = gate.deliver(bart.replies(notification, "!close", to=SUPPORT))

    assert (held.outcome.disposition, held.outcome.ticket_id) == (Disposition.HELD, 1)
    assert (held.outcome.reason or "").startswith("not enough evidence to work a ticket as staff")
    assert gate.ticket(1).state is State.OPEN


def question_to(gate: Gate, person: Person) -> Received:
    """The last mail that asks for a yes."""
    return [mail for mail in gate.mailbox(person) if "Shall we do this?" in mail.text][-1]


def test_a_command_without_its_token_is_carried_out_after_a_yes_of_its_writer(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    held = gate.deliver(bart.replies(notification, "!close", to=SUPPORT))
    asked = question_to(gate, bart)
    before = gate.ticket(1).state

    yes = gate.deliver(bart.replies(asked, "yes"))

    assert "These commands of your mail are carried out on ticket #1: - !close Just reply" in " ".join(
        asked.text.split()
    )
    assert before is State.OPEN
    assert (yes.outcome.disposition, yes.outcome.evidence and yes.outcome.evidence.level) == (Disposition.COMMAND, "C")
    assert gate.ticket(1).state is State.CLOSED
    assert gate.inbox(held.id).outcome.disposition is Disposition.COMMAND
    assert gate.inbox(held.id).decided_by == f"its writer, mail {yes.id}, evidence C"
    assert any("As you say, this is done now" in mail.text for mail in gate.mailbox(bart))


def test_a_no_leaves_the_mail_to_a_person(gate: Gate, bart: Person, notification: Received) -> None:
    held = gate.deliver(bart.replies(notification, "!close", to=SUPPORT))

    gate.deliver(bart.replies(question_to(gate, bart), "no"))

    assert gate.ticket(1).state is State.OPEN
    assert gate.inbox(held.id).outcome.disposition is Disposition.HELD
    assert "As you say, nothing was done" in gate.mailbox(bart)[-1].text


def test_a_colleague_may_decide_before_the_writer_does(gate: Gate, bart: Person, notification: Received) -> None:
    held = gate.deliver(bart.replies(notification, "!close", to=SUPPORT))
    gate.release(held.id)

    gate.deliver(bart.replies(question_to(gate, bart), "yes"))

    assert gate.ticket(1).state is State.CLOSED
    assert "Nothing was done now: mail" in gate.mailbox(bart)[-1].text


def test_a_yes_of_somebody_else_s_mailbox_does_nothing(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!close", to=SUPPORT))

    gate.deliver(anne.replies(question_to(gate, bart), "yes"))

    assert gate.ticket(1).state is State.OPEN
    assert "Your answer was not used" in gate.mailbox(anne)[-1].text


def test_the_same_command_is_asked_for_once_and_a_late_yes_is_told_so(
    gate: Gate, bart: Person, notification: Received
) -> None:
    for subject in ("once", "twice"):
        gate.deliver(bart.replies(notification, "!close", to=SUPPORT, subject=subject))
    asked = [mail for mail in gate.mailbox(bart) if "Shall we do this?" in mail.text]
    told = " ".join(gate.mailbox(bart)[-1].text.split())

    gate.later(hours=73)

    assert len(asked) == 1
    assert "We have asked you already whether you wrote the very same" in told
    assert any("We had no answer from you in time" in mail.text for mail in gate.mailbox(bart))


def test_what_staff_ask_for_is_in_no_history_that_customers_read(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    held = gate.deliver(bart.replies(notification, "!note He has not paid.", to=SUPPORT))
    gate.deliver(bart.replies(question_to(gate, bart), "yes"))

    asked = {"mail": held.id, "writer": "Bart Jones", "lines": "!note He has not paid."}
    assert gate.events(1) == [
        (Event.STAFF_ASKED, "Bart Jones", asked),
        (Event.STAFF_CONFIRMED, "Bart Jones", asked),
    ]
    assert [entry.text for entry in gate.history(1) if entry.kind is EntryKind.NOTE] == ["He has not paid."]
    assert [entry.for_customers for entry in gate.history(1)] == [None, False, False, None]
    assert not any("not paid" in mail.text for mail in gate.mailbox(anne))


def test_a_command_that_is_misspelt_goes_back_without_a_question(
    gate: Gate, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!clsoe", to=SUPPORT))

    assert not any("Shall we do this?" in mail.text for mail in gate.mailbox(bart))
    assert "Did you mean !close?" in gate.mailbox(bart)[-1].text
