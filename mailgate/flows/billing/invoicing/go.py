"""Whether the schedule may bill: with `billing.wait_for_go` a member of staff lets each day go on."""

from datetime import datetime

from sqlalchemy import Connection

from mailgate.config import Settings
from store.billing import previews


def waits_for_go(conn: Connection, settings: Settings, now: datetime) -> bool:
    """Nobody has said “go” to the list of this day, or of a later one; no list is written where there is no hour."""
    billing = settings.billing
    if not billing.wait_for_go or billing.preview_hour < 0:
        return False
    return not previews.may_go_on(conn, now.astimezone(settings.gate.zone).date())
