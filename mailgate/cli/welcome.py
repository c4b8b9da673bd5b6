"""Whether somebody new gets a first mail: what was said at the command line, else the setting."""

import click

from mailgate.cli.output import say

welcome_option = click.option(
    "--welcome/--no-welcome",
    "to_welcome",
    default=None,
    help="Whether they get a first mail; by default as [welcome] in the settings says.",
)


def wanted(given: bool | None, setting: bool) -> bool:
    """A first mail is wanted."""
    return setting if given is None else given


def tell_welcomed(email: str, *, done: bool) -> None:
    """Say that such a mail is on its way."""
    if done:
        say(f"mailgate: a first mail to {email} is on its way")
