"""Mails for the tests: files of the corpus, and small ones written on the spot."""

from datetime import UTC, datetime
from pathlib import Path

from mailgate.mail.envelope import Door, Envelope
from mailgate.mail.words.head import Head
from mailgate.mail.words.html_text import without_marks
from mailgate.mail.words.reply_text import read_reply

CORPUS = Path(__file__).parent.parent / "corpus"


def from_corpus(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def written(*fields: str, body: str = "Hello\n", author: str = "Anne Ash <anne@ash.example>") -> bytes:
    """A mail with CRLF line ends; `fields` are whole lines, without the From field."""
    head = "\n".join([f"From: {author}", *fields])
    return f"{head}\n\n{body}".replace("\n", "\r\n").encode()


def envelope(reverse_path: str | None = "anne@ash.example") -> Envelope:
    return Envelope(reverse_path, ("support@in.example",), Door.SMTP, datetime(2026, 11, 23, 9, 15, tzinfo=UTC))


def reply_text(text: str, parent: str | None = None) -> str:
    """What a mail with this text says, as a Message has it: all of it where nothing would remain."""
    return own_text(text, parent) or without_marks(text).strip()


def own_text(text: str, parent: str | None = None) -> str:
    """The sender's own words, without any quotation, in a mail that answers one."""
    return read_reply(text, Head(name="anne ash"), parent).own
