"""Pages for staff offer, as mails that are ready to be sent, each decision that our mails offer."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mailgate.commands.verb import Verb
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs import lists, staff
from store import people
from store.engine import reading
from store.post.outbox import OutState
from tests.gate import Gate, Person
from tests.scenarios.reports import report
from tests.webview.web import Web, links_of

EVE = Person("Marie Curie", "marie@nowhere.example")


def mailtos(page: str) -> list[tuple[str, str]]:
    """Address and text of each mail that the page offers."""
    found = [urlsplit(link) for link in links_of(page) if link.startswith("mailto:")]
    return [(unquote(one.path), parse_qs(one.query).get("body", [""])[0].replace("\r\n", "\n")) for one in found]


def offered(page: str, begins: str) -> tuple[str, str]:
    """The one that begins so."""
    return next(one for one in mailtos(page) if one[1].startswith(begins))


def held(gate: Gate) -> int:
    """A stranger's mail that waits."""
    return gate.deliver(EVE.writes("Do you host shops?", subject="Pre-sales question")).id


def test_the_page_of_a_held_mail_offers_each_decision_that_the_list_by_mail_offers(
    web: Web, gate: Gate, bart: Person
) -> None:
    number = held(gate)

    page = web.signed_in(bart).get(f"/staff/inbox/{number}").text

    lines = {body for _, body in mailtos(page)}
    expected = {f"{verb.name} {number}" for verb in lists.HELD.verbs if verb is not lists.REGISTER}
    assert lines == {*expected, f"register {number} Marie Curie"}


@pytest.mark.parametrize(
    ("verb", "becomes"),
    [
        (lists.RELEASE, Disposition.OPENED),
        (lists.ALLOW, Disposition.OPENED),
        (lists.REGISTER, Disposition.OPENED),
        (lists.REFUSE, Disposition.REFUSED),
        (lists.SPAM, Disposition.REFUSED),
    ],
)
def test_what_it_offers_is_carried_out_and_answered(
    web: Web, gate: Gate, bart: Person, verb: Verb, becomes: Disposition
) -> None:
    number = held(gate)
    to, body = offered(web.signed_in(bart).get(f"/staff/inbox/{number}").text, verb.name)

    gate.deliver(bart.writes(body, to=to, subject="Re:"))

    assert gate.inbox(number).outcome.disposition is becomes
    assert any(f"Mail {number}: " in one.text for one in gate.mailbox(bart))
    with reading(gate.parts.engine) as conn:
        assert bool(people.contacts_with(conn, EVE.address)) is (verb is lists.REGISTER)


def test_the_list_of_held_mail_leads_to_the_decisions_and_names_no_shell(web: Web, gate: Gate, bart: Person) -> None:
    number = held(gate)

    page = web.signed_in(bart).get("/staff/held").text

    assert f"/staff/inbox/{number}#decide" in links_of(page)
    assert "mailgate quarantine" not in page


def test_its_address_decides_on_no_other_mail_and_for_nobody_else(web: Web, gate: Gate, bart: Person) -> None:
    number, other = held(gate), gate.deliver(Person("Max", "max@elsewhere.example").writes("Hello?")).id
    to, _ = offered(web.signed_in(bart).get(f"/staff/inbox/{number}").text, "release")

    gate.deliver(bart.writes(f"release {other}", to=to, subject="Re:"))
    gate.deliver(EVE.writes(f"release {number}", to=to, subject="Re:"))

    assert {gate.inbox(one).outcome.disposition for one in (number, other)} == {Disposition.HELD}


@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED])
def test_the_page_of_a_ticket_offers_each_command_that_a_notification_names(
    web: Web, gate: Gate, anne: Person, bart: Person, state: State
) -> None:
    gate.staff("Jane Poole", "jane@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    if state is State.CLOSED:
        gate.deliver(bart.replies(gate.mailbox(bart)[0], "!close"))

    page = web.signed_in(bart).get("/staff/tickets/1").text

    idle, turn = (staff.REOPEN, staff.CLOSE) if state is State.OPEN else (staff.CLOSE, staff.REOPEN)
    named = {turn, *staff.SHOWN} - {idle, staff.UNDO}  # what is taken back is a mail, and its receipt offers that
    first_words = {body.split()[0] for _, body in mailtos(page) if body}
    assert first_words >= {f"!{verb.name}" for verb in named}
    assert f"!{idle.name}" not in first_words


def test_the_page_of_lost_words_offers_another_address_and_one_more_attempt(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    gate.deliver(report(gate.mailbox(anne)[-1].reverse_path, about=anne.address), sender="")
    [lost] = gate.outbox(Template.REPLY)
    (to, nothing), (_, same) = mailtos(web.signed_in(bart).get(f"/staff/outbox/{lost.id}").text)[:2]

    gate.deliver(bart.writes("anne@new.example", to=to, subject="Re:"))

    assert (nothing, same) == ("", anne.address)
    assert len(gate.mailbox(Person("", "anne@new.example"))) == 1
    assert gate.outbox(Template.REPLY)[0].state is OutState.CANCELLED


def test_a_mail_that_no_person_wrote_offers_neither(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    [courtesy] = gate.outbox(Template.ACKNOWLEDGEMENT)

    assert mailtos(web.signed_in(bart).get(f"/staff/outbox/{courtesy.id}").text) == []
