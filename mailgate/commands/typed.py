"""Words as somebody typed them, before his mail program made them pretty: no links, no marks that cannot be seen."""

import re
import unicodedata

# Soft hyphens, joiners, directions, byte order marks, fillers and control characters: pasted along, or put in by an
# editor. Most are Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.
_RANGES = (
    (0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C),
    (0x115F, 0x1160), (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB),
)  # fmt: skip
UNSEEN = "".join(chr(code) for first, last in _RANGES for code in range(first, last + 1))
_BLANK = "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())
_ANYWHERE = str.maketrans(dict.fromkeys(UNSEEN))
_WIDE_BLANK = re.compile("[\u00a0\u2007\u202f\u3000\t]")
# Outlook and Gmail write the target of a link behind it: `x.org<http://x.org>`, `x.org [http://x.org]`.
_LINKED = re.compile(
    r"(?P<shown>[^\s<>\[\]()]+) ?(?:<(?P<angle>[^\s<>]+)>|\[(?P<square>[^\s\[\]]+)\])",
)
_SCHEME = re.compile(r"\A(?:https?://|mailto:)", re.IGNORECASE)
_STRAIGHT = str.maketrans(dict.fromkeys("“”„‟", '"') | dict.fromkeys("‘’‚‛", "'"))


def seen(line: str) -> str:
    """The line without blanks and unseen marks at its ends."""
    return line.strip(_BLANK + UNSEEN)


def plain(words: str) -> str:
    """The letters that a reader sees: nothing unseen, no accents or strokes, no wide, small, bold or circled forms."""
    if words.isascii() and words.isprintable():
        return words
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", words)
        if letter.isspace() or unicodedata.category(letter) not in ("Cf", "Cc", "Mn", "Me", "Cn", "Co")
        if letter not in UNSEEN
    )


def as_typed(words: str) -> str:
    """Plain blanks, and no link behind the words that it repeats; a link to anything else is left as it is."""
    return _LINKED.sub(_unlinked, _WIDE_BLANK.sub(" ", seen(words)))


def one_name(words: str) -> str:
    """A name or an address as typed: nothing unseen in it, and no comma or full stop of the sentence that it ended."""
    name = as_typed(words).translate(_ANYWHERE)
    return name[:-1] if name.endswith((",", ".")) else name


def straight(words: str) -> str:
    """The quotation marks that a keyboard has, in place of those that a mail program made of them."""
    return words.translate(_STRAIGHT)


def _unlinked(found: re.Match[str]) -> str:
    link = found["angle"] or found["square"]
    is_same = _SCHEME.match(link) and _bare(link) == _bare(found["shown"])
    return found["shown"] if is_same else found[0]


def _bare(link: str) -> str:
    return _SCHEME.sub("", link).rstrip("/").casefold()
