"""Bank statements in camt.053 (ISO 20022): booked entries, what they come to, the references of what came in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from mailgate.billing.money.amount import NoDecimal, decimal
from mailgate.billing.money.currencies import EXPONENTS, unit
from mailgate.errors import Permanent

_BLANKS = re.compile(r"\s+")
_OPENING = ("OPBD", "PRCD")  # what the account held when the period began: by its own word, or as the last one closed
_CLOSING = "CLBD"


class BadStatement(Permanent):
    """No camt.053 file with one statement, or one whose amounts cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked entry; debits are negative."""

    amount_minor: int
    is_credit: bool
    references: tuple[str, ...]  # the creditor references of its payments


@dataclass(frozen=True, slots=True)
class Statement:
    """What a bank says about one account and period."""

    currency: str
    opening_minor: int
    closing_minor: int
    entries: tuple[Entry, ...]  # the booked ones, in the file's order

    @property
    def sum_minor(self) -> int:
        """What the entries come to."""
        return sum(entry.amount_minor for entry in self.entries)

    @property
    def computed_closing_minor(self) -> int:
        """What the account ought to hold at the end."""
        return self.opening_minor + self.sum_minor

    @property
    def is_balanced(self) -> bool:
        """Does the bank's own closing balance say the same?"""
        return self.computed_closing_minor == self.closing_minor

    @property
    def incoming(self) -> tuple[Entry, ...]:
        """What came in."""
        return tuple(entry for entry in self.entries if entry.is_credit)


def read_statement(text: str) -> Statement:
    """Read the one statement of a camt.053 file. Raises BadStatement. The file's version does not matter."""
    root = _tree(text)
    statements = [one for one in root.iter() if _name(one) == "Stmt"]
    if len(statements) != 1:
        raise BadStatement(f"the file has {len(statements)} statements, and one is read")
    statement = statements[0]
    balances = {code: one for one in _children(statement, "Bal") if (code := _word(one, "Tp", "CdOrPrtry", "Cd"))}
    closing = balances.get(_CLOSING)
    opening = next((balances[code] for code in _OPENING if code in balances), None)
    if opening is None or closing is None:
        raise BadStatement("the statement has no opening or no closing balance")
    currency = _currency(closing)
    return Statement(
        currency,
        _signed(opening, currency),
        _signed(closing, currency),
        tuple(_entry(one, currency) for one in _children(statement, "Ntry") if _is_booked(one)),
    )


def _entry(entry: Element, currency: str) -> Entry:
    references = (
        _BLANKS.sub("", reference)
        for details in _children(entry, "NtryDtls")
        for payment in _children(details, "TxDtls")
        for remittance in _children(payment, "RmtInf")
        for structured in _children(remittance, "Strd")
        if (reference := _word(structured, "CdtrRefInf", "Ref"))
    )
    return Entry(_signed(entry, currency), _word(entry, "CdtDbtInd") == "CRDT", tuple(references))


def _is_booked(entry: Element) -> bool:
    """The state stands in the element itself up to version 3 of the message, and in a code inside it since."""
    return (_word(entry, "Sts") or _word(entry, "Sts", "Cd")) == "BOOK"


def _signed(holder: Element, currency: str) -> int:
    """An amount with the sign of its credit or debit mark; a reversal's mark has been turned already by the bank."""
    if _currency(holder) != currency:
        raise BadStatement(f"an amount is in {_currency(holder)}, the statement in {currency}")
    written = _word(holder, "Amt")
    try:
        amount = decimal(written)
    except NoDecimal as error:
        raise BadStatement(str(error)) from None
    minor, rest = divmod(amount.numerator * unit(currency), amount.denominator)
    mark = _word(holder, "CdtDbtInd")
    if rest or minor < 0 or mark not in ("CRDT", "DBIT"):
        raise BadStatement(f"{written!r} with the mark {mark!r} is no amount in {currency}")
    return minor if mark == "CRDT" else -minor


def _currency(holder: Element) -> str:
    for amount in _children(holder, "Amt"):
        code = amount.get("Ccy", "")
        if code in EXPONENTS:
            return code
    raise BadStatement("an amount names no currency of ISO 4217")


class _NoDoctype(TreeBuilder):
    """Entities are defined in a document type alone: a file with one is refused, so none can be made to grow."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Called for a document type declaration."""
        raise BadStatement(f"the file declares a document type, {name}")


def _tree(text: str) -> Element:
    try:
        parser = XMLParser(target=_NoDoctype())  # noqa: S314 - without a document type there are no entities
        # Text is text already: what it says of its encoding is about bytes that are no more.
        parser.feed(re.sub(r"\A\ufeff?\s*<\?xml[^>]*\?>", "", text))
        root = parser.close()
    except (ParseError, UnicodeError) as error:
        raise BadStatement(f"no XML: {error}") from None
    assert isinstance(root, Element)
    return root


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element if _name(one) == name)


def _word(element: Element, *path: str) -> str:
    """The text at the end of a path of names; "" when the path is not there."""
    for name in path:
        found = next(_children(element, name), None)
        if found is None:
            return ""
        element = found
    return (element.text or "").strip()
