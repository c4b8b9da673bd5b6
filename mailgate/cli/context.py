"""What the main command leaves for the others. A module of its own, so that `mailgate --help` loads nothing more."""

from dataclasses import dataclass
from pathlib import Path

import click


@dataclass(frozen=True, slots=True)
class Context:
    """The options that stand before the command."""

    config_path: Path


def given() -> Context:
    """Those of the command that runs."""
    context = click.get_current_context().find_object(Context)
    assert context is not None  # the main command made it
    return context
