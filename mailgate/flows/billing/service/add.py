"""A service is added, and its first invoice is issued."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from sqlalchemy import Connection

from mailgate.billing.document.invoice import Charge, LineKind
from mailgate.billing.draft import first_bundle
from mailgate.billing.offer.discount import promised, redeemed
from mailgate.billing.offer.pricing import NotSold, is_aligned, options_of, price_of
from mailgate.billing.offer.product import ONE_TIME, Kind, Product, Promotion
from mailgate.billing.period import anchor_of, first_bill_day, period_on
from mailgate.billing.service import NotPossible, Service, State, checked_day
from mailgate.flows.billing.books import Deal, text_of
from mailgate.flows.billing.invoicing.drafting import drafted
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.invoicing.next_look import look_again
from mailgate.flows.billing.money.tell_payer import tell_of_service
from mailgate.flows.billing.service.settling import bill
from mailgate.flows.billing.told.tell_hooks import tell_service
from mailgate.hooks import HookEvent
from mailgate.letters.kind import Template
from store.billing import accounts, catalogue, services

ONE_DAY = timedelta(days=1)

SUSPENDED_THERE = "suspended in the older system"


@dataclass(frozen=True, slots=True)
class Sold:
    """What somebody is to have."""

    sku: str
    months: int
    name: str = ""
    domain: str = ""
    options: Mapping[str, int] | None = None
    parent_id: int | None = None
    is_pending: bool = False
    start_on: date | None = None
    paid_through: date | None = None  # the last day that was paid for elsewhere: it is not billed here
    external_id: str | None = None
    promotion: str | None = None  # the code that makes it cheaper
    product: tuple[int, Product] | None = None  # what is sold no more, with the id of its row
    price_minor: int | None = None  # of a whole cycle, where it is not that of the catalogue
    is_suspended: bool = False  # it was off already where it was moved from


def add(deal: Deal, sold: Sold) -> tuple[Service, tuple[Done, ...]]:
    """Add a service and issue its first invoice. The account is locked.

    Raises NotSold, NotPossible, NoTaxRule, ClockWentBack.
    """
    product_id, product = sold.product or for_sale(deal.conn, sold.sku)
    price = sold.price_minor
    if price is None:
        price = price_of(product, deal.payer.customer.currency, sold.months, sold.options or {})
    start = checked_day(sold.start_on or deal.day)
    promotion = _promotion(deal, product, sold.promotion) if sold.promotion is not None else None
    parent = _parent(deal, product, sold.parent_id)
    setup = product.price(deal.payer.customer.currency, sold.months)
    billed_through = _billed_through(sold, start)
    counted_from = start
    if sold.paid_through and not _reaches(start, sold.months, billed_through):
        counted_from = billed_through  # it was billed on another day than that of its start
    anchor = anchored(deal, product, counted_from, price, months=sold.months)
    discount = None
    if promotion is not None:
        discount = promised(promotion, anchor=anchor, months=sold.months, from_on=billed_through)
    service = services.add(
        deal.conn,
        Service(
            id=0,
            customer_id=deal.payer.customer.id,
            product_id=product_id,
            parent_id=parent.id if parent else None,
            name=sold.name or sold.domain or product.name,
            domain=sold.domain,
            currency=deal.payer.customer.currency,
            months=sold.months,
            price_minor=price,
            options=options_of(product, sold.options or {}),
            state=_state(sold),
            started_on=start if sold.start_on else min(start, billed_through),
            anchor_on=anchor,
            billed_through=billed_through,
            cancel_on=parent.cancel_on if parent else None,  # it goes no further than what it is for
            suspended_on=deal.day if sold.is_suspended else None,
            suspended_for=SUSPENDED_THERE if sold.is_suspended else "",
            external_id=sold.external_id,
            discount=discount,
        ),
        now=deal.now,
        by=deal.by,
    )
    keep_bill_day(deal, product, service)
    if service.state is State.ACTIVE and sold.paid_through is None:  # what was moved in is switched on there already
        tell_service(deal, HookEvent.SERVICE_ACTIVATE, service)
    documents: tuple[Done, ...] = ()
    if sold.paid_through is None and not deal.payer.account.billed_elsewhere:
        more = (_setup_line(deal, product, service, setup.setup_minor),) if setup and setup.setup_minor else ()
        bundle = first_bundle(
            service, today=deal.day, rhythm=deal.books.rhythm, lead=deal.books.lead(deal.conn, service)
        )
        if bundle is not None:
            draft = drafted(deal.conn, deal.books, deal.payer, bundle, on=deal.issue_day, more=more)
            documents = bill(deal, draft.wanted, draft.covers)
            service = services.get(deal.conn, service.id)
    look_again(deal)
    if sold.paid_through is None and not sold.is_pending:
        tell_of_service(deal, Template.SERVICE_WELCOME, service, on=service.started_on, documents=documents)
    return service, documents


def _state(sold: Sold) -> State:
    if sold.is_suspended:
        return State.SUSPENDED
    return State.PENDING if sold.is_pending else State.ACTIVE


def _billed_through(sold: Sold, start: date) -> date:
    """The first day that nobody has paid for."""
    if sold.paid_through is None:
        return start
    if sold.months == ONE_TIME:
        return start + ONE_DAY
    day = checked_day(sold.paid_through) + ONE_DAY
    if sold.start_on and day < sold.start_on:
        raise NotPossible(f"it is paid through {sold.paid_through}, which is before its first day, {sold.start_on}")
    return day


def _reaches(start: date, months: int, day: date) -> bool:
    """A period of what began on a day begins on the other one."""
    return months != ONE_TIME and day >= start and period_on(start, months, day).start == day


def for_sale(conn: Connection, sku: str) -> tuple[int, Product]:
    """A product as it is sold now, with its id. Raises NotSold, which names the nearest."""
    found = catalogue.product_by_sku(conn, sku)
    if found is None or found.id is None:
        near = get_close_matches(sku, [one.sku for one in catalogue.for_sale(conn)], n=1)
        raise NotSold(f"the catalogue has no {sku!r}" + (f": did you mean {near[0]}?" if near else ""))
    return found.id, found


def _promotion(deal: Deal, product: Product, code: str) -> Promotion:
    found, currency = catalogue.promotion(deal.conn, code), deal.payer.customer.currency
    return redeemed(code, found, catalogue.promotions_of_now(deal.conn), product, currency, on=deal.day)


def _parent(deal: Deal, product: Product, parent_id: int | None) -> Service | None:
    if product.kind is not Kind.ADD_ON:
        if parent_id is not None:
            raise NotPossible(f"{product.sku} is no add-on: it belongs to no other service")
        return None
    if parent_id is None:
        raise NotPossible(f"{product.sku} is an add-on: name the service that it is for, --parent ID")
    parent = next((one for one in deal.payer.services if one.id == parent_id), None)
    if parent is None:
        raise NotPossible(f"customer {deal.payer.customer.id} has no service {parent_id} that is not ended")
    if parent.currency != deal.payer.customer.currency:  # both end on one document
        pays = f"customer {deal.payer.customer.id} pays in {deal.payer.customer.currency} now"
        raise NotPossible(f"service {parent.id} is billed in {parent.currency}, and {pays}: it takes no new add-on")
    plan = deal.books.product(deal.conn, parent.product_id)
    now_sold = catalogue.product_by_sku(deal.conn, plan.sku)
    if product.sku not in {*plan.addons, *(now_sold.addons if now_sold else ())}:
        there = ", ".join(plan.addons) or "none"
        raise NotSold(f"{product.sku} is no add-on of {plan.sku}: there is {there}")
    return parent


def anchored(deal: Deal, product: Product, start: date, price_minor: int, *, months: int) -> date:
    """Where the service's cycles are counted from: the account's bill day, for what is billed on it."""
    if not is_aligned(product, months, price_minor):
        return start
    bill_day = deal.payer.account.bill_day or deal.books.settings.billing.bill_day or start.day
    return anchor_of(first_bill_day(start, bill_day), bill_day, months)


def keep_bill_day(deal: Deal, product: Product, service: Service) -> None:
    """The first service that is billed on the account's bill day sets it."""
    if deal.payer.account.bill_day is None and is_aligned(product, service.months, service.price_minor):
        bill_day = deal.books.settings.billing.bill_day or service.anchor_on.day
        accounts.edit(deal.conn, replace(deal.payer.account, bill_day=bill_day))


def _setup_line(deal: Deal, product: Product, service: Service, setup_minor: int) -> Charge:
    return Charge(
        LineKind.SETUP,
        text_of(product, service),
        product.kind.value,
        service.id,
        None,
        setup_minor,
        deal.taxed(product, None),
    )
