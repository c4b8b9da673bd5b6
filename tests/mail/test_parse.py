"""Whole mails, real and nasty."""

import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.message import Author, Message
from mailgate.mail.parse import parse
from mailgate.mail.wire.defects import Defect
from tests.mail.mails import CORPUS, from_corpus, written

SAMPLES = Path(__file__).parents[2].parent / "shared" / "mail-samples"


def test_a_reply_is_read_whole() -> None:
    raw = from_corpus("reply_above_a_gmail_quote")

    message = parse(raw)

    assert message.author == Author("Anne Ash", "anne@ash.example")
    assert message.to == (Author("", "support@in.example"),)
    assert message.subject == "Re: No mail since Monday [#1042]"
    assert message.message_id == "a1@ash.example"
    assert message.in_reply_to == ("o.77.k3v9@in.example",)
    assert message.references == ("a0@ash.example", "o.77.k3v9@in.example")
    assert message.date is not None
    assert message.date.isoformat() == "2026-11-23T09:15:00+01:00"
    assert message.reply_text == "It works again since noon.\n\n- the phone too\n- and the old laptop\n\nAnne"
    assert message.html_text is None
    assert message.content_type == "text/plain"
    assert message.header("in-reply-to") == "<o.77.k3v9@in.example>"
    assert message.defects == ()


def test_an_html_body_is_read_when_there_is_no_other() -> None:
    message = parse(from_corpus("html_only_with_a_gmail_quote"))

    assert message.text == message.html_text
    assert message.reply_text == "Please renew it.\n\n* two years"
    assert "> Shall we renew ash.example?" in message.text


def test_an_html_body_beside_a_plain_one_is_rendered_on_request_only() -> None:
    raw = from_corpus("multipart_that_names_no_boundary")

    assert parse(raw).html_text == "One domain, please."
    assert parse(raw, render_html=False).html_text is None


def test_raw_eight_bit_text_is_read_by_the_charset_of_the_body() -> None:
    message = parse(from_corpus("raw_latin1_in_subject_and_from"))

    assert message.subject == "Grüße aus Köln"
    assert message.author == Author("Anné Äsch", "anne@ash.example")
    assert message.text == "Viele Grüße – bald\n"


def test_a_charset_is_read_by_its_superset() -> None:
    message = parse(from_corpus("gb2312_that_is_gbk"))

    assert message.subject == "朱镕基 €"
    assert message.text == "朱镕基\n"
    assert message.defects == ()


def test_a_forwarded_message_is_one_attachment_byte_for_byte() -> None:
    message = parse(from_corpus("forwarded_message_with_its_own_file"))

    assert message.text == "See the mail below.\n"
    [forwarded] = message.attachments
    assert (forwarded.filename, forwarded.content_type, forwarded.inline) == ("offer.eml", "message/rfc822", False)
    assert forwarded.content.startswith(b"From: Cris <cris@elm.example>\r\nSubject: offer\r\n")
    assert forwarded.content.endswith(b"\r\n--inner--")


def test_names_of_files_are_base_names_that_hide_nothing() -> None:
    message = parse(from_corpus("file_names_that_lie"))

    names = [attachment.filename for attachment in message.attachments]
    assert names == ["x", "invoice.pdf", "Grüsse.pdf", "invfdp.exe", None, None]
    assert message.attachments[4].content_type == "text/plain"
    assert (message.attachments[5].inline, message.attachments[5].content_id) == (True, "logo@ash.example")
    assert message.text == ""


def test_a_multipart_that_was_cut_off_keeps_what_had_arrived() -> None:
    message = parse(from_corpus("multipart_cut_off_in_the_middle"))

    assert message.text == "Two photos."
    assert message.attachments[0].content == b"\x89PNG\r\n\x1a\n"
    assert set(message.defects) == {Defect.MISSING_END_BOUNDARY, Defect.BAD_TRANSFER_ENCODING}


def test_a_boundary_that_is_not_named_is_found() -> None:
    message = parse(from_corpus("multipart_that_names_no_boundary"))

    assert message.text == "One domain, please."
    assert message.attachments == ()
    assert message.defects == (Defect.MISSING_BOUNDARY,)


@pytest.mark.parametrize(
    ("name", "subject", "text", "defect"),
    [
        ("mbox_from_line_and_blank_lines_first", "from a folder", "Hello\n", Defect.MBOX_FROM_LINE),
        ("bare_cr_line_ends", "from an old Macintosh", "Hello\nthere\n", Defect.BARE_LINE_END_IN_HEADER),
    ],
)
def test_line_ends_and_first_lines_of_other_times(name: str, subject: str, text: str, defect: Defect) -> None:
    message = parse(from_corpus(name))

    assert (message.subject, message.text) == (subject, text)
    assert message.author == Author("Anne Ash", "anne@ash.example")
    assert defect in message.defects


def test_the_parts_of_a_digest_are_messages() -> None:
    body = "--d\n\nSubject: one\n\nHello\n--d\nContent-Type: text/plain\n\nThe end.\n--d--\n"

    message = parse(written("Content-Type: multipart/digest; boundary=d", body=body))

    assert [file.content_type for file in message.attachments] == ["message/rfc822"]
    assert message.text == "The end."


def test_an_encoded_line_break_makes_no_header() -> None:
    message = parse(from_corpus("line_break_encoded_in_the_subject"))

    assert message.subject == "hi Bcc: x@evil.example"
    assert message.header("bcc") is None


def nested(levels: int) -> bytes:
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(levels)
    )
    return opening + b"\r\nhello\r\n"


NASTY = {
    "empty": b"",
    "blanks": b" \r\n \r\n",
    "NULs": b"\0" * 100,
    "NUL in header and body": b"From: a\0@x.example\r\nSubject: a\0b\r\n\r\nc\0d\r\n",
    "noise": bytes(range(256)) * 20,
    "a lone header": b"Subject: x",
    "a folded line first": b" folded\r\nFrom: a@b.example\r\n\r\nx",
    "no colon": b"hello there\r\n",
    "1000 nested multiparts": nested(1000),
    "1000 nested messages": b"Content-Type: message/rfc822\r\n\r\n" * 1000,
    "50000 parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000,
    "nothing but boundaries": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"\n--bx" * 500_000,
    "multipart/": b"Content-Type: multipart/\r\n\r\nx",
    "a boundary of blanks": b'Content-Type: multipart/mixed; boundary="  "\r\n\r\n--\r\nx',
    "Message-ID bracket": b"Message-ID: <[\r\n\r\n",
    "From bracket": b'From: <\r\nReply-To: <\r\nTo: "x" <a@[1.2.3>\r\n\r\n',
    "5000 parentheses": b"To: " + b"(" * 5000 + b"\r\n\r\n",
    "quotes that never close": b"To: " + b'"\\"' * 10_000 + b"\r\n\r\n",
    "40000 addresses": b"To: " + b"a@b.example," * 40_000 + b"\r\n\r\n",
    "20000 encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\n",
    "encoded words that never end": b"Subject: " + b"=?u?q?x?y" * 28_000 + b"\r\n\r\n",
    "charset nope": b"Content-Type: text/plain; charset=nope\r\n\r\nx\xff",
    "charset idna": b"Content-Type: text/plain; charset=idna\r\n\r\nx\xff..",
    "charset zlib": b"Content-Type: text/plain; charset=zlib\r\n\r\nx\xff",
    "charset with a NUL": b'Content-Type: text/plain; charset="utf-8\0"\r\n\r\nx\xff',
    "charset undefined in a word": b"Subject: =?undefined?q?x?= =?punycode?b?////?=\r\n\r\n",
    "lone surrogates in utf-7": b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-",
    "lone surrogates in utf-8": b"Subject: \xed\xa0\x80\r\n\r\n\xed\xa0\x80",
    "bad base64": b"Content-Transfer-Encoding: base64\r\n\r\n=A=\r\n!!!\r\nQUJD=QQ\r\nR",
    "bad uuencode": b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 x\r\n\xff\xff\r\n~\r\n",
    "year 9999": b"Date: Fri, 31 Dec 9999 23:59:59 -0500\r\n\r\n",
    "a date of zeros": b"Date: Mon, 00 Jan 0000 00:00:00 +9999\r\n\r\n",
    "a zone of its own": b"Date: Mon, 23 Nov 2026 10:00:00 +999999999999\r\n\r\n",
    "2000 fields": b"X-A: b\r\n" * 2000 + b"\r\n",
    "a long header": b"Subject: " + b"x" * 300_000 + b"\r\n\r\n",
    "deep HTML": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 20_000 + b"deep",
    "HTML that says it is XML": b"Content-Type: text/html\r\n\r\n<?xml version='1.0' encoding='utf-16'?><p>x</p>",
    "tags that never close": b"Content-Type: text/html\r\n\r\n" + b"<" * 100_000,
    "parameters": b"Content-Type: text/plain; " + b"a*0*=b;" * 10_000 + b"\r\n\r\n",
    "one endless line": b"\r\n" + b"On " * 100_000,
    "signatures": b"\r\n" + b"--\r\n" * 20_000,
}


@pytest.mark.parametrize("raw", NASTY.values(), ids=NASTY)
def test_nasty_input_is_read_in_no_time(raw: bytes) -> None:
    began = time.process_time()

    message = parse(raw)

    assert time.process_time() - began < 5  # mostly milliseconds; the limit is for square time
    assert is_storable(message)


def test_past_a_limit_is_a_defect() -> None:
    assert Defect.TOO_DEEP in parse(NASTY["1000 nested multiparts"]).defects
    assert Defect.TOO_MANY_PARTS in parse(NASTY["50000 parts"]).defects
    assert Defect.TOO_MANY_FIELDS in parse(NASTY["2000 fields"]).defects
    assert Defect.HEADER_TOO_LONG in parse(NASTY["a long header"]).defects
    assert Defect.ADDRESSES_TOO_LONG in parse(NASTY["40000 addresses"]).defects
    assert "deep" in parse(NASTY["deep HTML"]).text


def is_storable(message: Message) -> bool:
    """Every text can be written to a database, every header value to one line, the date as an instant."""
    lines = [message.subject, message.message_id or "", *message.in_reply_to, *message.references]
    lines += [value for field in message.headers for value in field]
    for person in (message.author, *message.to, *message.cc, *message.reply_to):
        lines += [person.name, person.address] if person else []
    lines += [attachment.filename or "" for attachment in message.attachments]
    texts = [*lines, message.text, message.html_text or "", message.reply_text]
    "".join(texts).encode("utf-8")
    if message.date:
        message.date.astimezone(UTC)
    return not any("\0" in text for text in texts) and not any("\n" in line or "\r" in line for line in lines)


PIECES = st.sampled_from(
    b"From: |To: |Subject: |Date: |Message-ID: <|References: |Content-Type: multipart/mixed; boundary=b|--b|--b--"
    b"|Content-Type: text/html|Content-Type: message/rfc822|Content-Transfer-Encoding: base64|charset=|=?utf-8?q?|?="
    b"|Content-Disposition: attachment; filename*0*=utf-8''%ff|<a@b.example>|<div>|<blockquote>|On x wrote:|> |-- \n"
    b'|\r\n|\n|\r|\r\n\r\n|=?utf-8?b?|"|(|\0|\xff'.split(b"|")
)


@given(
    st.one_of(st.binary(max_size=500), st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=40).map(b"".join))
)
def test_parsing_never_raises(raw: bytes) -> None:
    assert is_storable(parse(raw))


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@given(subject=WORDS, text=WORDS, name=WORDS, content=st.binary(max_size=200))
def test_what_the_standard_library_writes_is_read_back(subject: str, text: str, name: str, content: bytes) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    mail.set_content(text)
    mail.add_alternative(f"<p>{len(text)}</p>", subtype="html")
    mail.add_attachment(content, maintype="application", subtype="x-thing", filename="thing.bin")

    message = parse(mail.as_bytes())

    assert message.subject == subject
    assert message.text.strip("\n") == text
    assert message.html_text == str(len(text))
    assert [(file.filename, file.content) for file in message.attachments] == [("thing.bin", content)]
    assert message.defects == (Defect.NO_FROM,)


def test_every_field_that_should_stand_once_and_does_not_is_a_defect() -> None:
    message = parse(written("Subject: one", "Subject: two"))

    assert message.subject == "one"
    assert message.defects == (Defect.REPEATED_FIELD,)


def test_a_date_keeps_the_offset_of_its_sender() -> None:
    date = parse(written("Date: Thu, 29 Feb 2024 23:59:59 -0500")).date

    assert date is not None
    assert date.utcoffset() == timedelta(hours=-5)
    assert date.astimezone(UTC) == datetime(2024, 3, 1, 4, 59, 59, tzinfo=UTC)


def test_every_mail_of_the_corpus_is_read() -> None:
    for path in sorted(CORPUS.glob("*.eml")):
        assert is_storable(parse(path.read_bytes())), path.name


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the collection of real mails is not here")
def test_every_real_mail_is_read() -> None:
    for path in sorted(SAMPLES.glob("*/*")):
        assert is_storable(parse(path.read_bytes())), path.name


@pytest.mark.parametrize(
    ("field", "read"),
    [
        ("2024-02-29 23:59:59 +0100", "2024-02-29T23:59:59+01:00"),
        ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59+00:00"),
        ("Thu, 29 Feb 2024 23:59:60 +0000", "2024-02-29T23:59:59+00:00"),
        ("=?utf-8?q?Thu,_29_Feb_2024_23:59:59_+0100?=", "2024-02-29T23:59:59+01:00"),
        ("29 Feb 24 23:59 EST", "2024-02-29T23:59:00-05:00"),
        ("Wed, 31 Feb 2024 10:00:00 +0000", None),
        ("2024-02-31T10:00:00Z", None),
        ("yesterday", None),
    ],
)
def test_dates_are_read_as_programs_write_them(field: str, read: str | None) -> None:
    message = parse(written(f"Date: {field}"))

    assert (message.date.isoformat() if message.date else None) == read
    assert (Defect.BAD_DATE in message.defects) == (read is None)
