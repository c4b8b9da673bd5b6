"""`mailgate bank`: a file is imported, and people decide on what is not plain."""

from pathlib import Path

import pytest

from tests.billing.statements import Books, Pays, Says, camt
from tests.cli.selling import add, refused, selling
from tests.program import Program

MAP = """
delimiter = ";"
encoding = "cp1252"
date_format = "%d.%m.%Y"
decimal = ","
thousands = "."
currency = "EUR"
[columns]
date = "Buchungstag"
amount = "Betrag"
payer = "Name"
text = ["Verwendungszweck", "Info"]
"""
HEADER = "Buchungstag;Name;Verwendungszweck;Info;Betrag"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells, with an invoice of 16.66."""
    program = selling(tmp_path / "gate")
    add(program)
    return program


def written(tmp_path: Path, raw: bytes | str, name: str = "may.xml") -> str:
    path = tmp_path / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode("cp1252"))
    return str(path)


def reference(program: Program) -> str:
    return str(program.ask("invoice", "show", "2026-0001")["reference"])


def total(program: Program) -> str:
    minor = program.ask("invoice", "show", "2026-0001")["total_minor"]
    return f"{minor // 100}.{minor % 100:02}"


def test_a_file_is_imported_and_told_and_again_it_is_nothing_new(program: Program, tmp_path: Path) -> None:
    entries = [Books(total(program), [Pays(reference=reference(program))]), Books("3.00", [Pays(name="Nobody")])]
    path = written(tmp_path, camt(Says(entries, closing="19.66")))

    done = program.ask("bank", "import", path)
    again = program.ask("bank", "import", path)

    assert {key: done[key] for key in ("lines", "new", "known", "booked", "proposed", "ignored", "returned")} == {
        "lines": 2, "new": 2, "known": 0, "booked": 1, "proposed": 1, "ignored": 0, "returned": 0,
    }  # fmt: skip
    assert done["statements"][0]["account"] == "DE02120300000000202051"
    assert program.ask("invoice", "show", "2026-0001")["state"] == "paid"
    assert (again["new"], again["known"]) == (0, 2)
    assert [row["state"] for row in program.rows("bank", "list")] == ["booked", "proposed"]
    assert [row["amount_minor"] for row in program.rows("bank", "list", "--state", "proposed")] == [300]


def test_a_file_that_does_not_add_up_is_imported_with_a_warning(program: Program, tmp_path: Path) -> None:
    path = written(tmp_path, camt(Says([Books("3.00")], closing="4.00")))

    done = program.run("bank", "import", path)

    assert done.exit_code == 0
    assert "warning: it does not add up" in done.stderr
    assert program.ask("bank", "import", path)["balanced"] is False


def test_a_look_alone_tells_what_would_become_of_each_line(program: Program, tmp_path: Path) -> None:
    entries = [Books("5.00", [Pays(reference=reference(program))]), Books("16.66", [Pays(name="ANNE")])]

    told = program.ask("bank", "import", written(tmp_path, camt(Says(entries))), "--dry-run")

    assert [(row["state"], row["why"].partition(":")[0]) for row in told["entries"]] == [
        ("booked", "for invoice 2026-0001"), ("proposed", "2026-0001"),
    ]  # fmt: skip
    assert program.rows("bank", "list") == []


def test_a_line_is_matched_with_an_invoice_or_kept_as_credit_or_ignored(program: Program, tmp_path: Path) -> None:
    entries = [Books(amount, [Pays(name="Nobody", text=amount)]) for amount in ("1.00", "2.00", "3.00")]
    program.ask("bank", "import", written(tmp_path, camt(Says(entries))))

    first = program.ask("bank", "match", "1", "2026-0001")
    second = program.ask("bank", "match", "2", "--customer", "1")
    third = program.ask("bank", "ignore", "3", "--reason", "a gift")

    assert (first["state"], first["customer"], first["why"]) == ("booked", 1, "for invoice 2026-0001")
    assert (second["state"], second["why"]) == ("booked", "as credit")
    assert (third["state"], third["why"], third["customer"]) == ("ignored", "a gift", None)
    assert program.ask("bank", "show", "3") == third
    assert "booked already" in refused(program, "bank", "match", "1", "2026-0001")["message"]
    refused(program, "bank", "match", "9", "2026-0001")
    refused(program, "bank", "match", "3", code=64)


def test_a_table_is_read_by_its_map(program: Program, tmp_path: Path) -> None:
    table = "\r\n".join(
        [
            HEADER,
            f"02.04.2026;Jörg Müller;Danke;{reference(program)};1.234,50",
            '02.04.2026;"Miller; Ann";"Rechnung 2026-0001";;16,66',
            "03.04.2026;Stadtwerke;Strom;;-80,00",
            "",
        ]
    )
    paths = written(tmp_path, table, "may.csv"), "--map", written(tmp_path, MAP, "map.toml")

    done = program.ask("bank", "import", *paths)

    assert (done["booked"], done["proposed"], done["ignored"]) == (1, 1, 1)
    rows = program.rows("bank", "list")
    assert [(row["amount_minor"], row["payer"]) for row in rows] == [
        (123_450, "Jörg Müller"), (1666, "Miller; Ann"), (-8000, "Stadtwerke"),
    ]  # fmt: skip
    assert rows[1]["candidates"][0]["invoice"] == "2026-0001"
    assert program.ask("bank", "import", *paths)["new"] == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("31.02.2026;a;b;c;1,00", "line 2, column \"Buchungstag\": '31.02.2026' is no date of the form %d.%m.%Y"),
        ("01.02.2026;a;b;c;1.00,00", "line 2, column \"Betrag\": '1.00,00' is no amount: '.' parts thousands in it"),
        ("01.02.2026;a;b;c;", "line 2, column \"Betrag\": '' is no amount"),
        ("01.02.2026;a;b;c;0,001", "line 2, column \"Betrag\": '0,001' has more decimals than EUR"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_by_line_and_column(
    program: Program, tmp_path: Path, line: str, message: str
) -> None:
    table = written(tmp_path, f"{HEADER}\n{line}\n", "may.csv")
    chart = written(tmp_path, MAP, "map.toml")

    assert refused(program, "bank", "import", table, "--map", chart)["message"] == message


def test_a_map_that_names_what_is_not_there_is_refused(program: Program, tmp_path: Path) -> None:
    table = written(tmp_path, "Datum;Betrag\n01.02.2026;1,00\n", "may.csv")
    chart = written(tmp_path, MAP, "map.toml")
    bad = written(tmp_path, MAP.replace("decimal =", "decimel =").replace("%d.%m.%Y", "%d"), "bad.toml")

    assert 'has no column "Buchungstag"' in refused(program, "bank", "import", table, "--map", chart)["message"]
    done = program.run("bank", "import", table, "--map", bad)
    assert done.exit_code == 65
    assert 'did you mean "decimal"?' in done.stderr
    assert "must have day, month and year" in done.stderr


def test_what_is_no_file_of_a_bank_is_refused(program: Program, tmp_path: Path) -> None:
    error = refused(program, "bank", "import", written(tmp_path, "a;b\n1;2\n", "may.csv"))

    assert error["hint"] == "a table needs --map"
    refused(program, "bank", "import", str(tmp_path / "missing.xml"), code=66)
