"""Header fields ready for the wire: encoded (RFC 2047), folded (RFC 5322 §2.2.3), without the line breaks of a value.

`email` folds by its own parse tree, which has lost quotes and separators of addresses (CVE-2025-1795) and encodes
message ids longer than a line, so that no client threads by them. Here each kind of field is folded by what it is.
"""

import re
from email.header import Header
from email.policy import Policy
from typing import Self

from mailgate.mail.address import parse_mailbox
from mailgate.outbound.plain_text import one_line

MAX_LINE = 78  # characters, RFC 5322 §2.1.1
MAX_ENCODED_LINE = 76  # characters, RFC 2047 §2
MAX_NAME = 60  # characters of a display name: with its quotes it fits the first line of its field
MAX_ID = 250  # octets of one message id; longer ones have no client that would thread by them
MAX_REFERENCES = 1500  # octets; a header block has limits at receivers, and the ends of the chain thread as well
RECENT_REFERENCES = 10

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z")  # a phrase that needs no quotes, RFC 5322 §3.2.3
_ID = re.compile(r"[!-;=?-~]+@[!-;=?-~]+\Z")  # printable ASCII without angle brackets or blanks


class Field(str):
    """A field body as the text that people read, which knows its own folded form on the wire."""

    __slots__ = ("_folded", "name")

    name: str
    _folded: str

    def __new__(cls, name: str, text: str, folded: str) -> Self:
        field = super().__new__(cls, text)
        field.name = name
        field._folded = folded
        return field

    def fold(self, *, policy: Policy) -> str:
        """The whole field with its line end; `email` asks for it when it writes a message."""
        return f"{self.name}: {self._folded}{policy.linesep}"


def text_field(name: str, text: str) -> Field:
    """An unstructured field, such as Subject."""
    line = one_line(text)
    return Field(name, line, _encoded(line, name))


def mailbox_field(name: str, display_name: str, address: str) -> Field:
    """A field of one mailbox. Raises BadAddress unless the address is one."""
    address = parse_mailbox(address).address
    words = one_line(display_name, max_length=MAX_NAME)
    if not words:
        return Field(name, address, address)
    if not _is_plain(words):
        phrase = _encoded(words, name)
    elif _ATOMS.match(words):
        phrase = words
    else:
        quotable = words.replace("\\", "\\\\").replace('"', '\\"')
        phrase = f'"{quotable}"'
    last_line = f"{name}: {phrase}".rpartition("\r\n")[2]
    blank = " " if len(last_line) + len(address) + 3 <= MAX_LINE else "\r\n "
    return Field(name, f"{words} <{address}>", f"{phrase}{blank}<{address}>")


def ids_field(name: str, message_ids: tuple[str, ...]) -> Field | None:
    """In-Reply-To or References (RFC 5322 §3.6.4), an id a line; None when no id is left.

    An id that is not of the form `left@right` in printable ASCII is left out: it came with somebody's mail.
    """
    ids = [f"<{message_id}>" for message_id in message_ids if is_message_id(message_id)]
    return Field(name, " ".join(ids), "\r\n ".join(ids)) if ids else None


def is_message_id(text: str) -> bool:
    """Fit to be written between angle brackets."""
    return len(text) <= MAX_ID and _ID.match(text) is not None


def shortened_references(message_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The first id, by which clients find the thread, and the last ten; fewer where they are long."""
    ids = tuple(dict.fromkeys(message_id for message_id in message_ids if is_message_id(message_id)))
    root, recent = ids[:1], ids[1:][-RECENT_REFERENCES:]
    while recent and sum(len(message_id) + 3 for message_id in root + recent) > MAX_REFERENCES:
        recent = recent[1:]
    return root + recent


def _is_plain(text: str) -> bool:
    # `=?` in plain text would be decoded by the reader's client: only what we encode is to be decoded.
    return text.isascii() and "=?" not in text


def _encoded(line: str, name: str) -> str:
    is_plain = _is_plain(line)
    if is_plain and len(name) + 2 + len(line) <= MAX_ENCODED_LINE:
        return line
    charset = "us-ascii" if is_plain else "utf-8"
    return Header(line, charset, maxlinelen=MAX_ENCODED_LINE, header_name=name).encode(linesep="\r\n")
