"""Address fields as people and programs really write them: tolerant, in linear time, never raises.

For showing and for answering; identity is read by `evidence.from_rule` alone, which forgives nothing.
Neither `email.utils.getaddresses` (slow on hostile fields, and it changed its answers in a security release) nor
mail-parser (drops ambiguous entries that a person would still want to see) serves here.
"""

import re

from mailgate.mail.message import Author
from mailgate.mail.wire.charset import Guesses
from mailgate.mail.wire.headers import decode_words, one_line

_MAX_WORDS = 12  # of a name with commas
_MAX_ADDRESS = 320  # 64 + @ + 255 octets: nothing longer can be mailed to

# The repetitions are bounded or possessive: what is opened and never closed must not cost square time.
_TOKEN = re.compile(
    r"""(?P<quoted>"(?:[^"\\]++|\\.){0,500}+")"""
    r"""|(?P<comment>\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.){0,50}+\)){0,100}+\))"""
    r"""|(?P<angle><[^<>]*+>?)"""
    r"""|(?P<mark>[,;:])"""
    r"""|(?P<word>=\?[^\s?]{1,100}\?[bBqQ]\?(?:[^?]++|\?(?!=)){0,60}+\?=|\s++|(?:[^\s,;:()<>"=]++|=(?!\?))++)"""
    r"""|.""",  # a stray quote, bracket or equals sign: dropped
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DOT_ATOM = re.compile(r"[^\s()<>\[\]:;@\\,\"]+\Z")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;()\"]+\Z|\"[^\"]+\"@[^@\s<>,;()\"]+\Z")


def read_addresses(text: str, guesses: Guesses | None = None) -> tuple[Author, ...]:
    """The usable addresses of an unfolded field, in its order; members of groups among them, group names not.

    `text` still holds its encoded words: a comma inside one does not part two addresses.
    """
    found: list[Author | None] = []
    entry = _Entry(guesses)
    for token in _TOKEN.finditer(text):
        if token["mark"] == ":":
            if entry.angle is None:  # `Team: ann@…` and `mailto:ann@…`
                entry = _Entry(guesses)
        elif token["mark"] == "," and entry.is_half_a_name():
            entry.words.append((",", False))
        elif token["mark"]:
            found.append(entry.author())
            entry = _Entry(guesses)
        else:
            entry.take(token)
    found.append(entry.author())
    return tuple(author for author in found if author)


class _Entry:
    """What has been read of one address so far."""

    __slots__ = ("angle", "comments", "guesses", "words")

    def __init__(self, guesses: Guesses | None) -> None:
        self.guesses = guesses
        self.words: list[tuple[str, bool]] = []  # text, was it quoted
        self.comments: list[str] = []
        self.angle: str | None = None

    def take(self, token: re.Match[str]) -> None:
        """Add one token that is no separator."""
        match token.lastgroup:
            case "angle":
                if self.angle is None or "@" not in self.angle:
                    self.angle = token[0].strip("<>").strip()
            case "quoted":
                self.words.append((_ESCAPED.sub(r"\1", token[0][1:-1]), True))
            case "comment":
                self.comments.append(_ESCAPED.sub(r"\1", token[0][1:-1]))
            case "word":
                self.words.append((token[0], False))

    def is_half_a_name(self) -> bool:
        """Words without an address: `Ash, Anne <anne@…>` is one mailbox, whose comma nobody quoted."""
        if not self.words or self.angle is not None or self.comments or len(self.words) > _MAX_WORDS:
            return False
        text = decode_words("".join(text for text, _ in self.words), self.guesses)
        return "@" not in text and not text.isspace()

    def author(self) -> Author | None:
        """What was meant, if it names an address; a comment is the name where there is no other."""
        if self.angle:
            name, address = "".join(text for text, _ in self.words), _address(self.angle, self.guesses)
        else:
            name, address = self._bare()
        return Author(self._shown(name) or self._shown(" ".join(self.comments)), address) if address else None

    def _bare(self) -> tuple[str, str | None]:
        """An address without brackets: `ann@example.org`, `ann @ example.org`, `Ann Lee ann@example.org`."""
        text = "".join(f'"{word}"' if quoted else word for word, quoted in self.words)
        text = text.rpartition(",")[2].strip() if (",", False) in self.words else text.strip()
        if "@" not in text:
            if "=?" not in text:
                return "", None
            # All of it, brackets too, in one encoded word.
            decoded = decode_words(text, self.guesses)
            inner = read_addresses(decoded, self.guesses) if "=?" not in decoded else ()
            return (inner[0].name, inner[0].address) if inner else ("", None)
        if tight := _address(text, self.guesses):
            return "", tight
        words = text.split()
        last = max(at for at, word in enumerate(words) if "@" in word)
        return " ".join(words[:last]).replace('"', ""), _address(words[last], self.guesses)

    def _shown(self, name: str) -> str:
        return " ".join(decode_words(name, self.guesses).split()).strip('"').strip()


def _address(text: str, guesses: Guesses | None) -> str | None:
    """A usable address from what stood in the brackets; None when there is none."""
    if text.startswith("@") and ":" in text:  # a source route, RFC 5322 §4.4
        text = text.rpartition(":")[2]
    text = decode_words(text.removeprefix("mailto:"), guesses)
    text = _without_blanks_at(".", _without_blanks_at("@", one_line(text))).strip("'")
    local, _, domain = text.rpartition("@")
    if local.startswith('"') and local.endswith('"') and _DOT_ATOM.match(local[1:-1]):
        text = f"{local[1:-1]}@{domain}"
    return text if len(text) <= _MAX_ADDRESS and _ADDRESS.match(text) else None


def _without_blanks_at(separator: str, text: str) -> str:
    """`ann @ example. org` → `ann@example.org`; `\\s*` in front of a pattern would cost square time."""
    return separator.join(part.strip() for part in text.split(separator)) if separator in text else text
