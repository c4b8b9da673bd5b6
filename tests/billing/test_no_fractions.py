"""What knows amounts knows whole numbers alone, and rounds in one place."""

from pathlib import Path

import pytest

from tests.billing.no_fractions import fractions_in, knows_amounts

ROOT = Path(__file__).parents[2]
PRODUCT = ("mailgate", "store", "workers", "webview")
BILLING = ROOT / "mailgate" / "billing"

RULES = sorted(BILLING.rglob("*.py"))
CALLERS = sorted(
    path
    for part in PRODUCT
    for path in (ROOT / part).rglob("*.py")
    if BILLING not in path.parents and knows_amounts(path.read_text())
)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", RULES, ids=_name)
def test_no_rule_of_billing_knows_a_fraction(path: Path) -> None:
    assert fractions_in(path.read_text(), is_rule=True) == ()


@pytest.mark.parametrize("path", CALLERS, ids=_name)
def test_nothing_that_calls_a_rule_of_billing_makes_a_fraction_of_an_amount(path: Path) -> None:
    assert fractions_in(path.read_text(), is_rule=False) == ()


def test_rules_and_their_callers_are_found() -> None:
    assert {"mailgate/billing/money/amount.py", "mailgate/billing/question/amounts.py"} <= {
        _name(path) for path in RULES
    }
    assert {"mailgate/cli/money.py", "webview/page_templates.py"} <= {_name(path) for path in CALLERS}
    assert "mailgate/config/codes.py" not in {_name(path) for path in CALLERS}


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("half = 0.5", "0.5"),
        ("much = 1e3", "1000.0"),
        ("amount = float(text)", "float"),
        ("def share(of: float) -> int: ...", "float"),
        ("amount = round(amount)", "round"),
        ("from builtins import round as nearest", "round"),
        ("import math", "math"),
        ("from math import floor", "math"),
        ("from fractions import Fraction", "fractions"),
        ("import decimal", "decimal"),
        ("from decimal import Decimal", "Decimal"),
        ("import decimal.context as exact", "decimal.context"),
        ("amount = babel.Decimal(text)", "Decimal"),
        ("share = price_minor / days", "/"),
        ("share = days / line.price_minor", "/"),
        ("total /= 3", "/"),
        ("share = sum(one.net_minor for one in lines) / 2", "/"),
        ("cent = unit * 10 ** -2", "** -"),
    ],
)
def test_a_fraction_is_found(source: str, what: str) -> None:
    for is_rule in (True, False):
        assert what in {spot.what for spot in fractions_in(source, is_rule=is_rule)}


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("days = hours / 24", "/"),
        ("share = first / second", "/"),
        ("from operator import truediv", "truediv"),
        ("seconds = (end - start).total_seconds()", "total_seconds"),
        ("seconds = at.timestamp()", "timestamp"),
    ],
)
def test_a_rule_divides_nothing_at_all(source: str, what: str) -> None:
    assert what in {spot.what for spot in fractions_in(source, is_rule=True)}


@pytest.mark.parametrize("source", ["share = price_minor * days // cycle_days", "rest = total % 3", "power = 10**2"])
def test_whole_numbers_pass(source: str) -> None:
    assert fractions_in(source, is_rule=True) == ()


@pytest.mark.parametrize("source", ['place = directory / "invoices.json"', "place = root / f'{number}.pdf'"])
def test_a_caller_may_join_paths(source: str) -> None:
    assert fractions_in(source, is_rule=False) == ()


@pytest.mark.parametrize(
    "source",
    [
        "BATCH_SECONDS = 0.05",
        "class Asked:\n    timeout_seconds: float = 10.0",
        "def ask(url: str, timeout_seconds: float = 10.0, *, wait_seconds: float = 0.5) -> int: ...",
        "ask(timeout_seconds=0.5)",
    ],
)
def test_seconds_are_no_amount_but_for_a_rule(source: str) -> None:
    assert fractions_in(source, is_rule=False) == ()
    assert fractions_in(source, is_rule=True) != ()


@pytest.mark.parametrize(
    "source",
    [
        "share = 0.05",
        "def ask(wait_seconds: float = 0.5, share: float = 1) -> int: ...",
        "def ask(wait_seconds: float = 0.5, share: int = 0.5) -> int: ...",
        "def ask(share: int = 0.5, *, wait_seconds: float = 0.5, other: int) -> int: ...",
        "def ask(*shares: float) -> int: ...",
        "def ask(wait_seconds: float = 1.0) -> float: ...",
        "ask(0.5, timeout_seconds=0.5)",
        "wait_seconds = 0.5; share = 0.5",
    ],
)
def test_what_stands_beside_seconds_is_looked_at(source: str) -> None:
    assert len(fractions_in(source, is_rule=False)) == 1


@pytest.mark.parametrize(
    ("source", "knows"),
    [
        ("from mailgate.billing.money.amount import split", True),
        ("from mailgate.billing import tax", True),
        ("from mailgate import billing", True),
        ("import mailgate.billing.tax.groups", True),
        ("def late() -> None:\n    from mailgate.billing.money.currencies import unit", True),
        ("from mailgate.billing.money.currencies import CURRENCIES", False),
        ("from mailgate.billings import split", False),
    ],
)
def test_who_takes_only_the_names_of_currencies_knows_no_amounts(source: str, knows: bool) -> None:
    assert knows_amounts(source) is knows
