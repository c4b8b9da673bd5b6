"""A note of staff never reaches a customer, in whatever dress its command came: by the flows of a whole gate."""

from itertools import cycle

import pytest
from hypothesis import given, settings

from mailgate.letters.kind import Template
from mailgate.tickets.ticket import State
from tests.commands.test_astray import AROUND, DRESSES, NOTED, SECRET
from tests.gate import BeginGate, Gate, Person, Received

HTML = [
    "<p>Hello Anne,</p><p><b>!note</b></p><p>{}</p>",
    "<p>Hello Anne,<br>!note<br>{}</p>",
    "<div>Hi</div><ul><li>!note</li></ul><div>{}</div>",
    "<div>Hi</div><ol><li>!note</li><li>{}</li></ol>",
    "<code>!note</code><br>{}",
    "<div>Hi</div><pre>!note\n{}</pre>",
    "<h2>!note</h2>{}",
    "<p>Hi</p><p>&nbsp;&zwnj;!&shy;no&#8203;te</p><p>{}</p>",
    "<p>Hi</p><p dir=rtl>&rlm;!note</p><p>{}</p>",
    "<p>Hi</p><p><b>!</b>note</p><p>{}</p>",
    "<p>Hi</p><p><font>!</font><br><font>note</font></p><p>{}</p>",
    "<p>Hi</p><blockquote>!note</blockquote><p>{}</p>",
    "<p>Hi</p><table><tr><td>!note</td><td>{}</td></tr></table>",
    "<p>Hi</p><table><tr><td>!note</td></tr><tr><td>{}</td></tr></table>",
    "<p>Hi <span style='background:yellow'>!note</span> {}</p>",
    "<p>Hi</p><p class=MsoListParagraph><span>o<span>&nbsp;&nbsp; </span></span>!note</p><p>{}</p>",
    "<p>Hi</p><p>&#65281;note</p><p>{}</p>",
    "<p>Hi</p><a href='mailto:support@support.example?body=!note'>!note</a><div>{}</div>",
    "<p>Hi&#8232;!note&#8232;{}</p>",
    "<p>Hi</p><details><summary>!note</summary>{}</details>",
]


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """One that sends back as often as it must."""
    return begin(budgets={"returned_per_staff_hour": 0})


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


def _has_leaked(gate: Gate, anne: Person) -> bool:
    return len(gate.mailbox(anne)) > 1 or SECRET.encode() in b"".join(mail.raw for mail in gate.mailbox(anne))


def test_no_dress_of_a_note_reaches_the_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    for dress, around in zip(DRESSES, cycle(AROUND), strict=False):
        gate.deliver(bart.replies(notification, around.format(f"{dress}\n{SECRET}")))

        assert not _has_leaked(gate, anne), (dress, around)


@pytest.mark.parametrize("html", HTML)
def test_no_note_in_html_alone_reaches_the_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received, html: str
) -> None:
    gate.deliver(bart.writes("", to=str(notification.message["Reply-To"]), html=html.format(SECRET)))

    assert not _has_leaked(gate, anne)
    assert gate.ticket(1).state is State.OPEN


def test_no_note_that_is_made_up_reaches_the_customer(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    @settings(max_examples=40)
    @given(NOTED)
    def never(noted: str) -> None:
        head = f"From: Bart <{bart.address}>\nTo: {notification.message['Reply-To']}\nSubject: Re: x\n"
        head += "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        gate.deliver(f"{head}{noted}\n{SECRET}\n".encode())

        assert not any(SECRET.encode() in mail.raw for mail in gate.mailbox(anne))

    never()


def test_a_note_in_the_subject_alone_is_told_to_its_writer(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, SECRET, subject="!note"))

    assert not _has_leaked(gate, anne)
    assert "move it there, or take it out" in " ".join(gate.mailbox(bart)[-1].text.split())


def test_a_note_below_words_for_a_new_customer_mail_stops_it(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(bart.writes(f"!customer {anne.address}\n\nYour certificate expires.\n\n!note\n{SECRET}"))

    assert (gate.mailbox(anne), gate.tickets()) == ([], ())


def test_the_mail_that_was_returned_is_carried_out_when_it_is_put_right(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, f"Hello,\n\n!note\n{SECRET}"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], f"!note\n{SECRET}"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It works again."))

    assert [entry.text for entry in gate.history(1)][1:] == [SECRET, "It works again."]
    assert [row.notice.template for row in gate.outbox()].count(Template.REPLY) == 1
