"""Content transfer encodings (RFC 2045 §6) as they are really used; never raises."""

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


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
        letters = _NOT_BASE64.sub(b"", data)
        whole = len(letters) - len(letters) % 4
        tail = letters[whole:]
        if len(tail) == 1:  # six bits are no byte
            tail = b""
        return binascii.a2b_base64(letters[:whole] + (tail + b"==" if tail else b"")), False


def _decode_uu(body: bytes) -> tuple[bytes, bool]:
    lines = body.splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith(b"begin ")), None)
    if start is None:
        return body, False
    decoded: list[bytes] = []
    for line in lines[start + 1 :]:
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:  # some encoders leave rubbish behind the counted bytes
            counted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                decoded.append(binascii.a2b_uu(line[:counted]))
            except binascii.Error:
                return b"".join(decoded), False
    return b"".join(decoded), True
