"""`mailgate web`: the pages by themselves."""

import asyncio
from dataclasses import replace

import click

from mailgate.cli.gate import settings, told_errors
from mailgate.cli.logs import configure
from mailgate.cli.output import EX_CONFIG, EX_UNAVAILABLE, fail
from mailgate.cli.running import run_until_stopped
from mailgate.cli.serve import gate
from mailgate.config import Settings


@click.command(name="web")
def pages() -> None:
    """Show the pages, and nothing else. What their sign-in form submits waits for workers elsewhere."""
    chosen = settings()
    if chosen.web.listen is None:
        fail("web.listen is empty: there are no pages to show", code=EX_CONFIG, hint="set web.listen to host:port")
    with told_errors():
        configure(chosen.log)
        try:
            asyncio.run(run_until_stopped(gate(_pages_alone(chosen), workers=False, does="web")))
        except OSError as error:
            fail(str(error), code=EX_UNAVAILABLE, hint="web.listen names the address")


def _pages_alone(chosen: Settings) -> Settings:
    """The same, with every other door shut."""
    return replace(
        chosen,
        smtp=replace(chosen.smtp, listen=None),
        lmtp=replace(chosen.lmtp, listen=None),
        metrics=replace(chosen.metrics, listen=None),
        imap=(),
    )
