"""The words of mail systems (`lexicon.toml`, read once with the code) as patterns over the normal form."""

import re
import tomllib
import unicodedata
from importlib import resources

from mailgate.mail.bounces.lookup import Lookup


def fold(text: str) -> str:
    """Lower case, without accents, compatible forms of letters made one."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(one for one in apart if not 0x300 <= ord(one) < 0x370))


_IDEOGRAPHS = "\u3040"  # from here on words are not set apart by blanks


def _read() -> dict[str, str]:
    text = resources.files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8")
    return {about: _alternatives(" ".join(words.values())) for about, words in tomllib.loads(text).items()}


def _alternatives(words: str) -> str:
    """The text of a pattern for any of the words, the longest first."""
    return f"(?:{'|'.join(map(_pattern, sorted(set(words.split()), key=lambda word: (-len(word), word))))})"


def _pattern(word: str) -> str:
    core = re.escape(fold(word).strip("-").replace("_", " "))
    if word[:1] >= _IDEOGRAPHS:
        return core
    before = r"\w{0,20}" if word.startswith("-") else r"(?<!\w)"
    return rf"{before}{core}" + (r"\w{0,20}" if word.endswith("-") else r"(?!\w)")


WORDS = _read()
"""The text of a pattern by what its words are about: the tables of `lexicon.toml`."""


def about(*tables: str) -> Lookup:
    """Any word of these tables."""
    return Lookup("|".join(WORDS[table] for table in tables))


def near(first: str, second: str, gap: int) -> str:
    """The text of a pattern: two patterns in this order, with at most `gap` other words between them."""
    return rf"(?:{first})\W{{0,3}}(?:\w{{1,30}}\W{{1,3}}){{0,{gap}}}?(?:{second})"
