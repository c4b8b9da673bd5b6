"""ISO-2022-JP as Japanese mail programs mean it (CP50221): with the characters of Windows and half-width kana.

Python's codec knows the rows of JIS X 0208 alone, and stops at a name such as that of row 115 or at kana of JIS X 0201.
"""

import re

_ESCAPE = re.compile(rb"(\x1b\$[@B]|\x1b\$\(D|\x1b\([BJIH])")
_KANJI = (b"\x1b$@", b"\x1b$B")
_SUPPLEMENT = b"\x1b$(D"  # JIS X 0212
_KANA = b"\x1b(I"
# Where Windows has other characters for those of the standard.
_STANDARD = str.maketrans("\uff5e\uff0d\u2225\uffe0\uffe1\uffe2", "\u301c\u2212\u2016\xa2\xa3\xac")


def decode_iso_2022_jp(data: bytes) -> tuple[str, bool]:
    """The text, and whether all of it could be read; what could not is U+FFFD."""
    mode = b""
    pieces: list[str] = []
    for piece in _ESCAPE.split(data):
        if _ESCAPE.fullmatch(piece):
            mode = piece
            continue
        # A line that did not say so ends in ASCII all the same.
        shifted, newline, plain = piece.partition(b"\n") if mode else (b"", b"", piece)
        pieces += [_shifted(shifted, mode), (newline + plain).decode("cp932", "replace")]
        if newline:
            mode = b""
    text = "".join(pieces)
    return text, "\ufffd" not in text and "\x1b" not in text


def _shifted(data: bytes, mode: bytes) -> str:
    if mode in _KANJI:
        return _double(data)
    if mode == _SUPPLEMENT:
        pairs = (data[at : at + 2] for at in range(0, len(data), 2))
        return b"".join(b"\x8f" + bytes(byte | 0x80 for byte in pair) for pair in pairs).decode("euc-jp", "replace")
    if mode == _KANA:
        return bytes(byte | 0x80 if 0x20 < byte < 0x60 else byte for byte in data).decode("cp932", "replace")
    return data.decode("cp932", "replace")


def _double(data: bytes) -> str:
    """Two bytes a character, by way of the same character in Shift_JIS, whose rows go as far as those of Windows."""
    coded = bytearray()
    at = 0
    while at < len(data):
        first, second = data[at], data[at + 1] if at + 1 < len(data) else 0
        if first <= 0x20:  # a blank or a line end that nobody shifted back for
            coded.append(first)
            at += 1
            continue
        row = first - 0x21
        lead = (row >> 1) + (0x81 if row < 0x3E else 0xC1)
        trail = second + 0x7E if row & 1 else second + 0x1F + (second >= 0x60)
        coded += bytes((lead & 0xFF, trail & 0xFF))
        at += 2
    return coded.decode("cp932", "replace").translate(_STANDARD)
