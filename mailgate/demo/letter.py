"""Letters that the demo's people write, as their mail clients would write them."""

import email.policy
import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formatdate, getaddresses, make_msgid

from mailgate.demo.company import Person
from mailgate.demo.mailboxes import Arrived
from mailgate.demo.wire import submit

LETTERS = "letters"
"""The directory of the demo where letters lie that are ready to be sent."""

TO_BE_WRITTEN = "(write here)"

_TAG = re.compile(r"\[#(\d+)\]")


class NotWritten(Exception):
    """The letter still has the words that stand for words."""


def new(writer: Person, to: str, subject: str, text: str, *, at: datetime | None = None) -> EmailMessage:
    """A new mail, written `at` this instant; by default now. Raises ValueError for a line break in a field."""
    letter = EmailMessage(policy=email.policy.SMTP)
    letter["From"] = f"{writer.name} <{writer.address}>"
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = format_datetime(at) if at else formatdate(localtime=True)
    letter["Message-ID"] = make_msgid(domain=writer.address.partition("@")[2])
    letter.set_content(text, cte="8bit")  # so that the file can be edited as it is
    return letter


def reply(writer: Person, parent: Arrived, text: str, *, at: datetime | None = None) -> EmailMessage:
    """An answer: to the Reply-To, with the thread's references, the original quoted below."""
    letter = new(writer, reply_address(parent), reply_subject(parent), f"{text}\n\n{quotation(parent)}", at=at)
    refer(letter, parent)
    return letter


def reply_address(parent: Arrived) -> str:
    """Where an answer goes."""
    return str(parent.message["Reply-To"] or parent.message["From"] or "")


def reply_subject(parent: Arrived) -> str:
    """The subject of an answer."""
    subject = str(parent.message["Subject"] or "")
    return subject if subject.startswith("Re: ") else f"Re: {subject}"


def ticket_in(mail: Arrived) -> int | None:
    """The number of the ticket that a mail is about, as its subject tells people."""
    found = _TAG.search(str(mail.message["Subject"] or ""))
    return int(found[1]) if found else None


def quotation(parent: Arrived) -> str:
    """The original, as it stands below an answer."""
    quoted = "\n".join(f"> {line}" for line in parent.text.splitlines())
    return f"On {parent.message['Date']}, {parent.message['From']} wrote:\n{quoted}\n"


def refer(letter: EmailMessage, parent: Arrived) -> None:
    """Put an answer into the thread of what it answers (RFC 5322 §3.6.4)."""
    original = parent.message
    if original["Message-ID"] is None:
        return
    letter["In-Reply-To"] = str(original["Message-ID"])
    letter["References"] = " ".join(filter(None, (original["References"], original["Message-ID"])))


def send(raw: bytes, *, port: int) -> None:
    """Hand a mail to the gate by SMTP, to the addresses of its To field. Raises NotWritten and smtplib's errors."""
    if TO_BE_WRITTEN.encode() in raw:
        raise NotWritten(f"nothing is written yet where {TO_BE_WRITTEN!r} stands")
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    [(_, sender)] = getaddresses([str(letter["From"])])
    recipients = [address for _, address in getaddresses([str(letter["To"])])]
    wire = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")  # a file that was edited may have lost its CRs
    submit(wire, sender, recipients, port=port)
