"""What staff may command about tickets: the first lines of a mail that start with `!`."""

from mailgate.commands.arguments import Argument, Clock
from mailgate.tickets.verbs.reading import Command, Misread, misread, read_commands
from mailgate.tickets.verbs.table import ALONE, PREFILLED, SHOWN, STAFF_VERBS, Place, StaffVerb, Usage, usable

__all__ = [
    "ALONE",
    "PREFILLED",
    "SHOWN",
    "STAFF_VERBS",
    "Argument",
    "Clock",
    "Command",
    "Misread",
    "Place",
    "StaffVerb",
    "Usage",
    "misread",
    "read_commands",
    "usable",
]
