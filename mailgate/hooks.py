"""Hooks: programs of the operator's hear of what happens here. Which events there are, what a call says and when it is
tried again."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class HookEvent(StrEnum):
    """What a hook may hear of."""

    TICKET_OPENED = "ticket.opened"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_URGENT = "ticket.urgent"  # somebody said that it is
    TICKET_CLOSED = "ticket.closed"
    SERVICE_ACTIVATE = "service.activate"  # switch it on for the first time
    SERVICE_CHANGE = "service.change"  # other plan, cycle or options
    SERVICE_SUSPEND = "service.suspend"
    SERVICE_RESTORE = "service.restore"
    SERVICE_TERMINATE = "service.terminate"  # it does not come back: what is left of it may go
    INVOICE_ISSUED = "invoice.issued"
    INVOICE_PAID = "invoice.paid"  # nothing is open of it any more
    PING = "ping"  # somebody tries whether it works: `mailgate hook try`


GROUPS = tuple(sorted({f"{event.partition('.')[0]}.*" for event in HookEvent if "." in event}))
"""Names for all events of one kind of thing."""

_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
)
"""After the first, the second … attempt; the last for all that follow."""

MOST_ATTEMPTS = 17
"""Three days: a call that nobody has taken then is given up."""

SIGNATURE, EVENT, EVENT_ID = "Mailgate-Signature", "Mailgate-Event", "Mailgate-Event-Id"
"""Header fields of a call by HTTP."""


def is_meant(wanted: str, event: HookEvent) -> bool:
    """Does a hook for `wanted`, an event or a group, hear of this one? Everyone hears when somebody tries it."""
    if event is HookEvent.PING:
        return True
    return wanted == event or (wanted.endswith(".*") and event.startswith(wanted[:-1]))


def again_after(attempts: int) -> timedelta:
    """How long the next attempt waits after so many that failed."""
    return _WAITS[min(max(attempts, 1), len(_WAITS)) - 1]


def body_of(event_id: str, event: HookEvent, at: datetime, values: Mapping[str, object]) -> str:
    """What a call says, one line of JSON: the same bytes in each attempt."""
    said = {"id": event_id, "event": event.value, "at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"), **values}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=_instant)


def _instant(value: object) -> str:
    """An instant among the values, as `--json` prints it."""
    assert isinstance(value, datetime)
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def signature(secret: bytes, at: datetime, body: bytes) -> str:
    """`t=…,v1=…`: the second of the attempt, and HMAC-SHA256 of `<second>.<body>` in hex (RFC 2104)."""
    second = int(at.timestamp())
    return f"t={second},v1={hmac.new(secret, b'%d.%s' % (second, body), hashlib.sha256).hexdigest()}"
