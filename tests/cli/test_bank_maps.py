"""Maps of banks' tables in a folder: chosen by name, or by the header of the table."""

import json
from pathlib import Path

import pytest

from mailgate.config import load
from mailgate.setup.bank_maps import bank_maps
from mailgate.setup.finding import Status
from mailgate.setup.site import Site
from tests.cli.selling import add, refused, selling
from tests.program import Program

GERMAN = """
encoding = "cp1252"
date_format = "%d.%m.%Y"
decimal = ","
thousands = "."
currency = "EUR"
[columns]
date = "Buchungstag"
amount = "Betrag"
payer = "Auftraggeber/Empfänger"
text = "Verwendungszweck"
"""
BRITISH = """
delimiter = ","
date_format = "%d/%m/%Y"
currency = "GBP"
[columns]
date = "Date"
credit = "Paid in"
debit = "Paid out"
text = "Description"
"""
UMSAETZE = (
    "Buchungstag;Auftraggeber/Empfänger;Verwendungszweck;Betrag\n"
    "02.04.2026;Jörg Müller;Danke;1.234,50\n"
    "02.04.2026;Stadtwerke;Strom;-80,00\n"
)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells, with maps of two banks in a folder beside its settings."""
    program = selling(tmp_path / "gate")
    add(program)
    keep(program, "volksbank", GERMAN)
    keep(program, "barclays", BRITISH)
    program.set("billing", bank_maps="maps")
    return program


def keep(program: Program, name: str, text: str) -> None:
    folder = program.directory / "maps"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text, "utf-8")


def table(tmp_path: Path, text: str, encoding: str = "cp1252") -> str:
    path = tmp_path / "april.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_a_table_is_read_by_the_map_whose_columns_stand_in_its_header(program: Program, tmp_path: Path) -> None:
    done = program.ask("bank", "import", table(tmp_path, UMSAETZE))

    assert (done["map"], done["proposed"], done["ignored"]) == ("volksbank", 1, 1)
    rows = program.rows("bank", "list")
    assert [(row["payer"], row["amount_minor"]) for row in rows] == [("Jörg Müller", 123_450), ("Stadtwerke", -8000)]


def test_a_map_of_the_folder_is_chosen_by_its_name(program: Program, tmp_path: Path) -> None:
    keep(program, "sparkasse", GERMAN)
    path = table(tmp_path, UMSAETZE)

    error = refused(program, "bank", "import", path)
    done = program.ask("bank", "import", path, "--map", "sparkasse")

    assert error["message"] == "the columns of several maps stand in its header: sparkasse, volksbank"
    assert error["hint"] == "say which: --map sparkasse"
    assert (done["map"], done["new"]) == ("sparkasse", 2)


def test_a_table_that_no_map_fits_and_a_name_of_none_are_refused(program: Program, tmp_path: Path) -> None:
    path = table(tmp_path, UMSAETZE.replace("Betrag", "Umsatz"))

    assert refused(program, "bank", "import", path)["message"].startswith(
        "none of the maps barclays, volksbank fits it"
    )
    error = refused(program, "bank", "import", path, "--map", "volksbank")
    assert error["message"].startswith('line 1 has no column "Betrag"')
    error = refused(program, "bank", "import", path, "--map", "volksbnak")
    assert (error["code"], error["hint"]) == ("NoMap", "there are barclays, volksbank")
    assert program.rows("bank", "list") == []


def test_the_encoding_of_a_map_must_fit_too(program: Program, tmp_path: Path) -> None:
    keep(program, "utf", GERMAN.replace("cp1252", "utf-8"))

    done = program.ask("bank", "import", table(tmp_path, UMSAETZE))

    assert done["map"] == "volksbank"


def test_a_broken_map_is_named_by_the_import_and_the_doctor(program: Program, tmp_path: Path) -> None:
    config = program.directory / "config.toml"
    before = bank_maps(Site(config, load(config, {})))
    keep(program, "bad", GERMAN.replace("decimal =", "decimel ="))

    done = program.run("bank", "import", table(tmp_path, UMSAETZE), "--json")
    found = bank_maps(Site(config, load(config, {})))

    assert (before.status, before.detail) == (Status.OK, "barclays, volksbank")
    assert done.exit_code == 65
    assert "bad.toml" in json.loads(done.stdout)["error"]["message"]
    assert found.status is Status.FAIL
    assert "bad.toml" in found.detail
    assert "decimel" in found.detail
