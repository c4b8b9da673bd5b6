"""An e-invoice reckoned once more, by fractions: the official rules let half a euro of wrong tax pass (BR-CO-17)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree

from tests.billing.second_path import half_up, percent

_CII = {
    "line": ".//{*}IncludedSupplyChainTradeLineItem",
    "net": "{*}SpecifiedLineTradeSettlement/{*}SpecifiedTradeSettlementLineMonetarySummation/{*}LineTotalAmount",
    "price": "{*}SpecifiedLineTradeAgreement/{*}NetPriceProductTradePrice/{*}ChargeAmount",
    "count": "{*}SpecifiedLineTradeDelivery/{*}BilledQuantity",
    "category": "{*}SpecifiedLineTradeSettlement/{*}ApplicableTradeTax/{*}CategoryCode",
    "rate": "{*}SpecifiedLineTradeSettlement/{*}ApplicableTradeTax/{*}RateApplicablePercent",
    "tax": ".//{*}ApplicableHeaderTradeSettlement/{*}ApplicableTradeTax",
    "tax-net": "{*}BasisAmount",
    "tax-tax": "{*}CalculatedAmount",
    "tax-category": "{*}CategoryCode",
    "tax-rate": "{*}RateApplicablePercent",
    "lines": ".//{*}SpecifiedTradeSettlementHeaderMonetarySummation/{*}LineTotalAmount",
    "exclusive": ".//{*}SpecifiedTradeSettlementHeaderMonetarySummation/{*}TaxBasisTotalAmount",
    "all-tax": ".//{*}SpecifiedTradeSettlementHeaderMonetarySummation/{*}TaxTotalAmount",
    "inclusive": ".//{*}SpecifiedTradeSettlementHeaderMonetarySummation/{*}GrandTotalAmount",
    "payable": ".//{*}SpecifiedTradeSettlementHeaderMonetarySummation/{*}DuePayableAmount",
}
_UBL = {
    "line": ".//{*}InvoiceLine",
    "note-line": ".//{*}CreditNoteLine",
    "net": "{*}LineExtensionAmount",
    "price": "{*}Price/{*}PriceAmount",
    "count": "{*}InvoicedQuantity",
    "note-count": "{*}CreditedQuantity",
    "category": "{*}Item/{*}ClassifiedTaxCategory/{*}ID",
    "rate": "{*}Item/{*}ClassifiedTaxCategory/{*}Percent",
    "tax": ".//{*}TaxSubtotal",
    "tax-net": "{*}TaxableAmount",
    "tax-tax": "{*}TaxAmount",
    "tax-category": "{*}TaxCategory/{*}ID",
    "tax-rate": "{*}TaxCategory/{*}Percent",
    "lines": ".//{*}LegalMonetaryTotal/{*}LineExtensionAmount",
    "exclusive": ".//{*}LegalMonetaryTotal/{*}TaxExclusiveAmount",
    "all-tax": "{*}TaxTotal/{*}TaxAmount",
    "inclusive": ".//{*}LegalMonetaryTotal/{*}TaxInclusiveAmount",
    "payable": ".//{*}LegalMonetaryTotal/{*}PayableAmount",
}


@dataclass(frozen=True, slots=True)
class Sold:
    """A line as it was agreed."""

    amount_minor: int
    rate: str
    category: str
    is_inclusive: bool = False
    original: int | None = None  # what is given back of an invoice may differ from its share by a unit


def wrong(content: bytes, sold: Sequence[Sold], *, digits: int) -> list[str]:
    """What an e-invoice says otherwise than what was agreed comes to; `digits` of its currency behind the point."""
    return list(_wrong(ElementTree.fromstring(content), sold, 10**digits))


def _wrong(root: ElementTree.Element, sold: Sequence[Sold], unit: int) -> Iterator[str]:
    names = _CII if root.tag.endswith("CrossIndustryInvoice") else _UBL
    is_note = root.tag.endswith("}CreditNote")

    def text(place: ElementTree.Element, name: str, default: str | None = None) -> str:
        found = place.findtext(names[name], default)
        assert found is not None, name
        return found

    def minor(place: ElementTree.Element, name: str) -> int:
        exact = Fraction(text(place, name)) * unit
        assert exact.denominator == 1, exact
        return int(exact)

    lines = root.findall(names["note-line" if is_note and names is _UBL else "line"])
    if len(lines) != len(sold):
        yield f"{len(lines)} lines in place of {len(sold)}"
        return
    nets: dict[tuple[str, Fraction], int] = defaultdict(int)
    for line, agreed in zip(lines, sold, strict=True):
        category, rate = text(line, "category"), Fraction(text(line, "rate", "0"))
        if (category, rate) != (agreed.category, Fraction(agreed.rate)):
            yield f"{category} {rate} in place of {agreed.category} {agreed.rate}"
        count = Fraction(text(line, "note-count" if is_note and names is _UBL else "count"))
        if minor(line, "price") * count != minor(line, "net"):
            yield f"a line of {text(line, 'net')} that is {count} times {text(line, 'price')}"
        nets[category, rate] += minor(line, "net")
    yield from _wrong_groups(
        {
            (text(one, "tax-category"), Fraction(text(one, "tax-rate", "0"))): (
                minor(one, "tax-net"),
                minor(one, "tax-tax"),
            )
            for one in root.findall(names["tax"])
        },
        nets,
        sold,
    )
    taxes = sum(minor(one, "tax-tax") for one in root.findall(names["tax"]))
    net = sum(nets.values())
    wanted = {"lines": net, "exclusive": net, "all-tax": taxes, "inclusive": net + taxes, "payable": net + taxes}
    for name, amount in wanted.items():
        if minor(root, name) != amount:
            yield f"{name} is {text(root, name)} and not {amount}"


def _wrong_groups(
    said: dict[tuple[str, Fraction], tuple[int, int]], nets: dict[tuple[str, Fraction], int], sold: Sequence[Sold]
) -> Iterator[str]:
    """By category and rate; prices with tax and without are two sums, each rounded once."""
    if said.keys() != nets.keys():
        yield f"groups {sorted(said)} in place of {sorted(nets)}"
        return
    for (category, rate), (net, tax) in said.items():
        if net != nets[category, rate]:
            yield f"{category}: a base of {net} for lines of {nets[category, rate]}"
        ours = [one for one in sold if (one.category, Fraction(one.rate)) == (category, rate)]
        exact_net = exact_tax = 0
        for is_inclusive in (False, True):
            amount = sum(one.amount_minor for one in ours if one.is_inclusive is is_inclusive)
            factor = percent(str(rate))
            of_group = half_up(amount * factor / (1 + factor)) if is_inclusive else half_up(amount * factor)
            exact_net, exact_tax = exact_net + amount - of_group * is_inclusive, exact_tax + of_group
        slack = len({one.original for one in ours} - {None})
        if abs(tax - exact_tax) > slack or abs(net - exact_net) > slack:
            yield f"{category} {rate}: {net} + {tax} in place of {exact_net} + {exact_tax}"
