"""TemplateSource: one template file, compiled; its body is rendered as text, and as Markdown with marks for data."""

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from types import CodeType
from typing import Any

from jinja2 import BaseLoader, BytecodeCache, ChainableUndefined, Environment, StrictUndefined, Undefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailgate.language.telling import speech
from mailgate.letters.colour import USUAL
from mailgate.outbound.direction import RTL, isolated_text
from mailgate.outbound.filters import FILTERS
from mailgate.outbound.mail_link import IN_MARKDOWN, IN_TEXT
from mailgate.outbound.markup import BREAK, SMALL_PRINT, Data, Markdown, to_html, worded
from mailgate.outbound.plain_text import one_line, readable
from mailgate.outbound.text_table import laid_out, with_tables

MAX_HTML_SOURCE = 100_000  # characters of text; Gmail clips HTML near 102 kB, while plain text is shown to its end

_missing: ContextVar[list[str] | None] = ContextVar("_missing", default=None)


class MissingValue(ChainableUndefined):
    """A value that the notice does not have: shows as nothing, and its name is noted."""

    __slots__ = ()

    def _note(self) -> None:
        names = _missing.get()
        name = self._undefined_name or "?"
        if names is not None and name not in names:
            names.append(name)

    def __str__(self) -> str:
        self._note()
        return ""

    def __bool__(self) -> bool:
        self._note()
        return False

    def __iter__(self) -> Iterator[Any]:
        self._note()
        return iter(())


class TemplateSource:
    """The compiled form of `Subject: …`, a blank line and a body in Markdown; `parts` has what the body includes.

    Header and body are taken apart before anything is rendered: no value can end the one and begin the other.
    Raises ValueError or jinja2.TemplateError for a source that is no template.
    """

    __slots__ = ("_markdown", "_subject", "_text")

    def __init__(self, source: str, *, parts: BaseLoader | None = None, strict: bool = False) -> None:
        as_text, as_markdown = (
            one.overlay(loader=parts, auto_reload=False) for one in (_STRICT if strict else _LENIENT)
        )
        header, blank_line, body = source.partition("\n\n")
        name, colon, subject = header.partition(":")
        if not blank_line or not colon or name.strip().lower() != "subject" or "\n" in header:
            raise ValueError("a template begins with the line 'Subject: …' and a blank line")
        self._subject = as_text.from_string(subject)
        # Two empty lines in place of the header keep the line numbers of errors true.
        self._text = as_text.from_string("\n\n" + body)
        self._markdown = as_markdown.from_string("\n\n" + body)

    def render(self, values: Mapping[str, object], colour: str = USUAL) -> tuple[str, str, str, tuple[str, ...]]:
        """Subject, text, the HTML of the body ("" where the text is too long for it) and the missing values' names.

        `colour`, `#rrggbb`, is that of buttons.
        """
        missing, data = list[str](), Data()
        noted, marked = _missing.set(missing), worded.set(data)
        try:
            subject = one_line(self._subject.render(values))
            if not subject:
                raise ValueError("the subject is empty")
            text = laid_out(self._text.render(values).strip("\n") + "\n")
            direction = str(speech().locale.text_direction)
            markdown = "" if len(text) > MAX_HTML_SOURCE else self._markdown.render(values).strip("\n")
            html = to_html(markdown, data, direction, colour)
            if direction == RTL:
                text = isolated_text(text)
        finally:
            _missing.reset(noted)
            worded.reset(marked)
        return subject, text, html, tuple(missing)


class _Parts(BytecodeCache):
    """What was compiled of the parts that many templates include; a part that has changed is compiled anew.

    One of each environment: what Jinja makes of a constant depends on it.
    """

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, CodeType]] = {}  # by name and file, with the digest of the source

    def load_bytecode(self, bucket: Bucket) -> None:
        digest, code = self._compiled.get(bucket.key, ("", None))
        bucket.code = code if digest == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._compiled[bucket.key] = (bucket.checksum, bucket.code)


def _words(value: object) -> str:
    if value is None or isinstance(value, Undefined):
        return str(value or "")  # a strict Undefined raises here, a lenient one is noted
    return readable(str(value)).strip("\n")


@pass_context  # also what a template writes as a constant is data of each mail anew
def _marked_words(_: Context, value: object) -> str:
    return value if isinstance(value, Markdown) else worded.get().mark(_words(value))


def _environment(
    finalize: Callable[..., str], links: Mapping[str, Callable[..., str]], undefined: type[Undefined], *, is_html: bool
) -> Environment:
    # Neither result is HTML: text goes out as it is; Markdown has marks for the data and is rendered without raw HTML.
    environment = ImmutableSandboxedEnvironment(
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
        undefined=undefined,
        bytecode_cache=_Parts(),
    )
    environment.filters.update(FILTERS, **links)
    # `html`: which part is written; `sign_off`: all below it is small print, and no words of the mail (RFC 3676 §4.3).
    # `br`: the end of a line that HTML would run on with the next.
    environment.globals.update(
        html=is_html, sign_off=SMALL_PRINT if is_html else "-- ", br=BREAK if is_html else Markdown()
    )
    return environment if is_html else with_tables(environment)


_LENIENT = (
    _environment(_words, IN_TEXT, MissingValue, is_html=False),
    _environment(_marked_words, IN_MARKDOWN, MissingValue, is_html=True),
)
_STRICT = (
    _environment(_words, IN_TEXT, StrictUndefined, is_html=False),
    _environment(_marked_words, IN_MARKDOWN, StrictUndefined, is_html=True),
)
