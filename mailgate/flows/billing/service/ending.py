"""A service ends: today, with the rest of what was billed given back, or with what is paid for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from mailgate.billing.change import Billed, Quote, joined, quote_end
from mailgate.billing.invoice import DocumentState
from mailgate.billing.product import Kind
from mailgate.billing.service import Action, Service, State, after
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.issue import Done
from mailgate.flows.billing.service.settling import cut, document, look_again
from store.billing import invoices, services


def quote_cancel(conn: Connection, service: Service, *, on: date) -> Quote:
    """What an end on this day gives back; of one that is suspended, from the day on which that began."""
    after(service.state, Action.CANCEL_NOW)
    day = min(on, service.suspended_on) if service.suspended_on else on
    return quote_end(_returnable(conn, service, day), service_id=service.id, on=day)


def quote_of_all(deal: Deal, service: Service) -> Quote:
    """What an end today gives back, of the service and of its add-ons."""
    return joined([quote for _, quote in _quotes(deal, service)])


def cancel_now(deal: Deal, service: Service, *, reason: str) -> tuple[Service, tuple[Done, ...]]:
    """It ends today, which is unused already, with its add-ons; the rest of what was billed is given back."""
    on = deal.day
    quotes = _quotes(deal, service)
    for one, quote in quotes:
        cut(deal.conn, quote, now=deal.now)
        ended = max(one.started_on, on)
        services.write(
            deal.conn,
            replace(one, state=after(one.state, Action.CANCEL_NOW), ended_on=ended, cancel_on=None, reason=reason),
        )
    whole = joined([quote for _, quote in quotes])
    documents = document(deal, whole, service.currency)
    look_again(deal)
    return services.get(deal.conn, service.id), documents


def quote_cancel_at_end(conn: Connection, service: Service, *, on: date) -> tuple[date, Quote]:
    """The first day without it, when all that is paid for is over, and which unpaid lines are given back."""
    after(service.state, Action.CANCEL_AT_END)
    billed = services.billed(conn, service.id, not_over_on=on)
    end = _paid_elsewhere_until(service, billed, on)
    for one in billed:
        if one.period.start <= end and _is_paid(conn, one):
            end = max(end, one.period.end)
    return end, quote_end([one for one in billed if one.period.end > end], service_id=service.id, on=end)


def cancel_at_end(deal: Deal, service: Service, *, reason: str) -> tuple[Service, tuple[Done, ...]]:
    """It ends with what is paid for. Nothing of that is given back; lines that nobody has paid yet are."""
    on = deal.day
    end, quote = quote_cancel_at_end(deal.conn, service, on=on)
    if end <= on:
        return cancel_now(deal, service, reason=reason)
    cut(deal.conn, quote, now=deal.now)
    services.write(deal.conn, replace(service, cancel_on=end, reason=reason))
    for addon in deal.payer.services:
        if addon.parent_id == service.id and addon.cancel_on is None and addon.state is State.ACTIVE:
            services.write(deal.conn, replace(addon, cancel_on=end, reason=reason))
    documents = document(deal, quote, service.currency)
    look_again(deal)
    return services.get(deal.conn, service.id), documents


def _quotes(deal: Deal, service: Service) -> Sequence[tuple[Service, Quote]]:
    ending = [service, *(one for one in deal.payer.services if one.parent_id == service.id)]
    return [(one, quote_cancel(deal.conn, one, on=deal.day)) for one in ending]


def _returnable(conn: Connection, service: Service, on: date) -> Sequence[Billed]:
    """What may be given back at once: nothing of domains, which a registry has been paid for."""
    return [one for one in services.billed(conn, service.id, not_over_on=on) if one.sort != Kind.DOMAIN.value]


def _paid_elsewhere_until(service: Service, billed: Sequence[Billed], on: date) -> date:
    """The end of days that no document of ours covers and that are paid for all the same: it was moved in."""
    if service.started_on > on:
        return on
    return max(on, min((one.period.start for one in billed), default=service.billed_through))


def _is_paid(conn: Connection, one: Billed) -> bool:
    return one.invoice_id is None or invoices.get(conn, one.invoice_id).state is DocumentState.PAID
