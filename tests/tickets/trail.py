"""A ticket to which everything happened, with values that somebody chose."""

from collections.abc import Mapping

from mailgate.tickets.events import EVENTS, line_of
from mailgate.tickets.ticket import Doer, Event
from store.desk import tickets
from store.engine import transaction
from tests.gate import Gate
from tests.tickets.values import a_value

SECRET = "secret-4711"
"""In whatever is for staff alone."""


def let_everything_happen(gate: Gate, number: int, hostile: str) -> Mapping[Event, int]:
    """Append a line of each event to a ticket, and return their ids."""

    def word(is_shown: bool) -> str:
        return f"open {hostile}" if is_shown else f"{SECRET} {hostile}"

    lines = {}
    with transaction(gate.parts.engine) as conn:
        tickets.lock(conn, (number,))
        ticket = tickets.find(conn, number)
        assert ticket is not None
        for event, row in EVENTS.items():
            values = {
                name: a_value(detail, word(row.for_customers and detail.for_customers))
                for name, detail in row.details.items()
            }
            line = line_of(event, Doer(word(row.for_customers)), **values)
            lines[event], _ = tickets.append(conn, ticket, line, event=event, now=gate.now)
    return lines
