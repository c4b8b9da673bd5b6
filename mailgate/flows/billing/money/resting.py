"""A service is provisioned, is switched off, and comes back."""

from dataclasses import replace

from mailgate.billing.service import UNPAID, Action, NotPossible, Service, after
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.next_look import look_again
from mailgate.flows.billing.told.tell_hooks import NOT_PAID, tell_service
from mailgate.hooks import HookEvent
from store.billing import dunning, services


def activate(deal: Deal, service: Service) -> Service:
    """What was ordered is provisioned: from now on it renews."""
    return _moved(deal, replace(service, state=after(service.state, Action.ACTIVATE)), HookEvent.SERVICE_ACTIVATE)


def suspend(deal: Deal, service: Service, *, reason: str) -> Service:
    """It is off, and nothing is billed for it; what was billed before stays due. Raises NotPossible."""
    if reason == UNPAID:
        raise NotPossible(f"{UNPAID!r} is the reason of what comes back by itself with the money: give another")
    return _suspend(deal, service, reason, told=reason)


def suspend_unpaid(deal: Deal, service: Service) -> Service:
    """The same because nobody pays: once somebody does it is restored."""
    return _suspend(deal, service, UNPAID, told=NOT_PAID)


def restore(deal: Deal, service: Service) -> Service:
    """It is on again: what was not billed before is billed from this day on. Raises NotPossible."""
    state = after(service.state, Action.RESTORE)
    on, was_unpaid = deal.day, service.suspended_for == UNPAID
    # Money restores also when the clock was wrong and is not any more.
    if service.suspended_on and on < service.suspended_on and not was_unpaid:
        raise NotPossible(f"service {service.id} was suspended on {service.suspended_on}, which is after {on}")
    billed_through = max(service.billed_through, on) if service.is_recurring else service.billed_through
    changed = replace(service, state=state, suspended_on=None, suspended_for="", billed_through=billed_through)
    dunning.look_soon(deal.conn, service.customer_id, now=deal.now)
    return _moved(deal, changed, HookEvent.SERVICE_RESTORE, reason=NOT_PAID if was_unpaid else service.suspended_for)


def _suspend(deal: Deal, service: Service, reason: str, *, told: str) -> Service:
    state = after(service.state, Action.SUSPEND)
    changed = replace(service, state=state, suspended_on=deal.day, suspended_for=reason)
    return _moved(deal, changed, HookEvent.SERVICE_SUSPEND, reason=told)


def _moved(deal: Deal, changed: Service, event: HookEvent, *, reason: str = "") -> Service:
    services.write(deal.conn, changed)
    tell_service(deal, event, changed, reason=reason)
    look_again(deal)
    return changed
