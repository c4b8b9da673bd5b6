"""`mailgate serve`: the gate in one process, until SIGTERM."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from mailgate.cli.gate import settings, told_errors
from mailgate.cli.logs import configure
from mailgate.cli.output import EX_UNAVAILABLE, fail
from mailgate.cli.running import run_until_stopped
from mailgate.cli.web import web_view
from mailgate.config import Settings, Verify
from mailgate.inbound.authenticate import best_evidence
from mailgate.log_events import LogEvent
from mailgate.mail.envelope import Door
from mailgate.outbound.templates import built_in_directory
from mailgate.setup.words.library import Library
from mailgate.setup.words.mistakes import mistakes
from workers.embedded import Running

log = logging.getLogger(__name__)


@click.command()
@click.option("--no-workers", is_flag=True, help="Listen only; the rows wait for workers elsewhere.")
def serve(no_workers: bool) -> None:
    """Run the gate: listeners, workers and schedule in one process. SIGTERM drains it."""
    chosen = settings()
    with told_errors():
        configure(chosen.log)
        _warn(chosen)
        try:
            asyncio.run(
                run_until_stopped(gate(chosen, workers=not no_workers, does="doors" if no_workers else "serve"))
            )
        except OSError as error:
            fail(
                str(error),
                code=EX_UNAVAILABLE,
                hint="smtp.listen, lmtp.listen, web.listen, metrics.listen and payments.webhook_listen name them",
            )


@asynccontextmanager
async def gate(chosen: Settings, *, workers: bool, does: str) -> AsyncIterator[None]:
    """Doors and pages that the settings name, with the workers or without. Raises OSError for an address taken."""
    running = Running(chosen, workers=workers, does=does)
    await running.start()
    web = web_view(running)
    if web is not None:
        port = await asyncio.to_thread(web.start)
        log.info(LogEvent.LISTENING_WEB(host=chosen.web.listen.host if chosen.web.listen else "", port=port))
    yield
    if web is not None:
        await asyncio.to_thread(web.stop)
    await running.stop()


def _warn(chosen: Settings) -> None:
    if chosen.authentication.verify is Verify.NONE:
        log.warning(
            LogEvent.SETTING(
                "authentication.verify is 'none': whoever writes a From address is believed; "
                "run it only behind a front MTA that refuses forged mail"
            )
        )
    closed = {
        Door.SMTP: chosen.smtp.listen is None,
        Door.LMTP: chosen.lmtp.listen is None,
        Door.IMAP: not chosen.imap,
    }
    for door, (level, checks) in best_evidence(chosen).items():
        if closed.get(door):
            continue
        log.info(LogEvent.EVIDENCE(door=door.value, best=level.value, checks=checks))
    if chosen.smarthost.address is None:
        log.warning(LogEvent.SETTING("smarthost.address is empty: outgoing mail stays queued"))
    if chosen.spam.spamd is None:
        log.warning(LogEvent.SETTING("spam.spamd is empty: no mail is checked for spam"))
    if chosen.templates.directory is not None:
        for problem in mistakes(Library(built_in_directory(), chosen.templates.directory)):
            log.warning(LogEvent.WORDS_PROBLEM(problem=problem))
    for words in chosen.unbuilt():
        log.warning(LogEvent.NO_EFFECT_YET(words))
