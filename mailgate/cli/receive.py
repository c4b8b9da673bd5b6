"""`mailgate receive`: the end of an MTA's pipe. Exit 0 means that the mail is on disk; everything else is exit 75.

An MTA bounces mail on most other codes: a wrong setting or a full disk of ours must not cost anybody a mail.
"""

import logging
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy import Engine

from mailgate.cli.context import given
from mailgate.cli.output import EX_TEMPFAIL, say
from mailgate.config import Settings, load
from mailgate.inbound.accept import Acceptance, Limits
from mailgate.jobs import Job
from mailgate.mail.address import parse_mailbox
from mailgate.mail.envelope import Door, Envelope
from store.archive import archive_of
from store.engine import NoStore, connect, reading
from store.migrations import is_current


class _Pipe(click.Command):
    """A command whose usage errors, too, are exit 75."""

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> click.Context:
        try:
            return super().make_context(info_name, args, *more, **extra)
        except click.UsageError as error:
            _later(error.format_message())


@click.command(cls=_Pipe)
@click.option("--sender", metavar="ADDRESS", help="The reverse-path; '<>' or '' for the null path.")
@click.option("--recipient", "recipients", metavar="ADDRESS", multiple=True, help="A forward-path; may be repeated.")
def receive(sender: str | None, recipients: tuple[str, ...]) -> None:
    """Take one mail from standard input. Exit 0 only when it is on disk, else 75: the MTA tries again."""
    logging.getLogger().addHandler(logging.NullHandler())  # the first line of stderr is the reason, in our words
    try:
        _accept(given().config_path, sender, recipients)
    except Exception as error:  # noqa: BLE001 - the pipe's one promise: 0 is durable, all else is 75
        _later(" ".join(str(error).split()) or type(error).__name__)


def _accept(config_path: Path, sender: str | None, recipients: Sequence[str]) -> None:
    settings = load(config_path, os.environ)
    if sys.stdin is None:
        _later("standard input is closed: no mail to read")
    raw = sys.stdin.buffer.read(settings.limits.max_message_bytes + 1)
    for address in recipients:
        parse_mailbox(address)
    envelope = Envelope(
        reverse_path=sender.strip("<>") if sender is not None else None,
        forward_paths=tuple(dict.fromkeys(recipients)),
        door=Door.PIPE,
        received_at=datetime.now(UTC),
    )
    engine = connect(settings.store.url, must_exist=True)
    try:
        spool_id = _store(engine, settings, raw, envelope)
    finally:
        engine.dispose()
    say(f"2.0.0 accepted, id {spool_id}")


def _store(engine: Engine, settings: Settings, raw: bytes, envelope: Envelope) -> int:
    with reading(engine) as conn:
        if not is_current(conn):
            raise NoStore("the store is not up to date; run `mailgate db upgrade`")
    limits = settings.limits
    acceptance = Acceptance(
        engine,
        archive_of(settings),
        _no_job,
        Limits(limits.max_message_bytes, limits.max_header_bytes, limits.min_free_bytes),
        directory=settings.disk_of_mail,
    )
    acceptance.leave_to_sweep()
    acceptance.start()
    try:
        return acceptance.accept(raw, envelope)
    finally:
        acceptance.stop()


def _no_job(job: Job, row_id: int) -> None:
    """The sweep of a running `serve` finds the row."""


def _later(reason: str) -> NoReturn:
    say(f"4.3.0 {reason}")  # Postfix takes the status code from the first line of output
    raise SystemExit(EX_TEMPFAIL)
