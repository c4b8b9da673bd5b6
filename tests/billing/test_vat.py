"""Which tax a sale carries, by seller, customer, proof, rules and day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import duty27_eu_vat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.offer.product import TaxRule
from mailgate.billing.party import Buyer, Proof, Seller
from mailgate.billing.tax.vat import (
    ELSEWHERE,
    NO_REGISTRATION,
    PROOF_DAYS,
    REVERSE,
    NoTaxRule,
    Treatment,
    in_force,
    sum_of,
    treatment,
)
from tests.billing.eu_rates import EU_RULES, rule

TODAY = date(2026, 3, 2)
SELLER = Seller("Example Hosting GmbH", country="DE", vat_id="DE123456788")
AMERICAN = Seller("Acme LLC", country="US")
SMALL = Seller("Anne Miller", country="DE")
US_RULES = (
    rule("US", "0", category="O", name="No nexus"),
    rule("US", "4", region="NY", name="NY sales tax"),
    rule("US", "4.75", region="NY-Erie", name="Erie County"),
    rule("US", "6.25", region="TX", name="TX sales tax"),
)
RULES = (
    *EU_RULES,
    *US_RULES,
    rule("ES", "0", region="Canarias", category="O", name="Outside the territory of VAT"),
    rule("CA", "5", region="BC", name="GST"),
    rule("CA", "7", region="BC", name="PST"),
    rule("CA", "13", region="ON", name="HST"),
    rule("CA", "5", name="GST"),
    rule("DE", "7", name="VAT", tax_class="reduced"),
    rule("DE", "0", category="E", name="Exempt: education", tax_class="course"),
    rule("DE", "0", category="Z", name="Zero rate: solar", tax_class="solar"),
)


def anne(country: str = "", **more: str) -> Buyer:
    """A customer somewhere."""
    return Buyer(1, "Anne Miller", "anne@customer.example", country=country, **more)


def proof_of(vat_id: str, days_old: int = 0, *, is_valid: bool = True) -> Proof:
    """VIES was asked so many days before today."""
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - timedelta(days=days_old)
    return Proof(vat_id, at, is_valid, "WAPIAAAAX1", "vies")


def taxed(
    buyer: Buyer,
    proof: Proof | None = None,
    *,
    seller: Seller = SELLER,
    tax_class: str = "standard",
    on: date = TODAY,
    rules: tuple[TaxRule, ...] = RULES,
) -> Treatment:
    return treatment(seller, buyer, proof, rules, tax_class, on=on)


AUSTRIAN = anne("AT", vat_id="ATU12345675")


@pytest.mark.parametrize(
    ("buyer", "category", "rate", "name", "reason"),
    [
        (anne("DE"), "S", "19", "VAT", ""),
        (anne("DE", vat_id="DE111111125"), "S", "19", "VAT", ""),
        (anne("FR"), "S", "20", "VAT", ""),
        (anne("GR"), "S", "24", "VAT", ""),
        (anne("EL"), "S", "24", "VAT", ""),
        (anne("MC"), "S", "20", "VAT", ""),
        (AUSTRIAN, "S", "20", "VAT", ""),
        (anne("CH"), "O", "0", "", ELSEWHERE),
        (anne("GB"), "O", "0", "", ELSEWHERE),
        (anne("GB", vat_id="XI123456782"), "O", "0", "", ELSEWHERE),
        (anne("AX"), "O", "0", "", ELSEWHERE),
        (anne("US", region="NY"), "S", "4", "NY sales tax", ""),
        (anne("US", region="ny-erie"), "S", "8.75", "NY sales tax + Erie County", ""),
        (anne("US", region="US-NY-Erie"), "S", "8.75", "NY sales tax + Erie County", ""),
        (anne("US", region="NYX"), "O", "0", "No nexus", "No nexus"),
        (anne("US"), "O", "0", "No nexus", "No nexus"),
        (anne("CA", region="BC"), "S", "12", "GST + PST", ""),
        (anne("CA", region="ON"), "S", "13", "HST", ""),
        (anne("CA", region="AB"), "S", "5", "GST", ""),
        (anne("ES", region="Madrid"), "S", "21", "VAT", ""),
        (anne("ES", region="Canarias"), "O", "0", "Outside the territory of VAT", "Outside the territory of VAT"),
        (anne("DE", exempt_reason="Embassy, note 4711"), "E", "0", "", "Embassy, note 4711"),
        (anne("", exempt_reason="Embassy, note 4711"), "E", "0", "", "Embassy, note 4711"),
    ],
)
def test_a_seller_of_the_union_takes_the_tax_of_where_the_customer_is(
    buyer: Buyer, category: str, rate: str, name: str, reason: str
) -> None:
    found = taxed(buyer)

    assert (found.category, found.rate, found.name, found.reason) == (category, rate, name, reason)


@pytest.mark.parametrize("days_old", [-1, 0, 1, PROOF_DAYS])
def test_a_business_abroad_with_a_fresh_proof_owes_the_tax_itself(days_old: int) -> None:
    found = taxed(AUSTRIAN, proof_of("ATU12345675", days_old))

    assert found == Treatment("AE", "0", "", REVERSE)


def test_a_greek_business_is_known_by_the_prefix_of_its_tax_office() -> None:
    found = taxed(anne("GR", vat_id="EL123456783"), proof_of("EL123456783"))

    assert found.category == "AE"


def test_a_proven_business_outside_the_territory_of_vat_owes_none() -> None:
    islander = anne("ES", region="Canarias", vat_id="ESB58378431")

    found = taxed(islander, proof_of("ESB58378431"))

    assert (found.category, found.reason) == ("O", "Outside the territory of VAT")


@pytest.mark.parametrize(
    ("buyer", "proof", "seller"),
    [
        (AUSTRIAN, None, SELLER),
        (AUSTRIAN, proof_of("ATU12345675", PROOF_DAYS + 1), SELLER),
        (AUSTRIAN, proof_of("ATU12345675", -2), SELLER),
        (AUSTRIAN, proof_of("ATU12345675", is_valid=False), SELLER),
        (replace(AUSTRIAN, vat_id="ATU99999902"), proof_of("ATU12345675"), SELLER),
        (replace(AUSTRIAN, vat_id=""), proof_of("ATU12345675"), SELLER),
        (AUSTRIAN, proof_of("ATU12345675"), replace(SELLER, vat_id="")),
        (replace(AUSTRIAN, vat_id="FR40303265045"), proof_of("FR40303265045"), SELLER),
    ],
)
def test_without_a_good_proof_a_business_is_taxed_as_a_consumer(
    buyer: Buyer, proof: Proof | None, seller: Seller
) -> None:
    found = taxed(buyer, proof, seller=seller)

    assert (found.category, found.rate) == ("S", "20")


def test_a_proof_is_of_no_use_in_the_sellers_own_country() -> None:
    german = anne("DE", vat_id="DE111111125")

    found = taxed(german, proof_of("DE111111125"))

    assert (found.category, found.rate) == ("S", "19")


@pytest.mark.parametrize(
    ("buyer", "proof", "expected"),
    [
        (anne("US", region="TX"), None, ("S", "6.25")),
        (anne("DE"), None, ("S", "19")),
        (AUSTRIAN, proof_of("ATU12345675"), ("O", "0")),
        (anne("JP"), None, ("O", "0")),
    ],
)
def test_a_seller_outside_the_union_takes_what_the_rules_say(
    buyer: Buyer, proof: Proof | None, expected: tuple[str, str]
) -> None:
    found = taxed(buyer, proof, seller=AMERICAN)

    assert (found.category, found.rate) == expected


@pytest.mark.parametrize("buyer", [anne("DE"), anne("US", region="NY"), anne(""), AUSTRIAN])
def test_a_seller_without_vat_id_and_rules_takes_no_tax_and_says_why(buyer: Buyer) -> None:
    found = taxed(buyer, seller=SMALL, rules=())

    assert found == Treatment("O", "0", "", NO_REGISTRATION)


@pytest.mark.parametrize(
    ("buyer", "message"),
    [
        (anne(""), "the customer has no country"),
        (anne("DE"), r"no \[\[tax\]\] of the catalogue is for DE, class 'wine', on 2026-03-02"),
        (anne("CA", region="BC"), "is for CA BC, class 'wine'"),
    ],
)
def test_where_nobody_has_said_which_tax_it_is_nothing_is_taken_for_granted(buyer: Buyer, message: str) -> None:
    with pytest.raises(NoTaxRule, match=message):
        taxed(buyer, tax_class="wine")


def test_a_registered_seller_without_rules_is_not_untaxed() -> None:
    with pytest.raises(NoTaxRule, match="is for DE"):
        taxed(anne("DE"), rules=())


def test_a_seller_outside_the_union_is_not_untaxed_at_home() -> None:
    with pytest.raises(NoTaxRule, match="is for US"):
        taxed(anne("US"), seller=AMERICAN, rules=EU_RULES)


def test_a_proof_is_of_no_use_outside_the_union() -> None:
    swiss = anne("CH", vat_id="CHE-123.456.788")

    found = taxed(swiss, proof_of("CHE-123.456.788"), rules=(*RULES, rule("CH", "8.1", name="MWST")))

    assert (found.category, found.rate) == ("S", "8.1")


def test_a_seller_without_a_country_cannot_tax() -> None:
    with pytest.raises(NoTaxRule, match=r"seller\.country is empty"):
        taxed(anne("DE"), seller=replace(SELLER, country=""))


@pytest.mark.parametrize(
    "odd",
    [
        rule("DE", "0"),
        rule("DE", "19", category="E", name="Exempt"),
        rule("DE", "0.00", category="S"),
        rule("DE", "19 %"),
    ],
)
def test_a_rule_whose_rate_contradicts_its_category_taxes_nobody(odd: TaxRule) -> None:
    with pytest.raises(NoTaxRule, match=r"the \[\[tax\]\]"):
        taxed(anne("DE"), rules=(odd,))


def test_taxes_of_one_place_that_are_of_two_categories_cannot_be_one() -> None:
    both = (rule("CA", "5", name="GST"), rule("CA", "7", category="L", name="IGIC"))

    with pytest.raises(NoTaxRule, match="categories L and S"):
        taxed(anne("CA"), rules=both)


@pytest.mark.parametrize(
    ("tax_class", "expected"),
    [
        ("reduced", ("S", "7", "")),
        ("course", ("E", "0", "Exempt: education")),
        ("solar", ("Z", "0", "Zero rate: solar")),
    ],
)
def test_classes_of_products_have_rules_of_their_own(tax_class: str, expected: tuple[str, str, str]) -> None:
    found = taxed(anne("DE"), tax_class=tax_class)

    assert (found.category, found.rate, found.reason) == expected


def test_the_parts_of_a_summed_rate_are_kept_for_whoever_must_pay_them_on() -> None:
    found = taxed(anne("US", region="NY-Erie"))

    assert [(part.name, part.rate) for part in found.parts] == [("NY sales tax", "4"), ("Erie County", "4.75")]


def test_a_change_of_one_tax_leaves_the_other_of_its_place() -> None:
    rules = (*RULES, rule("CA", "8", "2026-01-01", region="BC", name="PST"))

    before, after = (in_force(rules, "CA", "BC", "standard", on) for on in (date(2025, 12, 31), date(2026, 1, 1)))

    assert [(one.name, one.rate) for one in before] == [("GST", "5"), ("PST", "7")]
    assert [(one.name, one.rate) for one in after] == [("GST", "5"), ("PST", "8")]


def test_a_tax_that_gets_another_name_ends_by_a_rule_of_its_old_one() -> None:
    ended = [rule("CA", "0", "2026-01-01", region="BC", name=name, category="Z") for name in ("GST", "PST")]
    rules = (*RULES, *ended, rule("CA", "12", "2026-01-01", region="BC", name="HST"))

    found = treatment(SELLER, anne("CA", region="BC"), None, rules, "standard", on=date(2026, 1, 1))

    assert (found.name, found.rate) == ("HST", "12")


@pytest.mark.parametrize(
    ("rates", "total"),
    [
        (["4", "4.75"], "8.75"),
        (["19.0"], "19.0"),
        (["5", "7"], "12"),
        (["5.0", "5.0"], "10"),
        (["4.875", "4.125", "0.5"], "9.5"),
        (["0.05", "0.05"], "0.1"),
        (["50", "50"], "100"),
    ],
)
def test_percentages_add_up_as_they_are_written(rates: list[str], total: str) -> None:
    assert sum_of(rates) == total


@given(st.lists(st.decimals(0, 99, places=4, allow_nan=False), min_size=2, max_size=4))
def test_a_summed_rate_is_the_sum(rates: list[Decimal]) -> None:
    assert Decimal(sum_of([format(rate, "f") for rate in rates])) == sum(rates)


_CHANGES = {rule.from_on for rule in EU_RULES} | {
    window.effective_from
    for country in duty27_eu_vat.list_countries()
    for window in duty27_eu_vat.get_rate_history(country.code)
}
DAYS_OF_CHANGE = sorted(
    {change + timedelta(days=off) for change in _CHANGES for off in (-1, 0, 1)}
    | {date.fromisoformat(str(duty27_eu_vat.DATA_AS_OF))}
)
"""Days around each change that either list knows; between them neither changes."""


@pytest.mark.parametrize("on", [day for day in DAYS_OF_CHANGE if day >= duty27_eu_vat.DATA_FIRST_DATE])
def test_the_rates_of_the_union_are_those_of_another_list_on_every_day_that_it_knows(on: date) -> None:
    known = {
        country.code: duty27_eu_vat.get_standard_rate(country.code, on) for country in duty27_eu_vat.list_countries()
    }

    ours = {code: Decimal(taxed(anne(code), on=on).rate) for code in known}

    assert len(ours) == 27
    assert ours == known


COUNTRIES = st.sampled_from(["", "DE", "AT", "GR", "EL", "FR", "ES", "US", "CA", "CH", "GB", "AX", "MC", "ZZ"])
REGIONS = st.sampled_from(["", "NY", "NY-Erie", "Canarias", "BC", "ON", "TX", "nowhere"])
VAT_IDS = st.sampled_from(["", "ATU12345675", "DE123456788", "EL123456783", "XI123456782", "CHE1"])
PROOFS = st.one_of(
    st.none(),
    st.builds(
        lambda vat_id, age, valid: proof_of(vat_id, age, is_valid=valid), VAT_IDS, st.integers(-3, 99), st.booleans()
    ),
)
BUYERS = st.builds(
    lambda country, region, vat_id, why: anne(country, region=region, vat_id=vat_id, exempt_reason=why),
    COUNTRIES, REGIONS, VAT_IDS, st.sampled_from(["", "Embassy"]),
)  # fmt: skip
SELLERS = st.builds(lambda country, vat_id: Seller("S", country=country, vat_id=vat_id), COUNTRIES, VAT_IDS)
SOME_RULES = st.lists(st.sampled_from(RULES), max_size=20).map(tuple)


@given(SELLERS, BUYERS, PROOFS, SOME_RULES, st.sampled_from(["standard", "reduced", "course", "solar"]))
def test_nothing_is_untaxed_without_a_category_that_says_so_and_a_reason(
    seller: Seller, buyer: Buyer, proof: Proof | None, rules: tuple[TaxRule, ...], tax_class: str
) -> None:
    try:
        found = treatment(seller, buyer, proof, rules, tax_class, on=TODAY)
    except NoTaxRule:
        return

    if Decimal(found.rate) == 0:
        assert found.category in {"AE", "E", "O", "Z"}
        assert found.reason
    else:
        assert (found.category, found.reason) == ("S", "")
        assert Decimal(found.rate) == sum(Decimal(part.rate) for part in found.parts)


@given(SELLERS, BUYERS, PROOFS, SOME_RULES)
def test_the_tax_is_never_reversed_without_a_valid_proof_of_this_very_vat_id(
    seller: Seller, buyer: Buyer, proof: Proof | None, rules: tuple[TaxRule, ...]
) -> None:
    try:
        found = treatment(seller, buyer, proof, rules, "standard", on=TODAY)
    except NoTaxRule:
        return

    if found.category == "AE" or found.reason == REVERSE:
        assert proof is not None
        assert proof.is_valid
        assert proof.vat_id == buyer.vat_id
        assert buyer.country != seller.country


def test_the_rate_may_be_that_of_another_day_than_the_proof() -> None:
    """A year that is invoiced today has the rate of its last day, and its customer is a business today."""
    later = TODAY + timedelta(days=365)
    rules = (*RULES, TaxRule("DE", "", "standard", "23", "S", "VAT", later))

    at_home = treatment(SELLER, anne("DE"), None, rules, "standard", on=TODAY, rate_on=later)
    business = treatment(SELLER, AUSTRIAN, proof_of(AUSTRIAN.vat_id), rules, "standard", on=TODAY, rate_on=later)

    assert (at_home.rate, business.category) == ("23", "AE")
    assert taxed(AUSTRIAN, proof_of(AUSTRIAN.vat_id), on=later).category != "AE"
