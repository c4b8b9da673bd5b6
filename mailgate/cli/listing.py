"""What a list may be asked for: of which state and customer, how many, and behind which."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import click

from mailgate.cli.ids import customer_option
from mailgate.cli.output import after_option, json_option, limit_option, utc_option

F = TypeVar("F", bound=Callable[..., Any])


def list_options(states: type[StrEnum] | None = None) -> Callable[[F], F]:
    """`--state` where a list has `states`, `--customer`, `--limit`, `--after`, `--utc` and `--json`.

    The command is given the state as one of them, or None.
    """

    def decorated(command: F) -> F:
        for option in (json_option, utc_option, after_option, limit_option, customer_option):  # the last is told first
            command = option(command)
        return _state_option(states)(command) if states else command

    return decorated


def _state_option(states: type[StrEnum]) -> Callable[[F], F]:
    def read(_context: click.Context, _option: click.Parameter, typed: str | None) -> StrEnum | None:
        return states(typed) if typed else None

    of_them = click.Choice([one.value for one in states])
    return click.option("--state", type=of_them, callback=read, help="Only those in this state.")
