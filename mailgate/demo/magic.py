"""Addresses whose mail does not arrive, by their names: what mail servers do to mail, without waiting for one."""

from enum import StrEnum
from uuid import uuid4


class Fate(StrEnum):
    """What the mail server of the demo does with a mail; the value is how the local-part of its address ends."""

    LATE_BOUNCE = "late-bounce"  # taken, and then reported as not delivered
    BOUNCE = "bounce"  # refused for good
    TEMPFAIL = "tempfail"  # refused for now, again and again
    ARRIVES = ""


REFUSALS = {
    Fate.BOUNCE: "550 5.1.1 No such mailbox, as its name says",
    Fate.TEMPFAIL: "451 4.2.1 Mailbox busy, as its name says",
}

_REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mailboxes.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{serial}@mailboxes.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

Your message to {about} could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mailboxes.example

Final-Recipient: rfc822; {about}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such mailbox, as its name says

--part--
"""


def fate_of(address: str) -> Fate:
    """What becomes of mail to this address; `late-bounce` ends in `bounce`, so the longest name counts."""
    local_part = address.rpartition("@")[0].lower()
    return next(fate for fate in Fate if local_part.endswith(fate.value))


def delivery_report(about: str, *, to: str) -> bytes:
    """A report (RFC 3464) to the return address `to` that mail to `about` did not arrive, with CRLF line ends."""
    return _REPORT.format(about=about, to=to, serial=uuid4().hex).replace("\n", "\r\n").encode("ascii")
