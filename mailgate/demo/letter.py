"""Letters that the demo's people write, as their mail clients would write them."""

import email.policy
import smtplib
from email.message import EmailMessage
from email.utils import formatdate, getaddresses, make_msgid

from mailgate.demo.company import HOST, Person
from mailgate.demo.mailboxes import Arrived

LETTERS = "letters"
"""The directory of the demo where letters lie that are ready to be sent."""

TO_BE_WRITTEN = "(write here)"


class NotWritten(Exception):
    """The letter still has the words that stand for words."""


def new(writer: Person, to: str, subject: str, text: str) -> EmailMessage:
    """A new mail."""
    letter = EmailMessage(policy=email.policy.SMTP)
    letter["From"] = f"{writer.name} <{writer.address}>"
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = formatdate(localtime=True)
    letter["Message-ID"] = make_msgid(domain=writer.address.partition("@")[2])
    letter.set_content(text, cte="8bit")  # so that the file can be edited as it is
    return letter


def reply(writer: Person, parent: Arrived, text: str) -> EmailMessage:
    """An answer: to the Reply-To, with the thread's references, the original quoted below."""
    original = parent.message
    subject = str(original["Subject"])
    quoted = "\n".join(f"> {line}" for line in parent.text.splitlines())
    body = f"{text}\n\nOn {original['Date']}, {original['From']} wrote:\n{quoted}\n"
    subject = subject if subject.startswith("Re: ") else f"Re: {subject}"
    letter = new(writer, str(original["Reply-To"] or original["From"]), subject, body)
    letter["In-Reply-To"] = str(original["Message-ID"])
    letter["References"] = " ".join(filter(None, (original["References"], original["Message-ID"])))
    return letter


def send(raw: bytes, *, port: int) -> None:
    """Hand a mail to the gate by SMTP, to the addresses of its To field. Raises NotWritten and smtplib's errors."""
    if TO_BE_WRITTEN.encode() in raw:
        raise NotWritten
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    [(_, sender)] = getaddresses([str(letter["From"])])
    recipients = [address for _, address in getaddresses([str(letter["To"])])]
    wire = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")  # a file that was edited may have lost its CRs
    with smtplib.SMTP(HOST, port, timeout=30) as client:
        client.sendmail(sender, recipients, wire)
