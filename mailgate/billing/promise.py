"""What may be said about when an invoice is paid, and what becomes of it."""

from enum import StrEnum


class PromiseKind(StrEnum):
    """Who said what: while it runs the ladder rests."""

    PAID = "paid"  # the customer says that the money is on its way
    DEFERRED = "deferred"  # the customer asks for time
    EXTENDED = "extended"  # staff give time
    HELD = "held"  # staff hold back what the evening's list names, and customers hear nothing of that


class Ended(StrEnum):
    """How a promise ended."""

    KEPT = "kept"  # nothing is open any more
    UNMATCHED = "unmatched"  # its day is over, and no money came
    REPLACED = "replaced"  # by a later one
    TAKEN_BACK = "taken-back"  # by staff
