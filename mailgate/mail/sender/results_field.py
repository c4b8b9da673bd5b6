"""One Authentication-Results field, read by the grammar of RFC 8601 §2.2; a field that breaks it says nothing good.

Much of what stands in it is the sender's: local-parts, host names, what a server quotes in a comment. So a word counts
where the grammar puts it and nowhere else.
"""

import re
from dataclasses import dataclass

MAX_LENGTH = 10_000
"""Characters; a sender can have a field grow by signing many times, and the rest of it then counts as not kept."""

_COMMENT = r"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+\))*+\)"
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_BLANK = re.compile(r"\s++")
_ONE_COMMENT = re.compile(_COMMENT, re.DOTALL)
_KEY = re.compile(r"[A-Za-z0-9_.-]++")
_NUMBER = re.compile(r"[0-9]++")
_VALUE = re.compile(rf'(?:{_QUOTED})?[^\s;"()]*+', re.DOTALL)
_REST = re.compile(rf'(?:[^;"()]++|{_QUOTED}|{_COMMENT})*+', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FAILED_SOMEWHERE = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Property:
    """`ptype.property=pvalue`, its names in lower case, with the comments behind it."""

    name: str
    value: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What one method found, in lower case. `is_whole`: all that stands behind it was understood."""

    method: str
    result: str
    comments: tuple[str, ...]
    properties: tuple[Property, ...]
    is_whole: bool

    def property(self, name: str) -> str | None:
        """The value in lower case; None when there is none, or several that differ."""
        values = {one.value.lower() for one in self.properties if one.name == name}
        return values.pop() if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class ResultsField:
    """Who wrote the field, and what it says. `is_whole`: it kept the grammar to its end."""

    authserv_id: str
    results: tuple[Result, ...]
    is_whole: bool
    has_failed: bool  # it has the words `dmarc=fail`, wherever they stand


def read_results(text: str) -> ResultsField | None:
    """Read an unfolded value; None for one that names no server, or is of a version of which nobody knows yet."""
    scanner = _Scanner(text[:MAX_LENGTH])
    scanner.comments()
    authserv_id = scanner.value()
    scanner.comments()
    version = scanner.take(_NUMBER)
    scanner.comments()
    if not authserv_id or version not in (None, "1"):
        return None
    results: list[Result] = []
    while scanner.mark(";"):
        result = scanner.result()
        if result is not None:
            results.append(result)
    is_whole = scanner.is_at_end and len(text) <= MAX_LENGTH
    has_failed = _FAILED_SOMEWHERE.search(text) is not None
    return ResultsField(authserv_id.lower(), tuple(results), is_whole, has_failed)


class _Scanner:
    """Goes through the text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._text)

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """What stands here, if it is of this kind and not empty."""
        found = pattern.match(self._text, self._at)
        if found is None or not found[0]:
            return None
        self._at = found.end()
        return found[0]

    def mark(self, mark: str) -> bool:
        """Step over one character, if it stands here."""
        is_here = self._text.startswith(mark, self._at)
        self._at += is_here
        return is_here

    def comments(self) -> tuple[str, ...]:
        """Step over blanks and comments (CFWS); the texts of the comments."""
        found: list[str] = []
        while True:
            self.take(_BLANK)
            comment = self.take(_ONE_COMMENT)
            if comment is None:
                return tuple(found)
            found.append(comment[1:-1])

    def value(self) -> str | None:
        text = self.take(_VALUE)
        if text is None or not text.startswith('"'):
            return text
        quoted, _, rest = text[1:].rpartition('"')
        return _ESCAPED.sub(r"\1", quoted) + rest

    def result(self) -> Result | None:
        """One resinfo, up to the next `;`; None for `none`, and for what is no result at all."""
        self.comments()
        method = self.take(_KEY)
        self.comments()
        if self.mark("/"):
            self.comments()
            self.take(_NUMBER)
            self.comments()
        result = None
        if method and self.mark("="):
            self.comments()
            result = self.take(_KEY)
        if method is None or result is None:
            self.take(_REST)
            return None
        comments = self.comments()
        properties: list[Property] = []
        while (found := self._property()) is not None:
            properties.append(found)
        left = self.take(_REST)
        return Result(method.lower(), result.lower(), comments, tuple(properties), not left)

    def _property(self) -> Property | None:
        """`reason=…` and the `action=…` of some servers look like one, too."""
        start = self._at
        name = self.take(_KEY)
        self.comments()
        if name is None or not self.mark("="):
            self._at = start
            return None
        self.comments()
        value = self.value() or ""
        return Property(name.lower(), value, self.comments())
