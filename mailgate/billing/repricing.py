"""A service moves to what its product costs now: from which of its periods on, at what price, or why it stays."""

from dataclasses import dataclass, replace
from datetime import date

from mailgate.billing.offer.pricing import NotSold, options_of, price_of
from mailgate.billing.offer.product import Product
from mailgate.billing.period import index_on, nth
from mailgate.billing.service import Service


@dataclass(frozen=True, slots=True)
class Stays:
    """A service is left alone, and why."""

    why: str


def repriced(service: Service, old: Product, new: Product, new_id: int, *, from_on: date) -> Service | Stays | None:
    """The service with its newer terms, which count from its first renewal on or after a day that is not billed yet.

    What it has beyond what was included goes on, and what the new version includes is not less. None: it is sold so
    already, or does not renew.
    """
    if not service.is_recurring:
        return None
    if service.product_id == new_id:
        # A version that says again what an older one said, while the step between them has not begun.
        return service.without_next_terms() if service.next_on is not None else None
    next_on = first_renewal(service, from_on)
    end = service.cancel_on or service.ended_on
    if end is not None and end <= next_on:
        return None
    if service.next_on is not None and service.next_on < next_on and service.next_product_id != new_id:
        return Stays(f"it moves to a version before this one on {service.next_on}: ask again once that is invoiced")
    try:
        wanted = _options(service, old, new)
        price = price_of(new, service.currency, service.months, wanted)
    except NotSold as error:
        return Stays(str(error))
    moved = replace(
        service,
        next_on=next_on,
        next_product_id=new_id,
        next_price_minor=price,
        next_options=options_of(new, wanted),
    )
    return None if moved == service else moved


def first_renewal(service: Service, from_on: date) -> date:
    """The first day on or after another on which a period begins that nothing has billed."""
    if service.billed_through >= from_on:
        return service.billed_through
    n = index_on(service.anchor_on, service.months, from_on)
    begins = nth(service.anchor_on, service.months, n)
    return begins if begins == from_on else nth(service.anchor_on, service.months, n + 1)


def _options(service: Service, old: Product, new: Product) -> dict[str, int]:
    """What of the options was bought; what was only included is left to the new version."""
    included = {one.name: one.included for one in old.options}
    least = {one.name: one.included for one in new.options}
    return {name: max(count, least.get(name, count)) for name, count in service.options if count != included.get(name)}
