"""Who sees what: a customer's contacts their own, the staff all, and nobody the notes but the staff."""

from dataclasses import fields, is_dataclass

import pytest

from mailgate.letters.kind import Template
from mailgate.tickets.events import EVENTS
from mailgate.tickets.ticket import EntryKind, Event, NewEntry
from store.desk import tickets
from store.engine import transaction
from store.schema import customers
from store.views import (
    customer_mails,
    customer_money,
    customer_tickets,
    document_files,
    documents,
    frozen,
    paying,
    services,
)
from tests.gate import BeginGate, Gate, Person
from tests.tickets.trail import SECRET, let_everything_happen
from tests.tickets.values import SAMPLES
from tests.webview.company import Company
from tests.webview.crawler import crawl
from tests.webview.story import NOTE, Story
from tests.webview.test_long_lists import turn_all
from tests.webview.web import Web, running_web


@pytest.fixture
def people(anne: Person, bart: Person) -> tuple[Person, Person]:
    """A customer and a staff member."""
    return anne, bart


def test_an_owner_sees_every_ticket_of_the_customer_and_others_those_that_they_take_part_in(company: Company) -> None:
    owner, contact = company.web.signed_in(company.story.anne), company.web.signed_in(company.story.dora)

    numbers = (company.story.mail_ticket, company.story.disk_ticket, company.story.dora_ticket)
    seen_by_owner = [owner.get(f"/tickets/{number}").status_code for number in numbers]
    seen_by_contact = [contact.get(f"/tickets/{number}").status_code for number in numbers]

    assert seen_by_owner == [200, 200, 200]
    assert seen_by_contact == [404, 404, 200]


def test_what_belongs_to_another_customer_looks_like_what_is_not_there(company: Company) -> None:
    browser = company.web.signed_in(company.story.paul)
    foreign = company.story.dora_ticket
    entry = company.gate.history(foreign)[0].id
    mail = company.gate.outbox(Template.REPLY)[0].id

    shown = [
        browser.get(path)
        for path in (
            f"/tickets/{foreign}",
            f"/tickets/{foreign}/messages/{entry}.txt",
            f"/tickets/{foreign}/files/{entry}/0",
            f"/mails/{mail}",
            f"/mails/{mail}?view=html",
            f"/mails/{mail}/body",
            f"/mails/{mail}.eml",
            "/tickets/9999",
            "/mails/9999",
            "/tickets/999999999999999999",
            "/tickets/9999999999999999999999999",
            "/tickets/0",
            "/tickets/-1",
            "/tickets/1%00",
            "/mails/..%2f..%2fconfig.toml",
            "/nothing",
        )
    ]

    assert {answer.status_code for answer in shown} == {404}
    assert len({answer.content for answer in shown}) == 1


def test_counting_through_all_numbers_finds_nothing_of_others(company: Company) -> None:
    browser = company.web.signed_in(company.story.paul)

    tickets_seen = [number for number in range(1, 20) if browser.get(f"/tickets/{number}").status_code == 200]
    mails_seen = [number for number in range(1, 60) if browser.get(f"/mails/{number}").status_code == 200]

    own = [row.id for row in company.gate.outbox() if row.notice.to_address == company.story.paul.address]
    assert tickets_seen == [company.story.paul_ticket]
    assert mails_seen == own


def test_a_file_of_one_ticket_cannot_be_had_by_way_of_another(company: Company) -> None:
    browser = company.web.signed_in(company.story.anne)
    entry = company.gate.history(company.story.dora_ticket)[0].id

    right = browser.get(f"/tickets/{company.story.dora_ticket}/files/{entry}/0")
    wrong = browser.get(f"/tickets/{company.story.mail_ticket}/files/{entry}/0")

    assert right.status_code == 200
    assert wrong.status_code == 404


def test_a_visitor_without_a_session_is_sent_to_the_form_whatever_is_asked_for(company: Company) -> None:
    browser = company.web.browser()

    answers = [
        browser.get(path) for path in ("/", "/tickets/1", "/tickets/9999", "/mails/1.eml", "/staff/", "/staff/held")
    ]

    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, "/sign-in")}


def test_customers_and_staff_have_no_pages_of_each_other(company: Company) -> None:
    customer, staff = company.web.signed_in(company.story.anne), company.web.signed_in(company.story.bart)

    for_customer = [customer.get(path).status_code for path in ("/staff/", "/staff/tickets/1", "/staff/inbox/1.eml")]
    for_staff = [staff.get(path).status_code for path in ("/tickets", "/tickets/1", "/mails/2")]
    home = staff.get("/")

    assert for_customer == [404, 404, 404]
    assert for_staff == [404, 404, 404]
    assert (home.status_code, home.headers["location"]) == (303, "/staff/")


def test_no_note_reaches_a_customer_in_any_form(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    notes = [
        "plain secret0",
        "two\n\nparagraphs secret1",
        "<b>secret2</b> & more",
        "secret3 " + "x" * 20_000,
        "مرحبا secret4",
        "anne@customer.example secret5 #1",
        "closed by Bart Jones secret6",
    ]
    gate.deliver(anne.writes("It is broken."))
    notification = gate.mailbox(bart)[-1]
    for note in notes:
        gate.deliver(bart.replies(notification, f"!note\n{note}", files=[("secret7.txt", "text/plain", b"secret8")]))
    gate.deliver(bart.replies(notification, "It works again."))
    browser = web.signed_in(anne)

    seen = [browser.get(path).content for path in crawl(browser, "/")]

    assert len([entry for entry in gate.history(1) if entry.kind is EntryKind.NOTE]) == len(notes)
    assert any(b"It works again." in content for content in seen)
    assert not any(b"secret" in content for content in seen)


def test_what_customers_pages_are_made_of_has_no_field_that_is_for_staff() -> None:
    for_staff = {"spool_id", "arrival", "evidence", "reverse_path", "forward_paths", "peer", "helo", "spam_score"}
    for_staff |= {"recorded_by", "external_id", "suspended_for", "run_id", "parked_because"}
    for_staff |= {"staff_id", "assignee", "message_id", "secret", "live", "notice", "last_reply", "attempts"}
    values = [
        one
        for module in (
            customer_tickets,
            customer_mails,
            customer_money,
            document_files,
            documents,
            frozen,
            paying,
            services,
        )
        for one in vars(module).values()
        if isinstance(one, type) and is_dataclass(one) and one.__module__ == module.__name__
    ]

    names = {field.name for one in values for field in fields(one)}

    assert len(values) == 25
    assert not names & for_staff


@pytest.mark.parametrize("who", ["anne", "dora", "paul"])
def test_no_page_of_a_customer_holds_a_note_or_an_address_of_the_staff(company: Company, who: str) -> None:
    browser = company.web.signed_in(getattr(company.story, who))

    pages = {path: browser.get(path).text for path in crawl(browser, "/")}

    for path, text in pages.items():
        assert "web3" not in text, path
        assert company.story.bart.address not in text, path
        assert "First line may be" not in text, path
        assert "nobody has it" not in text, path


def test_the_staff_see_the_note_and_who_wrote_it(company: Company) -> None:
    page = company.web.signed_in(company.story.bart).get(f"/staff/tickets/{company.story.mail_ticket}").text

    assert NOTE in page
    assert "Note for staff alone" in page
    assert company.story.bart.address in page


def test_a_file_of_a_note_is_for_staff(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    answer = bart.replies(gate.mailbox(bart)[-1], "!note\nsee the plan", files=[("plan.txt", "text/plain", b"secret")])
    gate.deliver(answer)
    note = next(entry for entry in gate.history(1) if entry.kind is EntryKind.NOTE)

    by_customer = web.signed_in(anne).get(f"/tickets/1/files/{note.id}/0")
    text_by_customer = web.signed_in(anne).get(f"/tickets/1/messages/{note.id}.txt")
    by_staff = web.signed_in(bart).get(f"/staff/tickets/1/files/{note.id}/0")

    assert by_customer.status_code == 404
    assert text_by_customer.status_code == 404
    assert by_staff.content == b"secret"


def test_an_answer_that_may_still_be_undone_is_not_shown_to_the_customer(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It works again."))
    [held] = gate.outbox(Template.REPLY)
    entry = gate.history(1)[-1].id

    with running_web(gate) as web:
        browser = web.signed_in(anne)
        paths = ("/tickets/1", f"/tickets/1/messages/{entry}.txt", "/mails", f"/mails/{held.id}")
        held_pages = [browser.get(path) for path in paths]
        in_queue = web.signed_in(bart).get("/staff/tickets/1").text
        gate.later(seconds=61)
        sent_pages = [browser.get(path) for path in paths]

    assert not any("It works again." in page.text for page in held_pages)
    assert [page.status_code for page in held_pages] == [200, 404, 200, 404]
    assert "It works again." in in_queue
    assert [page.status_code for page in sent_pages] == [200, 200, 200, 200]
    assert "It works again." in sent_pages[0].text


def test_an_answer_that_was_undone_is_never_shown_to_the_customer(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Stupid question."))
    gate.cancel(gate.outbox(Template.REPLY)[0].id)
    gate.later(seconds=61)

    with running_web(gate) as web:
        pages = [web.signed_in(anne).get(path).text for path in crawl(web.signed_in(anne), "/")]

    assert not any("Stupid" in page for page in pages)


@pytest.mark.parametrize("hostile", SAMPLES)
def test_a_customer_sees_the_events_that_the_table_says_whatever_their_values_are(
    web: Web, gate: Gate, people: tuple[Person, Person], hostile: str
) -> None:
    anne, bart = people
    gate.deliver(anne.writes("It is broken."))
    lines = let_everything_happen(gate, 1, hostile)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "We look at it."))
    customer, staff = web.signed_in(anne), web.signed_in(bart)

    page = "".join(one.text for one in turn_all(customer, "/tickets/1"))
    for_staff = "".join(one.text for one in turn_all(staff, "/staff/tickets/1"))
    taken_away = [customer.get(path).text for path in ("/tickets/1.txt", "/tickets/1.mbox")]
    mails = [mail.text for mail in gate.mailbox(anne)]

    assert {event for event, entry in lines.items() if f'id="m{entry}"' in page} == {
        event for event, line in EVENTS.items() if line.for_customers
    }
    assert all(f'id="m{entry}"' in for_staff for entry in lines.values())
    assert SECRET in for_staff
    assert [text for text in (page, *taken_away, *mails) if SECRET in text] == []
    assert "<script>" not in page + for_staff
    assert "<img" not in page + for_staff


def test_the_audit_trail_is_told_in_the_language_of_the_customer_and_to_staff_in_english(
    web: Web, gate: Gate, people: tuple[Person, Person]
) -> None:
    anne, bart = people
    with transaction(gate.parts.engine) as conn:
        conn.execute(customers.update().values(language="de-AT", timezone="Asia/Tokyo"))
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!wait 2026-03-05"))

    page = web.signed_in(anne).get("/tickets/1").text
    text = web.signed_in(anne).get("/tickets/1.txt").text
    for_staff = web.signed_in(bart).get("/staff/tickets/1").text

    words = "von Bart Jones zurückgestellt bis Do. 5. März, 08:00"
    assert words in page
    assert words in text
    assert "waits until Thu 5 Mar, 00:00, says Bart Jones" in for_staff


def test_a_line_from_before_values_were_kept_has_its_text(web: Web, gate: Gate, people: tuple[Person, Person]) -> None:
    anne, bart = people
    gate.deliver(anne.writes("It is broken."))
    with transaction(gate.parts.engine) as conn:
        tickets.lock(conn, (1,))
        ticket = tickets.find(conn, 1)
        assert ticket is not None
        for words, shown in (("closed by Bart Jones", True), ("#7 names this ticket", False)):
            line = NewEntry(EntryKind.EVENT, "mailgate", words, for_customers=shown)
            tickets.append(conn, ticket, line, event=Event.CLOSED, now=gate.now)

    page = web.signed_in(anne).get("/tickets/1").text
    for_staff = web.signed_in(bart).get("/staff/tickets/1").text

    assert ("closed by Bart Jones" in page, "#7 names" in page) == (True, False)
    assert ("closed by Bart Jones" in for_staff, "#7 names" in for_staff) == (True, True)


def test_a_contact_of_another_customer_with_the_same_name_sees_nothing_of_it(
    web: Web, story: Story, gate: Gate
) -> None:
    other = gate.customer("Anne Miller", "anne@other.example")
    gate.deliver(other.writes("Hello", subject="Mine"))

    page = web.signed_in(other).get("/").text

    assert "Mine" in page
    assert "No mail since Monday" not in page
