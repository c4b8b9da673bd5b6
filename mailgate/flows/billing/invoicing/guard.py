"""What keeps a run from its first number: another count than was expected, or the fuse."""

import logging
from datetime import date

from sqlalchemy import Connection, Engine

from mailgate.billing.fuse import Fuse, Tally, by_day
from mailgate.config import Settings
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.plan import Only, reckoned_up
from mailgate.log_events import LogEvent
from store.billing import runs
from store.engine import reading, transaction

log = logging.getLogger(__name__)


class Unexpected(Permanent):
    """The run is not what was expected; nothing was issued."""


class FuseBlown(Unexpected):
    """It differs much from the last ones; nothing was issued. `--expect` says that this is meant."""


def refuse_unexpected(
    engine: Engine,
    settings: Settings,
    today: Today,
    *,
    by: str,
    waiting: int,
    expect: int | None = None,
    only: Only | None = None,
) -> None:
    """Stop a run of which so many accounts wait, when a person has to look first. Raises Unexpected, FuseBlown."""
    if expect is None and _is_small(engine, settings, today, waiting):
        return
    tally = reckoned_up(engine, settings, today, only)
    if expect is not None:
        if tally.invoices != expect:
            raise Unexpected(
                f"{tally.invoices} invoices are due, and {expect} were expected: nothing was issued. "
                "`mailgate bill plan` shows them"
            )
        return
    with reading(engine) as conn:
        why = judged(conn, settings, today, tally)
    if not why:
        return
    with transaction(engine) as conn:
        runs.stop(conn, why=why, at_on=today.on, by=by, now=today.now)
    log.error(LogEvent.FUSE_BLOWN(why=why))
    raise FuseBlown(
        f"the fuse stopped this run before its first number: {why}. `mailgate bill plan{_at(today.on)}` shows what it "
        f"would issue, `mailgate bill run{_at(today.on)} --expect {tally.invoices}` issues it"
    )


def judged(conn: Connection, settings: Settings, today: Today, planned: Tally) -> str:
    """Why the fuse would stop a run that comes to this; "" when it would not."""
    so_far, former = by_day(runs.former(conn), at_on=today.on, now=today.now)
    return _fuse_of(settings).blown(planned + so_far, former) if planned.invoices else ""


def _is_small(engine: Engine, settings: Settings, today: Today, waiting: int) -> bool:
    """With what was issued today already it cannot reach the fuse's least: an account has seldom two invoices a run."""
    with reading(engine) as conn:
        so_far, former = by_day(runs.former(conn), at_on=today.on, now=today.now)
    return not former or so_far.invoices + waiting * 2 < settings.billing.fuse_least


def _fuse_of(settings: Settings) -> Fuse:
    return Fuse(settings.billing.fuse_least, settings.billing.fuse_percent)


def _at(on: date | None) -> str:
    return "" if on is None else f" --at {on}"
