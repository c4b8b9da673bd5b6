"""What a visitor can do: a mail that is ready to be sent, as a link, and as text where no mail program opens."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from mailgate.mail.address import Mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, seal
from mailgate.tickets.thread import without_tag

MAX_LENGTH = 1_500
"""Of a link: Gmail takes about 1,620 characters, Outlook 2,046."""

TOKEN_LIFETIME = timedelta(days=60)
_MAX_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class MailAction:
    """A mail to be written; `name` is what the page calls it."""

    name: str
    to: str
    subject: str = ""
    body: str = ""  # line ends \n

    @property
    def href(self) -> str:
        """The link (RFC 6068), a subject that is too long for it cut."""
        subject = self.subject
        while len(link := self._link(subject)) > MAX_LENGTH and subject:
            subject = subject[: len(subject) * 3 // 4]
        return link

    def _link(self, subject: str) -> str:
        # `+` is a blank to some readers of links, in the address too: escaped it is a plus to all.
        fields = {"subject": subject, "body": self.body.replace("\n", "\r\n")}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items() if value)
        return f"mailto:{quote(self.to, safe='@')}{'?' if query else ''}{query}"


def ticket_address(desk: Mailbox, purpose: Purpose, number: int, person_id: int, key: Key, *, today: date) -> str:
    """The signed address that an answer of this person to this ticket goes to."""
    token = AddressToken(purpose, number, person_id, today + TOKEN_LIFETIME)
    return f"{desk.local_part}+{seal(token, key)}@{desk.domain}"


def answer_subject(subject: str, number: int) -> str:
    """The subject of an answer to a ticket."""
    short = " ".join(without_tag(subject).split())
    short = short if len(short) <= _MAX_SUBJECT else f"{short[: _MAX_SUBJECT - 1]}…"
    return f"{'' if short[:3].lower() == 're:' else 'Re: '}{short} [#{number}]"
