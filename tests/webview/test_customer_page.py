"""A customer's page for staff: people, tickets, mails and notes, and what can be done about it by mail."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mailgate.letters.kind import Template
from store import people_edits
from store.engine import transaction
from tests.gate import Gate, Person
from tests.webview.web import Web, links_of

PATH = "/staff/customers/1"
NOTE = "Pays late, but always pays."


@pytest.fixture
def noted(gate: Gate, anne: Person, bart: Person) -> Gate:
    """Anne has a ticket, and Bart has noted something about her."""
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], f"!customer note\n{NOTE}"))
    return gate


def forms(page: str) -> list[tuple[str, str]]:
    """Address and text of the mails that the page offers."""
    found = [urlsplit(link) for link in links_of(page) if link.startswith("mailto:")]
    return [(unquote(one.path), parse_qs(one.query)["body"][0].replace("\r\n", "\n")) for one in found]


def test_it_shows_who_it_is_what_was_written_and_what_was_noted(web: Web, noted: Gate, bart: Person) -> None:
    page = web.signed_in(bart).get(PATH).text

    [acknowledgement] = noted.outbox(Template.ACKNOWLEDGEMENT)
    assert {"/staff/tickets/1", f"/staff/outbox/{acknowledgement.id}"} <= set(links_of(page))
    assert "anne@customer.example" in page
    assert NOTE in page


def test_no_customer_s_page_shows_a_note(web: Web, noted: Gate, anne: Person) -> None:
    browser = web.signed_in(anne)

    assert [path for path in ("/", "/tickets/1", "/mails") if NOTE in browser.get(path).text] == []
    assert browser.get(PATH).status_code == 404


def test_its_forms_change_the_customer_note_something_and_write_to_it(web: Web, noted: Gate, bart: Person) -> None:
    (to, edit), (_, note), (_, write) = forms(web.signed_in(bart).get(PATH).text)

    noted.deliver(bart.writes(edit.replace("Anne Miller", "Anne Smith"), to=to, subject="Anne"))
    noted.deliver(bart.replies(noted.mailbox(bart)[-1], "yes"))
    noted.deliver(bart.writes(f"{note}Called today.", to=to, subject="Anne"))
    noted.deliver(bart.replies(noted.mailbox(bart)[-1], "yes"))
    noted.deliver(bart.writes(f"{write}We have moved your site.", to=to, subject="Your site"))

    page = web.signed_in(bart).get(PATH).text
    assert '<h1 dir="auto">Anne Smith</h1>' in page
    assert "Called today." in page
    assert noted.outbox(Template.REPLY)[-1].notice.values["text"] == "We have moved your site."


def test_a_form_that_nobody_has_changed_changes_nothing(web: Web, noted: Gate, bart: Person) -> None:
    (to, edit), *_ = forms(web.signed_in(bart).get(PATH).text)

    noted.deliver(bart.writes(edit, to=to, subject="Anne"))

    assert "all of it is so already" in noted.mailbox(bart)[-1].text
    assert noted.outbox(Template.CONFIRM) == ()


def test_who_has_left_is_offered_nothing(web: Web, noted: Gate, bart: Person) -> None:
    with transaction(noted.parts.engine) as conn:
        people_edits.remove_customer(conn, 1, now=noted.now)

    page = web.signed_in(bart).get(PATH).text

    assert [link for link in links_of(page) if link.startswith("mailto:")] == []
    assert NOTE in page
