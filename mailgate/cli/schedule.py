"""`mailgate schedule`: the sweep by itself, for processes that share a broker."""

import asyncio

import click

from mailgate.cli.gate import settings, told_errors
from mailgate.cli.logs import configure
from mailgate.cli.running import run_until_stopped
from mailgate.cli.worker import backstage
from workers import main


@click.command()
def schedule() -> None:
    """Find what is due and tell the workers. One of all processes that can leads, the others wait to take over."""
    chosen = settings()
    with told_errors():
        program = main.schedule(chosen)
        configure(chosen.log)
        asyncio.run(run_until_stopped(backstage(program)))
