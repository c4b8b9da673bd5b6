"""A ticket's thread as mbox, mail, text and feed: what the page shows, and never more."""

import email.policy
import mailbox
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from gettext import NullTranslations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.address import Mailbox
from mailgate.tickets.ticket import State
from store.engine import reading, transaction
from store.schema import customers
from store.views import customer_tickets, visitors
from store.views.customer_tickets import ThreadEntry, TicketHead, TicketLine, Writer
from store.views.files import File
from store.views.paging import Turn
from tests.gate import IN_ENGLISH, Person
from tests.webview.company import Company
from tests.webview.story import NOTE, Story
from tests.webview.web import Web
from webview.thread_mail import Thread, as_feed, as_mail, as_text, in_mbox
from webview.words import Words

ATOM = "{http://www.w3.org/2005/Atom}"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIELDS = {"from", "to", "reply-to", "subject", "date", "message-id", "references", "auto-submitted", "mime-version"}

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=200)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
entries = st.builds(
    ThreadEntry,
    id=st.integers(1, 2**40),
    at=st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    is_event=st.just(False),
    author=names,
    address=st.none() | st.just("ann@example.org") | names,
    from_us=st.booleans(),
    automatic=st.booleans(),
    text=words,
    whole=st.just(True),
    files=st.just(()),
    left_out=st.just(()),
)


def thread(*readers: Writer) -> Thread:
    line = TicketLine(7, "No mail since Monday", State.OPEN, NOON)
    return Thread(
        head=TicketHead(line, "support", NOON, readers or (Writer("Ann", "ann@example.org"),), True, None),
        company="Example Hosting",
        desk=Mailbox("support", "", "support.example"),
        answer_to="support+token@support.example",
        subject="Re: No mail since Monday [#7]",
        domain="support.example",
        url="https://desk.example/tickets/7",
        zone=UTC,
        words=Words("en", NullTranslations()),
    )


def parsed(raw: bytes) -> EmailMessage:
    message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def text_in(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def shown(company: Company, person: Person, number: int) -> list[ThreadEntry]:
    """What the customer's serialiser gives this person of a ticket."""
    gate = company.web.gate
    with reading(gate.parts.engine) as conn:
        contact = next(one for one in _contacts(company) if one.address == person.address)
        head = customer_tickets.find(conn, contact, number)
        assert head is not None
        return list(customer_tickets.thread(conn, head, Turn(), IN_ENGLISH).rows)


def _contacts(company: Company) -> Iterator[visitors.ContactVisitor]:
    with reading(company.web.gate.parts.engine) as conn:
        for contact_id in range(1, 10):
            found = visitors.contact(conn, contact_id)
            if found:
                yield found


def mails_of(content: bytes, directory: Path) -> list[EmailMessage]:
    """An mbox as another program reads it."""
    path = directory / "thread.mbox"
    path.write_bytes(content)
    with closing(mailbox.mbox(path, create=False)) as box:
        return [parsed(box.get_bytes(key)) for key in box.iterkeys()]


@given(entries)
def test_a_message_comes_back_from_its_mail_and_nothing_else_does(entry: ThreadEntry) -> None:
    message = parsed(as_mail(thread(), entry, ()))

    assert text_in(message).rstrip("\n") == (entry.text or "(no words)").rstrip("\n")
    assert {name.lower() for name in message if not name.lower().startswith("content-")} <= FIELDS
    assert message["Reply-To"] == "support+token@support.example"
    assert not message.defects


@given(st.lists(entries, max_size=4, unique_by=lambda entry: entry.id))
def test_an_mbox_of_any_words_has_as_many_mails_as_messages(
    tmp_path_factory: pytest.TempPathFactory, many: list[ThreadEntry]
) -> None:
    content = b"".join(in_mbox(as_mail(thread(), entry, ()), entry.at) for entry in many)

    found = mails_of(content, tmp_path_factory.mktemp("mbox"))

    assert [message["Message-ID"] for message in found] == [f"<thread.7.{entry.id}@support.example>" for entry in many]


@given(st.lists(entries, max_size=4))
def test_a_feed_of_any_words_is_well_formed(many: list[ThreadEntry]) -> None:
    feed = ET.fromstring(as_feed(thread(), many, own_url="https://desk.example/f/x"))

    assert len(feed.findall(f"{ATOM}entry")) == len(many)


def test_a_line_that_looks_like_the_beginning_of_a_mail_does_not_begin_one() -> None:
    entry = ThreadEntry(
        1, NOON, False, "Ann", "ann@example.org", False, False, "From here on\n>From there", True, (), ()
    )

    content = in_mbox(as_mail(thread(), entry, ()), NOON)

    assert content.count(b"\nFrom ") == 0
    assert b"\n>From here on\n>>From there" in content


def test_files_go_along_under_safe_names() -> None:
    file = File(0, "../../etc/passwd", "message/rfc822", 3, "0" * 64)
    entry = ThreadEntry(1, NOON, False, "Ann", "ann@example.org", False, False, "See the file.", True, (file,), ())

    message = parsed(as_mail(thread(), entry, (b"abc",)))

    [attached] = list(message.iter_attachments())
    assert (attached.get_filename(), attached.get_content_type()) == ("passwd", "application/octet-stream")
    assert attached.get_content() == b"abc"


def test_an_answer_of_ours_names_the_writer_and_the_desk() -> None:
    entry = ThreadEntry(1, NOON, False, "Bart Jones", None, True, False, "It works.", True, (), ())

    message = parsed(as_mail(thread(), entry, ()))

    assert message["From"] == '"Bart Jones (Example Hosting)" <support@support.example>'
    assert message["To"] == "Ann <ann@example.org>"


@pytest.mark.parametrize("who", ["anne", "dora"])
def test_what_is_taken_away_is_what_the_page_shows(company: Company, tmp_path: Path, who: str) -> None:
    """For each ticket of a person: the same messages in mbox, text and feed, in the same order; never a note."""
    story, person = company.story, getattr(company.story, who)
    browser = company.web.signed_in(person)
    numbers = [story.dora_ticket] if who == "dora" else [story.mail_ticket, story.disk_ticket, story.dora_ticket]
    for number in numbers:
        messages = [entry for entry in shown(company, person, number) if not entry.is_event]
        page = browser.get(f"/tickets/{number}").text
        feed_path = next(part for part in page.split('"') if part.startswith("/f/"))

        mbox, text = browser.get(f"/tickets/{number}.mbox"), browser.get(f"/tickets/{number}.txt")
        feed = company.web.browser().get(feed_path)

        mails = mails_of(mbox.content, tmp_path)
        assert [text_in(mail).rstrip("\n") for mail in mails] == [entry.text for entry in messages]
        assert [len(list(mail.iter_attachments())) for mail in mails] == [len(entry.files) for entry in messages]
        assert all(entry.text in text.text for entry in messages)
        contents = [one.findtext(f"{ATOM}content") for one in ET.fromstring(feed.content).findall(f"{ATOM}entry")]
        assert contents == [entry.text for entry in reversed(messages)]
        for entry, mail in zip(messages, mails, strict=True):
            single = browser.get(f"/tickets/{number}/messages/{entry.id}.eml")
            assert parsed(single.content)["Message-ID"] == mail["Message-ID"]
        for answer in (mbox, text, feed):
            assert answer.status_code == 200
            assert NOTE not in answer.text
            assert story.bart.address not in answer.text
            assert "bcc:" not in answer.text.lower()


def test_a_note_and_an_event_are_no_mail(company: Company) -> None:
    story = company.story
    browser = company.web.signed_in(story.anne)
    history = company.web.gate.history(story.mail_ticket)
    hidden = [entry.id for entry in history if entry.kind.value != "message"]

    answers = [browser.get(f"/tickets/{story.mail_ticket}/messages/{entry_id}.eml") for entry_id in hidden]

    assert hidden
    assert {answer.status_code for answer in answers} == {404}


def test_a_stranger_s_ticket_cannot_be_taken_away(company: Company) -> None:
    story = company.story
    browser = company.web.signed_in(story.dora)
    missing = browser.get("/tickets/999.mbox")

    for ending in (".mbox", ".txt", "/messages/1.eml"):
        answer = browser.get(f"/tickets/{story.paul_ticket}{ending}")
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_a_feed_ends_with_the_customer_s_epoch_and_is_for_its_reader_s_tickets_alone(web: Web, story: Story) -> None:
    page = web.signed_in(story.dora).get(f"/tickets/{story.dora_ticket}").text
    path = next(part for part in page.split('"') if part.startswith("/f/"))
    somebody = web.browser()

    before = somebody.get(path)
    foreign = somebody.get(path.replace(f"/{story.dora_ticket}.atom", f"/{story.mail_ticket}.atom"))
    changed = somebody.get(path.replace("/f/", "/f/x"))
    web.gate.now += timedelta(days=401)
    late = somebody.get(path)
    web.gate.now -= timedelta(days=401)
    with transaction(web.gate.parts.engine) as conn:
        conn.execute(customers.update().values(epoch=customers.c.epoch + 1))
    revoked = somebody.get(path)

    assert before.headers["content-type"] == "application/atom+xml"
    assert [one.status_code for one in (before, foreign, changed, late, revoked)] == [200, 404, 404, 404, 404]


def test_the_text_names_the_time_in_the_reader_s_zone() -> None:
    entry = ThreadEntry(1, NOON, False, "Ann", "ann@example.org", False, False, "Hello.", True, (), ())
    event = ThreadEntry(2, NOON, True, "mailgate", None, False, False, "closed by Bart Jones", True, (), ())

    text = "".join(as_text(thread(), [entry, event]))

    assert "== 2026-03-02 12:00 UTC  Ann <ann@example.org>\n\nHello.\n" in text
    assert "* 2026-03-02 12:00 UTC  closed by Bart Jones\n" in text
