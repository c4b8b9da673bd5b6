"""Where a setting's value came from."""

from dataclasses import dataclass
from enum import StrEnum


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
