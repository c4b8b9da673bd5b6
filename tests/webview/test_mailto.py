"""What a visitor can do: links to mails that are ready, and whose addresses the gate understands."""

from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.mailto import MAX_LENGTH, MailAction
from mailgate.tickets.actions import answer_subject
from mailgate.tickets.ticket import Event, Priority, State
from tests.gate import Gate, Person
from tests.webview.web import Web, links_of

TO = "support+aeaqscibaewbnwl23fwl4rplem@support.example"


def mailtos(page: str) -> list[str]:
    return [link for link in links_of(page) if link.startswith("mailto:")]


def test_a_plus_and_line_ends_are_escaped() -> None:
    action = MailAction("note", "a+b@support.example", "1 + 1", "!note\nfirst\n")

    assert action.href == "mailto:a%2Bb@support.example?subject=1%20%2B%201&body=%21note%0D%0Afirst%0D%0A"


@given(st.text(max_size=2_000), st.integers(1, 10**12))
def test_no_link_is_longer_than_mail_programs_take(subject: str, number: int) -> None:
    href = MailAction("reply", TO, answer_subject(subject, number), "!note\n").href

    assert len(href) <= MAX_LENGTH
    assert href.isascii()
    assert not set(href) & set(' "<>\r\n')


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("No mail", "Re: No mail [#7]"),
        ("Re: No mail", "Re: No mail [#7]"),
        ("No mail [#3]", "Re: No mail [#7]"),
        ("", "Re: (no subject) [#7]"),
        ("two\nlines", "Re: two lines [#7]"),
    ],
)
def test_the_subject_of_an_answer_keeps_one_re_and_one_number(subject: str, answer: str) -> None:
    assert answer_subject(subject, 7) == answer


def send(person: Person, link: str, words: str) -> bytes:
    """What a mail program sends for a link, with the visitor's words below what it has put in."""
    target = urlsplit(link)
    fields = {name: values[0] for name, values in parse_qs(target.query).items()}
    body = fields.get("body", "").replace("\r\n", "\n") + words
    return person.writes(body, to=unquote(target.path), subject=fields.get("subject", "New"))


def test_an_answer_by_the_link_of_the_page_joins_the_ticket(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    link = mailtos(web.signed_in(anne).get("/tickets/1").text)[0]

    settled = gate.deliver(send(anne, link, "It still is."))

    assert settled.outcome.ticket_id == 1
    assert settled.outcome.reason == "by token"


def test_the_links_of_a_ticket_do_what_they_say_and_twice_is_once(web: Web, gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    _, close, status = mailtos(web.signed_in(anne).get("/tickets/1").text)

    gate.deliver(send(anne, close, ""))
    gate.deliver(send(anne, close, ""))
    gate.deliver(send(anne, status, ""))
    _, reopen, _ = mailtos(web.signed_in(anne).get("/tickets/1").text)
    closed = gate.ticket(1).state
    gate.deliver(send(anne, reopen, ""))

    assert (closed, gate.ticket(1).state) == (State.CLOSED, State.OPEN)
    assert gate.events(1).count((Event.CLOSED, "Anne Miller", {})) == 1
    assert gate.ticket(1).messages == 1


def test_a_page_offers_to_leave_only_where_somebody_stays(web: Web, gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.contact(1, "Dora Miller", "dora@customer.example")
    alone = mailtos(web.signed_in(anne).get("/tickets/1").text)
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "!add dora@customer.example"))

    shared = mailtos(web.signed_in(anne).get("/tickets/1").text)

    assert [link for link in shared if "%21stop" in link]
    assert not [link for link in alone if "%21stop" in link]


def test_a_mail_is_sent_again_by_the_link_of_its_page_to_its_reader_alone(web: Web, gate: Gate, anne: Person) -> None:
    dora = gate.contact(1, "Dora Miller", "dora@customer.example")
    gate.deliver(dora.writes("It is broken."))
    [link] = mailtos(web.signed_in(dora).get("/mails/1").text)

    gate.deliver(send(dora, link, ""))

    assert mailtos(web.signed_in(anne).get("/mails/1").text) == []
    assert any("This is a copy of mail 1" in mail.text for mail in gate.mailbox(dora))


def test_the_links_of_the_staff_do_what_they_say(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    jane = gate.staff("Jane Poole", "jane@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    links = {saying(link): link for link in mailtos(web.signed_in(bart).get("/staff/tickets/1").text)}

    for command, words in (
        ("", "We look at it."),
        ("!note", "The disk is full."),
        ("!take", ""),
        ("!assign jane", ""),
        ("!tag", "web3"),
        ("!priority urgent", ""),
        ("!follow", ""),
        ("!close", ""),
    ):
        gate.deliver(send(bart, links[command], words))

    ticket = gate.ticket(1)
    assert [entry.text for entry in gate.history(1)][:3] == ["It is broken.", "We look at it.", "The disk is full."]
    assert (ticket.assignee_id, ticket.tags, ticket.followers) == (2, ("web3",), (1,))
    assert (ticket.priority, ticket.state) == (Priority.URGENT, State.CLOSED)
    again = {saying(link): link for link in mailtos(web.signed_in(jane).get("/staff/tickets/1").text)}
    gate.deliver(send(jane, again["!reopen"], ""))
    gate.deliver(send(jane, again["!wait 3d"], ""))
    assert gate.ticket(1).state is State.WAITING
    assert "!close" not in again


def saying(link: str) -> str:
    """The line that a link puts at the top of its mail."""
    return parse_qs(urlsplit(link).query).get("body", [""])[0].strip()


def test_a_new_ticket_by_the_link_of_the_page(web: Web, gate: Gate, anne: Person) -> None:
    [link] = mailtos(web.signed_in(anne).get("/").text)

    gate.deliver(send(anne, link, "Something new."))

    assert gate.tickets()[0].subject == "New"


def test_the_address_of_a_page_is_the_same_all_day(web: Web, gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)

    morning = mailtos(browser.get("/tickets/1").text)
    gate.later(hours=5)
    evening = mailtos(browser.get("/tickets/1").text)

    assert gate.now.date() == date(2026, 3, 2)
    assert morning == evening
