"""`mailgate service add --promotion`: what is sold cheaper, how it is shown, and why a code is refused."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.selling import add, refused, selling
from tests.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return selling(tmp_path)


HALF = {"code": "Spring", "percent": "50", "amount_minor": None, "until": "2026-05-31"}


def test_a_code_is_taken_in_any_capitals_and_shown_wherever_the_service_is(program: Program) -> None:
    made = add(program, "small", "--promotion", "sPrInG")

    shown = program.ask("service", "show", "1")
    (listed,) = program.ask("service", "list")
    for row in (made, shown, listed):
        assert (row["amount_minor"], row["list_minor"], row["promotion"]) == (500, 1000, HALF)
    (line,) = program.ask("invoice", "show", made["documents"][0]["number"])["lines"]
    assert (line["text"], line["net_minor"]) == ("Small (Spring -50 %)", 500)
    assert [one["price_minor"] for one in shown["billed"]] == [500]


def test_people_read_it_in_words(program: Program) -> None:
    add(program, "small", "--promotion", "spring")
    add(program, "small", "--promotion", "friends")

    half, less = (program.prints("service", "show", number).decode() for number in ("1", "2"))

    assert "50 % off with Spring until 2026-05-31" in half
    assert "2.00 EUR off with FRIENDS\n" in less


def test_when_it_is_over_the_list_price_is_what_comes_next(program: Program) -> None:
    add(program, "small", "--promotion", "spring")
    program.prints("bill", "run", "--at", "2026-04-25")

    shown = program.ask("service", "show", "1")

    assert (shown["amount_minor"], shown["list_minor"], shown["promotion"]) == (1000, 1000, None)


def test_what_has_none_says_so(program: Program) -> None:
    made = add(program, "small")

    assert (made["amount_minor"], made["list_minor"], made["promotion"]) == (1000, 1000, None)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (("1", "small", "XMAS", "2026-04-01"), "the catalogue has no promotion 'XMAS': for small in EUR there is "),
        (("1", "small", "spring", "2026-07-01"), "promotion Spring ended on 2026-06-30: for small in EUR there is "),
        (("1", "large", "spring", "2026-04-01"), "promotion Spring is not for large: for large in EUR there is "),
        (("2", "small", "friends", "2026-04-01"), "promotion FRIENDS is for prices in EUR: for small in JPY there is "),
        (("1", "small", "", "2026-04-01"), "the catalogue has no promotion '': for small in EUR there is "),
    ],
)
def test_a_code_that_is_not_to_be_had_is_one_line_and_nothing_is_written(
    program: Program, wanted: tuple[str, ...], says: str
) -> None:
    customer, sku, code, on = wanted

    error = refused(
        program,
        *("service", "add", "--customer", customer, "--sku", sku, "--cycle", "monthly"),
        *("--promotion", code, "--on", on),
    )

    assert error["message"].startswith(says)


def test_a_quote_says_what_becomes_of_the_promotion(program: Program) -> None:
    add(program, "small", "--promotion", "spring")

    kept = program.ask("service", "change", "1", "--sku", "medium", "--force", "--quote", "--on", "2026-04-16")
    lost = program.ask("service", "change", "1", "--sku", "large", "--force", "--quote", "--on", "2026-04-16")

    assert (kept["promotion"], kept["promotion_lost"]) == (HALF, None)
    assert [leg["price_minor"] for leg in kept["legs"]] == [500, 1000]
    assert (lost["promotion"], lost["promotion_lost"]) == (None, "Spring")
    assert [leg["price_minor"] for leg in lost["legs"]] == [500, 3000]
    done = program.ask("service", "change", "1", "--sku", "large", "--force", "--on", "2026-04-16")
    assert (done["promotion"], done["promotion_lost"], done["amount_minor"]) == (None, "Spring", 3000)


def test_an_export_of_the_customer_has_it(program: Program) -> None:
    add(program, "small", "--promotion", "spring")

    path = program.directory / "anne.zip"
    program.prints("customer", "export", "1", "-o", str(path))

    with ZipFile(path) as file:
        (service,) = json.loads(file.read("services.json"))
    assert (service["price_minor"], service["list_minor"], service["promotion"]) == (500, 1000, HALF)
