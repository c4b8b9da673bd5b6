"""`mailgate catalogue` as scripts rely on it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.billing.shop import product, promotion, tax
from tests.program import Program, configured

SAMPLE = Path(__file__).parents[2] / "docs" / "catalogue.toml"
PRODUCT = {"sku", "kind", "name", "prices"}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells nothing yet."""
    return configured(tmp_path / "gate")


def put(program: Program, *parts: str) -> str:
    """The file of a catalogue."""
    path = program.directory / "shop.toml"
    path.write_text("".join(parts), encoding="utf-8")
    return str(path)


def bring(program: Program, *parts: str) -> Any:
    """Import a catalogue of these parts."""
    return program.ask("catalogue", "import", put(program, *parts))


def test_the_sample_is_imported_listed_and_shown(program: Program) -> None:
    done = program.ask("catalogue", "import", str(SAMPLE))

    assert (done["version"], done["changed"], done["retired"], done["same"]) == (1, [], [], [])
    assert done["added"][:3] == ["web-s", "web-m", "web-l"]
    listed = program.ask("catalogue", "list")
    assert [one["sku"] for one in listed] == done["added"]
    assert all(set(one) >= PRODUCT for one in listed)
    yearly = {"currency": "KWD", "cycle": "yearly", "amount_minor": 32500, "setup_minor": 0}
    assert yearly in listed[1]["prices"]
    assert program.ask("catalogue", "list", "--after", "1", "--limit", "1") == [listed[1]]
    shown = program.ask("catalogue", "show", "web-m")
    assert {key: shown[key] for key in PRODUCT} == listed[1]
    assert (shown["upgrades"], shown["lead_days"]) == (["web-s", "web-l"], {"yearly": 30, "biennial": 30})
    assert [(one["name"], one["included"], one["step"]) for one in shown["options"]] == [
        ("domains", 1, 1),
        ("mailboxes", 50, 10),
    ]
    assert shown["limits"] == {"Disk": "50 GB", "Databases": "10"}


def test_the_version_that_is_sold_from_is_shown(program: Program) -> None:
    parts = product(), tax(), tax("US", "4", 'region = "NY"', name="NY tax"), promotion("A", 'percent = "5"')
    bring(program, *parts)

    shown = program.ask("catalogue", "show")

    assert (shown["version"], shown["imported_by"], shown["imported_at"][-1]) == (1, "the command line", "Z")
    assert [one["sku"] for one in shown["products"]] == ["web"]
    assert [(one["country"], one["region"], one["rate"]) for one in shown["tax_rules"]] == [
        ("DE", None, "19"),
        ("US", "NY", "4"),
    ]
    assert [(one["code"], one["percent"], one["amount_minor"]) for one in shown["promotions"]] == [("A", "5", None)]


def test_people_read_prices_in_major_units(program: Program) -> None:
    setup = 'setup = { EUR = { monthly = "5.00" } }'
    option = '[[product.option]]\nname = "boxes"\nstep = 5\nmost = 20\nprices = { EUR = { monthly = "2.00" } }'
    bring(program, product("web", setup, option), tax())

    words = " ".join(program.prints(*command).decode() for command in (
        ("catalogue", "list"), ("catalogue", "show", "web"), ("catalogue", "show"),
    ))  # fmt: skip

    assert words.count("EUR 9.90 monthly (set-up 5.00)") == 2
    assert "boxes 0 to 20 in steps of 5 at EUR 2.00 monthly" in words
    assert "DE 19 % VAT from 2000-01-01" in words


def test_an_import_tells_what_has_changed(program: Program) -> None:
    bring(program, product("a"), product("b"), product("c"))

    second = bring(program, product("a"), product("b", name="New"), product("d"))
    again = bring(program, product("a"), product("b", name="New"), product("d"))

    skus = {"added": ["d"], "changed": ["b"], "retired": ["c"], "same": ["a"]}
    assert {key: second[key] for key in ("version", "new", *skus)} == {"version": 2, "new": True, **skus}
    assert (again["version"], again["new"], again["same"]) == (2, False, ["a", "b", "d"])
    assert (again["added"], again["changed"], again["retired"]) == ([], [], [])


def test_a_dry_run_tells_the_same_and_writes_nothing(program: Program) -> None:
    bring(program, product("a"))
    file = put(program, product("b"))

    tried = program.ask("catalogue", "import", file, "--dry-run")
    said = program.run("catalogue", "import", file, "--dry-run").stderr

    assert (tried["version"], tried["new"], tried["added"], tried["retired"]) == (None, True, ["b"], ["a"])
    assert [one["sku"] for one in program.ask("catalogue", "list")] == ["a"]
    assert program.ask("catalogue", "show")["version"] == 1
    assert "nothing was written" in said


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_all_mistakes_are_told_at_once_and_nothing_is_changed(program: Program, options: tuple[str, ...]) -> None:
    bring(program, product("a"))
    file = put(program, product("b", kind="hostin"), product("c", 'upgrades = ["bb"]'), tax(rate="1,9"))

    done = program.run("catalogue", "import", file, *options, "--json")

    assert done.exit_code == 65
    places = [line.partition(": ")[0] for line in done.stderr.splitlines() if line.startswith(file)]
    assert places == [f"{file}:3:8", f"{file}:11:13", f"{file}:14:8"]
    assert done.stderr.endswith("3 errors.\n")
    error = json.loads(done.stdout)["error"]
    assert set(error) == {"code", "message", "hint", "problems"}
    assert (error["code"], error["hint"]) == ("catalogue", 'did you mean "hosting"?')
    assert [(one["line"], one["column"], one["path"], one["nearest"]) for one in error["problems"]] == [
        (3, 8, "product[0].kind", ["hosting"]),
        (11, 13, "product[1].upgrades[0]", ["b"]),
        (14, 8, "tax[0].rate", []),
    ]
    assert [one["sku"] for one in program.ask("catalogue", "list")] == ["a"]


def test_a_file_that_cannot_be_read_is_named(program: Program) -> None:
    for file, reason in (("nowhere.toml", "No such file or directory"), (str(program.directory), "Is a directory")):
        done = program.run("catalogue", "import", file, "--json")

        assert done.exit_code == 66
        assert json.loads(done.stdout)["error"]["message"] == f"{file} cannot be read: {reason}"


def test_a_file_without_end_is_no_catalogue(program: Program) -> None:
    done = program.run("catalogue", "import", "/dev/zero")

    assert done.exit_code == 65
    assert "/dev/zero: longer than 16777216 bytes: this is no catalogue" in done.stderr


def test_a_product_that_is_not_sold_is_named(program: Program) -> None:
    bring(program, product("a"), product("old"))
    bring(program, product("a"))

    for sku, words in (
        ("old", "old is not sold any more: version 1 was the last that had it"),
        ("none", "there is no product 'none'"),
        ("A", "there is no product 'A'"),
        ("größe\ud800", "there is no product 'größe\\ud800'"),
        ("", "there is no product ''"),
    ):
        done = program.run("catalogue", "show", sku, "--json")

        assert done.exit_code == 65
        assert json.loads(done.stdout)["error"]["message"] == words
        assert "mailgate catalogue list" in done.stderr


def test_before_the_first_import_the_way_out_is_told(program: Program) -> None:
    done = program.run("catalogue", "show")

    assert (done.exit_code, program.ask("catalogue", "list")) == (65, [])
    assert "mailgate catalogue import FILE" in done.stderr
