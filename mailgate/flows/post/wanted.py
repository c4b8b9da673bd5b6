"""Is a mail still wanted that was called for a while ago? Asked again just before it leaves."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from mailgate.letters.kind import Wanted
from mailgate.letters.notice import Notice
from mailgate.tickets.ticket import State, Ticket
from store.desk import tickets

_STILL: Mapping[Wanted, Callable[[Ticket], bool]] = {
    Wanted.WARNED: lambda ticket: ticket.state is State.ANSWERED and ticket.warned_at is not None,
    Wanted.CLOSED: lambda ticket: ticket.state is State.CLOSED,
    Wanted.OPEN: lambda ticket: ticket.state is State.OPEN,
}


def unwanted(conn: Connection, notice: Notice) -> str | None:
    """Why it would say what is no longer so; None when it may leave."""
    wanted = notice.template.kind.wanted
    if wanted is None or notice.ticket_id is None:
        return None
    ticket = tickets.itself(conn, (notice.ticket_id,)).get(notice.ticket_id)
    if ticket is None or _STILL[wanted](ticket):
        return None
    return f"not sent, no longer so: the ticket is {ticket.state.value}"
