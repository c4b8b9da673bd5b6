"""Message: what the raw bytes of a mail say, decoded; broken mail is data and comes with its defects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Author:
    """A display name with an address, as a header gave them; the address is text, not yet an identity."""

    name: str  # "" when there was none
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Attachment:
    """A leaf part that is no body: a file, an inline image, a forwarded message, a part of a report."""

    filename: str | None  # decoded, base name only; None when none was given
    content_type: str  # lower case type/subtype
    content: bytes  # after transfer decoding
    inline: bool  # disposition inline, or referred to by a content id
    content_id: str | None  # without angle brackets
    other_names: tuple[str, ...] = ()  # further file names that its header gives, as another reader might take them


@dataclass(frozen=True, slots=True)
class Cut:
    """What was left out of a mail for its reader."""

    text: str = ""
    quoted: int = 0  # lines of history, marked or not
    unmarked: tuple[str, ...] = ()  # those of them that no mark tells, and that are not known from the parent
    signature: tuple[str, ...] = ()  # lines of one whose delimiter is not that of RFC 3676

    def unexpected_by(self, writer: str) -> tuple[str, ...]:
        """The lines that a writer of this name may miss: what may be his words, and a signature without his name."""
        names = [name for name in writer.casefold().split() if len(name) > 1]
        is_signed = any(name in line.casefold() for line in self.signature for name in names)
        return self.unmarked + (() if is_signed else self.signature)


NOTHING_CUT = Cut()


@dataclass(frozen=True)  # without slots: its fields are put in order once
class Message:
    """One parsed message. Nothing in it is trusted; `defects` are short stable words for what was worked around."""

    message_id: str | None  # without angle brackets, like all ids here
    date: datetime | None  # aware, in the sender's own offset
    author: Author | None  # the first usable From mailbox
    to: tuple[Author, ...]
    cc: tuple[Author, ...]
    reply_to: tuple[Author, ...]
    subject: str  # one line, "" when absent
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]  # oldest first
    text: str  # the readable body, line ends \n
    html_text: str | None  # the text that the HTML body shows
    reply_text: str  # `text` without the history above or below it and signature; all of it where nothing would remain
    own_text: str  # the same without any quotation, and "" where nothing remains
    marked_text: str  # `text` with the marks of html_text.marked_text, for reading it again beside what it answers
    cut: Cut  # what is not in `reply_text`
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]  # raw fields in order, unfolded, decoded leniently
    content_type: str  # of the message itself, lower case, no parameters
    report_type: str | None  # the parameter of multipart/report, lower case
    defects: tuple[str, ...]  # words of `defects.Defect`

    def header(self, name: str) -> str | None:
        """The first field of this name, any case; None when there is none."""
        return self.by_name.get(name.lower())

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """The first field of each name, by the name in lower case."""
        return {name.lower(): value for name, value in reversed(self.headers)}
