"""What the main command leaves for the others. A module of its own, so that `mailgate --help` loads nothing more."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Context:
    """The options that stand before the command."""

    config_path: Path
