"""The mail that the sign-in form sends to the gate itself, as if its reader had written it."""

import secrets
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from mailgate.desks import ServiceMailbox
from mailgate.mail.address import Mailbox


def sign_in_letter(author: Mailbox, *, nonce: str, domain: str, now: datetime) -> bytes:
    """A mail that asks for a sign-in link; the link will carry the nonce, and go to the registered address alone."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = author.address
    message["To"] = f"{ServiceMailbox.SIGN_IN.value}+{nonce}@{domain}"
    message["Subject"] = "Sign in"
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = f"<w.{secrets.token_hex(16)}@{domain}>"
    message["Auto-Submitted"] = "no"
    message.set_content("")
    return message.as_bytes()
