"""A mail that is ready to be sent, as a link (RFC 6068), and as text where no mail program opens."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

MAX_LENGTH = 1_500
"""Of a link: Gmail takes about 1,620 characters, Outlook 2,046."""


@dataclass(frozen=True, slots=True)
class MailAction:
    """A mail to be written; `name` is what the page calls it."""

    name: str
    to: str
    subject: str = ""
    body: str = ""  # line ends \n

    @property
    def href(self) -> str:
        """The link, a subject that is too long for it cut."""
        subject = self.subject
        while len(link := self._link(subject)) > MAX_LENGTH and subject:
            subject = subject[: len(subject) * 3 // 4]
        return link

    def _link(self, subject: str) -> str:
        # `+` is a blank to some readers of links, in the address too: escaped it is a plus to all.
        fields = {"subject": subject, "body": self.body.replace("\n", "\r\n")}
        query = "&".join(f"{name}={_quoted(value)}" for name, value in fields.items() if value)
        return f"mailto:{_quoted(self.to, safe='@')}{'?' if query else ''}{query}"


@lru_cache(maxsize=256)
def _quoted(text: str, safe: str = "") -> str:
    """The links of one mail have address and subject in common, those of all mails their bodies."""
    return quote(text, safe=safe)
