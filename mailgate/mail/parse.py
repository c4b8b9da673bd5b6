"""Raw bytes → Message: the one cheap reading of a mail that everything else starts from."""

import re
from datetime import datetime

from mailgate.mail import message_id
from mailgate.mail.message import Attachment, Author, Message
from mailgate.mail.wire.address_list import read_addresses
from mailgate.mail.wire.charset import codec_for, decode
from mailgate.mail.wire.date import read_date
from mailgate.mail.wire.defects import Defect
from mailgate.mail.wire.headers import MAX_ADDRESS_BYTES, Block, decode_words, unfold
from mailgate.mail.wire.mime import Leaf, take_apart
from mailgate.mail.wire.parameters import file_name, other_file_names
from mailgate.mail.wire.sniff import sniff
from mailgate.mail.words.html_text import MAX_HTML, marked_text, with_links, without_marks
from mailgate.mail.words.reply_text import own_text

_ADDRESS_FIELDS = frozenset({"from", "to", "cc", "reply-to", "bcc", "sender", "resent-to", "resent-cc", "resent-from"})
_ONCE = ("from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references")  # RFC 5322 §3.6
MAX_TEXT_BYTES = 4 * 1024 * 1024  # of the bodies of one type; files count for nothing here

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)


def parse(raw: bytes, *, render_html: bool = True) -> Message:
    """Read a message; never raises, whatever the bytes are: what was wrong is in `defects`.

    Line ends may be CRLF, LF or bare CR; mbox `From ` lines and blank lines before the header are skipped. With
    `render_html=False` an HTML body is rendered only where it is the one that is read (there is no text/plain), and
    `html_text` is None otherwise: intake needs no more, and rendering costs more than all the rest.
    """
    # The old Macintosh way has CR alone; it stays as long, so that places in it stay the same.
    tree = take_apart(raw if b"\n" in raw else raw.replace(b"\r", b"\n"))
    defects = [*_byte_defects(raw, tree.block.body_at), *tree.defects]
    charset = next((found for leaf in tree.leaves if (found := _charset(leaf))), None)
    block = _within_limits(tree.block, defects)
    charset = _header_charset(block, charset)
    defects.extend(Defect.REPEATED_FIELD for name in _ONCE if len(block.every(name)) > 1)

    bodies = [leaf for leaf in tree.leaves if _is_body(leaf)]
    plain = _texts(bodies, "text/plain", defects)
    sources = _texts(bodies, "text/html", defects)
    text = "\n".join(plain)
    shown = None
    source = text
    if sources and (render_html or not text.strip()):
        if sum(map(len, sources)) > MAX_HTML:
            defects.append(Defect.HTML_TOO_LONG)
            sources = _first_of(sources, MAX_HTML)
        marked = "\n".join(marked_text(source) for source in sources)
        shown = without_marks(marked)
        if not text.strip():
            text, source = shown, marked
    own = own_text(source)
    identifier = decode_words(_first(block, "message-id", charset) or "")
    parsed_id = message_id.read_id(identifier) if identifier else None
    if identifier and (parsed_id is None or "@" not in parsed_id):
        defects.append(Defect.BAD_MESSAGE_ID)
    return Message(
        message_id=parsed_id,
        date=_date(_first(block, "date", charset), defects),
        author=_author(block, charset, defects),
        to=_addresses(block, "to", charset),
        cc=_addresses(block, "cc", charset),
        reply_to=_addresses(block, "reply-to", charset),
        subject=decode_words(_first(block, "subject", charset) or ""),
        in_reply_to=_ids(block, "in-reply-to", charset),
        references=_ids(block, "references", charset),
        text=text,
        html_text=shown,
        reply_text=own or with_links(source).strip(),
        own_text=own,
        marked_text=source,
        attachments=_attachments(tree.leaves, bodies, sources),
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
    # LF alone throughout is how a pipe or a file holds mail; only a mixture is odd. Counting is quicker than a search.
    lines, pairs, returns = text.count(b"\n"), text.count(b"\r\n"), text.count(b"\r")
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
    return decode_words(unfold(value, charset, may_guess=False), guesses=0)


def _first(block: Block, name: str, charset: str | None) -> str | None:
    value = block.first(name)
    return None if value is None else unfold(value, charset)


def _addresses(block: Block, name: str, charset: str | None) -> tuple[Author, ...]:
    return tuple(one for value in block.every(name) for one in read_addresses(unfold(value, charset)))


def _author(block: Block, charset: str | None, defects: list[Defect]) -> Author | None:
    authors = _addresses(block, "from", charset)
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


def _ids(block: Block, name: str, charset: str | None) -> tuple[str, ...]:
    # Python's own mailer makes encoded words of a long id, which no id may hold; so it can be read in one way only.
    return message_id.read_ids(decode_words(_first(block, name, charset) or ""))


def _charset(leaf: Leaf) -> str | None:
    return leaf.type_field.parameters.get("charset") if leaf.content_type.startswith("text/") else None


def _is_body(leaf: Leaf) -> bool:
    return (
        leaf.content_type in ("text/plain", "text/html")
        and leaf.disposition.value != "attachment"
        and file_name(leaf.disposition, leaf.type_field) is None
    )


def _texts(bodies: list[Leaf], content_type: str, defects: list[Defect]) -> list[str]:
    """The bodies of one type as text, together no longer than MAX_TEXT_BYTES: nobody reads more, and text costs."""
    texts: list[str] = []
    left = MAX_TEXT_BYTES
    for leaf in bodies:
        if leaf.content_type == content_type:
            if len(leaf.content) > left:
                defects.append(Defect.TEXT_TOO_LONG)
            texts.append(_decoded(leaf, leaf.content[:left], defects))
            left = max(0, left - len(leaf.content))
    return texts


def _first_of(texts: list[str], limit: int) -> list[str]:
    """As much of the texts, from the first, as fits into this many characters."""
    kept: list[str] = []
    for text in texts:
        kept.append(text[:limit])
        limit -= len(kept[-1])
    return kept


def _decoded(leaf: Leaf, content: bytes, defects: list[Defect]) -> str:
    charset = _charset(leaf)
    if leaf.content_type == "text/html" and (charset is None or codec_for(charset) is None):
        found = _META_CHARSET.search(content, 0, 4096)
        charset = found[1].decode("ascii") if found else charset
    text, right = decode(content, charset)
    if not right and content:
        defects.append(Defect.BAD_CHARSET)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _attachments(leaves: tuple[Leaf, ...], bodies: list[Leaf], sources: list[str]) -> tuple[Attachment, ...]:
    is_body = {id(leaf) for leaf in bodies}
    return tuple(
        Attachment(
            filename=file_name(leaf.disposition, leaf.type_field),
            content_type=leaf.content_type,
            content=leaf.content,
            inline=leaf.disposition.value == "inline"
            or (leaf.content_id is not None and any(f"cid:{leaf.content_id}" in source for source in sources)),
            content_id=leaf.content_id,
            other_names=other_file_names(leaf.disposition, leaf.type_field),
        )
        for leaf in leaves
        if id(leaf) not in is_body
    )
