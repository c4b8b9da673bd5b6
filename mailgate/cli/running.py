"""A program that runs on until SIGTERM, and is then drained."""

import asyncio
import logging
import signal
from contextlib import AbstractAsyncContextManager

from mailgate.cli.output import say
from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)


async def run_until_stopped(program: AbstractAsyncContextManager[object]) -> None:
    """Say `ready` when it has started, and leave it when a signal asks for it: it drains on leaving."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with program:
        say("ready")
        await stopping.wait()
        log.info(LogEvent.STOPPING())
    log.info(LogEvent.STOPPED())
