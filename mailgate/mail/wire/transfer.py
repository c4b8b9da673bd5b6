"""Content transfer encodings (RFC 2045 §6) as they are really used; never raises."""

import binascii
import re
from itertools import islice

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_LETTERS))
_MAX_UU_LINES = 1_000_000  # 45 bytes in each is the rule: more than any mail holds
_UU_BEGIN = re.compile(rb"^begin [^\r\n]*", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]++")


def decode_transfer(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """Undo one transfer encoding; False when it was damaged or unknown and the bytes are the best that could be had."""
    match encoding:
        case "" | "7bit" | "8bit" | "binary":
            return body, True
        case "base64":
            return decode_base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body), True
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _decode_uu(body)
        case _:
            return body, False


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
