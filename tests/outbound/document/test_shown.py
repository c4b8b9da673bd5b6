"""What stands on a document, in words: everything that its model says, in the language of its issue."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mailgate.billing.document.home_tax import HomeTax
from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.party import Seller
from mailgate.outbound.document.shown import shown
from tests.outbound.document.models import BUYER, DIRECTORY, SELLER, charge, said, setup

LANGUAGES = sorted(path.stem for path in DIRECTORY.glob("words/*.toml"))


def told(**given: Any) -> Any:
    return shown(said(**given), paper="a4", directories=(DIRECTORY,))


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words_with_the_same_places(language: str) -> None:
    def places(text: str) -> set[str]:
        return {part.partition("}")[0] for part in text.split("{")[1:]}

    english, theirs = (
        tomllib.loads((DIRECTORY / "words" / f"{tag}.toml").read_text("utf-8")) for tag in ("en", language)
    )

    assert {name: places(text) for name, text in theirs.items()} == {
        name: places(text) for name, text in english.items()
    }


def test_an_invoice_in_english() -> None:
    found = told(charges=[charge(), setup()])

    assert found["title"] == "Invoice 2026-0042"
    assert found["facts"] == [("Date", "20 Nov 2026"), ("Due", "1 Dec 2026"), ("Customer number", "12")]
    assert found["to"]["address"] == [
        "Müller & Söhne", "Anne Müller", "1 High Street", "SW1A 1AA London", "United Kingdom",
    ]  # fmt: skip
    assert found["items"] == [
        ["Business Linux, example.org", "1 Dec 2026 – 31 Dec 2026", "19%", "EUR\xa01,234.56"],
        ["Set-up", "", "0%", "EUR\xa010.00"],
    ]
    assert found["sums"] == [
        ["Without tax", "EUR\xa01,244.56"],
        ["VAT of 19% on EUR\xa01,234.56", "EUR\xa0234.57"],
        ["No tax on EUR\xa010.00", "EUR\xa00.00"],
    ]
    assert found["total"] == ["Total", "EUR\xa01,479.13"]
    assert found["reasons"] == ["Exempt by § 19 of the VAT act"]
    assert found["asked"] == "Please pay EUR\xa01,479.13 by 1 Dec 2026."
    assert [way["label"] for way in found["ways"]] == ["By bank transfer", "By check"]
    assert found["ways"][0]["rows"][1:] == [
        ("IBAN", "DE89 3704 0044 0532 0130 00"), ("BIC", "COBADEFFXXX"), ("Reference", "RF88 2026 0042"),
    ]  # fmt: skip
    assert found["legal"] == [
        "Example Hosting GmbH", "HRB 12345 B", "VAT id DE123456788", "Tax number 12/345/67890",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "region"), [("de", None), ("de-AT", "AT")])
def test_a_region_has_the_words_of_its_language(language: str, region: str | None) -> None:
    found = told(language=language)

    assert (found["title"], found["language"], found["region"]) == ("Rechnung 2026-0042", "de", region)
    assert found["facts"][0] == ("Datum", "20.11.2026")
    assert "Vereinigtes Königreich" in found["to"]["address"]


@pytest.mark.parametrize("language", ["xx", "fr", "", "../../etc/passwd", "e" * 300])
def test_a_language_without_words_has_the_english_ones_and_dates(language: str) -> None:
    found = told(language=language)

    assert (found["title"], found["language"]) == ("Invoice 2026-0042", "en")
    assert found["facts"][0] == ("Date", "20 Nov 2026")


def test_a_credit_note_asks_for_nothing_and_names_what_it_takes_back() -> None:
    found = told(kind=DocumentKind.CREDIT_NOTE, originals=("2026-0042", "2026-0043"))

    assert found["title"] == "Credit note CN-2026-0007"
    assert ("For invoice", "2026-0042, 2026-0043") in found["facts"]
    assert "Due" not in dict(found["facts"])
    assert found["asked"] == "This takes back EUR\xa01,469.13, tax included."
    assert (found["ways"], found["qr"]) == ([], "")


def test_an_invoice_of_nothing_says_so() -> None:
    found = told(charges=[charge(minor=0)])

    assert found["asked"] == "There is nothing to pay."
    assert (found["ways"], found["qr"]) == ([], "")


@pytest.mark.parametrize(
    ("currency", "seller"),
    [
        ("USD", SELLER),  # a transfer by this code is in euro
        ("EUR", replace(SELLER, iban="", bic="")),
        ("EUR", replace(SELLER, name="x" * 71)),  # longer than the code may name a payee
    ],
)
def test_there_is_no_code_that_would_be_wrong(currency: str, seller: Seller) -> None:
    assert told(currency=currency, seller=seller)["qr"] == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "VAT: EUR\xa0216.67 (1 EUR = 1.0826 USD)"), ("de", "VAT: 216,67\xa0EUR (1 EUR = 1,0826 USD)")],
)
def test_tax_in_another_currency_is_told_in_that_of_the_company_as_well(language: str, words: str) -> None:
    home = HomeTax("EUR", 21_667, "1.0826")

    assert told(currency="USD", home=home, language=language)["at_home"] == words
    assert told(language=language)["at_home"] == ""


def test_a_currency_without_cents_has_none() -> None:
    assert told(currency="JPY", charges=[charge(minor=1_200)])["total"] == ["Total", "JPY\xa01,428"]


def test_of_a_seller_of_whom_little_is_known_nothing_is_made_up() -> None:
    found = told(seller=Seller("Example"), buyer=replace(BUYER, organisation="", street="", postcode="", country=""))

    assert found["seller"] == {"name": "Example", "address": []}
    assert (found["legal"], found["ways"]) == (["Example"], [])
    assert found["to"]["address"] == ["Anne Müller", "London"]
    assert not any("None" in text for text in texts(found))


def test_words_that_look_like_places_stay_as_they_are() -> None:
    found = told(charges=[charge("{total} {0.__class__} %s")], buyer=replace(BUYER, organisation="{number}"))

    assert found["items"][0][0] == "{total} {0.__class__} %s"
    assert found["to"]["address"][0] == "{number}"
