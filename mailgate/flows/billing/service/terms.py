"""A service goes on by other terms: another plan, cycle or options. What is quoted is what is billed."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from mailgate.billing.change import Quote, Terms, limited, quote_change
from mailgate.billing.document.invoice import reckon
from mailgate.billing.offer.pricing import NotSold, options_of, price_of
from mailgate.billing.offer.product import ONE_TIME
from mailgate.billing.repricing import repriced
from mailgate.billing.service import Action, NotPossible, Service, after
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal, text_of
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.invoicing.next_look import look_again
from mailgate.flows.billing.money.tell_payer import tell_of_service
from mailgate.flows.billing.service.add import ONE_DAY, anchored, for_sale, keep_bill_day
from mailgate.flows.billing.service.settling import cut, document, room_of
from mailgate.flows.billing.told.tell_hooks import tell_service
from mailgate.hooks import HookEvent
from mailgate.letters.kind import Template
from store.billing import invoices, services


class PastDue(Permanent):
    """The account owes something: a customer's change waits until that is settled (S26)."""


def quote_new_terms(
    deal: Deal,
    service: Service,
    *,
    sku: str | None = None,
    months: int | None = None,
    options: Mapping[str, int] | None = None,
) -> tuple[Terms, Quote]:
    """What other terms would cost from today on. Raises NotSold, NotPossible, NoTaxRule."""
    after(service.state, Action.CHANGE)
    if service.cancel_on is not None:
        raise NotPossible(f"service {service.id} ends on {service.cancel_on - ONE_DAY}: it cannot be changed any more")
    if not service.is_recurring:
        raise NotPossible(f"service {service.id} was sold once and does not renew: there is nothing to change")
    service = service.without_next_terms()
    old = deal.books.product(deal.conn, service.product_id)
    _refuse_missed(deal, service)
    # A service keeps the version of the catalogue that it was sold from, until it is repriced or changes its plan.
    product_id, product = (service.product_id, old) if sku in (None, old.sku) else for_sale(deal.conn, sku)
    if sku and sku != old.sku and sku not in old.upgrades and old.sku not in product.upgrades:
        there = ", ".join(sorted(old.upgrades)) or "no other"
        raise NotSold(f"there is no way from {old.sku} to {sku}: it may be changed to {there}")
    cycle = service.months if months is None else months
    if cycle == ONE_TIME:
        raise NotPossible("a service that renews cannot become one that is sold once")
    kept = dict(service.options) if sku in (None, old.sku) else {}
    wanted = {**kept, **(options or {})}
    price = price_of(product, service.currency, cycle, wanted)
    on = deal.day
    anchor = service.anchor_on
    if cycle != service.months:
        anchor = anchored(deal, product, on, price, months=cycle)
    terms = Terms(
        product_id,
        cycle,
        price,
        options_of(product, wanted),
        anchor,
        text_of(product, replace(service, name=product.name if service.name == old.name else service.name)),
        product.kind.value,
        partial(deal.taxed, product),
        dict(product.lead_days).get(cycle),
        service.discount if service.discount and service.discount.covers(product.sku) else None,
    )
    billed = services.billed(deal.conn, service.id, not_over_on=on)
    quote = quote_change(service, billed, terms, on=on, today=on, rhythm=deal.books.rhythm)
    if deal.payer.account.billed_elsewhere:
        return terms, replace(quote, legs=(), covers=(), reckoned=reckon(()))
    return terms, limited(quote, room_of(deal.conn, quote.credited))


def _refuse_missed(deal: Deal, service: Service) -> None:
    """Days that no run has billed are billed by the terms that they were had on, so they come first."""
    if service.billed_through < deal.day and not deal.payer.account.billed_elsewhere:
        raise NotPossible(
            f"service {service.id} is not billed from {service.billed_through} on: `mailgate bill run` comes first"
        )


def change(deal: Deal, service: Service, terms: Terms, quote: Quote) -> tuple[Service, tuple[Done, ...]]:
    """Carry out a quote that was made in this transaction."""
    old = deal.books.product(deal.conn, service.product_id)
    new = deal.books.product(deal.conn, terms.product_id)
    cut(deal.conn, quote, now=deal.now)
    billed_through = service.billed_through
    if terms.months != service.months:
        billed_through = max((due.billed_through for due in quote.covers), default=deal.day)
    changed = replace(
        service.without_next_terms(),
        product_id=terms.product_id,
        name=new.name if service.name == old.name else service.name,
        months=terms.months,
        price_minor=terms.price_minor,
        options=terms.options,
        anchor_on=terms.anchor_on,
        billed_through=billed_through,
        discount=terms.discount,
    )
    changed = _with_coming_price(deal, service, changed)
    services.write(deal.conn, changed)
    tell_service(deal, HookEvent.SERVICE_CHANGE, changed, before=service)
    keep_bill_day(deal, new, changed)
    services.add_terms(deal.conn, changed, from_on=deal.day, now=deal.now, by=deal.by)
    if changed.next_on is not None:
        services.drop_next_terms(deal.conn, service)
        services.add_terms(deal.conn, changed.by_next_terms(), from_on=changed.next_on, now=deal.now, by=deal.by)
    documents = document(deal, quote, service.currency)
    look_again(deal)
    now_it_is = services.get(deal.conn, service.id)
    tell_of_service(deal, Template.SERVICE_CHANGED, now_it_is, documents=documents)
    return now_it_is, documents


def _with_coming_price(deal: Deal, before: Service, changed: Service) -> Service:
    """Who keeps the version of his plan still moves to the newer one that he was to move to, with what he has now."""
    if before.next_on is None or before.next_product_id is None or changed.product_id != before.product_id:
        return changed
    old, new = (deal.books.product(deal.conn, number) for number in (changed.product_id, before.next_product_id))
    moved = repriced(changed, old, new, before.next_product_id, from_on=before.next_on)
    return moved if isinstance(moved, Service) else changed


def refuse_past_due(deal: Deal) -> None:
    """Raise PastDue, which names the oldest invoice, while the account owes something that is late."""
    late = invoices.open_of(deal.conn, deal.payer.customer.id, due_by=deal.day - ONE_DAY)
    if late:
        raise PastDue(f"invoice {late[0].number} was due on {late[0].due_on} and is not paid")
