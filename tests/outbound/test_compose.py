"""Compose: the bytes that go out, as another program reads them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import BadAddress
from mailgate.letters.kind import FOR_STAFF, Template
from mailgate.letters.notice import NoticeAttachment
from mailgate.mail.thread_index import begin, root_in
from mailgate.outbound.compose import HeaderBroken, compose
from mailgate.outbound.plain_text import one_line
from tests.outbound.notices import AT, BOUNCES, MESSAGE_ID, TEMPLATES, composed, html_source, notice_to_anne, opened

USUAL_FIELDS = [
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID"),
    *("X-Mailgate-Instance", "MIME-Version", "Content-Type"),
]


def file(name: str, content_type: str, content: bytes = b"content") -> tuple[NoticeAttachment, bytes]:
    return NoticeAttachment(name, content_type, sha256="0" * 64), content


def test_staff_reply_reads_as_a_mail_from_a_person() -> None:
    mail = composed(notice_to_anne(Template.REPLY))

    message = opened(mail)
    assert message.keys() == USUAL_FIELDS
    assert message["From"] == '"Jane (Example Hosting)" <support@example.net>'
    assert message["To"] == "Anne Miller <anne@example.org>"
    assert message["Reply-To"] == "support+k7f3@example.net"
    assert message["Subject"] == mail.subject == "Re: No mail since Monday [#1042]"
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == f"<{MESSAGE_ID}>"
    assert (mail.reverse_path, mail.forward_path) == (BOUNCES, "anne@example.org")


def test_text_comes_before_the_html_that_shows_the_same() -> None:
    mail = composed(notice_to_anne(Template.REPLY, {"text": "Grüße an *alle*\n\n    <b>eingerückt</b>"}))

    message = opened(mail)
    assert message.get_content_type() == "multipart/alternative"
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == mail.text
    assert mail.text.startswith("Grüße an *alle*\n\n    <b>eingerückt</b>\n")
    assert "<p>Grüße an *alle*</p>\n<p>\u00a0\u00a0\u00a0\u00a0&lt;b&gt;eingerückt&lt;/b&gt;</p>" in html_source(
        message
    )


def test_same_notice_makes_the_same_bytes() -> None:
    notice = notice_to_anne(Template.NOTIFICATION)
    files = [file("bounce.txt", "text/plain"), file("screen.png", "image/png", bytes(range(256)))]

    assert composed(notice, files) == composed(notice, files)


@pytest.mark.parametrize("template", Template)
def test_bytes_are_7bit_with_short_lines_that_end_in_crlf(template: Template) -> None:
    odd = "Zoë — 日本語 " * 40 + "\n.\n..\nFrom x\n\x00\x1b\ud800 end"
    notice = notice_to_anne(template, {"text": odd, "subject": odd}, from_name="Zoë", to_name="Иван " * 30)

    raw = composed(notice, [file("日本.txt", "text/plain", odd.encode("utf-8", "replace"))]).raw

    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert b"\x00" not in raw


@pytest.mark.parametrize(
    ("template", "keyword"),
    [
        (Template.ACKNOWLEDGEMENT, "auto-replied"),
        (Template.HELD, "auto-replied"),
        (Template.RETURNED, "auto-replied"),
        (Template.DECIDED, "auto-replied"),
        (Template.COLLISION, "auto-replied"),
        (Template.NOTIFICATION, "auto-generated"),
        (Template.CLOSED, "auto-generated"),
        (Template.HELD_ALERT, "auto-generated"),
        (Template.UNDELIVERED, "auto-generated"),
        (Template.REPLY, None),
    ],
)
def test_only_a_persons_reply_may_be_answered_by_programs(template: Template, keyword: str | None) -> None:
    message = opened(composed(notice_to_anne(template)))

    assert message["Auto-Submitted"] == keyword
    assert message["X-Auto-Response-Suppress"] == ("All" if keyword else None)


@pytest.mark.parametrize("template", sorted(frozenset(Template) - {Template.REPLY}))
def test_nothing_else_is_without_its_mark(template: Template) -> None:
    assert opened(composed(notice_to_anne(template)))["Auto-Submitted"] in ("auto-generated", "auto-replied")


@pytest.mark.parametrize("template", sorted(FOR_STAFF))
def test_mail_to_staff_can_be_sorted_by_desk_ticket_and_customer(template: Template) -> None:
    notice = notice_to_anne(template, from_address="Support@Example.net", ticket_id=1042, customer_id=12)

    message = opened(composed(notice))

    assert message["List-Id"] == "<support.example.net>"
    assert message["X-Mailgate-Ticket"] == "1042"
    assert message["X-Mailgate-Customer"] == "12"
    assert message["X-Mailgate-Desk"] == "Support@Example.net"


@pytest.mark.parametrize("template", sorted(frozenset(Template) - FOR_STAFF))
def test_mail_to_customers_has_no_field_for_staff(template: Template) -> None:
    message = opened(composed(notice_to_anne(template, ticket_id=1042, customer_id=12)))

    assert [name for name in message if name.lower().startswith(("x-mailgate-", "list-"))] == ["X-Mailgate-Instance"]


def test_outlook_finds_the_thread_by_its_index_and_topic() -> None:
    root = begin("1042", AT)

    message = opened(composed(notice_to_anne(Template.REPLY, thread_index=root, topic="No mail since Monday")))

    assert message["Thread-Topic"] == "No mail since Monday"
    assert root_in(message["Thread-Index"]) == root


def test_references_keep_the_first_and_the_last_ten() -> None:
    references = tuple(f"{number}@example.org" for number in range(30))

    message = opened(composed(notice_to_anne(Template.REPLY, in_reply_to="29@example.org", references=references)))

    assert message["In-Reply-To"] == "<29@example.org>"
    assert message["References"].split() == ["<0@example.org>", *(f"<{n}@example.org>" for n in range(20, 30))]


def test_references_stay_short_when_ids_are_long() -> None:
    references = tuple(f"{number:02}{'x' * 230}@example.org" for number in range(30))

    message = opened(composed(notice_to_anne(Template.REPLY, references=references)))

    assert message["References"].split()[0].startswith("<00xx")
    assert message["References"].split()[-1].startswith("<29xx")
    assert len(message["References"]) <= 1500


def test_id_longer_than_a_line_is_not_encoded() -> None:
    long_id = f"{'A' * 90}@EURPRD04.prod.outlook.example"

    raw = composed(notice_to_anne(Template.REPLY, in_reply_to=long_id, references=(long_id,))).raw

    assert f"In-Reply-To: <{long_id}>\r\n".encode() in raw
    assert f"References: <{long_id}>\r\n".encode() in raw


@pytest.mark.parametrize(
    "bad", ["", "x", "a b@example.org", "a@b>\r\nBcc: <x@evil.example", "ä@example.org", "<a@b.c>"]
)
def test_id_that_is_none_is_left_out(bad: str) -> None:
    message = opened(composed(notice_to_anne(Template.REPLY, in_reply_to=bad, references=("a@b.example", bad))))

    assert message["In-Reply-To"] is None
    assert message["References"] == "<a@b.example>"


def test_line_break_in_a_value_adds_no_field() -> None:
    attack = "hi\r\nBcc: x@evil.example\r\n\r\nbody\u2028Cc: y@evil.example\x85\nTo: z@evil.example"
    notice = notice_to_anne(
        Template.REPLY, {"subject": attack, "staff_name": attack, "company": attack}, from_name=attack, to_name=attack
    )

    message = opened(composed(notice, [file(f"{attack}.txt", f"text/plain\r\nBcc: x@evil.example;{attack}")]))

    assert message.keys() == USUAL_FIELDS
    assert message["Subject"].startswith("Re: hi Bcc: x@evil.example body Cc: y@evil.example")
    part = next(message.iter_attachments())
    assert part.keys() == ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"]


@given(name=st.text(), subject=st.text(), filename=st.text())
def test_any_name_and_subject_arrive_as_one_line(name: str, subject: str, filename: str) -> None:
    notice = notice_to_anne(Template.REPLY, {"subject": subject}, from_name=name, to_name=name)

    mail = composed(notice, [file(filename, "text/plain")])

    message = opened(mail)
    assert message.keys() == USUAL_FIELDS
    assert message["Subject"] == mail.subject
    for field, address in (("From", "support@example.net"), ("To", "anne@example.org")):
        (mailbox,) = message[field].addresses
        assert mailbox.addr_spec == address
        # Python's reader puts a blank between two encoded words of a name, against RFC 2047 §6.2.
        assert "".join(mailbox.display_name.split()) == "".join(one_line(name, max_length=60).split())
    assert message.defects == []


@pytest.mark.parametrize(
    "name", ["Müller, Anne", '"Anne" <x@evil.example>', "=?utf-8?q?Bart?=", "Anne\\", "Anne@home", "a, b"]
)
def test_name_with_marks_of_the_grammar_stays_a_name(name: str) -> None:
    message = opened(composed(notice_to_anne(Template.REPLY, to_name=name)))

    (mailbox,) = message["To"].addresses
    assert (mailbox.display_name, mailbox.addr_spec) == (name, "anne@example.org")


@pytest.mark.parametrize("bad", ["a@b.example>\r\nRCPT TO:<c@d.example", "anne", "Anne <anne@example.org>", ""])
def test_address_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(BadAddress):
        composed(notice_to_anne(Template.REPLY, to_address=bad))
    with pytest.raises(BadAddress):
        composed(notice_to_anne(Template.REPLY, from_address=bad))
    with pytest.raises(BadAddress):
        composed(notice_to_anne(Template.REPLY, reply_to=bad or "x"))


def test_null_reverse_path_is_kept_and_a_bad_one_refused() -> None:
    def with_path(path: str) -> str:
        return compose(
            notice_to_anne(Template.HELD),
            message_id=MESSAGE_ID,
            at=datetime(2026, 11, 22, tzinfo=UTC),
            reverse_path=path,
            attachments=(),
            templates=TEMPLATES,
        ).reverse_path

    assert with_path("") == ""
    with pytest.raises(BadAddress):
        with_path("<>")


def test_message_id_that_is_none_is_refused() -> None:
    with pytest.raises(HeaderBroken):
        compose(
            notice_to_anne(Template.HELD),
            message_id="a@b>\r\nBcc: <x@evil.example",
            at=AT,
            reverse_path="",
            attachments=(),
            templates=TEMPLATES,
        )


@pytest.mark.parametrize(
    ("given_type", "sent_type"),
    [
        ("image/png", "image/png"),
        ("Application/PDF", "application/pdf"),
        ("text/plain; charset=utf-8", "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("a/b/c", "application/octet-stream"),
        ('x/y"\r\nBcc: z', "application/octet-stream"),
    ],
)
def test_attachment_arrives_whole_whatever_its_type(given_type: str, sent_type: str) -> None:
    content = b"Subject: x\n\nbare LF, \r bare CR, \x00 and \xff\n.\n" + bytes(range(256))

    message = opened(composed(notice_to_anne(Template.REPLY), [file("x.eml", given_type, content)]))

    assert message.get_content_type() == "multipart/mixed"
    (part,) = message.iter_attachments()
    assert (part.get_content_type(), part.get_filename()) == (sent_type, "x.eml")
    assert part.get_content_disposition() == "attachment"
    assert part.get_payload(decode=True) == content


@pytest.mark.parametrize(
    ("given_name", "sent_name"),
    [
        ("bounce.txt", "bounce.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("\u200b.htaccess", "htaccess"),
        ("inv\u202efdp.exe", "invfdp.exe"),
        ("a\x00\r\n.php", "a .php"),
        ('a"b.txt', "a'b.txt"),
        ("Übersicht; q=1.pdf", "Übersicht; q=1.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("", "attachment"),
        ("..", "attachment"),
        ("folder/", "attachment"),
    ],
)
def test_file_name_has_no_path_and_nothing_hidden(given_name: str, sent_name: str) -> None:
    message = opened(composed(notice_to_anne(Template.REPLY), [file(given_name, "application/pdf")]))

    (part,) = message.iter_attachments()
    assert part.get_filename() == sent_name


def test_problems_of_the_template_come_along() -> None:
    notice = replace(notice_to_anne(Template.CLOSED), values={"number": 1042, "subject": "Hello", "actions": []})

    assert composed(notice).problems == ("templates/mail/en/closed.md: no value for 'company'",)
