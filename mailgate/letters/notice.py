"""Notice: template, recipient and frozen values of a mail to be written; a wish, not yet a message."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from mailgate.letters.kind import Template

REPLY_TO = "reply_to"
"""Among the secrets of a notice: the address that its answer goes to, in the place of `Notice.reply_to`."""


def gist_of(*words: str) -> str:
    """By what two mails are known to say the same."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class NoticeAttachment:
    """A file to be sent along, by the digest of its bytes in the archive."""

    filename: str
    content_type: str
    sha256: str  # hex


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that does not exist before the mail is composed: its maker makes it of these values, once.

    Then it is archived with the mail, and a `NoticeAttachment` stands in its place. `values` are stored as JSON.
    """

    filename: str
    content_type: str
    maker: str  # its name
    values: Mapping[str, object]

    def made(self, sha256: str) -> NoticeAttachment:
        """What names the file from now on."""
        return NoticeAttachment(self.filename, self.content_type, sha256)


Maker = Callable[[Mapping[str, object]], bytes]
"""Makes the bytes of a file: of the same values the same ones, since a crash may call for it twice.

Raises Temporary when it should be tried again later, Permanent when it will never work.
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to be sent to one address.

    `values` are frozen when the event happens: strings, numbers, lists and objects of these (they are stored as JSON).
    `secret` holds further values, which nobody may find later: the archive's copy has a placeholder for each.
    `reply_to` and `reverse_path` are bare addresses; a reverse-path of None means "our bounce address for this row".
    `locale` and `zone` are those of the reader; the send gate fills them in, and nobody else.
    """

    template: Template
    to_address: str
    to_name: str
    from_name: str
    from_address: str
    values: Mapping[str, object]
    reply_to: str | None = None
    reverse_path: str | None = None
    in_reply_to: str | None = None  # message id, no angle brackets
    references: tuple[str, ...] = ()
    attachments: tuple[NoticeAttachment | MadeFile, ...] = ()
    secret: Mapping[str, str] = field(default_factory=dict)  # live links and codes: sent, but never kept
    thread_index: str | None = None  # Outlook's name of the thread
    topic: str | None = None  # by which Outlook groups besides; None: nothing of it may be repeated
    locale: str = "en"  # BCP 47
    zone: str = "UTC"  # IANA
    ticket_id: int | None = None
    customer_id: int | None = None
    entry_id: int | None = None  # the ticket entry that this notice carries or is about
    claims: tuple[tuple[int, int], ...] = ()  # of each invoice that it asks for: its id, and what was open of it
    about_id: int | None = None  # what its kind is about has this number; None: the ticket's, where it is about that
    gist: str | None = None  # of what it says, where the same must not be said to its reader again: see `gist_of`

    def as_sent(self) -> "Notice":
        """The same with its secrets among the values: what opens something works."""
        return replace(self, values={**self.values, **self.secret}, reply_to=self.secret.get(REPLY_TO, self.reply_to))

    def as_kept(self, gone: str) -> "Notice":
        """The same for the archive: each secret has expired, and these words stand in its place."""
        return replace(self, values={**self.values, **dict.fromkeys(self.secret, gone)})


def stamp(at: datetime) -> str:
    """An instant as values have it, for the template to tell: `{{ until | moment }}`."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
