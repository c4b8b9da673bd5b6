"""Books: what a story about money knows of the accounts that it has locked, and of what is sold."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.document.invoice import TaxedAs
from mailgate.billing.draft import Rhythm
from mailgate.billing.offer.product import Product, TaxRule
from mailgate.billing.party import Account, Buyer, Proof
from mailgate.billing.period import Span, local_date
from mailgate.billing.profile import buyer
from mailgate.billing.service import Service
from mailgate.billing.tax.groups import read_rate
from mailgate.billing.tax.vat import treatment
from mailgate.config import Settings
from mailgate.config.settings.billing import TaxPoint
from mailgate.people import Customer
from store import people
from store.billing import accounts, catalogue, services


@dataclass(frozen=True, slots=True)
class Payer:
    """One account as billing sees it, locked for the transaction."""

    customer: Customer
    account: Account
    proof: Proof | None
    services: tuple[Service, ...]  # that have not ended
    buyer: Buyer  # who its documents are made out to

    @property
    def zone(self) -> ZoneInfo:
        """Of its days."""
        return ZoneInfo(self.customer.timezone)


@dataclass(frozen=True, slots=True)
class Books:
    """What is sold, how it is taxed, and how the company bills. One for a story, or for a whole run."""

    settings: Settings
    tax_rules: tuple[TaxRule, ...]
    version: int | None = None  # of the catalogue that they are of
    _products: dict[int, Product] = field(default_factory=dict)
    _taxed: dict[Hashable, TaxedAs] = field(default_factory=dict)

    def renewed(self, conn: Connection) -> "Books":
        """The books as of now, with what has not changed since: for the next transaction of a long story."""
        version = catalogue.newest_number(conn)
        if version == self.version:
            return self
        return Books(self.settings, catalogue.tax_rules(conn), version, self._products)

    @property
    def rhythm(self) -> Rhythm:
        """When invoices go out."""
        billing = self.settings.billing
        return Rhythm(billing.invoice_days_before_due, billing.least_days_to_pay, billing.bill_suspended)

    def sellers_day(self, now: datetime) -> date:
        """Issue dates and numbers are of this day."""
        return local_date(now, ZoneInfo(self.settings.gate.timezone))

    def product(self, conn: Connection, product_id: int) -> Product:
        """A product as it was sold by this id."""
        found = self._products.get(product_id)
        if found is None:
            found = catalogue.product(conn, product_id)
            if found is None:
                raise LookupError(f"there is no product {product_id}")
            self._products[product_id] = found
        return found

    def lead(self, conn: Connection, service: Service) -> int | None:
        """The days before the due date of the service's product, where it has its own for this cycle."""
        return dict(self.product(conn, service.product_id).lead_days).get(service.months)

    def taxed(self, payer: Payer, product: Product, *, on: date, period: Span | None = None) -> TaxedAs:
        """How this product is taxed for this account on a document of a day, for the days of a line. Raises NoTaxRule.

        By `billing.tax_point`, the rate is that of the day of issue or of the last of these days.
        """
        of = payer.buyer
        rate_on = on
        if period is not None and self.settings.billing.tax_point is TaxPoint.PERIOD_END:
            rate_on = period.last
        key = (of.country, of.region, of.vat_id, of.exempt_reason, payer.proof, product.tax_class, on, rate_on)
        taxed = self._taxed.get((*key, product.tax_included))
        if taxed is None:
            found = treatment(
                self.settings.seller, of, payer.proof, self.tax_rules, product.tax_class, on=on, rate_on=rate_on
            )
            taxed = TaxedAs(product.tax_included, read_rate(found.rate), found.category, found.name, found.reason)
            if not of.vat_id:  # those who have one would be too many to remember
                self._taxed[(*key, product.tax_included)] = taxed
        return taxed


@dataclass(frozen=True, slots=True)
class Today:
    """The day of an act: `on` is today for every account, and the issue date; None: each account's own day."""

    now: datetime
    on: date | None = None

    def account(self, payer: Payer) -> date:
        """Which day it is for an account."""
        return self.on or local_date(self.now, payer.zone)

    def seller(self, books: Books) -> date:
        """Which day it is for who sells: documents are dated by it."""
        return self.on or books.sellers_day(self.now)


def open_books(conn: Connection, settings: Settings) -> Books:
    """The books as of now."""
    return Books(settings, catalogue.tax_rules(conn), catalogue.newest_number(conn))


def lock(conn: Connection, customer_ids: Iterable[int]) -> Mapping[int, Payer]:
    """Lock these accounts, ascending, and read them; numbers of no customer are left out."""
    locked = accounts.lock(conn, customer_ids)
    return _payers(conn, locked)


def look(conn: Connection, customer_ids: Iterable[int]) -> Mapping[int, Payer]:
    """The same without a lock, for who only asks."""
    numbers = sorted(set(customer_ids))
    found = accounts.accounts(conn, numbers)
    return _payers(conn, {number: found.get(number) or Account.fresh(number) for number in numbers})


def _payers(conn: Connection, locked: Mapping[int, Account]) -> Mapping[int, Payer]:
    customers = people.customers_of(conn, locked)
    proofs = accounts.last_proofs(conn, locked)
    theirs = services.of_accounts(conn, locked)
    return {
        number: Payer(
            customers[number],
            account,
            proofs.get(number),
            tuple(theirs.get(number, ())),
            buyer(customers[number], account),
        )
        for number, account in locked.items()
        if number in customers
    }


def text_of(product: Product, service: Service) -> str:
    """What a line says: the product, and which of several it is for."""
    return product.name if service.name in ("", product.name) else f"{product.name}, {service.name}"


@dataclass(frozen=True, slots=True)
class Deal:
    """What a story about one account has in hand: the open transaction, the books, the locked account, and its day."""

    conn: Connection
    books: Books
    payer: Payer
    today: Today
    by: str  # who does it
    is_quiet: bool = False  # nobody is written to: it only brings in what was before

    @property
    def day(self) -> date:
        """Today, for the account."""
        return self.today.account(self.payer)

    @property
    def issue_day(self) -> date:
        """Today, for who sells."""
        return self.today.seller(self.books)

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.today.now

    def taxed(self, product: Product, period: Span | None) -> TaxedAs:
        """How days of this product are taxed on a document of today. Raises NoTaxRule."""
        return self.books.taxed(self.payer, product, on=self.issue_day, period=period)


def deals_with(
    conn: Connection, settings: Settings, customer_ids: Iterable[int], today: Today, *, by: str
) -> Mapping[int, Deal]:
    """Lock accounts, ascending, and open the books once; numbers of no customer are left out."""
    payers = lock(conn, customer_ids)
    books = open_books(conn, settings)
    return {number: Deal(conn, books, payer, today, by) for number, payer in payers.items()}


def deal_with(
    conn: Connection, settings: Settings, customer_id: int, today: Today, *, by: str, is_quiet: bool = False
) -> Deal | None:
    """Lock an account and open the books; None when there is no such customer."""
    payer = lock(conn, (customer_id,)).get(customer_id)
    return None if payer is None else Deal(conn, open_books(conn, settings), payer, today, by, is_quiet)
