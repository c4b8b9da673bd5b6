"""Words as somebody typed them, before his mail program made them pretty: no links, no marks that cannot be seen."""

import re

# Soft hyphens, joiners, directions and byte order marks: pasted along, or put in by an editor.
_UNSEEN = "\u00ad\u061c\u180e\ufeff" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x2070)))
)
_BLANK = "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())
_ANYWHERE = str.maketrans(dict.fromkeys(_UNSEEN))
_WIDE_BLANK = re.compile("[\u00a0\u2007\u202f\u3000\t]")
# Outlook and Gmail write the target of a link behind it: `x.org<http://x.org>`, `x.org [http://x.org]`.
_LINKED = re.compile(
    r"(?P<shown>[^\s<>\[\]()]+) ?(?:<(?P<angle>[^\s<>]+)>|\[(?P<square>[^\s\[\]]+)\])",
)
_SCHEME = re.compile(r"\A(?:https?://|mailto:)", re.IGNORECASE)
_STRAIGHT = str.maketrans(dict.fromkeys("“”„‟", '"') | dict.fromkeys("‘’‚‛", "'"))


def seen(line: str) -> str:
    """The line without blanks and unseen marks at its ends."""
    return line.strip(_BLANK + _UNSEEN)


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
