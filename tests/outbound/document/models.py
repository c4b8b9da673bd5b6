"""Frozen documents, made as the run makes them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from mailgate.billing.document.frozen import Heading, freeze
from mailgate.billing.document.home_tax import HomeTax
from mailgate.billing.document.invoice import Charge, DocumentKind, LineKind, TaxedAs, reckon
from mailgate.billing.party import Buyer, Seller
from mailgate.billing.period import Span
from mailgate.billing.tax.groups import read_rate
from mailgate.outbound.templates import built_in_directory

DIRECTORY: Path = built_in_directory() / "documents"

SELLER = Seller(
    name="Example Hosting GmbH",
    street="Hauptstraße 5",
    postcode="10115",
    city="Berlin",
    country="DE",
    vat_id="DE123456788",
    tax_number="12/345/67890",
    register_id="HRB 12345 B",
    email="billing@hosting.example",
    phone="+49 30 1234567",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    check_payable_to="Example Hosting",
    check_address="Hauptstraße 5, 10115 Berlin",
)
BUYER = Buyer(
    customer_id=12,
    name="Anne Müller",
    email="anne@customer.example",
    organisation="Müller & Söhne",
    street="1 High Street",
    postcode="SW1A 1AA",
    city="London",
    country="GB",
)
VAT = TaxedAs(False, read_rate("19"), "S", "VAT")
EXEMPT = TaxedAs(False, read_rate("0"), "E", "", "Exempt by § 19 of the VAT act")
DECEMBER = Span(date(2026, 12, 1), date(2027, 1, 1))


def charge(text: str = "Business Linux, example.org", minor: int = 123_456, taxed: TaxedAs = VAT) -> Charge:
    """A month of something."""
    return Charge(LineKind.SERVICE, text, "hosting", 1, DECEMBER, minor, taxed)


def setup(minor: int = 1_000) -> Charge:
    """What has no days."""
    return replace(charge("Set-up", minor, EXEMPT), kind=LineKind.SETUP, period=None)


def model(
    charges: Sequence[Charge] = (charge(),),
    *,
    kind: DocumentKind = DocumentKind.INVOICE,
    language: str = "en",
    currency: str = "EUR",
    seller: Seller = SELLER,
    buyer: Buyer = BUYER,
    originals: tuple[str, ...] = (),
    home: HomeTax | None = None,
) -> str:
    """The canonical JSON."""
    number = "2026-0042" if kind is DocumentKind.INVOICE else "CN-2026-0007"
    heading = Heading(kind, number, currency, date(2026, 11, 20), date(2026, 12, 1), language, originals)
    return freeze(heading, seller, buyer, reckon(charges), home=home).model


def said(**given: Any) -> Any:
    """The same, read."""
    return json.loads(model(**given))
