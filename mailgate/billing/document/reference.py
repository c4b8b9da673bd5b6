"""What a payer copies or scans: the RF creditor reference (ISO 11649) and the QR payload of a transfer (EPC069-12)."""

import re
from dataclasses import dataclass

from mailgate.billing.money.amount import NoDecimal, decimal

MAX_BASE = 21  # characters of a reference behind its check digits (ISO 11649)
_BASE = re.compile(r"[0-9A-Z]{1,21}\Z")
_REFERENCE = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}\Z")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}\Z")
_BIC = re.compile(r"[0-9A-Z]{4}[A-Z]{2}[0-9A-Z]{2}(?:[0-9A-Z]{3})?\Z")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PURPOSE = re.compile(r"[0-9A-Za-z]{1,4}\Z")
_LEAST_CENTS, _MOST_CENTS = 1, 99_999_999_999  # EPC069-12: 0.01 to 999999999.99
_CHARSETS = {1: "utf-8", 2: "iso-8859-1"}
_IBAN_LENGTHS = {
    code: length
    for length, codes in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for code in codes.split()
}
"""How long the IBANs of a country are, by the registry of ISO 13616."""


class Unusable(ValueError):
    """A value that cannot stand in a reference or payload; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(f"this {field} cannot be used")
        self.field = field


def make_reference(base: str) -> str:
    """The RF creditor reference of a base, with its check digits. Blanks and case do not matter. Raises Unusable."""
    bare = _bare(base)
    if not _BASE.match(bare):
        raise Unusable("base")
    return f"RF{98 - _modulo_97(f'{bare}RF00'):02}{bare}"


def is_reference(text: str) -> bool:
    """Is it an RF creditor reference, as a person may type it: blanks anywhere, capitals or not?"""
    bare = _bare(text)
    # Check digits are 98 less a remainder of 97 (ISO 7064): 00, 01 and 99 satisfy the sum and are never given.
    return bool(_REFERENCE.match(bare)) and 2 <= int(bare[2:4]) <= 98 and _modulo_97(bare[4:] + bare[:4]) == 1


def is_iban(text: str) -> bool:
    """Is it an IBAN of its country's length whose check digits are right? Blanks and case do not matter."""
    bare = _bare(text)
    return (
        bool(_IBAN.match(bare))
        and len(bare) == _IBAN_LENGTHS.get(bare[:2], len(bare))
        and 2 <= int(bare[2:4]) <= 98
        and _modulo_97(bare[4:] + bare[:4]) == 1
    )


def is_bic(text: str) -> bool:
    """Has it the form of a BIC: 8 or 11 characters (ISO 9362)?"""
    return bool(_BIC.match(_bare(text)))


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a transfer in euros asks for: `amount` in major units; `reference` and `text` exclude each other."""

    name: str
    iban: str
    amount: str
    reference: str = ""
    text: str = ""
    bic: str = ""
    purpose: str = ""
    charset: int = 1


def payload(wanted: Transfer) -> tuple[str, ...]:
    """The lines of the QR code, version 002, up to the last that is filled. Raises Unusable.

    EPC069-12 v2.1: without the BIC inside the EEA, the amount without needless zeros.
    """
    checks = (
        ("name", wanted.name.strip() and len(wanted.name) <= 70 and _is_one_line(wanted.name)),
        ("iban", is_iban(wanted.iban)),
        ("amount", _cents(wanted.amount) is not None),
        ("reference", not wanted.reference or (not wanted.text and _is_structured(wanted.reference))),
        ("text", len(wanted.text) <= 140 and _is_one_line(wanted.text)),
        ("bic", not wanted.bic or is_bic(wanted.bic)),
        ("purpose", not wanted.purpose or bool(_PURPOSE.match(wanted.purpose))),
        ("charset", wanted.charset in _CHARSETS),
    )
    for field, is_usable in checks:
        if not is_usable:
            raise Unusable(field)
    cents = _cents(wanted.amount) or 0
    whole, behind = divmod(cents, 100)
    amount = f"EUR{whole}.{behind:02}".rstrip("0") if behind else f"EUR{whole}"
    reference = _bare(wanted.reference) if is_reference(wanted.reference) else wanted.reference
    lines = [
        "BCD", "002", str(wanted.charset), "SCT", _bare(wanted.bic), wanted.name, _bare(wanted.iban), amount,
        wanted.purpose.upper(), reference, wanted.text,
    ]  # fmt: skip
    while not lines[-1]:
        lines.pop()
    size(tuple(lines), wanted.charset)
    return tuple(lines)


def size(lines: tuple[str, ...], charset: int) -> int:
    """How many bytes the payload has in its charset. Raises Unusable where the charset lacks a character."""
    try:
        return len("\n".join(lines).encode(_CHARSETS[charset]))
    except UnicodeEncodeError:
        raise Unusable("charset") from None


def _cents(amount: str) -> int | None:
    try:
        value = decimal(amount)
    except NoDecimal:
        return None
    cents, rest = divmod(value.numerator * 100, value.denominator)
    return None if rest or value.denominator > 100 or not _LEAST_CENTS <= cents <= _MOST_CENTS else cents


def _is_structured(reference: str) -> bool:
    """A reference that begins as an RF one is one; another is the payee's own, up to 35 characters."""
    if _bare(reference).startswith("RF"):
        return is_reference(reference)
    return len(reference) <= 35 and _is_one_line(reference)


def _is_one_line(text: str) -> bool:
    return not _CONTROL.search(text)


def _bare(text: str) -> str:
    """Without blanks, in capitals; only ASCII letters change, so that no other sign turns into one."""
    squeezed = text.replace(" ", "")
    return squeezed.upper() if squeezed.isascii() else squeezed


def _modulo_97(text: str) -> int:
    """The remainder of ISO 7064: letters count as two digits, A as 10."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97
