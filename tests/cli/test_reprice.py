"""`mailgate catalogue reprice`: services of older versions move to the price of now, at a renewal and not before."""

from pathlib import Path

import pytest

from tests.billing.shop import product, tax
from tests.program import Program, configured


def sells(program: Program, prices: str) -> None:
    shop = program.directory / "shop.toml"
    bigger = product("big", prices='prices = { EUR = { monthly = "20.00" } }')
    shop.write_text(product("web", 'upgrades = ["big"]', prices=f"prices = {{ {prices} }}") + bigger + tax())
    program.prints("catalogue", "import", str(shop))


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Anne has Web by the month since 12 January and is billed for January alone; Bart has it by the year."""
    program = configured(tmp_path)
    sells(program, 'EUR = { monthly = "9.90", yearly = "99.00" }')
    for number, cycle in ((1, "monthly"), (2, "yearly")):
        program.prints("customer", "add", f"Customer {number}", f"c{number}@customer.example", "--country", "DE")
        program.prints(
            *("service", "add", "--customer", str(number), "--sku", "web", "--cycle", cycle, "--on", "2026-01-12")
        )
    sells(program, 'EUR = { monthly = "11.90" }')
    return program


def lines_of(program: Program, number: str) -> list[tuple[str, int]]:
    return [(one["period_start"], one["net_minor"]) for one in program.ask("invoice", "show", number)["lines"]]


def test_a_run_that_comes_late_bills_the_old_price_before_the_move_and_the_new_after_it(program: Program) -> None:
    done = program.ask("catalogue", "reprice", "web", "--from", "2026-03-01")
    ran = program.ask("bill", "run", "--at", "2026-04-30")

    (moved,) = done["moved"]
    assert (moved["service"], moved["on"], moved["was_minor"], moved["price_minor"]) == (1, "2026-03-12", 990, 1190)
    assert lines_of(program, ran["invoices"][0]) == [
        ("2026-02-12", 990),
        ("2026-03-12", 1190),
        ("2026-04-12", 1190),
    ]
    shown = program.ask("service", "show", "1")
    assert (shown["amount_minor"], shown["next_price_on"]) == (1190, None)
    assert [one["price_minor"] for one in shown["billed"]] == [990, 990, 1190, 1190]


def test_the_price_stays_until_the_renewal(program: Program) -> None:
    program.prints("catalogue", "reprice", "web", "--from", "2026-03-01")
    ran = program.ask("bill", "run", "--at", "2026-02-05")

    shown = program.ask("service", "show", "1")
    assert lines_of(program, ran["invoices"][0]) == [("2026-02-12", 990)]
    assert (shown["amount_minor"], shown["next_price_on"], shown["next_price_minor"]) == (990, "2026-03-12", 1190)


def test_a_renewal_that_is_invoiced_keeps_its_price(program: Program) -> None:
    program.prints("bill", "run", "--at", "2026-02-05")

    done = program.ask("catalogue", "reprice", "web", "--from", "2026-02-01")

    assert [one["on"] for one in done["moved"]] == ["2026-03-12"]


def test_who_has_a_cycle_that_is_not_sold_any_more_is_named_and_left_alone(program: Program) -> None:
    done = program.ask("catalogue", "reprice", "web", "--from", "2026-03-01")

    assert done["left_alone"] == [
        {
            "service": 2,
            "customer": 2,
            "why": "web is not sold yearly in EUR: there is monthly in EUR",
        }
    ]
    assert program.ask("service", "show", "2")["next_price_on"] is None


def test_days_of_before_that_are_billed_again_have_the_old_price_again(program: Program) -> None:
    program.prints("catalogue", "reprice", "web", "--from", "2026-06-01")
    program.prints("catalogue", "reprice", "web", "--from", "2026-03-01")
    program.prints("bill", "run", "--at", "2026-02-05")
    program.prints("bill", "run", "--at", "2026-03-05")

    program.prints("bill", "undo", "2", "--at", "2026-03-06")
    program.prints("bill", "undo", "1", "--at", "2026-03-06")
    ran = program.ask("bill", "run", "--at", "2026-03-06")

    assert lines_of(program, ran["invoices"][0]) == [("2026-02-12", 990), ("2026-03-12", 1190)]
    assert program.ask("service", "show", "1")["amount_minor"] == 1190


def test_a_dry_run_says_the_same_and_moves_nothing(program: Program) -> None:
    tried = program.ask("catalogue", "reprice", "web", "--from", "2026-03-01", "--dry-run")
    before = program.ask("service", "show", "1")
    done = program.ask("catalogue", "reprice", "web", "--from", "2026-03-01")

    assert before["next_price_on"] is None
    assert {**tried, "dry_run": False} == done


def test_asked_twice_it_moves_once(program: Program) -> None:
    program.prints("catalogue", "reprice", "web", "--from", "2026-03-01")

    again = program.ask("catalogue", "reprice", "web", "--from", "2026-03-01")

    assert (again["moved"], again["same"]) == ([], 1)


def test_a_change_of_plan_is_of_now_and_no_move_follows_it(program: Program) -> None:
    program.prints("catalogue", "reprice", "web", "--from", "2026-03-01")
    program.prints("service", "change", "1", "--sku", "big", "--force", "--on", "2026-01-20")

    shown = program.ask("service", "show", "1")

    assert (shown["amount_minor"], shown["next_price_on"]) == (2000, None)


@pytest.mark.parametrize("day", ["2026-02-30", "1900-01-01", "20227-01-01"])
def test_a_day_that_cannot_be_meant_is_refused(program: Program, day: str) -> None:
    done = program.run("catalogue", "reprice", "web", "--from", day)

    assert (done.exit_code, done.stdout) == (65, "")
    assert day in done.stderr


def test_a_product_that_is_not_sold_is_refused_with_the_nearest(program: Program) -> None:
    done = program.run("catalogue", "reprice", "wep", "--from", "2026-03-01")

    assert done.exit_code == 65
    assert "did you mean web?" in done.stderr
