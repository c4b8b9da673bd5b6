"""The QR code of a transfer in euros: what its lines are, and what cannot stand in one."""

from typing import Any

import pytest

from tests.billing.asking import Keys, ask

IBAN = "DE02120300000000202051"
ANNE: Keys = {"name": "Anne Miller", "iban": IBAN, "amount": "12.30"}
RF = "RF18539007547034"


def epc(**changes: object) -> dict[str, Any]:
    """The answer for such a transfer."""
    return ask("epc", **{**ANNE, **changes})


def lines(**changes: object) -> list[str]:
    """The lines of its payload."""
    found: list[str] = epc(**changes)["lines"]
    return found


@pytest.mark.parametrize(
    ("changes", "behind"),
    [
        ({}, []),
        ({"purpose": "GDDS"}, ["GDDS"]),
        ({"reference": RF}, ["", RF]),
        ({"reference": "rf18 5390 0754 7034"}, ["", RF]),
        ({"reference": "Order 7/2031"}, ["", "Order 7/2031"]),
        ({"text": "Rechnung 7"}, ["", "", "Rechnung 7"]),
        ({"text": "Rechnung 7", "reference": ""}, ["", "", "Rechnung 7"]),
        ({"text": None, "reference": None, "bic": None, "purpose": None, "charset": None}, []),
    ],
)
def test_nothing_stands_behind_the_last_line_that_is_filled(changes: Keys, behind: list[str]) -> None:
    assert lines(**changes) == ["BCD", "002", "1", "SCT", "", "Anne Miller", IBAN, "EUR12.3", *behind]


def test_blanks_of_an_account_and_a_bank_go() -> None:
    found = lines(iban="de02 1203 0000 0000 2020 51", bic="BYLADEM1001")

    assert (found[4], found[6]) == ("BYLADEM1001", IBAN)


@pytest.mark.parametrize(
    ("amount", "line"),
    [
        ("12.3", "EUR12.3"),
        ("12.30", "EUR12.3"),
        ("12.34", "EUR12.34"),
        ("12.04", "EUR12.04"),
        ("1000", "EUR1000"),
        ("1000.00", "EUR1000"),
        ("0.01", "EUR0.01"),
        ("0.10", "EUR0.1"),
        ("999999999.99", "EUR999999999.99"),
    ],
)
def test_an_amount_has_no_needless_zeros(amount: str, line: str) -> None:
    assert lines(amount=amount)[7] == line


def test_bytes_are_counted_in_the_charset_that_is_named() -> None:
    in_utf_8, in_latin_1 = (epc(name="Jürgen", charset=charset) for charset in (1, 2))

    assert (in_utf_8["lines"][2], in_latin_1["lines"][2]) == ("1", "2")
    assert in_utf_8["bytes"] == len("\n".join(in_utf_8["lines"]).encode())
    assert in_latin_1["bytes"] == in_utf_8["bytes"] - 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Ä" * 70},
        {"name": "Élise Dupont\u00a0& Cie"},
        {"text": "x" * 140},
        {"reference": "x" * 35},
        {"bic": "COBADEFFXXX", "reference": RF},
        {"bic": "COBADEFF"},
        {"charset": 2, "name": "Ünal"},
        {"name": "株式会社"},
    ],
)
def test_what_can_stand_in_a_transfer(changes: Keys) -> None:
    assert len(lines(**changes)) >= 8


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "Ä" * 71}, "name"),
        ({"name": "Anne\nMiller"}, "name"),
        ({"name": "Anne\rMiller"}, "name"),
        ({"iban": "DE03120300000000202051"}, "iban"),
        ({"iban": ""}, "iban"),
        ({"iban": "DE021203000000002020510"}, "iban"),
        ({"iban": "DE02-1203-0000-0000-2020-51"}, "iban"),
        ({"amount": "0"}, "amount"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "0.001"}, "amount"),
        ({"amount": "12.345"}, "amount"),
        ({"amount": "12.300"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1000000000"}, "amount"),
        ({"amount": "12,30"}, "amount"),
        ({"amount": "EUR12.30"}, "amount"),
        ({"amount": 12}, "amount"),
        ({"reference": "RF19539007547034"}, "reference"),
        ({"reference": "x" * 36}, "reference"),
        ({"reference": "RF" + "9" * 33}, "reference"),
        ({"reference": "one\ntwo"}, "reference"),
        ({"reference": RF, "text": "Rechnung 7"}, "reference"),
        ({"text": "x" * 141}, "text"),
        ({"text": "one\ntwo"}, "text"),
        ({"bic": "COBADEF"}, "bic"),
        ({"purpose": "GOODS"}, "purpose"),
        ({"purpose": "G-"}, "purpose"),
        ({"charset": 0}, "charset"),
        ({"charset": 3}, "charset"),
        ({"charset": "1"}, "charset"),
        ({"charset": 2, "name": "Łukasz"}, "charset"),
        ({"charset": 2, "text": "12 €"}, "charset"),
        ({"name": "Anne \ud800"}, "charset"),
        # The first is named, whatever is wrong with those behind it.
        ({"name": "Ä" * 71, "iban": None}, "name"),
        ({"name": "", "reference": RF, "text": "Rechnung 7"}, "name"),
        ({"amount": "0", "charset": "1"}, "amount"),
        ({"iban": "", "bic": 7}, "iban"),
    ],
)
def test_what_cannot_stand_in_a_transfer_is_named(changes: Keys, key: str) -> None:
    assert epc(**changes) == {"error": key}
