"""Which tax a sale carries: by who sells, who pays, what proves it, and the rules of the day.

A line has one category and one rate (EN 16931, BT-151 and BT-152), so several taxes of one place, such as those of a
state of the USA and its county, are one rate here: their sum. That is also how they are reckoned and rounded there,
aggregated (Streamlined Sales and Use Tax Agreement, section 324). `parts` keeps what the sum is made of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from mailgate.billing.money.amount import NoDecimal, decimal
from mailgate.billing.offer.product import TaxRule
from mailgate.billing.party import Buyer, Proof, Seller
from mailgate.billing.tax.vat_id import country_of, is_in_eu, vat_country
from mailgate.errors import Permanent

PROOF_DAYS = 90
"""A proof of a VAT id is good for so long: VIES is often away, and an id seldom ends."""

STANDARD, EXEMPT, REVERSE_CHARGE, NOT_SUBJECT, ZERO_RATED = "S", "E", "AE", "O", "Z"
"""Categories of UNCL5305."""

UNTAXED = frozenset((EXEMPT, REVERSE_CHARGE, NOT_SUBJECT, ZERO_RATED, "G", "K"))
"""Those whose rate is 0."""

NO_REGISTRATION = "The seller is not registered for VAT"
REVERSE = "Reverse charge: VAT is due from the customer (Directive 2006/112/EC, article 196)"
LATE_PAYMENT = "Not subject to VAT: compensation for late payment"

ELSEWHERE = "Not subject to VAT: supplied where the customer is, outside the seller's country and the European Union"
"""Reasons that stand on documents. Services to customers outside the Union are supplied there (Dir. 2006/112 art. 44,
58, 59), so they are out of scope, O, and no export, G, which is for goods (art. 146)."""


class NoTaxRule(Permanent):
    """Nobody has said which tax this sale carries: the account is left out of a run, and named."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """The tax of what is sold: `rate` in percent; a rate of 0 always has a `reason`."""

    category: str
    rate: str
    name: str  # as it stands on an invoice: "VAT"
    reason: str = ""
    parts: tuple[TaxRule, ...] = ()  # what the rate is the sum of


def treatment(
    seller: Seller,
    buyer: Buyer,
    proof: Proof | None,
    rules: Sequence[TaxRule],
    tax_class: str,
    *,
    on: date,
    rate_on: date | None = None,
) -> Treatment:
    """How a product of this class is taxed, sold to this customer on a day. `proof` is the last of the customer.

    `rate_on`: the day whose rate counts, where that is another. Who the customer is, is proven on the day of the sale.
    Raises NoTaxRule where neither the rules nor the law say; it is never silently 0 %.
    """
    if not seller.vat_id and not rules:
        return _untaxed(NOT_SUBJECT, NO_REGISTRATION)
    if buyer.exempt_reason:
        return _untaxed(EXEMPT, buyer.exempt_reason)
    home, there = vat_country(seller.country), vat_country(buyer.country)
    if not there:
        raise NoTaxRule("the customer has no country, so nobody can say which tax it pays")
    if not home:
        raise NoTaxRule("seller.country is empty, so nobody can say which tax a customer pays")
    found = in_force(rules, buyer.country, buyer.region, tax_class, rate_on or on)
    is_not_subject = bool(found) and all(rule.category == NOT_SUBJECT for rule in found)
    # What lies outside, such as the Canary Islands, has no reverse charge either.
    if home != there and not is_not_subject and _is_proven_business(seller, buyer, proof, on):
        # A seller outside the Union charges none of its VAT: art. 196 makes the customer liable all the same.
        return _untaxed(REVERSE_CHARGE if is_in_eu(home) else NOT_SUBJECT, REVERSE)
    if found:
        return _summed(found)
    has_rules = any(vat_country(rule.country) == there for rule in rules)
    if home != there and not is_in_eu(there) and not has_rules:
        return _untaxed(NOT_SUBJECT, ELSEWHERE)
    place = f"{there} {buyer.region}".strip()
    raise NoTaxRule(f"no [[tax]] of the catalogue is for {place}, class {tax_class!r}, on {rate_on or on}")


def in_force(rules: Iterable[TaxRule], country: str, region: str, tax_class: str, on: date) -> tuple[TaxRule, ...]:
    """The rules that tax this class at a place on a day, the widest first.

    At each place the newest of each name counts: a state may have two taxes, and one of them may change. A region
    named "NY-Erie" lies in "NY" and pays the taxes of both; where a region has rules, its country's do not count, for
    in some countries they differ in place of adding up.
    """
    there, place = vat_country(country), _place(country, region)
    newest: dict[str, dict[str, TaxRule]] = {}
    for rule in rules:
        if rule.tax_class != tax_class or rule.from_on > on or vat_country(rule.country) != there:
            continue
        around = _place(rule.country, rule.region)
        if around and place != around and not place.startswith(f"{around}-"):
            continue
        known = newest.setdefault(around, {})
        if rule.name not in known or known[rule.name].from_on < rule.from_on:
            known[rule.name] = rule
    regions = sorted((around for around in newest if around), key=len)
    return tuple(rule for around in regions or newest for rule in newest[around].values())


def is_fresh(proof: Proof, on: date) -> bool:
    """Is a proof good enough for a document of this day? One that was made later counts as of its own day."""
    # The day after: when VIES was asked it may have been that day where the seller is.
    return timedelta(days=-1) <= on - proof.checked_at.astimezone(UTC).date() <= timedelta(days=PROOF_DAYS)


def _is_proven_business(seller: Seller, buyer: Buyer, proof: Proof | None, on: date) -> bool:
    """A business of the Union whose VAT id is proven and has not changed since; a seller there needs one as well."""
    if proof is None or not buyer.vat_id or not is_in_eu(buyer.country):
        return False
    if is_in_eu(seller.country) and not seller.vat_id:
        return False
    is_of_there = country_of(buyer.vat_id) == vat_country(buyer.country)
    return is_of_there and proof.is_valid and proof.vat_id == buyer.vat_id and is_fresh(proof, on)


def _place(country: str, region: str) -> str:
    """A region as it is compared; ISO 3166-2 writes the country before it, "US-NY", and people do not."""
    return region.casefold().removeprefix(f"{country.casefold()}-")


def _untaxed(category: str, reason: str) -> Treatment:
    return Treatment(category, "0", "", reason)


def _summed(found: Sequence[TaxRule]) -> Treatment:
    """The rules of one place as one rate."""
    for rule in found:
        if (_numerator(rule) == 0) != (rule.category in UNTAXED):
            place = f"{rule.country} {rule.region}".strip()
            raise NoTaxRule(f"the [[tax]] {rule.name!r} of {place} has rate {rule.rate} and category {rule.category}")
    taxing = tuple(rule for rule in found if rule.category not in UNTAXED)
    if not taxing:
        first = found[0]
        return Treatment(first.category, "0", first.name, first.name or first.category, tuple(found))
    categories = sorted({rule.category for rule in taxing})
    if len(categories) > 1:
        raise NoTaxRule(f"the [[tax]] of {taxing[0].country} are of categories {' and '.join(categories)}")
    names = " + ".join(rule.name for rule in taxing)
    return Treatment(categories[0], sum_of([rule.rate for rule in taxing]), names, parts=taxing)


def sum_of(rates: Sequence[str]) -> str:
    """Percentages added up as they are written: "4" and "4.75" are "8.75". One alone stays as it is."""
    if len(rates) == 1:
        return rates[0]
    ratios = [decimal(rate) for rate in rates]
    unit = max(ratio.denominator for ratio in ratios)  # powers of ten
    digits = len(str(unit)) - 1
    total = str(sum(ratio.numerator * (unit // ratio.denominator) for ratio in ratios)).rjust(digits + 1, "0")
    return f"{total[:-digits]}.{total[-digits:]}".rstrip("0").rstrip(".") if digits else total


def _numerator(rule: TaxRule) -> int:
    try:
        return decimal(rule.rate).numerator
    except NoDecimal:
        raise NoTaxRule(f"the [[tax]] {rule.name!r} of {rule.country} has rate {rule.rate!r}") from None
