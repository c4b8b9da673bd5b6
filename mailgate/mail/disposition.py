"""Disposition: what became of an accepted message. Every one ends in one of these words; none is dropped."""

from enum import StrEnum


class Disposition(StrEnum):
    """The names are fixed: checks and operators' scripts rely on them."""

    WAITING = "waiting"  # accepted, not yet looked at
    OPENED = "opened"  # became a ticket
    JOINED = "joined"  # joined a ticket
    HELD = "held"  # a person must decide; a parked message too
    QUARANTINED = "quarantined"  # held as probable spam
    BOUNCE = "bounce"  # a delivery report
    AUTOMATIC = "automatic"  # a program wrote it
    COMMAND = "command"  # carried out, or answered with why not
    DUPLICATE = "duplicate"  # the same mail was here before
    REFUSED = "refused"  # a person refused it


AWAITING_REVIEW = frozenset({Disposition.HELD, Disposition.QUARANTINED})
"""What `mailgate quarantine` lists."""
