"""Card numbers leave a mail before it is kept: its text parts and its subject, whatever they are encoded in.

What the mail is otherwise, stays byte for byte. Pictures, PDFs and other files are not looked into.
"""

import binascii
import re
from collections.abc import Iterator
from email.header import Header

from mailgate.mail.bounds import MAX_MASKED
from mailgate.mail.card_numbers import masked
from mailgate.mail.wire import smime
from mailgate.mail.wire.charset import codec_for
from mailgate.mail.wire.headers import decode_value
from mailgate.mail.wire.mime import Leaf, take_apart

MASKED_FIELD = "X-Mailgate-Masked"
"""Stands at the top of a mail in which something was masked, so that its author can be told."""
_MARK = f"{MASKED_FIELD}: card number\r\n".encode("ascii")

_BETWEEN = (
    rb"(?:[^0-9A-Za-z<&=]{1,12}+|=\r?\n|=20|=2D|=C2=A0|=E2=80=[89A][0-9A-F]|=|&nbsp;|&#160;|</?[A-Za-z][^<>]{0,500}+>)"
    rb"{0,6}+"
)
_PERHAPS = re.compile(rb"[2-6][0-9]{3}" + _BETWEEN + rb"[0-9]{4}(?:[0-9]{2})?" + _BETWEEN + rb"[0-9]{4}")
"""Twelve digits that stand together, in whatever way a mail may write them."""
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONGEST = 24  # digits: no card has as many, and a code before them has few
_ENCODED = re.compile(rb"content-transfer-encoding[ \t]*:\s*\"?base64")
_TYPE = re.compile(rb"content-type[ \t]*:\s*([a-z0-9.+-]+/[a-z0-9.+-]+)")
_LARGEST_HEADER = 4096  # bytes of the header of a part
_HEADER_END = re.compile(rb"\n\r*\n")
_SUBJECT = re.compile(rb"\n((?i:subject|thread-topic)[ \t]*:)([^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+)")
_DEPTH = 3  # mails in mails that are looked into


def may_hold_card(raw: bytes) -> bool:
    """A quick look: False where no text of this mail can hold a card number. Takes no time to speak of."""
    end = _HEADER_END.search(raw)
    body_at = end.start() if end else len(raw)
    fields = _SUBJECT.finditer(b"\n" + raw[:body_at])
    if any(b"=?" in field[2] or _PERHAPS.search(field[2]) for field in fields):
        return True
    if any(_PERHAPS.match(raw, at) for at in _runs(raw.translate(_DIGITS), body_at)):
        return True
    lowered = raw.lower()  # a pattern that ignores the case is many times slower
    return b"base64" in lowered and any(_is_text(lowered, found.start()) for found in _ENCODED.finditer(lowered))


def _runs(digits: bytes, at: int) -> Iterator[int]:
    """Each place at which a card number may begin: where four digits stand together."""
    while (at := digits.find(b"0000", at)) >= 0:
        end = at + 4
        while digits[end : end + 1] == b"0":
            end += 1
        yield from range(at, min(end, at + _LONGEST))
        at = end


def without_card_numbers(raw: bytes) -> bytes:
    """The mail with its card numbers masked and MASKED_FIELD on top; the same bytes when there is none."""
    clean = _clean(raw, _DEPTH) if may_hold_card(raw) else raw
    return raw if clean == raw else _MARK + clean


def _is_text(raw: bytes, at: int) -> bool:
    """The part in whose header this stands is one that people read."""
    before = re.split(rb"\n\r*\n", raw[max(0, at - _LARGEST_HEADER) : at])[-1]
    behind = re.split(rb"\n\r*\n", raw[at : at + _LARGEST_HEADER], maxsplit=1)[0]
    named = _TYPE.search(before + behind)
    return named is None or _is_read(named[1].decode("ascii"))


def _is_read(content_type: str) -> bool:
    return content_type.startswith(("text/", "message/")) or content_type in smime.TYPES


def _clean(raw: bytes, depth: int) -> bytes:
    tree = take_apart(raw, opens_signed=False)
    pieces: list[bytes] = []
    end = len(raw)
    for leaf in reversed(tree.leaves):
        if not _is_read(leaf.content_type):
            continue
        content = _clean(leaf.content, depth - 1) if _is_mail(leaf) and depth else _cleaned(leaf)
        start, stop = leaf.at
        if content != leaf.content and stop <= end:
            pieces += [raw[stop:end], _encoded(content, leaf.encoding)]
            end = start
    pieces.append(raw[:end])
    clean = b"".join(reversed(pieces))
    body_at = tree.block.body_at
    return _SUBJECT.sub(_subject, b"\n" + clean[:body_at])[1:] + clean[body_at:]


def _is_mail(leaf: Leaf) -> bool:
    return leaf.content_type == "message/rfc822"


def _cleaned(leaf: Leaf) -> bytes:
    """The part in its own charset; where that does not fit, each byte is a letter, as digits are in nearly all."""
    content, rest = leaf.content[:MAX_MASKED], leaf.content[MAX_MASKED:]
    charset = leaf.type_field.parameters.get("charset", "")
    for codec in ((codec_for(charset) if charset else None) or "utf-8", "latin-1"):
        try:
            text = content.decode(codec)
            if text.encode(codec) != content:  # it begins with a byte order mark, or shifts as nobody else would
                continue
        except UnicodeError:
            continue
        clean = masked(text, is_html=leaf.content_type == "text/html")
        return leaf.content if clean == text else clean.encode(codec) + rest
    return leaf.content


def _encoded(content: bytes, encoding: str) -> bytes:
    match re.sub("[^a-z0-9]", "", encoding):
        case "base64":
            coded = binascii.b2a_base64(content, newline=False)
            return b"\r\n".join(coded[at : at + 76] for at in range(0, len(coded), 76)) + b"\r\n"
        case "quotedprintable":
            return binascii.b2a_qp(content)
        case _:
            return content


def _subject(field: re.Match[bytes]) -> bytes:
    text = decode_value(field[2])
    clean = masked(text)
    if clean == text:
        return field[0]
    value = clean if clean.isascii() else Header(clean, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return b"\n" + field[1] + b" " + value.encode("ascii")
