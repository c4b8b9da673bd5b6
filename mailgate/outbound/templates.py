"""Templates: the wording of every mail, by template and locale; built in, and an operator's own in front of it.

Files are `mail/<locale>/<notice>.md` and the layout `mail/base.html`. What several of them say in the same words is a
part that they include, `mail/<locale>/parts/<name>.md`. Templates are found when `Templates` is made and read once: a
changed file counts after a restart.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

import mailgate
from mailgate.errors import Permanent
from mailgate.language.tags import FALLBACK, chain, direction
from mailgate.language.telling import speaking
from mailgate.letters.kind import Template
from mailgate.outbound.frame import PLAIN, Frame
from mailgate.outbound.plain_text import one_line
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.template_source import TemplateSource

MAX_LAYOUT_BYTES = 30_000  # a mail is read on phones, and clients clip what is long

_LAYOUT = Path("mail", "base.html")
_LAYOUTS = ImmutableSandboxedEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)


class TemplateFailed(Permanent):
    """A mail that cannot be worded: not even its built-in template takes the values."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail in words. `html` is "" where the text is too long for it."""

    subject: str  # one line
    text: str
    html: str
    problems: tuple[str, ...]  # for staff: values that were missing, files that failed


def built_in_directory() -> Path:
    """Where the shipped templates stand: inside the installed package, or beside it in a checkout."""
    package = Path(mailgate.__file__).parent
    installed = package / "_templates"
    return installed if installed.is_dir() else package.parent / "templates"


@dataclass(frozen=True, slots=True)
class _File:
    """A template, and the directories in which its parts are looked for."""

    path: Path
    parts: tuple[Path, ...]


class Templates:
    """Finds, compiles and renders; may be used by many threads at once."""

    def __init__(self, override: Path | None = None, built_in: Path | None = None, frame: Frame = PLAIN) -> None:
        self.frame = frame
        self._directories = tuple(path for path in (override, built_in or built_in_directory()) if path is not None)
        self._files = frozenset(path for folder in self._directories for path in folder.glob("mail/*/*.md"))
        self._sources: dict[_File, TemplateSource] = {}
        self._layouts: dict[Path, jinja2.Template] = {}

    def render(
        self,
        template: Template,
        locale: str,
        values: Mapping[str, object],
        *,
        zone: str = "UTC",
        at: datetime | None = None,
    ) -> Rendered:
        """The words of one mail. A missing value is left empty; a file that fails gives way to the next in line.

        Instants are told in `zone`, and with their year when it is not that of `at`, when the mail is written.
        Raises TemplateFailed when none is left.
        """
        problems: list[str] = []
        for file in self._candidates(template, locale):
            path = file.path
            try:
                with speaking(_spoken(locale, path), zone, at=at):
                    subject, text, body, missing = self._source(file).render(values, self.frame.colour)
            except Exception as error:  # noqa: BLE001 - an operator's expression may raise anything; it is reported
                problems.append(_problem(path, error))
                continue
            problems.extend(f"{_label(path)}: no value for {name!r}" for name in missing)
            company = one_line(str(values.get("company") or ""))
            html = body and self._in_layout(body, subject, path.parent.name, company, problems)
            return Rendered(subject, text, html, tuple(problems))
        raise TemplateFailed(f"no template for {template.value!r}: {'; '.join(problems) or 'no such file'}")

    def phrase(self, part: str, locale: str) -> str:
        """A part that is given no values, as one line: `parts/<part>.md`."""
        folders = _part_folders(locale, self._directories)
        return one_line(next(filter(Path.is_file, (folder / f"{part}.md" for folder in folders))).read_text("utf-8"))

    def check(self) -> tuple[str, ...]:
        """Every file rendered strictly with sample values; a line for each mistake, with its line number and a hint."""
        problems = [
            f"mail/{FALLBACK}/{template.value}.md: no such file"
            for template in Template
            if not self._candidates(template, FALLBACK)
        ]
        for path in sorted(self._files):
            try:
                samples = SAMPLES[Template(path.stem)]
            except ValueError:
                problems.append(f"{_label(path)}: no mail has this name{_nearest(path.stem, Template)}")
                continue
            try:
                source = _read(_File(path, self._directories), strict=True)
            except Exception as error:  # noqa: BLE001 - reported, as below
                problems.append(_problem(path, error))
                continue
            for values in samples:
                try:
                    with speaking(path.parent.name, "UTC"):
                        source.render(values)
                except Exception as error:  # noqa: BLE001 - reported, line by line
                    problems.append(_problem(path, error, values))
        for path in (directory / _LAYOUT for directory in self._directories):
            if path.is_file() and path.stat().st_size > MAX_LAYOUT_BYTES:
                problems.append(f"{path}: longer than {MAX_LAYOUT_BYTES} bytes")
        self._in_layout("<p>body</p>", "subject", FALLBACK, "company", problems)
        return tuple(dict.fromkeys(problems))

    def _candidates(self, template: Template, locale: str) -> list["_File"]:
        """Best first; at last the built-in ones with none but built-in parts, should an operator's part be broken."""
        languages = chain(locale)
        ways = [(self._directories, directory, name) for name in languages for directory in self._directories]
        if len(self._directories) > 1:
            built_in = self._directories[-1]
            ways += [((built_in,), built_in, name) for name in languages]
        files = (_File(directory / "mail" / name / f"{template.value}.md", parts) for parts, directory, name in ways)
        return [file for file in files if file.path in self._files]

    def _source(self, file: "_File") -> TemplateSource:
        if file not in self._sources:
            self._sources[file] = _read(file)
        return self._sources[file]

    def _in_layout(self, body: str, subject: str, language: str, company: str, problems: list[str]) -> str:
        values = {
            "lang": language,
            "dir": direction(language),
            "title": subject,
            "body": Markup(body),  # noqa: S704 - made by markup.to_html, in which data is escaped
            "company": company,
            "colour": self.frame.colour,
            "colour_on_dark": self.frame.colour_on_dark,
            "logo": self.frame.logo,
            "logo_id": self.frame.logo_id,
        }
        for path in (directory / _LAYOUT for directory in self._directories):
            try:
                if path not in self._layouts:
                    self._layouts[path] = _LAYOUTS.from_string(path.read_text("utf-8"))
                return self._layouts[path].render(values)
            except FileNotFoundError:  # the usual case: an operator words mails and keeps our layout
                continue
            except Exception as error:  # noqa: BLE001 - as in `render`
                problems.append(_problem(path, error))
        raise TemplateFailed(f"no layout for mails: {'; '.join(problems) or 'no such file'}")


def _read(file: _File, *, strict: bool = False) -> TemplateSource:
    folders = _part_folders(file.path.parent.name, file.parts)
    return TemplateSource(file.path.read_text("utf-8"), parts=jinja2.FileSystemLoader(folders), strict=strict)


def _part_folders(locale: str, directories: Iterable[Path]) -> list[Path]:
    return [directory / "mail" / name / "parts" for name in chain(locale) for directory in directories]


def _spoken(locale: str, path: Path) -> str:
    """How dates are written: as in de-AT where the words are those of de; in English where they are English."""
    found = path.parent.name
    return locale if found in chain(locale)[:-1] or found == locale else found


def _label(path: Path) -> str:
    return "/".join(path.parts[-4:])


def _problem(path: Path, error: Exception, values: Mapping[str, object] | None = None) -> str:
    in_file, line = _place(error)
    label = _label(Path(in_file) if in_file else path)
    where = f"{label}:{line}" if line else label
    unknown = re.match(r"'(\w+)' is undefined", str(error)) if values is not None else None
    return f"{where}: {error}{_nearest(unknown[1], values or ()) if unknown else ''}"


def _place(error: Exception) -> tuple[str | None, int | None]:
    """The part that failed, None for the template itself; and the line in it."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return error.filename, error.lineno
    # Jinja rewrites tracebacks so that a frame of a template stands at the template's own line.
    found: tuple[str | None, int | None] = None, None
    traceback = error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file == "<template>":
            found = None, traceback.tb_lineno
        elif file.endswith(".md"):
            found = file, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, [str(word) for word in known], 1)
    return f"; did you mean {near[0]!r}?" if near else ""
