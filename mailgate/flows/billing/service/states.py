"""A service is provisioned, rests, comes back, and is over."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from mailgate.billing.offer.pricing import is_aligned
from mailgate.billing.party import Account
from mailgate.billing.period import anchor_of, first_bill_day
from mailgate.billing.service import Service, State
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.next_look import look_again
from mailgate.flows.billing.money import resting
from mailgate.flows.billing.money.tell_payer import tell_of_service
from mailgate.flows.billing.told.tell_hooks import OVER, tell_end
from mailgate.letters.kind import Template
from store.billing import dunning, services


def activate(deal: Deal, service: Service) -> Service:
    """What was ordered is provisioned, and its customer is told: from now on it renews."""
    changed = resting.activate(deal, service)
    tell_of_service(deal, Template.SERVICE_WELCOME, changed)
    return changed


def suspend(deal: Deal, service: Service, *, reason: str) -> Service:
    """Staff switch it off, and its customer is told; what was billed before stays due. Raises NotPossible."""
    changed = resting.suspend(deal, service, reason=reason)
    tell_of_service(deal, Template.SERVICE_SUSPENDED, changed)
    return changed


def restore(deal: Deal, service: Service) -> Service:
    """Staff switch it on again, and its customer is told: it is billed from this day on. Raises NotPossible."""
    changed = resting.restore(deal, service)
    tell_of_service(deal, Template.SERVICE_RESTORED, changed)
    return changed


def end_what_is_over(deal: Deal) -> tuple[Service, ...]:
    """Services whose last day is over have ended, once a run has billed all that was to be billed of them."""
    over = [
        one
        for one in deal.payer.services
        if one.cancel_on is not None
        and one.cancel_on <= deal.day
        and (one.billed_through >= one.cancel_on or one.state is not State.ACTIVE)
    ]
    for one in over:
        ended = replace(one, state=State.CANCELLED, ended_on=one.cancel_on)
        services.write(deal.conn, ended)
        tell_end(deal, one, ended, OVER)
    return tuple(over)


def after_edit(deal: Deal, before: Account) -> None:
    """The account was edited: what it is now counts for the days that nobody has billed yet."""
    after = deal.payer.account
    theirs = deal.payer.services
    if before.billed_elsewhere and not after.billed_elsewhere:
        dunning.look_soon(deal.conn, before.customer_id, now=deal.now)
        theirs = _billed_here(deal)
    if after.bill_day is not None and after.bill_day != before.bill_day:
        _move_bill_day(deal, theirs, after.bill_day)
    if theirs:
        look_again(deal)


def _billed_here(deal: Deal) -> tuple[Service, ...]:
    """It was billed elsewhere, and is billed here from today on: what was before is settled there."""
    moved = []
    for one in deal.payer.services:
        settled = deal.day if one.is_recurring else one.started_on + timedelta(days=1)
        moved.append(replace(one, billed_through=max(one.billed_through, settled)))
        services.write(deal.conn, moved[-1])
    return tuple(moved)


def _move_bill_day(deal: Deal, theirs: Iterable[Service], bill_day: int) -> None:
    for one in theirs:
        product = deal.books.product(deal.conn, one.product_id)
        if is_aligned(product, one.months, one.price_minor):
            bill_on = first_bill_day(one.billed_through, bill_day)
            services.write(deal.conn, replace(one, anchor_on=anchor_of(bill_on, bill_day, one.months)))
