"""The ledger is looked through: each night by itself, or when somebody asks. `mailgate status` says what was found."""

import logging
from datetime import datetime, time, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.jobs import Computing
from mailgate.log_events import LogEvent
from store.billing import ledger_checks
from store.billing.ledger_checks import LedgerCheck
from store.billing.ledger_verify import Fault, Progress, Verified, verify
from store.engine import transaction

log = logging.getLogger(__name__)

HOUR = time(3)
"""Of the gate's own zone: when the fewest wait for anything."""


def look(engine: Engine, *, now: datetime, progress: Progress) -> Verified:
    """Look through the whole ledger for somebody who waits, and keep what was found, if the store takes it."""
    found = verify(engine, progress=progress)
    try:
        with transaction(engine) as conn:
            ledger_checks.note(conn, _kept(found, now))
    except (OperationalError, TimeoutError) as error:
        log.warning(LogEvent.POSTPONED_LEDGER(ledger=ledger_checks.THE_ROW, error=error))
    return found


def verify_ledger(row_id: int, *, engine: Engine, settings: Settings, computing: Computing, now: datetime) -> None:
    """The look of a night, which sets when the next one comes. One that is broken off is made again."""
    try:
        lease = ledger_checks.lend(engine, row_id, now=now)
        if lease is None:
            return
        found = verify(engine, progress=_nobody_waits, computing=computing)
        with transaction(engine) as conn:
            ledger_checks.end(conn, lease, _kept(found, now), next_at=following(now, settings))
    except (OperationalError, TimeoutError) as error:
        log.warning(LogEvent.POSTPONED_LEDGER(ledger=row_id, error=error))
        return
    if found.found:
        log.error(LogEvent.LEDGER_FAULTY(faults=found.found, first=described(found.faults[0])))
    else:
        log.info(LogEvent.LEDGER_WHOLE(transactions=found.transactions))


def following(now: datetime, settings: Settings) -> datetime:
    """The next such hour after an instant."""
    local = now.astimezone(settings.gate.zone)
    hour = datetime.combine(local.date(), HOUR, settings.gate.zone)
    return hour if hour > local else datetime.combine(local.date() + timedelta(days=1), HOUR, settings.gate.zone)


def described(fault: Fault) -> str:
    """A fault in one line: which transaction, and what is wrong."""
    where = "" if fault.transaction_id is None else f"transaction {fault.transaction_id}: "
    return f"{where}{f'{fault.key} ' if fault.key else ''}{fault.reason}"


def _kept(found: Verified, now: datetime) -> LedgerCheck:
    first = described(found.faults[0]) if found.faults else None
    return LedgerCheck(now, found.transactions, found.found, first)


def _nobody_waits(_what: str, _done: int, _of: int) -> None:
    pass
