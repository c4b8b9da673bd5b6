"""Tax by group and shares of lines, against fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.document.totals import totals
from mailgate.billing.tax.groups import BadRate, Taxed, groups, read_rate, shares
from tests.billing.second_path import half_up, percent

RATE = st.sampled_from(["0", "0.0", "5.5", "7", "7.0", "8.75", "10", "19", "19.0", "19.00", "20", "21", "25", "100"])
MINOR = st.integers(-(10**9), 10**9)
LINES = st.lists(st.tuples(MINOR, RATE, st.sampled_from([None, "S", "E"])), max_size=12)

Line = tuple[int, str, str | None]


def taxed(lines: list[Line]) -> list[Taxed]:
    """The lines as the rules know them."""
    return [Taxed(minor, read_rate(rate), category) for minor, rate, category in lines]


def sums(lines: list[Line]) -> dict[tuple[str | None, Fraction], int]:
    """What each category and rate comes to, by the other path."""
    found: dict[tuple[str | None, Fraction], int] = {}
    for minor, rate, category in lines:
        key = category, percent(rate)
        found[key] = found.get(key, 0) + minor
    return found


@given(LINES)
def test_tax_is_that_of_the_sum_of_each_rate(lines: list[Line]) -> None:
    found = groups(taxed(lines), inclusive=False)

    expected = [(category, net, half_up(net * rate)) for (category, rate), net in sums(lines).items()]
    assert [(group.category, group.net_minor, group.tax_minor) for group in found] == expected
    assert all(group.gross_minor == group.net_minor + group.tax_minor for group in found)


@given(LINES)
def test_what_prices_with_tax_come_to_is_fixed(lines: list[Line]) -> None:
    found = groups(taxed(lines), inclusive=True)

    expected = [(category, gross, half_up(gross / (1 + rate))) for (category, rate), gross in sums(lines).items()]
    assert [(group.category, group.gross_minor, group.net_minor) for group in found] == expected


@given(LINES, st.booleans())
def test_lines_come_to_their_groups(lines: list[Line], inclusive: bool) -> None:
    given_lines = taxed(lines)

    found = shares(given_lines, inclusive=inclusive)

    for group in groups(given_lines, inclusive=inclusive):
        mine = [
            share
            for share, line in zip(found, given_lines, strict=True)
            if (line.category, line.rate) == (group.category, group.rate)
        ]
        assert sum(share.net_minor for share in mine) == group.net_minor
        assert sum(share.tax_minor for share in mine) == group.tax_minor


@given(LINES, st.booleans())
def test_no_line_is_a_whole_unit_from_its_own_tax(lines: list[Line], inclusive: bool) -> None:
    found = shares(taxed(lines), inclusive=inclusive)

    for share, (minor, rate, _) in zip(found, lines, strict=True):
        exact = minor * percent(rate) / (1 + percent(rate)) if inclusive else minor * percent(rate)
        assert abs(share.tax_minor - exact) < 1
        assert (share.net_minor + share.tax_minor if inclusive else share.net_minor) == minor


@given(LINES, st.booleans())
def test_a_credit_mirrors_its_charge(lines: list[Line], inclusive: bool) -> None:
    back = [(-minor, rate, category) for minor, rate, category in lines]

    charged, credited = groups(taxed(lines), inclusive=inclusive), groups(taxed(back), inclusive=inclusive)

    assert [(group.net_minor, group.tax_minor) for group in credited] == [
        (-group.net_minor, -group.tax_minor) for group in charged
    ]


@given(st.integers(0, 10**12), st.sampled_from(["5.5", "7", "8.75", "10", "19", "20", "21", "25", "27"]))
def test_a_price_with_tax_is_what_its_parts_come_to(gross: int, rate: str) -> None:
    (group,) = groups([Taxed(gross, read_rate(rate))], inclusive=True)

    assert group.gross_minor == gross
    assert 0 <= group.tax_minor <= gross
    assert abs(group.tax_minor - group.net_minor * percent(rate)) <= 1


@pytest.mark.parametrize(
    ("amounts", "taxes"),
    [
        ((13, 13, 13), (3, 2, 2)),  # 2.47 each and 7 together: one more, for the first of equals
        ((13, 14, 15), (2, 3, 3)),  # 2.47, 2.66 and 2.85, together 7.98
        ((16, 16, 16), (3, 3, 3)),
        ((8, 8, 8), (1, 2, 2)),  # 1.52 each and 5 together: one less
        ((-13, -13, -13), (-3, -2, -2)),
    ],
)
def test_who_was_rounded_the_farthest_takes_what_a_group_lacks(
    amounts: tuple[int, ...], taxes: tuple[int, ...]
) -> None:
    found = shares([Taxed(minor, read_rate("19")) for minor in amounts], inclusive=False)

    assert tuple(share.tax_minor for share in found) == taxes


@pytest.mark.parametrize("text", ["19", "19.0", "19.000", "019"])
def test_one_rate_has_many_spellings(text: str) -> None:
    rate = read_rate(text)

    assert rate == read_rate("19")
    assert hash(rate) == hash(read_rate("19"))
    assert rate.text == text


@given(st.integers(0, 10**6), st.integers(0, 6), st.integers(0, 6))
def test_rates_are_one_where_their_numbers_are(value: int, digits: int, zeros: int) -> None:
    text = f"{value // 10**digits}.{value % 10**digits:0{digits}}" if digits else str(value)
    longer = f"{text}{'' if digits else '.'}{'0' * (zeros + 1)}"

    assert read_rate(text) == read_rate(longer)
    assert Fraction(read_rate(text).numerator, read_rate(text).denominator) == percent(text)


@pytest.mark.parametrize("text", ["", "-1", "-0", "19%", "19,0", "1e1", "+19", " 19", ".5", "nineteen", "１９"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(BadRate):
        read_rate(text)


@given(LINES, LINES, LINES, MINOR, MINOR)
def test_a_document_comes_to_what_its_parts_do(
    lines: list[Line], allowances: list[Line], charges: list[Line], prepaid: int, rounding: int
) -> None:
    found = totals(
        taxed(lines),
        allowances=taxed(allowances),
        charges=taxed(charges),
        prepaid_minor=prepaid,
        rounding_minor=rounding,
    )

    lowering = [(-minor, rate, category) for minor, rate, category in allowances]
    expected = sums([*lines, *lowering, *charges])
    tax = sum(half_up(net * rate) for (_, rate), net in expected.items())
    assert found.line_total_minor == sum(minor for minor, _, _ in lines)
    assert found.tax_exclusive_minor == sum(expected.values()) == sum(group.net_minor for group in found.groups)
    assert found.tax_minor == tax == sum(group.tax_minor for group in found.groups)
    assert found.tax_inclusive_minor == sum(expected.values()) + tax
    assert found.payable_minor == found.tax_inclusive_minor - prepaid + rounding
