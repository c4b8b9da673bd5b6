"""Commands at the top of a customer's mail: carried out once, with a receipt to the registered address alone."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mailgate.flows.indexing import index_all
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import EntryKind, Event, State
from tests.gate import BeginGate, Gate, Person, Received


@pytest.fixture
def acknowledgement(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Anne got for her first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(anne)[0]


def messages(gate: Gate, number: int = 1) -> list[str]:
    return [entry.text for entry in gate.history(number) if entry.kind is EntryKind.MESSAGE]


def test_close_closes_once_and_says_so_twice(gate: Gate, anne: Person, bart: Person, acknowledgement: Received) -> None:
    first = gate.deliver(anne.replies(acknowledgement, "!close"))
    second = gate.deliver(anne.replies(acknowledgement, "!CLOSE"))

    assert [mail.outcome.disposition for mail in (first, second)] == [Disposition.COMMAND] * 2
    assert gate.ticket(1).state is State.CLOSED
    assert gate.events(1).count((Event.CLOSED, "Anne Miller", {})) == 1
    receipts = gate.mailbox(anne)[1:]
    assert ["is closed now" in receipts[0].text, "was closed already" in receipts[1].text] == [True, True]
    assert "Anne Miller closed this ticket by mail." in gate.mailbox(bart)[-1].text
    assert len(gate.mailbox(bart)) == 2


def test_a_receipt_is_an_automatic_answer_in_the_thread_of_the_ticket(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    gate.deliver(anne.replies(acknowledgement, "!close", message_id="my-command"))

    receipt = gate.mailbox(anne)[-1]
    assert receipt.reverse_path == ""
    assert receipt.message["Auto-Submitted"] == "auto-replied"
    assert receipt.subject == acknowledgement.subject
    assert receipt.message["In-Reply-To"] == "<my-command@client.example>"
    assert str(receipt.message["References"]).split()[-1] == "<my-command@client.example>"


def test_a_mail_of_commands_alone_is_no_message_but_an_event_with_mail_and_evidence(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received
) -> None:
    told = len(gate.mailbox(bart))

    asked = gate.deliver(anne.replies(acknowledgement, "!status"))

    assert messages(gate) == ["It is broken."]
    event = gate.history(1)[-1]
    assert (event.kind, event.spool_id, event.evidence) == (EntryKind.EVENT, asked.id, "D+T")
    assert gate.events(1) == [(Event.COMMANDED, "Anne Miller", {"mail": asked.id, "commands": ["!status"]})]
    assert "Ticket #1 is open: it is our turn." in gate.mailbox(anne)[-1].text
    assert len(gate.mailbox(bart)) == told


def test_reopen_makes_it_the_turn_of_staff_and_tells_them(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received
) -> None:
    gate.deliver(anne.replies(acknowledgement, "!close"))

    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "!reopen"))

    assert gate.ticket(1).state is State.OPEN
    assert "opened this ticket again" in gate.mailbox(bart)[-1].text


def test_words_below_commands_join_the_ticket_without_them(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received
) -> None:
    mail = gate.deliver(anne.replies(acknowledgement, "!close\n\nThank you, it works."))

    assert mail.outcome.disposition is Disposition.JOINED
    assert messages(gate) == ["It is broken.", "Thank you, it works."]
    assert gate.ticket(1).state is State.CLOSED
    assert gate.events(1) == [(Event.CLOSED, "Anne Miller", {})]


def test_a_misspelt_command_does_nothing_and_is_answered_with_what_was_meant(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    mail = gate.deliver(anne.replies(acknowledgement, "!status\n!clsoe\n\nIt works."))

    assert mail.outcome.disposition is Disposition.JOINED
    assert gate.ticket(1).state is State.OPEN
    assert messages(gate) == ["It is broken.", "It works."]
    [receipt] = gate.mailbox(anne)[1:]
    assert "Nothing was done" in receipt.text
    assert "!clsoe: there is no such command." in receipt.text
    assert "Did you mean !close?" in receipt.text
    assert "!stop" in receipt.text
    assert "it is our turn" not in receipt.text


def ready_mails(mail: Received) -> dict[str, str]:
    """What the links of its HTML would send, and where to."""
    part = mail.message.get_body(("html",))
    assert part is not None
    links = [urlsplit(unescape(link)) for link in re.findall(r'href="(mailto:[^"]+)"', str(part.get_content()))]
    return {parse_qs(link.query)["body"][0]: unquote(link.path) for link in links if link.query}


def test_the_corrected_mail_is_ready_to_be_sent(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    gate.deliver(anne.replies(acknowledgement, "!clsoe\n!Status"))
    text = "!close\r\n!status\r\n"

    gate.deliver(anne.writes(text, to=ready_mails(gate.mailbox(anne)[-1])[text]))

    assert gate.ticket(1).state is State.CLOSED
    assert "Ticket #1 is closed now." in gate.mailbox(anne)[-1].text


def test_an_example_is_never_ready_to_be_sent(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    gate.deliver(anne.replies(acknowledgement, "!add bob"))

    receipt = gate.mailbox(anne)[-1]
    assert "Write it like this: !add bob@example.org" in receipt.text
    assert not any("!add" in body for body in ready_mails(receipt))


@pytest.mark.parametrize("line", ["**!close**", "\u200b!close", "！close", "* !close"])
def test_a_mark_that_missed_narrowly_is_read(gate: Gate, anne: Person, acknowledgement: Received, line: str) -> None:
    gate.deliver(anne.replies(acknowledgement, f"{line}\n\nThanks."))

    assert gate.ticket(1).state is State.CLOSED
    assert messages(gate) == ["It is broken.", "Thanks."]


def test_contrary_commands_are_not_carried_out(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    gate.deliver(anne.replies(acknowledgement, "!close\n!reopen"))

    assert gate.ticket(1).state is State.OPEN
    assert "this cannot stand beside !close" in gate.mailbox(anne)[-1].text


def test_too_many_commands_are_answered_once_and_none_is_done(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    gate.deliver(anne.replies(acknowledgement, "\n".join(["!close", *(f"!resend {n}" for n in range(40))])))

    assert gate.ticket(1).state is State.OPEN
    assert len(gate.mailbox(anne)) == 2
    assert "at most 20 commands" in gate.mailbox(anne)[-1].text


@pytest.mark.parametrize("words", ["!!! URGENT, all is down !!!", "! ! !\nHelp", "!Hola!\nHelp", "![a](b.png)\n!close"])
def test_exclamation_marks_are_no_commands(gate: Gate, anne: Person, words: str) -> None:
    mail = gate.deliver(anne.writes(words))

    assert mail.outcome.disposition is Disposition.OPENED
    assert messages(gate)[0].startswith("!")


def test_lists_and_help_of_a_new_mail_open_no_ticket(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    listed = gate.deliver(anne.writes("!tickets", subject="List"))
    helped = gate.deliver(anne.writes("!help", subject="Help"))

    assert [mail.outcome.disposition for mail in (listed, helped)] == [Disposition.COMMAND] * 2
    assert len(gate.tickets()) == 1
    list_mail, help_mail = gate.mailbox(anne)[-2:]
    assert "#1, open: No mail since Monday" in list_mail.text
    assert "!tickets" in help_mail.text
    assert "!close" not in help_mail.text


def test_a_command_for_a_ticket_in_a_new_mail_explains_itself(gate: Gate, anne: Person) -> None:
    mail = gate.deliver(anne.writes("!close"))

    assert mail.outcome.disposition is Disposition.COMMAND
    assert gate.tickets() == ()
    assert "!close: this works only in a reply to a mail about a ticket." in gate.mailbox(anne)[-1].text


def test_a_subject_alone_can_be_the_command(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("", subject="!tickets"))

    assert "You have no tickets" in gate.mailbox(anne)[-1].text


def test_words_are_searched_in_what_the_writer_may_see(gate: Gate, anne: Person) -> None:
    paul = gate.customer("Paul Stone", "paul@stone.example")
    gate.deliver(anne.writes("The certificate of shop.example has run out.", subject="Certificate"))
    gate.deliver(anne.writes("More disk space, please.", subject="Disk"))
    gate.deliver(paul.writes("My certificate, too.", subject="Certificate of Paul"))
    index_all(gate.parts.engine)

    gate.deliver(anne.writes("!search certificate"))
    gate.deliver(anne.writes("!search zebra"))
    gate.deliver(anne.writes("!search satus:open certificate"))

    hit, miss, odd = (" ".join(mail.text.split()) for mail in gate.mailbox(anne)[-3:])
    assert "Ticket #1, open: Certificate" in hit
    assert "Disk" not in hit
    assert "Paul" not in hit
    assert "Nothing of yours was found for: zebra" in miss
    assert "status" in odd
    assert "Ticket #1, open: Certificate" in odd


def test_an_owner_lists_the_tickets_of_the_account_and_others_their_own(gate: Gate, anne: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(anne.writes("It is broken.", subject="Of Anne"))
    gate.deliver(dora.writes("Mine, too.", subject="Of Dora"))

    gate.deliver(anne.writes("!tickets"))
    gate.deliver(dora.writes("!tickets"))

    for_anne, for_dora = gate.mailbox(anne)[-1].text, gate.mailbox(dora)[-1].text
    assert ["Of Anne" in for_anne, "Of Dora" in for_anne] == [True, True]
    assert ["Of Anne" in for_dora, "Of Dora" in for_dora] == [False, True]


def test_a_contact_who_stops_leaves_the_thread_and_the_last_one_stays(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received
) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(anne.replies(acknowledgement, f"!add {dora.address}"))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "We look into it."))

    gate.deliver(dora.replies(gate.mailbox(dora)[-1], "!stop"))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "!stop"))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "It works again."))

    assert [reader.address for reader in gate.ticket(1).participants] == [anne.address]
    assert not any("It works again." in mail.text for mail in gate.mailbox(dora))
    assert any("You are the only one" in mail.text for mail in gate.mailbox(anne))
    assert "It works again." in gate.mailbox(anne)[-1].text


def test_resend_copies_a_mail_of_the_same_address_and_no_other(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received
) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    answer = bart.replies(gate.mailbox(bart)[0], "See the plan.", files=[("p.pdf", "application/pdf", b"%PDF")])
    gate.deliver(answer)
    [sent] = gate.outbox(Template.REPLY)

    gate.deliver(anne.writes(f"!resend {sent.id}"))
    gate.deliver(dora.writes(f"!resend {sent.id}"))

    copy = next(mail for mail in gate.mailbox(anne) if "This is a copy of mail" in mail.text)
    assert "See the plan." in copy.text
    assert [part.get_filename() for part in copy.message.iter_attachments()] == ["p.pdf"]
    [refusal] = gate.mailbox(dora)
    assert f"We have sent no mail {sent.id} to dora@customer.example." in refusal.text
    assert "See the plan." not in refusal.text


def test_a_copy_of_a_sign_in_mail_opens_nothing(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("", to="sign-in@support.example", subject="Sign in"))
    [sent] = gate.outbox(Template.SIGN_IN)

    gate.deliver(anne.writes(f"!resend {sent.id}"))

    copy = next(mail for mail in gate.mailbox(anne) if "This is a copy of mail" in mail.text)
    assert "[one-time link or code, expired]" in copy.text
    assert "/in/" not in copy.raw.decode()


@pytest.mark.parametrize(
    "headers",
    [{"Auto-Submitted": "auto-replied"}, {"Auto-Submitted": "auto-generated"}, {"X-Autoreply": "yes"}],
)
def test_machine_mail_never_runs_a_command(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received, headers: dict[str, str]
) -> None:
    to = str(acknowledgement.message["Reply-To"])

    mail = gate.deliver(anne.writes("!close", to=to, subject="Re: No mail since Monday [#1]", headers=headers))

    assert mail.outcome.disposition is Disposition.AUTOMATIC
    assert gate.ticket(1).state is State.OPEN
    assert len(gate.mailbox(anne)) == 1


@pytest.mark.parametrize(
    "headers",
    [{"Precedence": "bulk"}, {"List-Id": "<users.list.example>"}, {"X-Auto-Response-Suppress": "All"}],
)
def test_commands_that_may_not_be_answered_are_words_for_staff(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received, headers: dict[str, str]
) -> None:
    to = str(acknowledgement.message["Reply-To"])

    mail = gate.deliver(anne.writes("!close", to=to, subject="Re: No mail since Monday [#1]", headers=headers))

    assert mail.outcome.disposition is Disposition.JOINED
    assert gate.ticket(1).state is State.OPEN
    assert "!close" in gate.mailbox(bart)[-1].text
    assert len(gate.mailbox(anne)) == 1


def test_commands_of_a_hundred_forged_strangers_are_answered_to_nobody(gate: Gate) -> None:
    for number in range(100):
        gate.deliver(
            Person("Vic", f"v{number}@victim.example").writes("!tickets").replace(b"Subject:", b"X-A: a\rb\r\nSubject:")
        )

    assert gate.outbox() == ()


def test_a_bounce_never_runs_a_command(gate: Gate, anne: Person, acknowledgement: Received) -> None:
    gate.deliver(anne.replies(acknowledgement, "!close"), sender="")

    assert gate.ticket(1).state is State.OPEN
    assert len(gate.mailbox(anne)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "Fine.\n\n> !close",
        "> !close",
        "Thanks\n\n-- \n!close",
        "Look at this.\n\n---------- Forwarded message ---------\nFrom: Cris <cris@stranger.example>\n\n!close",
    ],
)
def test_a_command_in_a_quote_a_signature_or_a_forward_is_none(
    gate: Gate, anne: Person, acknowledgement: Received, body: str
) -> None:
    gate.deliver(anne.replies(acknowledgement, body))

    assert gate.ticket(1).state is State.OPEN


@pytest.mark.parametrize(
    "body",
    [
        "Thanks, it works.\n\n!close\n\nAnne",
        "Merci beaucoup\n**!Close**",
        "Danke!\n\n1. !close\n",
        "\u00a1Gracias!\n\n\u200e\uff01close.",
    ],
)
def test_a_harmless_command_below_words_is_carried_out(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received, body: str
) -> None:
    mail = gate.deliver(anne.replies(acknowledgement, body))

    assert mail.outcome.disposition is Disposition.JOINED
    assert gate.ticket(1).state is State.CLOSED
    assert body.split(maxsplit=1)[0] in gate.history(1)[1].text
    assert "is closed now" in gate.mailbox(anne)[-1].text


def test_a_command_in_the_subject_above_words_is_carried_out_when_it_is_harmless(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    gate.deliver(anne.replies(acknowledgement, "Thanks, it works.", subject="!close"))

    assert gate.ticket(1).state is State.CLOSED
    assert messages(gate)[-1] == "Thanks, it works."


@pytest.mark.parametrize("line", ["!stop", "!add bob@example.org"])
def test_one_that_changes_who_reads_is_answered_with_why_not(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received, line: str
) -> None:
    gate.deliver(anne.replies(acknowledgement, f"Bob should read this, too.\n\n{line}\n"))

    assert [one.address for one in gate.ticket(1).participants] == [anne.address]
    assert messages(gate)[-1] == f"Bob should read this, too.\n\n{line}"
    assert f"- {line}: a command does something only at the very top" in " ".join(gate.mailbox(anne)[-1].text.split())
    assert len(gate.outbox(Template.CONFIRM)) == 0


@pytest.mark.parametrize(
    "body",
    [
        "!Hola! No funciona el correo.\n\nAnne",
        "![picture](https://x.example/1.png)\nThis is what I see.",
        "!!!\nThe shop is down.",
        "The shop is down.\n!!! HELP !!!",
        "I wrote\n!close the window\nand nothing happened.",
        "What does this do:\n!important",
        "\u2757 Server down \u2757",
    ],
)
def test_words_with_such_marks_are_words_and_reach_staff(gate: Gate, anne: Person, bart: Person, body: str) -> None:
    opened = gate.deliver(anne.writes(body))

    assert opened.outcome.disposition is Disposition.OPENED
    assert gate.mailbox(bart)[-1].text.replace("\r\n", "\n").startswith(body)
    assert [row.notice.template for row in gate.outbox()].count(Template.RECEIPT) == 0


def test_reply_to_is_no_identity_for_commands(gate: Gate, anne: Person, cris: Person) -> None:
    gate.deliver(anne.writes("It is broken."))

    mail = gate.deliver(cris.writes("!tickets", headers={"Reply-To": anne.address}))

    assert mail.outcome.disposition is Disposition.HELD
    assert len(gate.mailbox(anne)) == 1
    assert not any("No mail since Monday" in one.text for one in gate.mailbox(cris))


def test_a_number_in_the_subject_lets_no_stranger_and_no_other_customer_command(
    gate: Gate, anne: Person, bart: Person, cris: Person, acknowledgement: Received
) -> None:
    paul = gate.customer("Paul Other", "paul@other.example")
    subject = acknowledgement.subject

    gate.deliver(cris.writes("!close", subject=subject))
    gate.deliver(paul.writes("!close", subject=subject))
    gate.deliver(paul.replies(acknowledgement, "!close"))  # with Anne's token

    assert gate.ticket(1).state is State.OPEN
    assert [reader.address for reader in gate.ticket(1).participants] == [anne.address]
    assert len(gate.mailbox(anne)) == 1
    assert not any("It is broken." in mail.text for who in (cris, paul) for mail in gate.mailbox(who))


def test_answers_to_commands_have_a_budget_of_their_own_and_the_last_says_that_the_next_come_later(
    begin: BeginGate,
) -> None:
    gate = begin(budgets={"acknowledgements_per_address_hour": 1, "receipts_per_address_hour": 3})
    anne = gate.customer("Anne Miller", "anne@customer.example")

    for _ in range(5):
        gate.deliver(anne.writes("!help"))
    told = [mail.text for mail in gate.mailbox(anne)]
    gate.later(hours=1)
    gate.later(seconds=1)

    assert ["come later" in text for text in told] == [False, False, True]
    assert len(gate.mailbox(anne)) == 5


def test_past_the_answers_of_a_day_what_is_asked_for_is_done_without_one(begin: BeginGate) -> None:
    gate = begin(budgets={"receipts_per_address_day": 2})
    anne = gate.customer("Anne Miller", "anne@customer.example")

    for _ in range(4):
        gate.deliver(anne.writes("!help"))
    gate.later(hours=2)

    assert len(gate.mailbox(anne)) == 2


def test_the_action_of_a_mail_is_the_command_that_a_reply_would_be(
    gate: Gate, anne: Person, acknowledgement: Received
) -> None:
    reply_to = str(acknowledgement.message["Reply-To"])

    html = acknowledgement.message.get_body(("html",))
    gate.deliver(anne.writes("!close\n", to=reply_to, subject="Re: No mail since Monday [#1]"))

    assert "Close the ticket by replying with !close." in acknowledgement.text
    assert reply_to not in acknowledgement.text
    assert html is not None
    link = f'href="mailto:{reply_to.replace("+", "%2B")}?subject=Re%3A%20No%20mail%20since%20Monday%20%5B%231%5D'
    assert f"{link}&amp;body=%21close%0D%0A" in str(html.get_content())
    assert gate.ticket(1).state is State.CLOSED


@pytest.mark.parametrize("days", [0, 61])
def test_a_damaged_or_expired_reply_address_commands_nothing(
    gate: Gate, anne: Person, acknowledgement: Received, days: int
) -> None:
    reply_to = str(acknowledgement.message["Reply-To"])
    damaged = reply_to.replace("@", "b@") if days == 0 else reply_to
    gate.now += timedelta(days=days)

    answered = gate.deliver(anne.replies(acknowledgement, "!close", to=damaged))

    assert (answered.outcome.disposition, answered.outcome.ticket_id) == (Disposition.COMMAND, None)
    assert gate.ticket(1).state is State.OPEN
    assert "this works only in a reply to a mail" in gate.mailbox(anne)[-1].text


def test_the_return_address_of_a_mail_commands_nothing(
    gate: Gate, anne: Person, bart: Person, acknowledgement: Received
) -> None:
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "We look into it."))
    return_address = gate.mailbox(anne)[-1].reverse_path

    gate.deliver(anne.writes("!close", to=return_address))

    assert gate.ticket(1).state is State.ANSWERED
