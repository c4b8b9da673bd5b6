"""`mailgate status`: how the gate is doing. Exit 0: nothing needs a person; 69: something does, and it says what."""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from mailgate.cli.gate import now, settings, told_errors
from mailgate.cli.output import EX_UNAVAILABLE, fail, json_option, print_object, say, utc_option, wants_json, when
from mailgate.mail.disposition import Disposition
from store.engine import NoStore, connect
from store.health import Health
from workers.status import Status, look
from workers.status import as_json as face


@click.command()
@utc_option
@json_option
def status() -> None:
    """Queues, listeners, disk and schema; exit 69 when something needs a person."""
    found = _look()
    if wants_json():
        print_object(face(found))
    else:
        rows = list(_rows(found))
        width = max(len(name) for name, _ in rows)
        for name, words in rows:
            click.echo(f"{name.ljust(width)}  {words}")
        for one in found.attention:
            say(f"{'fault' if one.fault else 'to decide'}: {one.message} ({one.hint})")
    if found.attention:
        sys.exit(EX_UNAVAILABLE)


def _look() -> Status:
    chosen = settings()
    with told_errors():
        try:
            engine = connect(chosen.store.url, read_only=True)
        except NoStore as error:
            hint = "mailgate serve makes one"
            fail(str(error), code=EX_UNAVAILABLE, hint=hint, name="NoStore")
        try:
            return look(chosen, engine, now())
        finally:
            engine.dispose()


def _rows(found: Status) -> Iterator[tuple[str, str]]:
    if found.health is not None:
        yield from _queues(found.health)
    for listener in found.listeners:
        answer = "answers" if listener.answers else "does not answer"
        yield listener.name, f"{listener.address} {answer}: {listener.detail}"
    for folder in found.folders:
        state = folder.problem or f"last looked at {_ago(folder.fetched_at, found.at)}"
        left = f", {len(folder.left)} mails left on the server" if folder.left else ""
        yield "imap", f"{folder.name}: {state}{left}"
    for down in found.smarthosts:
        until = when(down.rests_until)
        yield "smarthost", f"{down.address} does not answer: {down.reason}; left alone until {until}"
    for server in found.servers:
        yield server.name, f"{server.address} {'answers' if server.answers else f'does not answer: {server.detail}'}"
    for one in found.processes:
        yield one.does, f"process {one.pid} on {one.host}, since {when(one.begun_at)}"
    yield "serve", "works on the store" if found.serve else "no `mailgate serve` with workers holds the store"
    database = "on its server" if found.disk.database is None else _size(found.disk.database)
    yield "store", f"database {database}, archive {_size(found.disk.archive)}, free {_size(found.disk.free)}"
    yield "schema", found.revision or "none"


def _queues(health: Health) -> Iterator[tuple[str, str]]:
    held, quarantined = health.mails[Disposition.HELD], health.mails[Disposition.QUARANTINED]
    yield "waiting", f"{health.waiting}{_oldest(health.oldest_waiting)}"
    yield "for review", f"{held} held, {quarantined} quarantined{_oldest(health.oldest_review)}"
    outgoing = ", ".join(f"{number} {state.value}" for state, number in health.outgoing.items())
    yield "mail out", f"{outgoing}{_oldest(health.oldest_undelivered)}"
    if (ledger := health.ledger) is not None:
        state = f"{ledger.faults} faults" if ledger.faults else "whole"
        yield "ledger", f"{state}, {ledger.transactions} transactions, looked at {_ago(ledger.checked_at, health.at)}"
    if (number := health.billing.last_on.get("invoice")) is not None:
        left = f"{len(health.billing.parked)} accounts parked, {len(health.billing.left_out)} left out"
        yield "billing", f"last invoice of {number}, {left}"
    money = health.money
    waiting = {
        "refunds to send": money.refunds_to_send,
        "refunds on their way": money.refunds_on_their_way,
        "lines of the bank to decide on": health.billing.bank_lines,
        "chargebacks": money.disputes,
        "links open": money.links_open,
    }
    if any(waiting.values()):
        yield "money", ", ".join(f"{number} {name}" for name, number in waiting.items() if number)
    yield "last in", _ago(health.last_in_at, health.at)
    yield "last out", _ago(health.last_out_at, health.at)


def _oldest(age: timedelta | None) -> str:
    return "" if age is None else f", oldest {_age(age)}"


def _ago(at: datetime | None, since: datetime) -> str:
    return "never" if at is None else f"{when(at)}, {_age(max(since - at, timedelta()))} ago"


def _age(age: timedelta) -> str:
    return str(timedelta(seconds=int(age.total_seconds())))


def _size(count: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"
