"""A frozen document, read: nothing of it is reckoned or looked up again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from mailgate.billing.party import Buyer, Seller


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """A line as it was issued. The last day belongs to it; both are None where nothing lasts."""

    kind: str
    text: str
    period_start: date | None
    period_end: date | None
    net_minor: int
    tax_minor: int
    gross_minor: int
    tax_rate: str  # percent, as a decimal


@dataclass(frozen=True, slots=True)
class FrozenTax:
    """The tax of one category and rate."""

    rate: str
    name: str
    reason: str  # why there is none
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class FrozenHome:
    """The tax in the company's own currency, where the document is in another."""

    currency: str
    tax_minor: int
    rate: str  # so many of the document's currency are one of this


@dataclass(frozen=True, slots=True)
class Frozen:
    """A document as it was issued."""

    number: str
    reference: str  # for transfers
    currency: str
    issued_on: date
    due_on: date
    original: str  # of a credit note: the invoice that it is about
    seller: Seller
    buyer: Buyer
    lines: tuple[FrozenLine, ...]
    taxes: tuple[FrozenTax, ...]
    net_minor: int
    tax_minor: int
    total_minor: int
    home: FrozenHome | None = None


def thaw(model: Mapping[str, Any]) -> Frozen:
    """Read the canonical JSON of a document, parsed already."""
    return Frozen(
        number=model["number"],
        reference=model["reference"],
        currency=model["currency"],
        issued_on=date.fromisoformat(model["issued_on"]),
        due_on=date.fromisoformat(model["due_on"]),
        original=model["original"],
        seller=Seller(**_known(Seller, model["seller"])),
        buyer=Buyer(**{"name": "", "email": "", **_known(Buyer, model["buyer"])}),
        lines=tuple(
            FrozenLine(
                **{
                    **_known(FrozenLine, one),
                    "period_start": _day(one["period_start"]),
                    "period_end": _day(one["period_end"]),
                }
            )
            for one in model["lines"]
        ),
        taxes=tuple(FrozenTax(**_known(FrozenTax, one)) for one in model["taxes"]),
        net_minor=model["net_minor"],
        tax_minor=model["tax_minor"],
        total_minor=model["total_minor"],
        home=FrozenHome(**_known(FrozenHome, model["home"])) if model.get("home") else None,
    )


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
