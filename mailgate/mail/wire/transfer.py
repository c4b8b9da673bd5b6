"""Content transfer encodings (RFC 2045 §6) as they are really used; never raises."""

import binascii
import re
from itertools import islice

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BASE64 = _LETTERS + b"=\r\n"
_NOT_BASE64 = bytes(set(range(256)) - set(_LETTERS))
_SMALL = b"abcdefghijklmnopqrstuvwxyz"
_HIGH = bytes(range(128, 256))
_SHORT = 24  # bytes at the top that may be a word, or the beginning of base64
_SAMPLE = 2_000  # bytes that tell words from base64
_BASE64_LINES = re.compile(rb"(?:(?:[A-Za-z0-9+/]{3}[A-Za-z0-9+/=])++=?[ \t]*+\r?\n|[ \t]*\r?\n)*+")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_MAX_UU_LINES = 1_000_000  # 45 bytes in each is the rule: more than any mail holds
_UU_BEGIN = re.compile(rb"^begin [^\r\n]*", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]++")


def decode_transfer(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """Undo one transfer encoding; False when it was damaged or unknown and the bytes are the best that could be had."""
    match _NO_LETTER.sub("", encoding):
        case "" | "7bit" | "8bit" | "binary":
            return body, True
        case "base64":
            if (plain := _plain_base64(body)) is not None:
                return plain, True
            coded, rest = _without_words(body)
            content, whole = decode_base64(coded)
            return content + rest, whole and not rest
        case "quotedprintable":
            return binascii.a2b_qp(body), True
        case "xuuencode" | "uuencode" | "xuue" | "uue":
            return _decode_uu(body)
        case _:
            return body, False


def _plain_base64(body: bytes) -> bytes | None:
    """What is encoded where there is nothing but base64 and line ends, as in nearly every file; None for all else.

    Its length tells: the decoder skips whatever is no letter, and raises where padding lacks.
    """
    letters = body.replace(b"\r", b"").replace(b"\n", b"")
    try:
        content = binascii.a2b_base64(letters)
    except binascii.Error:
        return None
    return content if len(letters) == (len(content) + 2) // 3 * 4 else None


def _without_words(body: bytes) -> tuple[bytes, bytes]:
    """What may be base64, and the words behind it, where a gateway put its own or nothing was encoded at all."""
    if not body.translate(None, _BASE64):
        return body, b""
    coded = _BASE64_LINES.match(body)
    end = coded.end() if coded else 0
    if end < _SHORT and b"=" not in body[:end]:  # `Dear`
        end = 0
    if end < len(body) and _is_prose(body[end : end + _SAMPLE]):
        return body[:end], body[end:]
    return body, b""


def _is_prose(text: bytes) -> bool:
    """Words with blanks, or mostly small letters, of which base64 has a third, or letters that base64 has not."""
    letters = len(text) - len(text.translate(None, _LETTERS[:-2]))
    small = len(text) - len(text.translate(None, _SMALL))
    lengths = [len(word) for word in text.split()]
    # Words of capitals: base64 with blanks has them in even places.
    if len(lengths) * 12 > len(text) and len(set(lengths)) > 2:
        return True
    others = text.translate(None, _BASE64)
    foreign = len(others) - len(others.translate(None, _HIGH))
    return foreign * 4 > len(text) or (len(others) * 20 > len(text) and small >= letters * 0.7)


def decode_base64(data: bytes) -> tuple[bytes, bool]:
    """Decode base64 with line breaks, stray characters, without padding or cut off; False when it needed mercy."""
    try:
        return binascii.a2b_base64(data), True
    except binascii.Error:
        letters = data.translate(None, _NOT_BASE64)
        tail = len(letters) % 4
        if tail == 1:  # six bits are no byte
            return binascii.a2b_base64(memoryview(letters)[:-1]), False
        return binascii.a2b_base64(letters + b"=="[: -tail % 4]), False


def _decode_uu(body: bytes) -> tuple[bytes, bool]:
    begin = _UU_BEGIN.search(body)
    if begin is None:
        return body, False
    decoded = bytearray()
    lines = _LINE.finditer(body, begin.end())  # not a list of lines: millions of short ones do not fit
    for found in islice(lines, _MAX_UU_LINES):
        line = found[0]
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            decoded += binascii.a2b_uu(line)
        except binascii.Error:  # some encoders leave rubbish behind the counted bytes
            counted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                decoded += binascii.a2b_uu(line[:counted])
            except binascii.Error:
                return bytes(decoded), False
    return bytes(decoded), True
