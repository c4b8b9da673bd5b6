"""Invoices and credit notes as values: lines with their tax, totals, and how a document stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from mailgate.billing.period import Span
from mailgate.billing.tax.groups import Group, Rate, Taxed, groups, shares


class DocumentKind(StrEnum):
    """Each has a series of numbers of its own."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"


class DocumentState(StrEnum):
    """How an issued document stands. Drafts have no number and are not kept."""

    ISSUED = "issued"  # something is open
    PAID = "paid"  # nothing is open, and not by credit notes or a write-off alone
    VOID = "void"  # taken back as a whole
    WRITTEN_OFF = "written-off"  # nobody will pay the rest


class LineKind(StrEnum):
    """What a line is for."""

    SERVICE = "service"
    SETUP = "setup"
    CREDIT = "credit"  # an unused part, given back
    FEE = "fee"  # for paying late


@dataclass(frozen=True, slots=True)
class TaxedAs:
    """How a price is taxed: it holds the tax already or not, and which tax that is."""

    inclusive: bool
    rate: Rate
    category: str  # of UNCL5305
    name: str  # as it stands on the document: "VAT"
    reason: str = ""  # why there is none


@dataclass(frozen=True, slots=True)
class Charge:
    """What a line costs before tax is reckoned: the price as it was agreed, with tax or without."""

    kind: LineKind
    text: str
    sort: str  # of the product: hosting, domain …; the account of income
    service_id: int | None
    period: Span | None
    amount_minor: int
    taxed: TaxedAs
    original_id: int | None = None  # the invoice of which it gives something back
    settled_tax_minor: int | None = None  # its tax where that is settled, as that of what is left of an invoice

    @property
    def rate(self) -> Rate:
        """Of its tax."""
        return self.taxed.rate

    @property
    def category(self) -> str:
        """Of its tax."""
        return self.taxed.category

    def turned(self) -> "Charge":
        """The same with the other sign: on a credit note, what is given back counts up."""
        tax = self.settled_tax_minor
        return replace(self, amount_minor=-self.amount_minor, settled_tax_minor=None if tax is None else -tax)


@dataclass(frozen=True, slots=True)
class LineItem:
    """A line of a document. Net and tax are its shares of its tax group and add up to it."""

    charge: Charge
    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        """With tax."""
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What a document says of one category and rate."""

    category: str
    rate: Rate
    name: str
    reason: str
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Lines, taxes and totals of a document."""

    lines: tuple[LineItem, ...]
    taxes: tuple[TaxLine, ...]
    net_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        """What is to be paid, or given back."""
        return self.net_minor + self.tax_minor


def reckon(charges: Sequence[Charge]) -> Reckoned:
    """Tax for each group of category and rate, once; where prices are with tax and without, for each of both.

    A charge whose tax is settled stands beside them with that. Amounts of a credit note are negative here; so are its
    totals.
    """
    nets, taxes = [0] * len(charges), [0] * len(charges)
    found: dict[tuple[str, Rate], TaxLine] = {}
    for at, charge in enumerate(charges):
        tax = charge.settled_tax_minor
        if tax is not None:
            nets[at], taxes[at] = charge.amount_minor - (tax if charge.taxed.inclusive else 0), tax
            group = Group(charge.category, charge.rate, nets[at], tax)
            _add(found, group, {(charge.category, charge.rate): charge.taxed})
    for inclusive in (False, True):
        places = [
            at
            for at, charge in enumerate(charges)
            if charge.taxed.inclusive is inclusive and charge.settled_tax_minor is None
        ]
        if not places:
            continue
        taxed = [Taxed(charges[at].amount_minor, charges[at].rate, charges[at].category) for at in places]
        for at, share in zip(places, shares(taxed, inclusive=inclusive), strict=True):
            nets[at], taxes[at] = share.net_minor, share.tax_minor
        first = {(charges[at].category, charges[at].rate): charges[at].taxed for at in reversed(places)}
        for group in groups(taxed, inclusive=inclusive):
            _add(found, group, first)
    lines = tuple(LineItem(*each) for each in zip(charges, nets, taxes, strict=True))
    return Reckoned(
        lines, tuple(found.values()), sum(one.net_minor for one in lines), sum(one.tax_minor for one in lines)
    )


def _add(found: dict[tuple[str, Rate], TaxLine], group: Group, first: Mapping[tuple[str, Rate], TaxedAs]) -> None:
    assert group.category is not None
    key = group.category, group.rate
    before = found.get(key)
    net, tax = (before.net_minor, before.tax_minor) if before else (0, 0)
    name, reason = first[key].name, first[key].reason
    found[key] = TaxLine(*key, name, reason, net + group.net_minor, tax + group.tax_minor)


def is_late(state: DocumentState, due_on: date, *, today: date) -> bool:
    """Something is open and the due date, in the account's zone, is over."""
    return state is DocumentState.ISSUED and due_on < today
