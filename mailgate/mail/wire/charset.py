"""Bytes to text: the charsets that mail really uses, whatever it declares; never raises."""

import encodings
import re
from encodings.aliases import aliases
from functools import lru_cache

from mailgate.mail.wire.iso_2022_jp import decode_iso_2022_jp
from mailgate.mail.wire.sniff import is_right, sniff

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
    "koi8-r": "koi8-u",
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
_NO_CHARSET = frozenset(
    {
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "idna",
        "mbcs",
        "punycode",
        "quopri_codec",
        "raw_unicode_escape",
        "rot_13",
    }
    | {"undefined", "unicode_escape", "uu_codec", "zlib_codec"}
)
_WITHOUT_ALIAS = ("cp720", "cp737", "cp856", "cp874", "koi8_t", "koi8_u", "mac_croatian", "mac_romanian", "utf_8_sig")
_TEXT_CODECS = frozenset(name for name, codec in aliases.items() if codec not in _NO_CHARSET) | (
    frozenset([*aliases.values(), *_WITHOUT_ALIAS]) - _NO_CHARSET
)
_SHIFTED = re.compile(rb"\x1b\$[@B]|\x1b\([IJ]|\x1b\$\)C")
_ISO_2022_JP = frozenset({"iso-2022-jp", "csiso2022jp", "iso2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "cp50221"})
_EIGHT_BIT = frozenset({"utf-8", "cp1252", None})
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL takes no NUL, UTF-8 no lone surrogate


@lru_cache(maxsize=256)
def codec_for(charset: str) -> str | None:
    """The codec that reads this declared charset; None when nobody knows it."""
    name = charset.strip(" \t\"'").lower().replace("_", "-")
    if not _NAME.match(name):
        return None
    if name in _ISO_2022_JP:
        return "iso-2022-jp"
    codec = _SUPERSET.get(name, name)
    # Only what is known is looked up: Python keeps each name that it was ever asked for.
    return codec if encodings.normalize_encoding(codec) in _TEXT_CODECS else None


class Guesses:
    """How many more values of a mail may be read in other charsets than they declare: to weigh them all takes time."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self) -> bool:
        """One of them; False when there is none left."""
        if self.left <= 0:
            return False
        self.left -= 1
        return True


NO_GUESSES = Guesses(0)


def decode(data: bytes, charset: str | None = None, guesses: Guesses | None = None) -> tuple[str, bool]:
    """Decode by the declared charset if it makes sense, else by another; False when the declaration was no help.

    Nothing declared is no fault, as long as the bytes are UTF-8. Where no `guesses` are left, what is neither UTF-8 nor
    ASCII is read as declared; None: it is worth the time in any case.
    """
    codec = codec_for(charset) if charset else "utf-8"
    if codec and codec.startswith(("utf-16", "utf-32")) and b"\0" not in data:  # no line end, no blank: it is not
        codec = None
    if data.isascii():
        return _decode_ascii(data, codec)
    text = _strictly(data, codec) if codec else None
    if text is not None and codec == "utf-8":
        return storable(text), True
    if guesses is not None and not guesses.take():
        plain = text or _strictly(data, "utf-8") or data.decode("cp1252", "replace")
        return storable(plain), codec is not None
    if text is not None and codec and codec != "cp1252" and is_right(data, codec):
        return storable(text), True
    if codec != "utf-8" and (unicode := _strictly(data, "utf-8")) is not None:  # no other text happens to be UTF-8
        return storable(unicode), False
    if text is None:
        return storable(_guess(data, codec)), False
    chosen = sniff(data, codec)
    if chosen in (None, codec):
        return storable(text), True
    return storable(data.decode(chosen or "utf-8", "replace")), False


def _decode_ascii(data: bytes, codec: str | None) -> tuple[str, bool]:
    # ISO-2022 is ASCII by its bytes, and its escape sequences are no text.
    if codec == "iso-2022-jp" and b"\x1b" in data:
        text = _strictly(data, codec)
        text, right = (text, True) if text is not None else decode_iso_2022_jp(data)
        return storable(text), right
    if codec in _EIGHT_BIT and _SHIFTED.search(data):
        if b"\x1b$)C" in data:
            shifted = _strictly(data, "iso2022_kr")
        else:
            text, right = decode_iso_2022_jp(data)
            shifted = text if right else None
        if shifted is not None:
            return storable(shifted), False
    text = _strictly(data, codec) if codec else None
    return (storable(data.decode("ascii")), False) if text is None else (storable(text), True)


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _guess(data: bytes, codec: str | None) -> str:
    """The best that can be made of bytes that are not in the declared charset, nor in UTF-8."""
    if codec == "iso-2022-jp" and b"\x1b" in data:
        return decode_iso_2022_jp(data)[0]
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 2 < sum(ch > "\x7f" for ch in text):
        return text
    chosen = sniff(data)
    if codec in (None, "utf-8") or (chosen and is_right(data, chosen)):
        return data.decode(chosen or "cp1252", "replace")
    text = data.decode(codec, "replace")  # mostly right, with a few broken bytes: cut or damaged on the way
    is_read = not text.replace("\ufffd", "").isascii()
    return text if is_read else data.decode(chosen or "cp1252", "replace")


def storable(text: str) -> str:
    """The text without NUL and lone surrogates: every text that leaves this package has come through here."""
    if "\0" not in text and (text.isascii() or _is_unicode(text)):
        return text
    return _UNSTORABLE.sub("", text)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()  # a tenth of the time that a pattern takes
    except UnicodeEncodeError:
        return False
    return True
