"""Elements by their names without a namespace: versions of the message differ in it, and in little else."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from mailgate.billing.money.amount import NoDecimal, decimal
from mailgate.billing.money.currencies import EXPONENTS, unit
from mailgate.billing.payment.bank_line import BadStatement

Element = Any
"""One of lxml's, which has no types."""


@lru_cache(maxsize=1024)
def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """Those with a name."""
    found: Iterator[Element] = element.iterchildren(f"{{*}}{name}")
    return found


def parts(element: Element | None) -> dict[str, Element]:
    """The first child of each name: for what is asked for many of them."""
    found: dict[str, Element] = {}
    for one in () if element is None else element:
        found.setdefault(local(one.tag), one)
    return found


def child(element: Element | None, *path: str) -> Element | None:
    """The first at the end of a path of names."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(f"{{*}}{name}"), None)
    return element


def word(element: Element | None, *path: str) -> str:
    """The text at the end of a path of names, its blanks made one each; "" when the path is not there."""
    found = child(element, *path) if path else element
    text: str | None = None if found is None else found.text
    if not text or text.isalnum():  # most are one word
        return text or ""
    return " ".join(text.split())


def day(element: Element | None, *path: str) -> date | None:
    """A date, or that of an instant, as the bank writes it."""
    holder = child(element, *path)
    written = word(holder, "Dt") or word(holder, "DtTm") or word(holder)
    if not written:
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        raise BadStatement(f"{written[:40]!r} is no date{_where(holder)}") from None


def amount(holder: Element, written_in: Element | None = None) -> tuple[int, str]:
    """An amount with the sign of its credit or debit mark, and its currency. `written_in`: where the amount stands.

    A reversal's mark has been turned already by the bank. Raises BadStatement.
    """
    found = child(holder, "Amt") if written_in is None else written_in
    currency = "" if found is None else found.get("Ccy", "")
    if currency not in EXPONENTS:
        raise BadStatement(f"an amount names no currency of ISO 4217{_where(holder)}")
    minor = size(found, currency)
    mark = word(holder, "CdtDbtInd")
    if minor is None or mark not in {"CRDT", "DBIT"}:
        shown = word(found)[:40]
        raise BadStatement(f"{shown!r} with the mark {mark!r} is no amount in {currency}{_where(holder)}")
    return (minor if mark == "CRDT" else -minor), currency


def size(found: Element | None, currency: str) -> int | None:
    """Minor units of an amount without its sign; None: it is none in this currency."""
    if found is None or found.get("Ccy", currency) != currency:
        return None
    try:
        value = decimal(word(found))
    except NoDecimal:
        return None
    minor, rest = divmod(value.numerator * unit(currency), value.denominator)
    return None if rest or minor < 0 else minor


def _where(element: Element | None) -> str:
    line = getattr(element, "sourceline", None)
    return f" (line {line})" if line else ""
