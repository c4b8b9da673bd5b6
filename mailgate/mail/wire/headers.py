"""Header fields of broken and encoded mail: split off, unfolded, decoded; never raises."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mailgate.mail.bounds import MAX_FIELDS, MAX_GUESSES, MAX_HEADER_BYTES
from mailgate.mail.wire.charset import NO_GUESSES, Guesses, codec_for, decode, storable
from mailgate.mail.wire.defects import Defect
from mailgate.mail.wire.transfer import decode_base64

_MAX_MBOX_LINES = 100

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLOCK_END = re.compile(rb"\n\r*\n")  # some relays write CR CR LF
_LINE_ENDS = re.compile(rb"[\r\n]+")
_MBOX_FROM = re.compile(rb">?From [^\n]*\n")
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:")  # RFC 5322 §2.2; blanks before the colon: §4.5 (obsolete)
# A field of a mail for sure, whatever stands around it; a line of a letter may begin with "From:" or "Date:", too.
_SURE = re.compile(
    rb"(from|to|cc|reply-to|sender|return-path|delivered-to)[ \t]*:.*@|(date)[ \t]*:.*\d:\d\d|(subject)[ \t]*:"
    rb"|(mime-version)[ \t]*:[ \t]*\d|(message-id|in-reply-to|references)[ \t]*:[ \t]*<"
    rb"|(content-[a-z-]+|received|dkim-signature|x-mailer|user-agent|list-[a-z]+|arc-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_OFTEN = frozenset({b"received"})  # these go on where others have been before
_SHOWN = frozenset(
    {"from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"}
    | {"content-type", "content-disposition", "content-transfer-encoding"}
)
_FOLDED = 60  # bytes: programs fold where a line is full
_FOLD = re.compile(rb"(?<!\r)\r*+\n[ \t]")  # looked for at the first CR of a run alone: it may be long

# An encoded word (RFC 2047 §2, language by RFC 2231 §5). Senders put `?` and blanks into the text, and no blanks
# around the word; so `?` ends it only before `=`. At most 60 of them: many starts without an end need square time.
_ENCODED_WORD = re.compile(
    r"=\?([^\s?*]{1,60})(?:\*[^\s?]{0,40})?\?(?:([bB])\?([^?]*+)|([qQ])\?((?:[^?]++|\?(?!=)){0,60}+))\?="
)
_CONTROL = re.compile("[\x01-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True)  # without slots: its fields are put in order once
class Block:
    """The header of a message or part: its fields as bytes, still folded, and where its body begins."""

    fields: tuple[tuple[str, bytes], ...]
    body_at: int
    defects: tuple[Defect, ...]

    def first(self, name: str) -> bytes | None:
        """The value of the first field of this (lower-case) name."""
        values = self._by_name.get(name)
        return values[0] if values else None

    def every(self, name: str) -> tuple[bytes, ...]:
        """The values of all fields of this (lower-case) name."""
        return tuple(self._by_name.get(name, ()))

    @cached_property
    def _by_name(self) -> Mapping[str, list[bytes]]:
        named: dict[str, list[bytes]] = {}
        for field, value in self.fields:
            named.setdefault(field.lower(), []).append(value)
        return named


def split_block(raw: bytes, start: int = 0, end: int | None = None) -> Block:
    """Split the header off what stands between `start` and `end`.

    Blank lines and mbox `From ` lines before the first field are skipped. A line that can be no field, such as a
    continuation that lost its blank, ends the header only where no field of a mail follows before the blank line.
    """
    end = len(raw) if end is None else end
    defects: list[Defect] = []
    start = _skip_to_first_field(raw, start, end, defects)
    if raw[start : start + 1] in (b"\n", b"\r"):  # a part whose header is empty
        newline = raw.find(b"\n", start, end)
        return Block((), newline + 1 if newline >= 0 else end, ())
    blank = _BLOCK_END.search(raw, start, end)
    block_end, body_at = (blank.start() + 1, blank.end()) if blank else (end, end)
    if block_end - start > MAX_HEADER_BYTES:
        defects.append(Defect.HEADER_TOO_LONG)
        block_end = start + MAX_HEADER_BYTES
    fields, stray_at = _fields(raw[start:block_end].split(b"\n"), defects)
    return Block(tuple(fields), body_at if stray_at is None else min(start + stray_at, end), tuple(defects))


def _fields(lines: list[bytes], defects: list[Defect]) -> tuple[list[tuple[str, bytes]], int | None]:
    """The fields in these lines, and where the line begins that ends them because it can be none."""
    fields: list[tuple[str, bytes]] = []
    name = ""
    value: list[bytes] = []
    seen: set[bytes] = set()
    last: Mapping[bytes, int] | None = None
    at = 0
    for number, ended in enumerate(lines):
        line = ended.rstrip(b"\r")
        if line[:1] in (b" ", b"\t"):
            value.append(line)  # of no field, before the first one: dropped below
        elif found := _FIELD.match(line):
            if name:
                fields.append((name, b"\n".join(value)))
            name, value = found[1].decode("ascii"), [line[found.end() :]]
            seen.add(found[1].lower())
            if len(fields) >= MAX_FIELDS:
                defects.append(Defect.TOO_MANY_FIELDS)
                return fields, None
        elif line.startswith((b"From ", b">From ")):  # an mbox line that slipped in between
            defects.append(Defect.MBOX_FROM_LINE)
        elif line.strip():
            defects.append(Defect.BAD_HEADER_LINE)
            last = _last_of_each(lines) if last is None else last
            goes_on = any(place > number and (known not in seen or known in _OFTEN) for known, place in last.items())
            if not goes_on or line.startswith(b"--"):  # the latter begins a part
                return [*fields, (name, b"\n".join(value))] if name else fields, at
            if value and _continues(name, value[-1], line):
                value.append(b" " + line)
        at += len(ended) + 1
    if name:
        fields.append((name, b"\n".join(value)))
    return fields, None


def _last_of_each(lines: list[bytes]) -> Mapping[bytes, int]:
    """Where the last field of each name stands, of those whose name and value no line of a text has by chance."""
    return {found[found.lastindex or 0].lower(): at for at, line in enumerate(lines) if (found := _SURE.match(line))}


def _continues(name: str, above: bytes, line: bytes) -> bool:
    """A line that is no field ends the value above, having lost its blank; else it is somebody's remark."""
    if name.lower() not in _SHOWN:
        return True  # a trace, a signature: nobody reads it
    above = above.strip()
    return (
        len(name) + len(above) >= _FOLDED or above.endswith((b",", b";", b"=")) or line.startswith((b"=?", b"<", b"("))
    )


def _skip_to_first_field(raw: bytes, start: int, end: int, defects: list[Defect]) -> int:
    if start:  # only a whole message has been through mailboxes and editors
        return start
    if raw.startswith(_BYTE_ORDER_MARK):
        start = len(_BYTE_ORDER_MARK)
    if blank := _LINE_ENDS.match(raw, start, end):
        start = blank.end()
    for _ in range(_MAX_MBOX_LINES):
        found = _MBOX_FROM.match(raw, start, end)
        if not found:
            break
        defects.append(Defect.MBOX_FROM_LINE)
        start = found.end()
    return start


def unfold(value: bytes, charset: str | None = None, *, guesses: Guesses | None = None) -> str:
    """One field's value as text on one line, encoded words as they stand; raw 8-bit text is read as best it can be.

    `charset` is what the body declares: where a header holds raw bytes, it mostly tells their charset too.
    """
    if b"\n" in value:
        value = _FOLD.sub(b" ", value)
    try:
        text = value.decode("utf-8")  # ASCII, or RFC 6532
    except UnicodeError:
        text = decode(value, charset, guesses)[0]
    if text.isprintable():  # nearly every value
        return text.strip()
    if "\x1b" in text:  # raw ISO-2022-JP is ASCII, too
        text = decode(value, None)[0]
    return one_line(text)


def one_line(text: str) -> str:
    """The text without NUL, lone surrogates and line breaks: what may stand in a header or a list.

    A decoded line break becomes a blank, so that `hi\\r\\nBcc: x` stays one value (and shows what was tried).
    """
    if text.isprintable():
        return text.strip()
    text = storable(text)
    return (text if text.isprintable() else _CONTROL.sub(" ", text)).strip()


def decode_words(text: str, guesses: Guesses | None = None) -> str:
    """Decode the encoded words of an unfolded value; adjacent ones are joined before decoding.

    At most MAX_GUESSES of them are read otherwise than they declare, and none when no `guesses` are left.

    RFC 2047 §6.2 drops blanks between encoded words. Senders cut multi-byte characters in half between two words,
    which §5 forbids: so the bytes of neighbours in one charset are decoded together.
    """
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending: list[bytes] = []
    charset = ""
    at = 0
    left = MAX_GUESSES

    def put() -> None:
        nonlocal left
        if pending:
            text, right = decode(b"".join(pending), charset, guesses if left > 0 else NO_GUESSES)
            left -= not right
            pieces.append(text)
            pending.clear()

    for word in _ENCODED_WORD.finditer(text):
        gap = text[at : word.start()]
        at = word.end()
        is_next = bool(pending) and not gap.strip()  # RFC 2047 §6.2: the blank between two of them goes
        if not is_next or word[1].lower() != charset:
            put()
        pieces.append("" if is_next else gap)
        charset = word[1].lower()
        pending.append(_word_bytes(word))
    put()
    pieces.append(text[at:])
    return one_line("".join(pieces))


def _word_bytes(word: re.Match[str]) -> bytes:
    if word[2]:
        return decode_base64(word[3].encode("utf-8"))[0]
    # What needed no decoding goes back to the word's own charset, so that all of it is decoded alike.
    codec = "ascii" if word[5].isascii() else codec_for(word[1]) or "utf-8"
    return binascii.a2b_qp(word[5].encode(codec, "replace"), header=True)


def decode_value(value: bytes, charset: str | None = None) -> str:
    """The whole value of an unstructured field as a person should read it."""
    return decode_words(unfold(value, charset))
