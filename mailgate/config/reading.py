"""Reading the settings: file, then environment, then defaults; every mistake of all of them in one pass."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from mailgate.config.checks import (
    CHECKS,
    Mistake,
    build_desks,
    desks_of_folders,
    fallback_smarthosts,
    folders,
    hooks,
    logo_to_send,
)
from mailgate.config.document import read_document
from mailgate.config.environment import Override, overrides
from mailgate.config.kinds import SQLITE
from mailgate.config.problems import ConfigErrors
from mailgate.config.sections import LISTS, Key, keys_of, sections, setting_names
from mailgate.config.settings import DEFAULT_DESKS, DeskEntry, Settings
from mailgate.config.values import from_text, shaped
from mailgate.desks import Desk
from mailgate.toml_text.document import Document
from mailgate.toml_text.positions import KeyPath, dotted
from mailgate.toml_text.problems import BadValue, Place, Problem, nearest


class Source(StrEnum):
    """The three places that values come from; a later one gives way to an earlier one."""

    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Origin:
    """One of the three places; `file` and `line`, or `variable`, are set where they mean something."""

    source: Source
    file: str | None = None
    line: int | None = None
    variable: str | None = None

    def __str__(self) -> str:
        if self.variable is not None:
            return self.variable
        return "default" if self.file is None else f"{self.file}:{self.line}"


DEFAULT = Origin(Source.DEFAULT)


def from_file(file: str, line: int | None) -> Origin:
    """A line of the config file."""
    return Origin(Source.FILE, file=file, line=line)


def from_variable(variable: str) -> Origin:
    """An environment variable."""
    return Origin(Source.ENVIRONMENT, variable=variable)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and where each came from; by path, such as ("smtp", "listen") or ("desk", 0, "name")."""

    settings: Settings
    origins: Mapping[KeyPath, Origin]


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read the config file with the environment's overrides; relative paths are relative to the file's directory.

    Raises ConfigErrors, which holds all problems.
    """
    return load_with_origins(path, environ).settings


def load_with_origins(path: Path, environ: Mapping[str, str]) -> Loaded:
    """As `load`, and tell where each value came from."""
    found, unknown_variables = overrides(environ)
    document = read_document(path)
    if isinstance(document, Problem):  # nothing can be said about settings that were not read
        raise ConfigErrors([document, *unknown_variables])
    directory = path.absolute().parent
    reading = _Reading(document, found, directory)
    settings = reading.settings()
    problems = sorted(reading.problems, key=lambda problem: problem.place.order)
    if problems or unknown_variables:
        raise ConfigErrors([*problems, *unknown_variables])
    return Loaded(anchored(settings, directory), reading.origins)


@dataclass(slots=True)
class _Reading:
    """One pass over all sections. A setting with a problem is `broken`: it keeps its default, no check looks at it."""

    document: Document
    overrides: Mapping[tuple[str, str], Override]
    directory: Path  # where relative paths start
    problems: list[Problem] = field(default_factory=list)
    broken: set[KeyPath] = field(default_factory=set)
    origins: dict[KeyPath, Origin] = field(default_factory=dict)

    def settings(self) -> Settings:
        self.unknown_sections()
        read = {name: self.table((name,), shape, self.section(name)) for name, shape in sections().items()}
        entries = {name: self.entries(name, shape) for name, shape in LISTS.items()}
        desks = self.desks(entries["desk"], read["gate"].domain)
        if not self.is_broken("desk"):
            self.report(desks_of_folders(entries["imap"], desks))
        self.report(folders(entries["imap"]))
        fallbacks = entries["fallback_smarthost"]
        self.report(fallback_smarthosts(fallbacks, read["smarthost"]))
        self.report(hooks(entries["hook"]))
        settings = Settings(
            **read,
            desks=desks,
            imap=tuple(entries["imap"].values()),
            fallback_smarthost=tuple(fallbacks.values()),
            hook=tuple(entries["hook"].values()),
        )
        self.report(filter(None, (check(settings) for check in CHECKS)))
        self.report(filter(None, (logo_to_send(settings, self.directory),)))
        return settings

    def unknown_sections(self) -> None:
        known = [*sections(), *LISTS]
        for name, value in self.document.values.items():
            if name in known:
                continue
            if isinstance(value, dict | list):
                near = nearest(name, known)
                self.problem((name,), f'unknown section "{name}"', near)
            else:
                near = tuple(f"[{section}] {key}" for section, key in setting_names() if key == name)[:3]
                self.problem((name,), f'setting "{name}" stands outside any section', near)

    def section(self, name: str) -> Mapping[str, Any]:
        raw = self.document.values.get(name, {})
        if isinstance(raw, dict):
            return raw
        self.problem((name,), f'"{name}" must be one section: [{name}]')
        return {}

    def entries(self, name: str, shape: type[Any]) -> dict[int, Any]:
        """Read the entries that are whole, by their place in the file."""
        raw = self.document.values.get(name, [])
        if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
            self.problem((name,), f'"{name}" must be a list of sections: [[{name}]]')
            return {}
        read = {index: self.table((name, index), shape, table) for index, table in enumerate(raw)}
        return {index: entry for index, entry in read.items() if entry is not None}

    def table(self, path: KeyPath, shape: type[Any], raw: Mapping[str, Any]) -> Any:
        """Read one section or entry; None when it lacks what it must have."""
        known = keys_of(shape)
        for name in raw:
            if name not in known:
                self.unknown_key(path, name, known)
        values = {name: self.value(path, key, raw) for name, key in known.items()}
        missing = [name for name, key in known.items() if key.is_required and name not in raw]
        for name in missing:
            self.problem(path, f'{_title(path)} lacks "{name}"')
        is_whole = not missing and not any(
            key.is_required and (*path, name) in self.broken for name, key in known.items()
        )
        return shape(**values) if is_whole else None

    def unknown_key(self, path: KeyPath, name: str, known: Mapping[str, Key]) -> None:
        near = nearest(name, known)
        if not near:  # the right key in the wrong section?
            near = tuple(f"[{section}] {key}" for section, key in setting_names() if key == name)[:3]
        self.problem((*path, name), f'unknown setting "{name}" in {_title(path)}', near)

    def value(self, path: KeyPath, key: Key, raw: Mapping[str, Any]) -> object:
        here = (*path, key.name)
        override = self.overrides.get((str(path[0]), key.name)) if len(path) == 1 else None
        if override is None and key.name not in raw:
            self.origins[here] = DEFAULT
            return key.default
        try:
            if override is not None:
                self.origins[here] = from_variable(override.variable)
                return key.kind.check(from_text(key.kind.shape, override.text))
            self.origins[here] = from_file(self.document.file, self.document.line_of(here))
            return key.kind.check(shaped(key.kind.shape, raw[key.name]))
        except BadValue as bad:
            self.bad_value(here, bad.reason, bad.nearest)
            return key.default

    def desks(self, entries: Mapping[int, DeskEntry], domain: str) -> tuple[Desk, ...]:
        if "desk" not in self.document.values:
            return build_desks(dict(enumerate(DEFAULT_DESKS)), domain)[0]
        if self.document.values["desk"] == []:
            self.problem(("desk",), "at least one [[desk]] is needed")
        desks, mistakes = build_desks(entries, domain)
        self.report(mistakes)
        return desks

    def report(self, mistakes: Iterable[Mistake]) -> None:
        """Report what does not fit together, but nothing that follows from another mistake."""
        for mistake in mistakes:
            if self.broken.isdisjoint((mistake.path, *mistake.others)):
                self.bad_value(mistake.path, mistake.reason, mistake.nearest)

    def is_broken(self, section: str) -> bool:
        return any(path[0] == section for path in self.broken)

    def problem(self, path: KeyPath, reason: str, near: tuple[str, ...] = ()) -> None:
        self.broken.add(path)
        self.problems.append(Problem(self.document.place_of_key(path), reason, near, dotted(path)))

    def bad_value(self, path: KeyPath, reason: str, near: tuple[str, ...] = ()) -> None:
        self.broken.add(path)
        origin = self.origins.get(path, DEFAULT)
        place = Place(variable=origin.variable) if origin.variable else self.document.place_of_value(path)
        self.problems.append(Problem(place, f"{_title(path[:-1])} {path[-1]} {reason}", near, dotted(path)))


def _title(path: KeyPath) -> str:
    return f"[[{path[0]}]]" if path[0] in LISTS else f"[{path[0]}]"


def anchored(settings: Settings, directory: Path) -> Settings:
    """The same settings with all paths absolute; relative ones start at `directory`, which is absolute."""
    changed = {name: _anchor(getattr(settings, name), directory) for name in sections()}
    changed["store"] = replace(changed["store"], url=anchored_url(settings.store.url, directory))
    imap = tuple(_anchor(folder, directory) for folder in settings.imap)
    fallbacks = tuple(_anchor(smarthost, directory) for smarthost in settings.fallback_smarthost)
    hooks = tuple(_anchor(hook, directory) for hook in settings.hook)
    return replace(settings, **changed, imap=imap, fallback_smarthost=fallbacks, hook=hooks)


def anchored_url(url: str, directory: Path) -> str:
    """Make the path of a SQLite URL absolute: three slashes are relative, four absolute. Other URLs stay."""
    if not url.startswith(SQLITE):
        return url
    name, mark, query = url.removeprefix(SQLITE).partition("?")
    return f"{SQLITE}{directory / name}{mark}{query}"


def _anchor(section: Any, directory: Path) -> Any:
    values = {field.name: getattr(section, field.name) for field in fields(section)}
    paths = {name: directory / value for name, value in values.items() if isinstance(value, Path)}
    return replace(section, **paths)
