"""Each mail of a registered customer ends in a ticket, a mail that tells somebody, or a list that a person gets."""

from collections.abc import Sequence

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from store.desk.tickets import Entry
from tests.gate import SUPPORT, BeginGate, Gate, Person, Received

WORDS = "My shop is down since ten."
REPORT = (
    "--b\r\nContent-Type: text/plain\r\n\r\nYour mail was read.\r\n--b\r\nContent-Type: message/{}\r\n\r\n"
    "Final-Recipient: rfc822; bob@oak.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "Disposition: x; displayed\r\n--b--\r\n"
)

# What its header says, its reverse-path (None: her address), and its body.
MAILS: dict[str, tuple[list[str], str | None, str]] = {
    "plain": ([], None, WORDS),
    "empty": ([], None, ""),
    "a subject alone": (["Subject: Please call me"], None, ""),
    "about out-of-office": (["Subject: Out of office"], None, WORDS),
    "out-of-office": (["Subject: Out of office", "Auto-Submitted: auto-replied"], "", WORDS),
    "out-of-office in answer": (["Subject: Abwesend: x", "In-Reply-To: <a@elm.example>"], None, WORDS),
    "responder": (["X-Autoreply: yes"], None, WORDS),
    "monitor": (["Auto-Submitted: auto-generated"], None, WORDS),
    "null path": ([], "", WORDS),
    "bulk": (["Precedence: bulk"], None, WORDS),
    "list": (["List-Id: <users.elm.example>"], None, WORDS),
    "no answer wanted": (["X-Auto-Response-Suppress: All"], None, WORDS),
    "read receipt": (["Content-Type: multipart/report; boundary=b"], "", REPORT.format("disposition-notification")),
    "report": (["Content-Type: multipart/report; boundary=b"], "", REPORT.format("delivery-status")),
    "report sent on": (["Content-Type: multipart/mixed; boundary=b"], None, REPORT.format("disposition-notification")),
    "abuse report": (["Content-Type: multipart/report; boundary=b"], None, REPORT.format("feedback-report")),
    "our mark": (["X-Mailgate-Instance: support.example"], None, WORDS),
    "our id": (["Message-ID: <o.1.abcdefghij@support.example>"], None, WORDS),
    "many hops": (["Received: from a by b; Mon, 2 Mar 2026 09:00:00 +0000"] * 120, None, WORDS),
    "two authors": (["From: Eve <eve@elm.example>"], None, WORDS),
    "command": (["Subject: x"], None, "!tickets\n"),
    "misspelt command": (["Subject: x"], None, "!tikets\n"),
    "command below": (["Subject: x"], None, f"{WORDS}\n!tickets\n"),
    "command by a list": (["List-Id: <users.elm.example>"], None, "!tickets\n"),
    "only quotes": ([], None, "> what you wrote\n"),
    "only a signature": ([], None, "-- \nAnne\n"),
    "broken": (["Content-Type: multipart/mixed"], None, "\x00\x01\x02"),
    "no subject": (["Subject:"], None, WORDS),
    "a tag that is nobody's": (["Subject: Re: [#999999] x"], None, WORDS),
    "our return address": (["X-To: verp"], None, WORDS),
}
DOORS = ("desk", "reply", "postmaster", "abuse", "sign-in", "confirm", "return address", "forged address")


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """One that holds nothing as a flood: that is told by lists, too, and has tests of its own."""
    budgets = dict.fromkeys(
        ("tickets_per_sender_hour", "tickets_per_sender_day", "machine_mails_per_ticket_hour", "mails_per_ticket_hour"),
        0,
    )
    return begin(budgets=budgets)


@pytest.fixture
def reply(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart answered to Anne."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Try again."))
    return gate.mailbox(anne)[-1]


def _addresses(reply: Received) -> dict[str, str]:
    to = str(reply.message["Reply-To"])
    return {
        "desk": SUPPORT,
        "reply": to,
        "postmaster": "postmaster@support.example",
        "abuse": "abuse@support.example",
        "sign-in": "sign-in@support.example",
        "confirm": "confirm@support.example",
        "return address": reply.reverse_path,
        "forged address": to.replace("+a", "+b", 1),
    }


def _raw(anne: Person, fields: list[str], to: str, body: str, number: int) -> bytes:
    head = [f"From: Anne Miller <{anne.address}>", f"To: {to}", *fields, f"X-Number: {number}"]
    return "\r\n".join([*head, "", *body.split("\n"), ""]).encode()


@pytest.mark.parametrize("door", DOORS)
def test_whatever_a_customer_sends_somebody_hears_of_it(
    gate: Gate, anne: Person, bart: Person, reply: Received, door: str
) -> None:
    to = _addresses(reply)[door]
    silent = []
    for number, (name, (fields, sender, body)) in enumerate(MAILS.items()):
        before = len(gate.outbox())
        path = anne.address if sender is None else sender
        mail = gate.deliver(_raw(anne, fields, to, f"{body}\n({number})" if body else "", number), to=to, sender=path)
        outcome = mail.outcome
        told = {row.notice.to_address for row in gate.outbox()[before:]}
        if outcome.disposition in (Disposition.HELD, Disposition.QUARANTINED):
            continue  # the lists of held mail name it
        if not told and not any(entry.spool_id == mail.id for entry in _entries(gate, outcome.ticket_id)):
            silent.append((name, mail.id))

    gate.later(hours=24)

    lists = "\n".join(mail.text for mail in gate.mailbox(bart) if mail.message["Subject"] and "customer" in mail.text)
    assert [name for name, spool_id in silent if f"\n{spool_id} Anne Miller <" not in lists] == []


def _entries(gate: Gate, ticket: int | None) -> Sequence[Entry]:
    return gate.history(ticket) if ticket else ()


def test_the_morning_list_names_what_was_filed_of_customers_alone(
    gate: Gate, anne: Person, bart: Person, cris: Person
) -> None:
    for person in (anne, cris):
        gate.deliver(person.writes("I am away.", headers={"Auto-Submitted": "auto-replied"}), sender="")

    gate.later(hours=24)
    gate.later(hours=24)

    [told] = gate.mailbox(bart)
    assert told.subject == "1 mail of a customer was filed as a program's"
    assert "anne@customer.example" in told.text
    assert "cris@stranger.example" not in told.text
    assert "To decide" not in told.text
    assert len(gate.outbox(Template.HELD_ALERT)) == 1
