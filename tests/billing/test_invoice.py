"""Documents as values: tax once for each group, lines that add up to it, and what is late."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.document.invoice import Charge, DocumentState, LineKind, TaxedAs, is_late, reckon
from mailgate.billing.tax.groups import read_rate
from tests.billing.second_path import half_up, percent
from tests.billing.selling import GROSS, NET, d


def charge(amount_minor: int, taxed: TaxedAs = NET) -> Charge:
    """A line."""
    return Charge(LineKind.SERVICE, "Web", "hosting", 1, None, amount_minor, taxed)


def test_nothing_comes_to_nothing() -> None:
    assert (reckon(()).lines, reckon(()).taxes, reckon(()).total_minor) == ((), (), 0)


def test_tax_is_taken_once_for_the_group_and_shared_by_its_lines() -> None:
    found = reckon([charge(333), charge(333), charge(334)])

    assert (found.net_minor, found.tax_minor) == (1000, 190)
    assert [line.tax_minor for line in found.lines] == [63, 63, 64]


def test_prices_with_the_tax_keep_their_sum() -> None:
    found = reckon([charge(1190, GROSS), charge(1000, GROSS)])

    assert found.total_minor == 2190
    assert [line.gross_minor for line in found.lines] == [1190, 1000]


def test_with_the_tax_and_without_are_one_group_on_paper_and_reckoned_apart() -> None:
    found = reckon([charge(1190, GROSS), charge(1000), charge(-500)])

    assert [(tax.category, tax.rate.text, tax.net_minor, tax.tax_minor) for tax in found.taxes] == [
        ("S", "19", 1500, 285)
    ]
    assert [line.charge.amount_minor for line in found.lines] == [1190, 1000, -500]


def test_categories_and_rates_are_groups_of_their_own() -> None:
    free = TaxedAs(False, read_rate("0"), "AE", "", "Reverse charge")
    low = TaxedAs(False, read_rate("7"), "S", "VAT")

    found = reckon([charge(100), charge(100, free), charge(100, low), charge(100, free)])

    assert [(tax.category, tax.net_minor, tax.tax_minor, tax.reason) for tax in found.taxes] == [
        ("S", 100, 19, ""),
        ("AE", 200, 0, "Reverse charge"),
        ("S", 100, 7, ""),
    ]


def test_a_line_that_is_turned_is_the_same_given_back() -> None:
    one = charge(333)

    assert one.turned().amount_minor == -333
    assert one.turned().turned() == one


TAXED = st.sampled_from([
    NET, GROSS, TaxedAs(False, read_rate("8.875"), "S", "NY"), TaxedAs(True, read_rate("7"), "S", "VAT"),
    TaxedAs(False, read_rate("0"), "O", "", "no tax"),
])  # fmt: skip
CHARGES = st.lists(st.builds(charge, st.integers(-(10**9), 10**9), TAXED), max_size=12)


@given(CHARGES)
def test_lines_and_groups_add_up_to_the_document(charges: list[Charge]) -> None:
    found = reckon(charges)

    assert [line.charge for line in found.lines] == charges
    for part in (found.lines, found.taxes):
        assert sum(one.net_minor for one in part) == found.net_minor
        assert sum(one.tax_minor for one in part) == found.tax_minor
    for line in found.lines:
        if line.charge.taxed.inclusive:
            assert line.gross_minor == line.charge.amount_minor
        else:
            assert line.net_minor == line.charge.amount_minor


@given(CHARGES)
def test_tax_is_what_fractions_say(charges: list[Charge]) -> None:
    sums: dict[TaxedAs, int] = {}
    for one in charges:
        sums[one.taxed] = sums.get(one.taxed, 0) + one.amount_minor
    expected = 0
    for taxed, total in sums.items():
        rate = percent(taxed.rate.text)
        expected += total - half_up(Fraction(total) / (1 + rate)) if taxed.inclusive else half_up(total * rate)

    assert reckon(charges).tax_minor == expected


@given(CHARGES)
def test_a_credit_note_mirrors_its_invoice(charges: list[Charge]) -> None:
    there, back = reckon(charges), reckon([one.turned() for one in charges])

    assert back.total_minor == -there.total_minor
    assert [(one.net_minor, one.tax_minor) for one in back.lines] == [
        (-one.net_minor, -one.tax_minor) for one in there.lines
    ]


@pytest.mark.parametrize(
    ("state", "today", "late"),
    [
        (DocumentState.ISSUED, "2026-04-01", False),
        (DocumentState.ISSUED, "2026-04-02", True),
        (DocumentState.PAID, "2026-04-02", False),
        (DocumentState.VOID, "2026-04-02", False),
        (DocumentState.WRITTEN_OFF, "2026-04-02", False),
    ],
)
def test_what_is_open_behind_its_day_is_late(state: DocumentState, today: str, late: bool) -> None:
    assert is_late(state, d("2026-04-01"), today=d(today)) is late
