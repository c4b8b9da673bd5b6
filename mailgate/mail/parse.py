"""Raw bytes → Message: the one cheap reading of a mail that everything else starts from."""

from datetime import datetime

from mailgate.mail import message_id
from mailgate.mail.bodies import Bodies, declared_charset, read_bodies
from mailgate.mail.bounds import MAX_ADDRESS_BYTES, MAX_GUESSES_OF_MAIL
from mailgate.mail.message import Attachment, Author, Message
from mailgate.mail.wire.address_list import read_addresses
from mailgate.mail.wire.charset import NO_GUESSES, Guesses, codec_for, decode
from mailgate.mail.wire.date import read_date
from mailgate.mail.wire.defects import Defect
from mailgate.mail.wire.headers import Block, decode_words, unfold
from mailgate.mail.wire.mime import Leaf, take_apart
from mailgate.mail.wire.parameters import file_name, other_file_names
from mailgate.mail.wire.sniff import sniff
from mailgate.mail.words.head import head_of
from mailgate.mail.words.reply_text import read_reply

_ADDRESS_FIELDS = frozenset({"from", "to", "cc", "reply-to", "bcc", "sender", "resent-to", "resent-cc", "resent-from"})
_ONCE = ("from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references")  # RFC 5322 §3.6


def parse(raw: bytes, *, render_html: bool = True) -> Message:
    """Read a message; never raises, whatever the bytes are: what was wrong is in `defects`.

    Line ends may be CRLF, LF or bare CR; mbox `From ` lines and blank lines before the header are skipped. With
    `render_html=False` an HTML body is rendered only where it is the one that is read (there is no text/plain), and
    `html_text` is None otherwise: intake needs no more, and rendering costs more than all the rest.
    """
    # The old Macintosh way has CR alone; it stays as long, so that places in it stay the same.
    guesses = Guesses(MAX_GUESSES_OF_MAIL)
    tree = take_apart(raw if b"\n" in raw else raw.replace(b"\r", b"\n"), guesses)
    defects = [*_byte_defects(raw, tree.block.body_at), *tree.defects]
    charset = next((found for leaf in tree.leaves if (found := declared_charset(leaf))), None)
    block = _within_limits(tree.block, defects)
    charset = _header_charset(block, charset)
    defects.extend(Defect.REPEATED_FIELD for name in _ONCE if len(block.every(name)) > 1)

    bodies = read_bodies(tree.leaves, defects, guesses, render_html=render_html)
    author = _author(block, charset, guesses, defects)
    to, cc = (_addresses(block, name, charset, guesses) for name in ("to", "cc"))
    subject = decode_words(_first(block, "subject", charset, guesses) or "", guesses)
    in_reply_to, references = (_ids(block, name, charset, guesses) for name in ("in-reply-to", "references"))
    head = head_of(subject, (*in_reply_to, *references), author, (*to, *cc))
    reply = read_reply(bodies.marked, head)
    identifier = decode_words(_first(block, "message-id", charset, guesses) or "", guesses)
    parsed_id = message_id.read_id(identifier) if identifier else None
    if identifier and (parsed_id is None or "@" not in parsed_id):
        defects.append(Defect.BAD_MESSAGE_ID)
    return Message(
        message_id=parsed_id,
        date=_date(_first(block, "date", charset, guesses), defects),
        author=author,
        to=to,
        cc=cc,
        reply_to=_addresses(block, "reply-to", charset, guesses),
        subject=subject,
        in_reply_to=in_reply_to,
        references=references,
        text=bodies.text,
        html_text=bodies.html_text,
        reply_text=reply.words,
        own_text=reply.own,
        marked_text=bodies.marked,
        cut=reply.cut,
        attachments=_attachments(tree.leaves, bodies, guesses),
        headers=tuple((name, _plainly(value, charset)) for name, value in block.fields),
        content_type=tree.content_type,
        report_type=tree.type_field.parameters.get("report-type", "").lower() or None,
        defects=tuple(dict.fromkeys(defects)),
    )


def _byte_defects(raw: bytes, header_end: int) -> list[Defect]:
    defects: list[Defect] = []
    if not raw or raw.isspace():
        defects.append(Defect.EMPTY)
    header = raw[:header_end]
    if b"\0" in raw:
        defects.append(Defect.NUL)
        if b"\0" in header:
            defects.append(Defect.NUL_IN_HEADER)
    if _has_stray_line_ends(raw):
        defects.append(Defect.BARE_LINE_END)
    if _has_stray_line_ends(header):
        defects.append(Defect.BARE_LINE_END_IN_HEADER)
    return defects


def _has_stray_line_ends(text: bytes) -> bool:
    # LF alone throughout is how a pipe or a file holds mail; only a mixture is odd. Counting is quicker than a search,
    # and what a replacement leaves out is counted four times as quickly.
    lines, returns = (len(text) - len(text.replace(end, b"")) for end in (b"\n", b"\r"))
    pairs = text.count(b"\r\n") if returns else 0
    return returns != pairs or (pairs > 0 and lines != pairs)


def _within_limits(block: Block, defects: list[Defect]) -> Block:
    if not any(len(value) > MAX_ADDRESS_BYTES and name.lower() in _ADDRESS_FIELDS for name, value in block.fields):
        return block
    defects.append(Defect.ADDRESSES_TOO_LONG)
    fields = tuple(
        (name, value[:MAX_ADDRESS_BYTES] if name.lower() in _ADDRESS_FIELDS else value) for name, value in block.fields
    )
    return Block(fields, block.body_at, block.defects)


def _header_charset(block: Block, declared: str | None) -> str | None:
    """The charset of raw 8-bit fields: that of the body, unless subject and author together say another clearly."""
    raw = b" ".join(value for name in ("subject", "from") for value in block.every(name) if not value.isascii())
    if not raw or decode(raw)[1]:
        return declared
    return sniff(raw, codec_for(declared) if declared else None) or declared


def _plainly(value: bytes, charset: str | None) -> str:
    """A field as it says that it is to be read: most of them nobody reads, and every one could be a riddle."""
    return decode_words(unfold(value, charset, guesses=NO_GUESSES), NO_GUESSES)


def _first(block: Block, name: str, charset: str | None, guesses: Guesses) -> str | None:
    value = block.first(name)
    return None if value is None else unfold(value, charset, guesses=guesses)


def _addresses(block: Block, name: str, charset: str | None, guesses: Guesses) -> tuple[Author, ...]:
    values = (unfold(value, charset, guesses=guesses) for value in block.every(name))
    return tuple(one for value in values for one in read_addresses(value, guesses))


def _author(block: Block, charset: str | None, guesses: Guesses, defects: list[Defect]) -> Author | None:
    authors = _addresses(block, "from", charset, guesses)
    if not authors:
        defects.append(Defect.NO_FROM)
        return None
    if len(authors) > 1:
        defects.append(Defect.SEVERAL_FROM)
    return authors[0]


def _date(text: str | None, defects: list[Defect]) -> datetime | None:
    if text is None:
        return None
    date, understood = read_date(text)
    if not understood:
        defects.append(Defect.BAD_DATE)
    return date


def _ids(block: Block, name: str, charset: str | None, guesses: Guesses) -> tuple[str, ...]:
    # Python's own mailer makes encoded words of a long id, which no id may hold; so it can be read in one way only.
    return message_id.read_ids(decode_words(_first(block, name, charset, guesses) or "", guesses))


def _attachments(leaves: tuple[Leaf, ...], bodies: Bodies, guesses: Guesses) -> tuple[Attachment, ...]:
    is_body = {id(leaf) for leaf in bodies.leaves}
    return tuple(
        Attachment(
            filename=file_name(leaf.disposition, leaf.type_field, guesses),
            content_type=leaf.content_type,
            content=leaf.content,
            inline=leaf.disposition.value == "inline" or leaf.content_id in bodies.content_ids,
            content_id=leaf.content_id,
            other_names=other_file_names(leaf.disposition, leaf.type_field, guesses),
        )
        for leaf in leaves
        if id(leaf) not in is_body and not leaf.is_enclosed
    )
