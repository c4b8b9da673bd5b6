"""Bytes to text: the charsets that mail really uses, whatever it declares; never raises."""

import re
from functools import lru_cache

from mailgate.mail.wire.sniff import sniff

# Mail often declares a subset of what it uses; the superset reads both (WHATWG Encoding §4.2 does the same).
_SUPERSET = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi-x3.4-1968": "utf-8",
    "646": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "utf-16": "utf-16",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ansi": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8-e": "cp1255",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gb-2312": "gb18030",
    "gb2312-80": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "ks-c-5601-1987": "cp949",
    "ks-c-5601": "cp949",
    "ksc5601": "cp949",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9.:-]{0,39}\Z")  # no look-up of module names that a stranger chose
# Codecs of Python that are no charsets of text: their results are not what any sender wrote.
_NO_CHARSET = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
# Japanese mail programs put row 13 (circled digits and the like) into ISO-2022-JP, where it is not: Python's codec
# stops there, but EUC-JIS-2004 has that row, and is the same two bytes with their high bits set.
_KANJI = re.compile(rb"\x1b\$[@B]((?:[\x21-\x7e]{2})*)(?:\x1b\([BJ])?")
_SHIFTED = re.compile(rb"\x1b\$[@B]|\x1b\([IJ]|\x1b\$\)C")
_EIGHT_BIT = frozenset({"utf-8", "cp1252", None})
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL takes no NUL, UTF-8 no lone surrogate


@lru_cache(maxsize=256)
def codec_for(charset: str) -> str | None:
    """The codec that reads this declared charset; None when nobody knows it."""
    name = charset.strip(" \t\"'").lower().replace("_", "-")
    if not _NAME.match(name) or name in _NO_CHARSET:
        return None
    codec = _SUPERSET.get(name, name)
    try:
        b"".decode(codec)  # LookupError also for zlib, hex and their like, which are codecs but not of text
        b"a\n".decode(codec, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None
    return codec


def decode(data: bytes, charset: str | None = None) -> tuple[str, bool]:
    """Decode by the declared charset, else as UTF-8, else by a guess; False when the declaration was no help.

    Nothing declared is no fault, as long as the bytes are UTF-8.
    """
    codec = codec_for(charset) if charset else "utf-8"
    if codec in _EIGHT_BIT and _SHIFTED.search(data) and data.isascii():  # ISO-2022 is ASCII by its bytes, and no text
        shifted = "iso2022_kr" if b"\x1b$)C" in data else "iso-2022-jp"
        text, right = decode(data, shifted)
        if right:
            return text, False
    if codec == "cp1252" and not data.isascii():  # no Latin text happens to be well-formed UTF-8
        try:
            return storable(data.decode("utf-8")), False
        except UnicodeError:
            pass
    if codec:
        try:
            return storable(data.decode(codec)), True
        except (UnicodeError, ValueError):
            pass
    if codec == "iso-2022-jp":
        try:
            return storable(_KANJI.sub(_vendor_kanji, data).decode("utf-8")), True
        except (UnicodeError, ValueError):
            pass
    if codec != "utf-8" and (codec is None or not data.isascii()):  # escape sequences are UTF-8, and no text
        try:
            return storable(data.decode("utf-8")), False
        except UnicodeError:
            pass
    return storable(_guess(data, codec)), False


def _vendor_kanji(run: re.Match[bytes]) -> bytes:
    return bytes(byte | 0x80 for byte in run[1]).decode("euc_jis_2004").encode("utf-8")


def _guess(data: bytes, codec: str | None) -> str:
    if codec and codec != "utf-8":  # mostly right, with a few broken bytes: cut or damaged on the way
        return data.decode(codec, "replace")
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 2 < sum(ch > "\x7f" for ch in text):
        return text
    return data.decode(sniff(data) or "cp1252", "replace")


def storable(text: str) -> str:
    """The text without NUL and lone surrogates: every text that leaves this package has come through here."""
    return text if text.isascii() and "\0" not in text else _UNSTORABLE.sub("", text)
