"""A ticket's thread to take away: as mails, an mbox, text, or a feed. Made from what its page shows, and no more.

Nothing is passed on of a mail as it came or went: its header has other readers' addresses and tokens.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from mailgate.errors import BadAddress
from mailgate.mail.address import Mailbox, parse_mailbox
from store.views.customer_tickets import ThreadEntry, TicketHead
from store.views.files import File
from webview.atom import Feed, Item, as_atom
from webview.files import safe_name
from webview.words import Words

_FROM_LINE = re.compile(rb"(?m)^(>*From )")
_TYPE = re.compile(r"(?!message/|multipart/)[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")

EVENT_MARK = "*"
"""What the lines of the audit trail begin with in the text."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One ticket as its reader sees it."""

    head: TicketHead
    company: str
    desk: Mailbox
    answer_to: str  # the signed address that the reader's answer goes to
    subject: str  # of an answer
    domain: str
    url: str  # of the page
    zone: tzinfo
    words: Words  # in the reader's language


def as_mail(thread: Thread, entry: ThreadEntry, files: Iterable[bytes]) -> bytes:
    """One message as a mail, with CRLF line ends. `files` are the bytes of `entry.files`, in their order."""
    message = EmailMessage(policy=policy.SMTP)
    desk = Address(thread.company, thread.desk.local_part, thread.desk.domain)
    readers = [_address(reader.name, reader.address) for reader in thread.head.readers]
    author = desk if entry.from_us else _address(entry.author, entry.address or "")
    if entry.from_us:
        author = Address(f"{entry.author} ({thread.company})", thread.desk.local_part, thread.desk.domain)
    message["From"] = author
    message["To"] = tuple(readers) if entry.from_us and readers else desk
    message["Reply-To"] = thread.answer_to
    message["Subject"] = thread.subject
    message["Date"] = format_datetime(entry.at.astimezone(UTC))
    message["Message-ID"] = f"<thread.{thread.head.line.id}.{entry.id}@{thread.domain}>"
    message["References"] = f"<thread.{thread.head.line.id}@{thread.domain}>"
    if entry.automatic:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(entry.text or thread.words.gettext("(no words)"), charset="utf-8")
    for file, content in zip(entry.files, files, strict=True):
        kind = file.content_type if _TYPE.fullmatch(file.content_type) else "application/octet-stream"
        main, _, sub = kind.partition("/")
        name = safe_name(file.filename, fallback=f"file-{file.position + 1}")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def in_mbox(mail: bytes, at: datetime) -> bytes:
    """A mail as mboxrd has it: LF line ends, and a `>` before each line that looks like the beginning of another."""
    head = f"From mailgate {at.astimezone(UTC).strftime('%a %b %e %H:%M:%S %Y')}\n".encode()
    return head + _FROM_LINE.sub(rb">\1", mail.replace(b"\r\n", b"\n")) + b"\n"


def as_text(thread: Thread, entries: Iterable[ThreadEntry]) -> Iterator[str]:
    """The whole conversation, piece by piece, for reading and for searching with any tool."""
    head, words = thread.head, thread.words
    nothing = words.gettext("(no words)")
    yield f"{head.line.subject} [#{head.line.id}]\n{thread.url}\n"
    for entry in entries:
        when = entry.at.astimezone(thread.zone).strftime("%Y-%m-%d %H:%M %Z")
        if entry.is_event:
            yield f"\n{EVENT_MARK} {when}  {' '.join(entry.text.split())}\n"
            continue
        who = f"{entry.author} ({thread.company})" if entry.from_us else _named(entry)
        files = "".join(f"\n{_told(file, words)}" for file in entry.files)
        yield f"\n== {when}  {who}\n\n{entry.text or nothing}\n{files}{chr(10) if files else ''}"


def as_feed(thread: Thread, entries: Sequence[ThreadEntry], *, own_url: str) -> bytes:
    """The messages as an Atom feed, newest first."""
    head = thread.head
    tag = f"tag:{thread.domain},{head.opened_at.date()}:ticket-{head.line.id}"
    about = Feed(
        id=tag,
        title=f"{head.line.subject} [#{head.line.id}]",
        updated_at=max([entry.at for entry in entries] or [head.opened_at]),
        own_url=own_url,
        page_url=thread.url,
    )
    items = [
        Item(
            id=f"{tag}-{entry.id}",
            title=_title(entry, thread.words),
            updated_at=entry.at,
            author=entry.author,
            url=f"{thread.url}#m{entry.id}",
            text=entry.text,
        )
        for entry in reversed(entries)
    ]
    return as_atom(about, items)


def _told(file: File, words: Words) -> str:
    name = file.filename or file.content_type
    return words.gettext("[file: %(name)s, %(size)s bytes]", name=name, size=file.size)


def _title(entry: ThreadEntry, words: Words) -> str:
    if entry.from_us:
        return words.gettext("Answer of %(name)s", name=entry.author)
    return words.gettext("From %(name)s", name=entry.author)


def _named(entry: ThreadEntry) -> str:
    return f"{entry.author} <{entry.address}>" if entry.address and entry.address != entry.author else entry.author


def _address(name: str, address: str) -> Address:
    """An address for a header; one that no header can have keeps its name alone."""
    try:
        mailbox = parse_mailbox(address)
        return Address(name if name != address else "", address.rpartition("@")[0], mailbox.domain)
    except (BadAddress, ValueError, MessageError):
        return Address(name or "unknown", "unknown", "invalid")
