"""Services of an older system go on here: each once, at the price that they have, billed from where that ended."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection, Engine

from mailgate.billing.catalogue.products import STANDARD
from mailgate.billing.draft import due_at, open_periods
from mailgate.billing.ledger.accounts import part
from mailgate.billing.money.amount import BadAmount, read_amount
from mailgate.billing.offer.pricing import NotSold, price_of
from mailgate.billing.offer.product import Kind, Price, Product, cycle_word
from mailgate.billing.period import nth
from mailgate.billing.service import Service, State
from mailgate.config import Settings
from mailgate.errors import MailgateError
from mailgate.flows.billing.books import Deal, Payer, Today, lock, open_books
from mailgate.flows.billing.service.add import Sold, add, for_sale
from mailgate.flows.billing.told.for_programs import Values, service_row
from mailgate.flows.moving.in_batches import moved_by_customers
from mailgate.flows.moving.service_table import ServiceRow
from mailgate.flows.moving.survey import Progress
from mailgate.flows.moving.table import Fault
from mailgate.people import Customer
from store import locks, people
from store.billing import catalogue, services
from store.billing.catalogue import KEEPING

AT_ONCE = 50
"""Rows in one transaction, about: those of one customer are together."""

ONE_DAY = timedelta(days=1)


class Step(StrEnum):
    """What a row of the table calls for."""

    ADD = "add"
    SAME = "same"
    DIFFERS = "differs"  # it is here with other terms, and stays as it is


@dataclass(frozen=True, slots=True)
class MovedService:
    """A row, and what it has become."""

    row: ServiceRow
    step: Step
    service: Values  # as programs get it
    first_until: str | None = None  # the last day of the first period that is billed here
    first_minor: int | None = None  # what that costs, before tax where prices are without
    differs: Mapping[str, tuple[object, object]] = field(default_factory=dict)  # column: the value here, the table's

    @property
    def customer_id(self) -> int:
        """Whose it is."""
        found = self.service["customer"]
        assert isinstance(found, int)
        return found


@dataclass(slots=True)
class MovedServices:
    """What was done, or would be."""

    moved: list[MovedService] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def steps(self) -> Counter[Step]:
        """How many of each."""
        return Counter(one.step for one in self.moved)


class _Refused(Exception):
    """A cell cannot be taken."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@dataclass(frozen=True, slots=True)
class MovingServices:
    """The story: on which day, by whom, and whether what the older system left unbilled is billed here."""

    engine: Engine
    settings: Settings
    today: Today
    by: str
    bill_missed: bool = False

    def __call__(self, rows: Sequence[ServiceRow], *, is_for_good: bool, progress: Progress) -> MovedServices:
        """Some rows in each transaction. A row is written whole or not at all, and what is here is not done again."""
        moved, faults = moved_by_customers(
            self.engine,
            sorted(rows, key=lambda one: one.parent is not None),  # what an add-on is for comes first
            lambda conn, some: _Batch(self, some)(conn),
            at_once=AT_ONCE,
            is_for_good=is_for_good,
            progress=partial(progress, "services"),
        )
        return MovedServices(moved, faults)


@dataclass(frozen=True, slots=True)
class _Batch:
    moving: MovingServices
    rows: Sequence[ServiceRow]

    def __call__(self, conn: Connection) -> tuple[list[MovedService], list[Fault]]:
        moved: list[MovedService] = []
        faults: list[Fault] = []
        locks.hold(conn, KEEPING)
        books = open_books(conn, self.moving.settings)
        customers = {name: people.find_by_external_id(conn, name) for name in {row.customer for row in self.rows}}
        payers = lock(conn, (one.id for one in customers.values() if one is not None))
        for row in self.rows:
            try:
                payer = _payer(row, customers[row.customer], payers)
                deal = Deal(conn, books, payer, self.moving.today, self.moving.by, is_quiet=True)
                with conn.begin_nested():
                    done = self._move(deal, row)
            except _Refused as refused:
                faults.append(row.line.fault(refused.column, str(refused)))
                continue
            except MailgateError as error:
                faults.append(row.line.fault("sku" if row.sku else "name", str(error)))
                continue
            moved.append(done)
            if done.step is Step.ADD:  # its bill day counts for those that follow
                payers = {**payers, **lock(conn, (payer.customer.id,))}
        return moved, faults

    def _move(self, deal: Deal, row: ServiceRow) -> MovedService:
        currency = deal.payer.customer.currency
        price = _price(row, currency)
        product_id, product = _product(deal, row, price)
        parent_id = _parent(deal, row)
        known = _known(deal, row, product, parent_id)
        if known is not None:
            return _compared(deal, row, known, product, price)
        if price is None:
            _refuse_unsold(product, row, currency)
        self._refuse_missed(deal, row)
        if row.start_on and row.paid_through < row.start_on - ONE_DAY:
            raise _Refused("paid_through", f"it is before the first day, {row.start_on}")
        sold = Sold(
            product.sku,
            row.months,
            name=row.name if row.sku else "",
            domain=row.domain,
            options=row.options,
            parent_id=parent_id,
            start_on=row.start_on,
            paid_through=row.paid_through,
            external_id=row.external_id,
            product=(product_id, product),
            price_minor=price,
            is_suspended=row.is_suspended,
        )
        added, _ = add(deal, sold)
        return _told(deal, row, Step.ADD, added)

    def _refuse_missed(self, deal: Deal, row: ServiceRow) -> None:
        """What was not billed for more than a cycle is likelier a wrong date than a bill that somebody expects."""
        if self.moving.bill_missed or row.is_suspended or not row.months:
            return
        if nth(row.paid_through + ONE_DAY, row.months, 1) <= deal.day:
            raise _Refused(
                "paid_through",
                "it is more than a cycle ago, and all days since would be billed here at once: give the last day that "
                "the older system has billed, paid or not; `--bill-missed` if nobody has billed them",
            )


def _payer(row: ServiceRow, customer: Customer | None, payers: Mapping[int, Payer]) -> Payer:
    if customer is None:
        raise _Refused("customer", "no customer has this external id: `mailgate import customers` comes first")
    if customer.removed_at:
        raise _Refused("customer", f"customer {customer.id}, who had it, was removed")
    payer = payers[customer.id]
    if payer.account.billed_elsewhere:
        raise _Refused(
            "customer",
            f"customer {customer.id} is billed elsewhere, by a reseller: their services are moved in for who pays; "
            f"`mailgate customer edit {customer.id} --not-billed-elsewhere` if you bill them yourself",
        )
    if row.currency and row.currency != customer.currency:
        raise _Refused(
            "currency",
            f"customer {customer.id} pays in {customer.currency}: `mailgate customer edit {customer.id} --currency "
            f"{row.currency}` comes first",
        )
    return payer


def _price(row: ServiceRow, currency: str) -> int | None:
    if row.price is None:
        return None
    try:
        return read_amount(row.price, currency)
    except BadAmount as error:
        raise _Refused("price", str(error)) from None


def _product(deal: Deal, row: ServiceRow, price: int | None) -> tuple[int, Product]:
    """What the catalogue sells now, or a product that is sold to nobody else."""
    if row.sku is not None:
        try:
            return for_sale(deal.conn, row.sku)
        except NotSold as error:
            raise _Refused("sku", str(error)) from None
    assert price is not None
    product = Product(
        sku=f"moved-{part(row.name)}",
        kind=row.kind or Kind.HOSTING,
        name=row.name,
        tax_class=STANDARD,
        prices=(Price(deal.payer.customer.currency, row.months, price),),
        tax_included=bool(row.tax_included),
    )
    return catalogue.keep(deal.conn, product), product


def _refuse_unsold(product: Product, row: ServiceRow, currency: str) -> None:
    try:
        price_of(product, currency, row.months, row.options)
    except NotSold as error:
        column = "options" if product.price(currency, row.months) else "cycle"
        raise _Refused(column, f"{error}; a price of its own, in the column price, is kept as it is") from None


def _parent(deal: Deal, row: ServiceRow) -> int | None:
    if row.parent is None:
        return None
    parent = services.find_external(deal.conn, row.parent)
    if parent is None or parent.customer_id != deal.payer.customer.id:
        raise _Refused("parent", f"customer {deal.payer.customer.id} has no service with this external id")
    return parent.id


def _known(deal: Deal, row: ServiceRow, product: Product, parent_id: int | None) -> Service | None:
    """The service of a row that was moved in before: by its id, else by all that tells it from others of theirs."""
    customer_id = deal.payer.customer.id
    if row.external_id is not None:
        found = services.find_external(deal.conn, row.external_id)
        if found is not None and found.customer_id != customer_id:
            raise _Refused("external_id", f"service {found.id} of customer {found.customer_id} has it already")
        return found
    name = (row.name if row.sku else "") or row.domain or product.name
    wanted = (product.sku, name, row.domain, row.months, parent_id)
    for one in services.listing(deal.conn, customer_id=customer_id):
        sku = deal.books.product(deal.conn, one.product_id).sku
        if (sku, one.name, one.domain, one.months, one.parent_id) == wanted:
            return one
    return None


def _compared(deal: Deal, row: ServiceRow, known: Service, product: Product, price: int | None) -> MovedService:
    here = deal.books.product(deal.conn, known.product_id)
    pairs = {
        "sku": (here.sku, product.sku),
        "cycle": (cycle_word(known.months), cycle_word(row.months)),
        "price": (known.price_minor, known.price_minor if price is None else price),
        "domain": (known.domain, row.domain),
        "paid_through": (  # billing here leads further, and that is no difference
            str(known.billed_through - ONE_DAY),
            str(max(row.paid_through, known.billed_through - ONE_DAY)),
        ),
    }
    differs = {column: pair for column, pair in pairs.items() if pair[0] != pair[1]}
    return replace(_told(deal, row, Step.DIFFERS if differs else Step.SAME, known), differs=differs)


def _told(deal: Deal, row: ServiceRow, step: Step, service: Service) -> MovedService:
    values = {**service_row(deal.conn, deal.books, service), "customer": service.customer_id}
    first = next(_first(service), None) if step is Step.ADD else None
    if first is None:
        return MovedService(row, step, values)
    return MovedService(row, step, values, first[0], first[1])


def _first(service: Service) -> Iterator[tuple[str, int]]:
    """The first period that is billed here: where the account's bill day is another, a part of a cycle up to it."""
    if service.is_recurring and service.state is State.ACTIVE:
        for span in open_periods(service, until=service.billed_through):
            yield span.last.isoformat(), due_at(service, span).amount_minor
