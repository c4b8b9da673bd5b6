"""`mailgate doctor`: what is wrong with this gate and how to mend it. Exit 0: nothing; 1: warnings; 2: failures."""

import os
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

import click

from mailgate.cli.context import Context
from mailgate.cli.gate import told_errors
from mailgate.cli.output import EX_USAGE, fail, json_option, print_rows, say, wants_json
from mailgate.config import ConfigErrors, load
from mailgate.setup.doctor import CHECKS, exit_code, without_settings
from mailgate.setup.examine import Check, Examined, UnknownCheck, chosen, examine, shown
from mailgate.setup.site import Site
from mailgate.setup.story import Story


@click.command()
@json_option
@click.option("--only", metavar="CHECK,…", default="", help="These checks, and what they need; loop is run only so.")
@click.option("--strict", is_flag=True, help="Exit 1 when there are warnings.")
@click.option("--fix", is_flag=True, help="Make missing directories, and close data and secrets to other users.")
@click.option("--story", metavar="ADDRESS", help="Have a customer's mail sent, and answered by staff; tell each hop.")
@click.option("--by-hand", is_flag=True, help="With --story: that customer's mail is written by you, not sent here.")
@click.pass_obj
def doctor(context: Context, only: str, strict: bool, fix: bool, story: str | None, by_hand: bool) -> None:
    """Look at settings, disk, store, ports, smarthost, DNS and queues; say what is wrong and how to mend it."""
    if story is not None:
        _tell_story(context, story, strict=strict, by_hand=by_hand)
    names = tuple(filter(None, (name.strip() for name in only.split(","))))
    try:
        checks = chosen(CHECKS, names)
    except UnknownCheck as error:
        fail(str(error), code=EX_USAGE, name="UnknownCheck")
    found: list[Examined] = []
    for one in shown(_examined(context, checks, fix=fix), frozenset(names)):
        found.append(one)
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{one.check} ", err=True, nl=False)
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    print_rows([_row(one) for one in found], ("check", "status", "detail"), is_cut=False)
    if not wants_json():
        for one in found:
            if one.finding.fix:
                say(f"{one.check}: {one.finding.fix}")
    sys.exit(exit_code([one.finding for one in found], strict=strict))


def _tell_story(context: Context, address: str, *, strict: bool, by_hand: bool) -> NoReturn:
    """Each hop as soon as it is seen: people are waited for between them."""
    with told_errors():
        settings = load(context.config_path, os.environ)
    told = Story(Site(context.config_path, settings), address, by_hand=by_hand)
    found: list[Examined] = []
    for hop in told.hops():
        found.append(Examined("story", hop))
        if not wants_json():
            click.echo(f"{told.seconds:6.1f} s  {hop.status.value:4}  {hop.detail}")
        if hop.fix and not wants_json():
            say(f"story: {hop.fix}")
    if wants_json():
        print_rows([_row(one) for one in found], ("check", "status", "detail"))
    sys.exit(exit_code([one.finding for one in found], strict=strict))


def _examined(context: Context, checks: Sequence[Check], *, fix: bool) -> Iterator[Examined]:
    try:
        settings = load(context.config_path, os.environ)
    except ConfigErrors as errors:
        return without_settings(checks, errors)
    return examine(checks, Site(context.config_path, settings), fix=fix)


def _row(one: Examined) -> dict[str, object]:
    finding = one.finding
    return {"check": one.check, "status": finding.status.value, "detail": finding.detail, "fix": finding.fix}
