"""A service ends, today or with what is paid for. What is quoted is what is given back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from mailgate.billing.change import Leg, Quote, charged_for, joined, limited, quote_end, with_legs
from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.draft import due_at, open_periods
from mailgate.billing.offer.product import Kind
from mailgate.billing.period import Part
from mailgate.billing.service import ENDED, UNPAID, Action, NotPossible, Service, State, after
from mailgate.flows.billing.books import Deal, text_of
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.invoicing.next_look import look_again
from mailgate.flows.billing.money.tell_payer import tell_of_service
from mailgate.flows.billing.service.add import ONE_DAY
from mailgate.flows.billing.service.settling import charge_of, cut, document, room_of
from mailgate.flows.billing.told.tell_hooks import CANCELLED, NOT_PAID, tell_end
from mailgate.letters.kind import Template
from store.billing import credited, invoices, lines, services

_OWED = frozenset({DocumentState.ISSUED, DocumentState.WRITTEN_OFF})


@dataclass(frozen=True, slots=True)
class End:
    """What an end comes to: the services as they are then, and the one document."""

    ends_on: date  # the first day without
    services: tuple[Service, ...]  # the one that was meant first, then its add-ons
    quote: Quote
    gives_back: bool = False  # what is more than is owed goes back to who has paid it


def end_of(deal: Deal, service: Service, *, at_end: bool, reason: str = "") -> End:
    """What an end comes to, of the service and its add-ons; nothing is written. Raises NotPossible, NoTaxRule.

    Today, which is unused already: the rest of what was billed is given back, as money where it was paid. `at_end`:
    with the last period that is paid, of which nothing is given back; lines that nobody has paid yet are. When nothing
    is paid, that is today.
    """
    ends_on = deal.day
    if at_end:
        after(service.state, Action.CANCEL_AT_END)
        if service.cancel_on is not None:
            raise NotPossible(f"service {service.id} ends on {service.cancel_on - ONE_DAY} already")
        ends_on = _paid_until(deal.conn, service, deal.day)
    ending = [service, *(one for one in deal.payer.services if one.parent_id == service.id)]
    if ends_on > deal.day:
        return _later(deal, ending, ends_on, reason)
    return replace(_now(deal, ending, reason), gives_back=not at_end)


def end_unpaid(deal: Deal, service: Service) -> End:
    """What it comes to that nobody has paid for it, of the service and its add-ons; nothing is written.

    Days from the suspension on are given back, the rest stays due. Raises NotPossible, NoTaxRule.
    """
    ending = [service, *(one for one in deal.payer.services if one.parent_id == service.id)]
    return _now(deal, ending, UNPAID, Action.TERMINATE)


def carry_out(deal: Deal, end: End) -> tuple[Service, tuple[Done, ...]]:
    """Do what `end_of` found in this transaction; the service as it is then, and what was issued."""
    cut(deal.conn, end.quote, now=deal.now)
    for one in end.services:
        before = services.get(deal.conn, one.id)
        services.write(deal.conn, one)
        if one.state in ENDED:
            tell_end(deal, before, one, NOT_PAID if one.state is State.TERMINATED else CANCELLED)
    documents = document(deal, end.quote, end.services[0].currency, gives_back=end.gives_back)
    look_again(deal)
    ended = services.get(deal.conn, end.services[0].id)
    if ended.state is not State.TERMINATED:  # of that tells who ends it, with why
        last = deal.day if end.ends_on <= deal.day else end.ends_on - ONE_DAY
        tell_of_service(deal, Template.SERVICE_CANCELLED, ended, on=last, documents=documents, addons=end.services[1:])
    return ended, documents


def _later(deal: Deal, ending: Sequence[Service], ends_on: date, reason: str) -> End:
    """What is paid is used up; of what is not, the days behind the end are given back."""
    changed, quotes = [], []
    for one in ending:
        if one.cancel_on is None or one.cancel_on > ends_on:
            changed.append(replace(one, cancel_on=ends_on, reason=reason))
        unpaid = [
            billed
            for billed in services.billed(deal.conn, one.id, not_over_on=ends_on)
            if billed.invoice_id is None or not _is_paid(deal.conn, billed.invoice_id)
        ]
        quotes.append(quote_end(unpaid, service_id=one.id, on=ends_on))
    return End(ends_on, tuple(changed), _limited(deal, quotes))


def _now(deal: Deal, ending: Sequence[Service], reason: str, action: Action = Action.CANCEL_NOW) -> End:
    on = deal.day
    changed, quotes = [], []
    for one in ending:
        state = after(one.state, Action.CANCEL_NOW if one.state is State.PENDING else action)
        quote = _given_back(deal, one)
        covered = max((due.billed_through for due in quote.covers), default=one.billed_through)
        changed.append(
            replace(
                one,
                state=state,
                ended_on=max(one.started_on, on),
                cancel_on=None,
                reason=reason,
                billed_through=covered,
            )
        )
        quotes.append(quote)
    return End(on, tuple(changed), _limited(deal, quotes))


def _given_back(deal: Deal, one: Service) -> Quote:
    """Of one that is suspended, from the day on which that began; of one that was never provisioned, all."""
    day = min(deal.day, one.suspended_on) if one.suspended_on else deal.day
    billed = services.billed(deal.conn, one.id, not_over_on=day if one.state is not State.PENDING else None)
    if one.state is State.PENDING:
        whole = quote_end(billed, service_id=one.id, on=min(day, one.started_on))
        return with_legs(whole, _without_days(deal.conn, one))
    # A registry has been paid for a domain, whatever becomes of it.
    quote = quote_end([each for each in billed if each.sort != Kind.DOMAIN.value], service_id=one.id, on=day)
    return _with_unbilled(deal, one, quote)


def _with_unbilled(deal: Deal, one: Service, quote: Quote) -> Quote:
    """Days that a run has missed are billed up to the end."""
    product = deal.books.product(deal.conn, one.product_id)
    is_missed = one.state is State.ACTIVE and one.is_recurring and one.billed_through < deal.day
    if not is_missed or product.kind is Kind.DOMAIN or deal.payer.account.billed_elsewhere:
        return quote
    spans = open_periods(replace(one, cancel_on=deal.day), until=deal.day)
    covers = [due_at(one, span) for span in spans]
    legs = [
        charged_for(due, text_of(product, one), product.kind.value, deal.taxed(product, due.period)) for due in covers
    ]
    return with_legs(quote, legs, covers)


def _without_days(conn: Connection, one: Service) -> Iterator[Leg]:
    """What was billed of a service beside its days: its set-up, or its one-time price."""
    for document_id in lines.ids_with(conn, one.id):
        if invoices.get(conn, document_id).kind is not DocumentKind.INVOICE:
            continue
        for line in lines.of(conn, document_id):
            if line.service_id == one.id and line.period_start is None and line.original_id is None:
                yield Leg(charge_of(line).turned(), Part(1, 1), line.amount_minor)


def _limited(deal: Deal, quotes: Sequence[Quote]) -> Quote:
    whole = joined(quotes)
    return limited(whole, room_of(deal.conn, whole.credited))


def _paid_until(conn: Connection, service: Service, on: date) -> date:
    """The first day that nobody has paid for, no sooner than a day."""
    billed = services.billed(conn, service.id, not_over_on=on)
    ends = [one.period.end for one in billed if one.invoice_id is None or _is_paid(conn, one.invoice_id)]
    if service.started_on <= on:  # days that no document of ours covers were paid elsewhere: it was moved in
        ends.append(min((one.period.start for one in billed), default=service.billed_through))
    return max([on, *ends])


def _is_paid(conn: Connection, document_id: int) -> bool:
    """Nobody owes anything for it: neither of it nor, where it changed something, of what it has changed."""
    one = invoices.get(conn, document_id)
    is_settled = one.kind is DocumentKind.CREDIT_NOTE or one.state not in _OWED
    return is_settled and all(_is_paid(conn, before) for before in credited.originals(conn, document_id))
