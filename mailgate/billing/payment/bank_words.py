"""What the words of a bank line name: references, numbers of invoices, and who paid; all of it by its shape."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import combining, normalize

from mailgate.billing.document import reference
from mailgate.billing.document.frozen import reference_of
from mailgate.billing.payment.bank_line import BankLine, is_given

_MOST_READ = 2_000  # characters: the standard has 140, some banks write more
# Looked for at each place, not behind the last: a reference may stand right behind another.
_REFERENCE = re.compile(r"(?<![A-Z0-9])(?=(RF ?[0-9] ?[0-9](?:[ .-]?[A-Z0-9]){1,60}))")
_LONGEST = 25  # characters of a reference (ISO 11649)
_DIGIT = re.compile("[0-9]")
_SEPARATORS = re.compile("[._/-]+")
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[._/-]+[A-Za-z0-9]+)*")
_INVOICE = r"(?:rechnungs?|rechn|invoice|inv|facture|factuur|re|rg|rnr|rgnr)"
_PREFIX = re.compile(rf"{_INVOICE}[-._/]*(?:(?:nr|no|nummer|number)[-._/]*)?(?=[0-9])", re.IGNORECASE)
_BEFORE_INVOICE = re.compile(rf"\b{_INVOICE}\W*(?:(?:nr|no|nummer|number)\W*)?\Z", re.IGNORECASE)
_BEFORE_OTHERS = re.compile(
    r"(?:\b(?:orders?|po|bestell\w*|auftrags?\w*|kunden?\w*|kd|customer|client|tel\w*|phone|fon|fax|mobil\w*|handy|"
    r"vertrags?\w*|contract|konto\w*|account|iban|bic|ticket|mandat\w*|mandate|mref|cred|plz|zip)\W{0,3}"
    r"(?:(?:nr|no|nummer|number|id)\b\W{0,3})?|\+|(?<![0-9])\+?[0-9]{2,3} |\b0[0-9]{1,5}[ /-]{1,3})\Z",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:(?:19|20)[0-9]{2}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)?[0-9]{2}"
    r"|20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))\Z"
)
_AMOUNT = re.compile(r"[0-9]{1,3}(?:[.,]?[0-9]{3})*[.,][0-9]{2}\Z")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}\Z")
_DIGITS = re.compile(r"[0-9]{1,9}\Z")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NO_NAME = frozenset({
    "herr", "frau", "mr", "mrs", "ms", "dr", "prof", "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "gbr", "ek", "ev",
    "eg", "co", "ltd", "limited", "inc", "llc", "llp", "corp", "plc", "bv", "nv", "sa", "sarl", "sas", "srl", "spa",
    "sl", "ab", "as", "aps", "oy", "und", "and", "et", "haftungsbeschraenkt",
})  # fmt: skip
"""Titles and legal forms."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a line names."""

    references: tuple[str, ...]
    numbers: tuple[str, ...]  # of invoices, as the references that these would have
    name: str  # of the payer, as a key


def said(line: BankLine) -> Said:
    """What a line names, all at once: it is asked for more than once."""
    return Said(references_in(line), numbers_in(line), name_key(line.party))


def references_in(line: BankLine) -> tuple[str, ...]:
    """Creditor references with right check digits, as they are written without blanks: in their field, or in the text.

    In a text the end of one is not plain, so each word may be its last.
    """
    found = [one.upper() for one in line.references if reference.is_reference(one)]
    for text in (line.text, line.end_to_end, *line.references):
        upper = text[:_MOST_READ].upper()
        for shaped in _REFERENCE.finditer(upper) if "RF" in upper else ():
            found.extend(one for one in _begun(shaped[1]) if reference.is_reference(one))
    return tuple(dict.fromkeys(found))


def _begun(shaped: str) -> Iterator[str]:
    bare = ""
    for word in re.split("[ .-]", shaped):
        bare += word
        if len(bare) > _LONGEST:
            return
        yield bare


def numbers_in(line: BankLine) -> tuple[str, ...]:
    """What may be numbers of invoices, as the references that such invoices would have.

    Separators do not count, nor what is written before a number, as in RE2027-0031. A date, an amount, and what is
    called the number of something else is none.
    """
    found: list[str] = []
    for text in (line.text, line.end_to_end, *line.references):
        if is_given(text):
            found.extend(_numbers(text[:_MOST_READ]))
    return tuple(dict.fromkeys(filter(None, map(_as_reference, found))))


def _numbers(text: str) -> Iterator[str]:
    tokens = [one for one in _TOKEN.finditer(text) if _DIGIT.search(one[0])]
    for token in tokens:
        before = text[max(0, token.start() - 30) : token.start()]
        is_called = bool(_BEFORE_INVOICE.search(before)) or bool(_PREFIX.match(token[0]))
        if _AMOUNT.match(token[0]) or (_BEFORE_OTHERS.search(before) and not is_called):
            continue
        if _DATE.match(token[0]) and not is_called:
            continue
        yield token[0]
        if prefix := _PREFIX.match(token[0]):
            yield token[0][prefix.end() :]
    for first, second in pairwise(tokens):
        between = text[first.end() : second.start()].strip()
        if _YEAR.match(first[0]) and _DIGITS.match(second[0]) and between in {"", "-", "/"}:
            before = text[max(0, first.start() - 30) : first.start()]
            if not _BEFORE_OTHERS.search(before):
                yield f"{first[0]}-{second[0]}"


def _as_reference(number: str) -> str:
    signs = len(_SEPARATORS.sub("", number))
    return reference_of(number.upper()) if 4 <= signs <= reference.MAX_BASE else ""


def name_key(name: str) -> str:
    """A name as banks and people write it: without accents, titles and legal forms, its words in one order; or ""."""
    folded = name[:200].casefold().translate(_GERMAN)
    plain = "".join(sign for sign in normalize("NFKD", folded) if not combining(sign))
    words = re.findall(r"\w+", plain.replace(".", ""))
    kept = sorted({one for one in words if one not in _NO_NAME})
    return " ".join(kept) if sum(map(len, kept)) >= 3 else ""
