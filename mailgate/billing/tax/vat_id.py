"""Countries as VAT has them, and VAT identification numbers: their form, and whose they can be."""

import re

from stdnum.eu import vat as eu
from stdnum.exceptions import ValidationError

from mailgate.errors import Permanent

_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

EU = frozenset(_MEMBERS.split())
"""Member states by their codes of ISO 3166-1. Åland (AX), Réunion (RE) and others with codes of their own are none:
they lie outside the territory of VAT."""

_OTHER_CODES = {"EL": "GR", "UK": "GB", "XI": "GB", "MC": "FR", "IM": "GB"}
"""Codes that tax offices use beside those of ISO, and places that are another country's for VAT (Dir. 2006/112 art. 7).
Northern Ireland (XI) is treated as the Union for goods alone."""

_PREFIXES = {"GR": "EL"}
_FOREIGN = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{1,29}\Z")  # outside the Union each country has a form of its own
_BETWEEN = re.compile(r"[ .\-/]")


class BadVatId(Permanent):
    """Text that cannot be a VAT id of this country; `reason` goes on from the text."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r} {reason}")
        self.reason = reason


def vat_country(code: str) -> str:
    """The country that counts for VAT, as a code of ISO 3166-1: GR for EL, FR for Monaco."""
    upper = code.upper()
    return _OTHER_CODES.get(upper, upper)


def is_in_eu(country: str) -> bool:
    """Is it a member state of the European Union?"""
    return vat_country(country) in EU


def vat_prefix(country: str) -> str:
    """What VAT ids of a country begin with: EL for Greece, else the country's code."""
    return _PREFIXES.get(vat_country(country), vat_country(country))


def country_of(vat_id: str) -> str:
    """The country whose prefix a VAT id has, as a code of ISO 3166-1; "" when it has none."""
    prefix = vat_id[:2]
    return vat_country(prefix) if prefix.isascii() and prefix.isalpha() else ""


def read_vat_id(text: str, country: str) -> str:
    """A VAT id as it is kept, of a customer or seller in this country. Raises BadVatId.

    Of the Union: prefix, form and check digits must be those of the country; blanks and points go. Elsewhere only
    that it cannot be one of another country's is looked at. Whether anybody has it, VIES knows.
    """
    bare = _BETWEEN.sub("", text).upper()
    if not country:
        raise BadVatId(text, "belongs to a country: give the country first")
    home = vat_country(country)
    if home in EU:
        prefix = vat_prefix(home)
        if not bare.startswith(prefix):
            raise BadVatId(text, f"is no VAT id of {home}: those begin with {prefix}")
        return _of_the_union(text, bare)
    if bare[:2] == "XI" and home == "GB":
        return _of_the_union(text, bare)
    if eu.is_valid(bare) and country_of(bare) != home:
        raise BadVatId(text, f"is a VAT id of {country_of(bare)}, not of {home}")
    kept = " ".join(text.upper().split())
    if not kept.isascii() or not _FOREIGN.match(kept):
        raise BadVatId(text, "is no VAT id: 2 to 30 letters, digits, blanks and . / -")
    return kept


def tidy_vat_id(text: str) -> str:
    """A VAT id of the Union as VIES has it, without blanks and points; any other text as it stands."""
    bare = _BETWEEN.sub("", text).upper()
    return eu.validate(bare) if bare.isascii() and eu.is_valid(bare) else text


def _of_the_union(text: str, bare: str) -> str:
    """The number as VIES has it. Those that it knows by their place alone may lack a zero, which is put there."""
    if not bare.isascii():
        raise BadVatId(text, "has other signs than letters and digits")
    try:
        return eu.validate(bare)
    except ValidationError:
        raise BadVatId(text, f"is no VAT id of {country_of(bare)}: its length or check digits are wrong") from None
