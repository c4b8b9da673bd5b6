"""Content-Type and Content-Disposition: the value and its parameters, plain, encoded or continued (RFC 2231)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from mailgate.mail.wire.charset import Guesses, decode
from mailgate.mail.wire.headers import decode_words, one_line

_TYPE = re.compile(r"[!#$&^_.+a-z0-9-]{1,127}/[!#$&^_.+a-z0-9-]{1,127}\Z")  # RFC 6838 §4.2
# Name, `*0` of a continuation, `*` of an encoded piece; then a quoted string or whatever stands before the next `;`.
_PARAMETER = re.compile(
    r"""[;\s]*+(?P<name>[^\s;=*"]{1,60})(?:\*(?P<at>\d{1,3}))?(?P<encoded>\*)?\s*+=\s*+"""
    r"""(?:"(?P<quoted>(?:[^"\\]++|\\.)*+)"[^;]*+|(?P<plain>[^;]*+))"""
)
_PAIR = re.compile(r"\\(.)")  # RFC 5322 §3.2.4: a backslash only protects what follows it
# What programs for Windows send as it stands, against the rule: a drive letter, or two backslashes and a host.
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\|\\\\[\w.-]{1,60}\\")
_PAIR_IN_PATH = re.compile(r"\\([\"\\])")
_SKIP = re.compile(r"[;\s]*+[^;]*+")
_MAX_PARAMETERS = 100
# Base name only, and no character that hides the real name (U+202E turns it around): B25 of the bad inputs.
_HIDING = re.compile("[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_MAX_NAME = 255
_MAX_END = 30  # characters at the end of a longer one, which say what it is


@dataclass(frozen=True, slots=True)
class Structured:
    """A value such as `text/plain` or `attachment`, lower case, with its parameters by lower-case name."""

    value: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    overruled: Mapping[str, str] = field(default_factory=dict)  # given plainly too, and otherwise


def read_structured(text: str, guesses: Guesses | None = None) -> Structured:
    """Read an unfolded Content-Type or Content-Disposition; what cannot be read is left out."""
    value, semicolon, rest = text.partition(";")
    value = value.partition("(")[0].strip().lower()
    if not semicolon:
        if "=" not in value:
            return Structured(value)
        value, _, _ = value.partition(" ")  # `text/plain charset=utf-8`, the semicolon forgotten
        rest = text.strip()[len(value) :]
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    at = 0
    for _ in range(_MAX_PARAMETERS):
        found = _PARAMETER.match(rest, at)
        if not found:
            skipped = _SKIP.match(rest, at)
            if not skipped or skipped.end() == at:
                break
            at = skipped.end()
            continue
        at = found.end()
        name = found["name"].lower()
        quoted = found["quoted"]
        given = _unquoted(quoted) if quoted is not None else found["plain"].strip().strip('"')
        if found["at"] or found["encoded"]:
            pieces.setdefault(name, {}).setdefault(int(found["at"] or 0), (given, bool(found["encoded"])))
        else:
            plain.setdefault(name, given)
    # RFC 2231's form comes second: RFC 6266 §4.3 prefers it where both are given.
    joined = {name: _joined(parts, guesses) for name, parts in pieces.items()}
    return Structured(value, plain | joined, {name: plain[name] for name in joined if name in plain})


def _unquoted(text: str) -> str:
    pair = _PAIR_IN_PATH if _WINDOWS_PATH.match(text) else _PAIR
    return pair.sub(r"\1", text)


def _joined(parts: dict[int, tuple[str, bool]], guesses: Guesses | None) -> str:
    charset = "utf-8"
    joined = b""
    first = min(parts)
    for at, (text, encoded) in sorted(parts.items()):
        if encoded and at == first and text.count("'") >= 2:
            charset, _, escaped = text.split("'", 2)
            joined += unquote_to_bytes(escaped)
        elif encoded:
            joined += unquote_to_bytes(text)
        else:
            joined += text.encode("utf-8", "replace")
    return one_line(decode(joined, charset or "utf-8", guesses)[0])


def media_type(content_type: str, default: str = "text/plain") -> str:
    """A usable `type/subtype`; the default for none or nonsense (RFC 2045 §5.2)."""
    return content_type if _TYPE.match(content_type) else default


def file_name(disposition: Structured, content_type: Structured, guesses: Guesses | None = None) -> str | None:
    """The base name that the sender gave to a file, to be shown; never to be used as a path."""
    return base_name(disposition.parameters.get("filename") or content_type.parameters.get("name"), guesses)


def other_file_names(
    disposition: Structured, content_type: Structured, guesses: Guesses | None = None
) -> tuple[str, ...]:
    """Further names of the same file, which another program may go by: B26 of the bad inputs."""
    given = (
        disposition.parameters.get("filename"),
        content_type.parameters.get("name"),
        disposition.overruled.get("filename"),
        content_type.overruled.get("name"),
    )
    if not any(given[1:]):
        return ()
    shown = file_name(disposition, content_type, guesses)
    names = (base_name(name, guesses) for name in given)
    return tuple(dict.fromkeys(name for name in names if name is not None and name != shown))


def base_name(given: str | None, guesses: Guesses | None = None) -> str | None:
    """A name to be shown: without a path, and without characters that hide what it is; None when nothing is left."""
    if not given:
        return None
    name = _HIDING.sub("", decode_words(given, guesses)).replace("\\", "/").rpartition("/")[2]
    name = one_line(name)
    if len(name) > _MAX_NAME:
        name = name[: _MAX_NAME - _MAX_END] + name[-_MAX_END:]
    return None if name in ("", ".", "..") else name
