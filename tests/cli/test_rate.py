"""`mailgate rate`, and the tax of documents in another currency in the company's own."""

import pytest

from tests.cli.selling import refused
from tests.program import Program, configured


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return configured(tmp_path_factory.mktemp("gate"))


def test_a_rate_is_kept_from_its_day_on(program: Program) -> None:
    first = program.ask("rate", "add", "usd", "1.0826", "--on", "2026-03-01")
    program.ask("rate", "add", "USD", "1.09", "--on", "2026-04-01")
    program.ask("rate", "add", "USD", "1.1", "--on", "2026-04-01")

    assert {name: first[name] for name in ("currency", "rate", "home", "since_on")} == {
        "currency": "USD", "rate": "1.0826", "home": "EUR", "since_on": "2026-03-01",
    }  # fmt: skip
    assert [(one["since_on"], one["rate"]) for one in program.ask("rate", "list")] == [
        ("2026-04-01", "1.1"),
        ("2026-03-01", "1.0826"),
    ]


def test_it_says_which_way_round_it_is(program: Program) -> None:
    assert (
        "one EUR is 1.0826 USD from 2026-03-01 on"
        in program.run("rate", "add", "USD", "1.0826", "--on", "2026-03-01").stderr
    )


@pytest.mark.parametrize("rate", ["0", "0.00", "-1", "1,08", "1e3", "x", "", "1" * 31])
def test_what_is_no_rate_is_refused(program: Program, rate: str) -> None:
    error = refused(program, "rate", "add", "USD", rate)

    assert error["code"] == "BadRate"
    assert "1.0826" in error["message"]
    assert program.ask("rate", "list") == []


@pytest.mark.parametrize(
    ("currency", "told"), [("EUR", "is gate.currency itself"), ("XYZ", "'XYZ' is no currency code")]
)
def test_which_currency_is_checked(program: Program, currency: str, told: str) -> None:
    assert told in refused(program, "rate", "add", currency, "1")["message"]


def test_json_has_text_and_no_fractions(program: Program) -> None:
    program.prints("rate", "add", "JPY", "162.37")

    assert '"162.37"' in program.prints("rate", "list", "--json").decode()
