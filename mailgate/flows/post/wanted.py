"""Is a mail still wanted that was called for a while ago? Asked again just before it leaves."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.period import local_date
from mailgate.letters.kind import Matter, Wanted
from mailgate.letters.notice import Notice
from mailgate.tickets.ticket import State, Ticket
from store.billing import disputes, invoices, promises, refunds
from store.billing.in_flight import in_flight
from store.billing.invoices import Issued
from store.desk import tickets

_STILL: Mapping[Wanted, Callable[[Ticket], bool]] = {
    Wanted.WARNED: lambda ticket: ticket.state is State.ANSWERED and ticket.warned_at is not None,
    Wanted.CLOSED: lambda ticket: ticket.state is State.CLOSED,
    Wanted.OPEN: lambda ticket: ticket.state is State.OPEN,
}


def unwanted(conn: Connection, notice: Notice, *, now: datetime) -> str | None:
    """Why it would say what is no longer so; None when it may leave."""
    kind = notice.template.kind
    if kind.wanted is None:
        return None
    if kind.about is Matter.INVOICE:
        return next(filter(None, _about_invoices(conn, notice, kind.wanted, now)), None)
    if notice.ticket_id is None:
        return None
    ticket = tickets.itself(conn, (notice.ticket_id,)).get(notice.ticket_id)
    if ticket is None or _STILL[kind.wanted](ticket):
        return None
    return f"not sent, no longer so: the ticket is {ticket.state.value}"


def _about_invoices(conn: Connection, notice: Notice, wanted: Wanted, now: datetime) -> Iterator[str | None]:
    """Why it says what is no longer so of the invoices that it names, or asks for what may wait."""
    claimed = dict(notice.claims)
    found = invoices.several(conn, claimed)
    for invoice in found:
        yield _changed(claimed[invoice.id], invoice, wanted)
    if wanted is not Wanted.UNPAID or not found:
        return
    whose = {invoice.customer_id for invoice in found}
    theirs, on_its_way = promises.running(conn, whose), in_flight(conn, whose)
    disputed, goes_back = disputes.rests_until(conn, whose), refunds.own_money_goes_back(conn, whose)
    for invoice in found:
        if invoice.customer_id in on_its_way:
            yield f"not sent, no longer so: money that may be for {invoice.number} is on its way"
        if invoice.id in goes_back:
            yield f"not sent, no longer so: what has paid {invoice.number} may be on its way back"
        if disputed.get(invoice.customer_id, now) > now:
            yield f"not sent, no longer so: a payment was charged back, and {invoice.number} waits for staff"
        until = promises.rests_until(theirs.get(invoice.customer_id, ()), invoice.id)
        if until is not None and until >= local_date(now, ZoneInfo(invoice.zone)):
            yield f"not sent, no longer so: {invoice.number} rests until {until}"


def _changed(open_minor: int, invoice: Issued, wanted: Wanted) -> str | None:
    if invoice.state is DocumentState.VOID or (wanted is Wanted.UNPAID and invoice.state is not DocumentState.ISSUED):
        return f"not sent, no longer so: {invoice.number} is {invoice.state.value}"
    if wanted is Wanted.UNPAID and invoice.open_minor != open_minor:
        return f"not sent, no longer so: less of {invoice.number} is open"
    return None
