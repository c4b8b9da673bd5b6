"""Samples of documents: what layouts and their words are tried with."""

from collections.abc import Callable
from datetime import date

from mailgate.billing.document.frozen import Heading, freeze
from mailgate.billing.document.home_tax import HomeTax
from mailgate.billing.document.invoice import Charge, DocumentKind, LineKind, TaxedAs, reckon
from mailgate.billing.party import Buyer, Seller
from mailgate.billing.period import Span
from mailgate.billing.tax.groups import read_rate

_SELLER = Seller(
    "Example Hosting", "Main Street 5", "10115", "Berlin", "", "DE", "DE123456788", "12/345/67890", "HRB 1",
    "billing@hosting.example", "+49 30 1", "DE89370400440532013000", "COBADEFFXXX", "Example Hosting", "Main Street 5",
)  # fmt: skip
_BUYER = Buyer(12, "Anne Miller", "anne@example.org", "Miller Ltd", "1 High Street", "SW1A 1AA", "London", "", "GB")
_VAT = TaxedAs(False, read_rate("19"), "S", "VAT")
_EXEMPT = TaxedAs(False, read_rate("0"), "E", "", "Exempt by law")
_MONTH = Span(date(2026, 12, 1), date(2027, 1, 1))
_CHARGES = (
    Charge(LineKind.SERVICE, "Web M, example.org", "hosting", 1, _MONTH, 1_190, _VAT),
    Charge(LineKind.SETUP, "Set-up", "hosting", 1, None, 500, _EXEMPT),
)


def _invoice(language: str) -> str:
    heading = Heading(DocumentKind.INVOICE, "2026-0042", "EUR", date(2026, 11, 20), date(2026, 12, 1), language)
    return freeze(heading, _SELLER, _BUYER, reckon(_CHARGES)).model


def _of_nothing(language: str) -> str:
    heading = Heading(DocumentKind.INVOICE, "2026-0043", "EUR", date(2026, 11, 20), date(2026, 12, 1), language)
    return freeze(heading, _SELLER, _BUYER, reckon(())).model


def _credit_note(language: str) -> str:
    day = date(2026, 11, 20)
    heading = Heading(DocumentKind.CREDIT_NOTE, "CN-2026-0007", "USD", day, day, language, ("2026-0042",))
    home = HomeTax("EUR", 209, "1.0826")
    return freeze(heading, _SELLER, _BUYER, reckon(_CHARGES), home=home).model


SAMPLES: tuple[Callable[[str], str], ...] = (_invoice, _of_nothing, _credit_note)
"""Frozen models of documents in a language, which have among them each word that there is."""
