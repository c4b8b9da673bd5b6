"""Tax of a document: once per group of the same category and rate, and each line's share of its group.

Where prices are without tax, tax = half-up(sum x rate). Where they are with tax, the gross sum stays as it is,
net = half-up(gross / (1 + rate)) and tax = gross - net. A line's tax and net are shares that add up to its group
(EN 16931 reckons by group, and so does the law; lines are shown, not reckoned).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mailgate.billing.money.amount import NoDecimal, Ratio, decimal, rounded


class BadRate(NoDecimal):
    """No percentage of 0 or more."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage as written, and its value in lowest terms: "19" and "19.0" are one rate."""

    text: str = field(compare=False)
    numerator: int
    denominator: int  # of the rate itself: 19 % is 19 over 100

    def tax_on(self, net_minor: int) -> int:
        """Tax on a sum without it."""
        return rounded(net_minor * self.numerator, self.denominator)

    def net_in(self, gross_minor: int) -> int:
        """What is left of a sum with tax when the tax is taken out."""
        return rounded(gross_minor * self.denominator, self.denominator + self.numerator)


def read_rate(text: str) -> Rate:
    """Read a percentage, "19" or "8.75". Raises BadRate."""
    try:
        percent = decimal(text)
    except NoDecimal:
        raise BadRate(text) from None
    if percent.numerator < 0 or text.startswith("-"):
        raise BadRate(text)
    return _in_lowest_terms(text, Ratio(percent.numerator, percent.denominator * 100))


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount that is taxed, with tax or without by the price it comes from."""

    amount_minor: int
    rate: Rate
    category: str | None = None  # of UNCL5305: S, AE, Z, E, O …


@dataclass(frozen=True, slots=True)
class Group:
    """All of one category and rate on a document."""

    category: str | None
    rate: Rate
    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        """Net and tax."""
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class LineTax:
    """What one line has of its group."""

    net_minor: int
    tax_minor: int


def groups(lines: Iterable[Taxed], *, inclusive: bool) -> tuple[Group, ...]:
    """The groups of a document in the order in which they first occur, each with the first spelling of its rate."""
    sums: dict[tuple[str | None, Rate], int] = {}
    for line in lines:
        key = line.category, line.rate
        sums[key] = sums.get(key, 0) + line.amount_minor
    return tuple(_group(category, rate, total, inclusive) for (category, rate), total in sums.items())


def shares(lines: Sequence[Taxed], *, inclusive: bool) -> tuple[LineTax, ...]:
    """Net and tax of each line, which add up to those of their groups.

    Each is rounded by itself; what a group then lacks, or has too much, goes by single units to the lines that were
    rounded the farthest the other way, the earlier first.
    """
    found = {(group.category, group.rate): group for group in groups(lines, inclusive=inclusive)}
    members: dict[tuple[str | None, Rate], list[int]] = {}
    for at, line in enumerate(lines):
        members.setdefault((line.category, line.rate), []).append(at)
    taxes = [0] * len(lines)
    for key, group in found.items():
        for at, tax in zip(members[key], _shared(group, [lines[at] for at in members[key]], inclusive), strict=True):
            taxes[at] = tax
    return tuple(
        LineTax(line.amount_minor - tax if inclusive else line.amount_minor, tax)
        for line, tax in zip(lines, taxes, strict=True)
    )


def _shared(group: Group, lines: Sequence[Taxed], inclusive: bool) -> Sequence[int]:
    """Tax of each line of one group, in whole units that add up to the group's."""
    rate = group.rate
    denominator = rate.denominator + rate.numerator if inclusive else rate.denominator
    exact = [line.amount_minor * rate.numerator for line in lines]  # over the denominator
    taxes = [rounded(one, denominator) for one in exact]
    lacking = group.tax_minor - sum(taxes)
    unit = 1 if lacking > 0 else -1
    farthest_first = sorted(range(len(lines)), key=lambda at: unit * (taxes[at] * denominator - exact[at]))
    for at in farthest_first[: abs(lacking)]:
        taxes[at] += unit
    return taxes


def _group(category: str | None, rate: Rate, total: int, inclusive: bool) -> Group:
    if inclusive:
        net = rate.net_in(total)
        return Group(category, rate, net, total - net)
    return Group(category, rate, total, rate.tax_on(total))


def _in_lowest_terms(text: str, ratio: Ratio) -> Rate:
    numerator, denominator = ratio.numerator, ratio.denominator
    while numerator % 10 == 0 and denominator % 10 == 0 and denominator > 1:
        numerator, denominator = numerator // 10, denominator // 10
    return Rate(text, numerator, denominator)
