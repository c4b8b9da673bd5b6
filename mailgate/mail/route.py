"""The way that a message took before it reached us, as its Received fields tell (RFC 5321 §4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import mailparser

_MAX_BYTES = 64 * 1024
"""Of the header block: its trace stands on top."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One relay. Only what our own side wrote can be believed; the rest is what senders claim."""

    by: str | None
    came_from: str | None
    protocol: str | None
    at: datetime | None
    delay_seconds: float | None  # since the hop before


def read_route(raw: bytes) -> tuple[Hop, ...]:
    """The hops, the first one first. Nothing when the fields are missing or beyond reading; never raises."""
    head = raw[:_MAX_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    try:
        received = mailparser.parse_from_bytes(head + b"\n\n").received
        return tuple(_hop(fields) for fields in received)
    except Exception:  # noqa: BLE001 - the fields are anybody's, and this is for show
        return ()


def _hop(fields: Mapping[str, object]) -> Hop:
    at, delay = fields.get("date_utc"), fields.get("delay")
    return Hop(
        by=_text(fields.get("by")),
        came_from=_text(fields.get("from")),
        protocol=_text(fields.get("with")),
        at=datetime.fromisoformat(at) if isinstance(at, str) else None,
        delay_seconds=float(delay) if isinstance(delay, int | float) else None,
    )


def _text(value: object) -> str | None:
    return str(value) if value else None
