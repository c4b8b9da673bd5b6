"""PageTemplates: the templates of pages in one language, and what they may call."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from mailgate.billing.money.words import amount, decimal_number, percent
from mailgate.language.filters import LANGUAGE_FILTERS
from mailgate.language.tags import FALLBACK, direction
from mailgate.language.telling import Speech, moment, speaking, speech
from webview.raster import MAX_PICTURE_BYTES, SHOWN
from webview.reader import Reader
from webview.words import Words


class _CompiledOnce(jinja2.BytecodeCache):
    """In memory: the code of a template is the same in every language."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledOnce()


class PageTemplates:
    """Of two templates with one name that of the first directory counts; `fixed` are values of every page."""

    def __init__(self, directories: Sequence[Path], words: Words, fixed: Mapping[str, object]) -> None:
        self._words = words
        self._environment = environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(directories),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=_COMPILED,
            extensions=["jinja2.ext.i18n"],
        )
        # A macro is made once for all pages of a language, so what it needs of the reader is no argument of it.
        environment.install_gettext_callables(words.messages.gettext, words.messages.ngettext, newstyle=True)  # type: ignore[attr-defined]
        environment.globals.update(fixed, when=when, apart=apart, shown_types=SHOWN, shown_bytes=MAX_PICTURE_BYTES)
        environment.filters.update(LANGUAGE_FILTERS, amount=amount, percent=percent, decimal=decimal_number, clip=clip)

    def compile_all(self) -> None:
        """Now, rather than for the first who asks. Raises TemplateError for one that is none."""
        for name in self._environment.list_templates(["html"]):
            self.compile(name)

    def compile(self, name: str) -> None:
        """One of them. Raises TemplateError."""
        self._environment.get_template(name)

    def render(self, name: str, reader: Reader, values: Mapping[str, object]) -> bytes:
        """A page as bytes. Raises what a template raises that cannot take the values."""
        language = self._spoken(reader.language)
        template = self._environment.get_template(name)
        with speaking(language, reader.timezone, at=reader.at):
            html = template.render({**values, "lang": language, "dir": direction(language)})
        return html.encode("utf-8", "replace")

    def _spoken(self, wanted: str) -> str:
        """How dates are written: as in de-AT where the words are those of de; in English where they are English."""
        found = self._words.language
        is_wanted = found != FALLBACK or wanted.partition("-")[0].lower() == FALLBACK
        return wanted.replace("_", "-") if is_wanted else found


def when(at: datetime) -> Markup:
    """For templates: an instant as the reader tells it, with its offset for programs."""
    return _when(at, speech())


@lru_cache(maxsize=10_000)  # a list has fifty, and is looked at again and again
def _when(at: datetime, told_to: Speech) -> Markup:
    local = at.astimezone(told_to.zone).isoformat("T", "minutes")
    return Markup('<time datetime="{}">{}</time>').format(local, moment(at))


def apart(value: object) -> Markup:
    """For templates: an address or number amid words, which keeps its own direction (`[#7]` is not `[7#]`)."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(escape(value))


def clip(text: str, length: int) -> str:
    """One line, cut when it is longer."""
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
