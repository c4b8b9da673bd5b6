"""The PDF of a receipt, of the values that its mail keeps: the same values make the same bytes."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from mailgate.billing.money.words import amount
from mailgate.language.telling import full_date, speaking, speech
from mailgate.outbound.document.layouts import words_of
from mailgate.outbound.document.parties import address, named, reached, registered
from mailgate.outbound.document.pdf import Pdf
from mailgate.outbound.document.statement import Draw

LAYOUT = "receipt.typ"


def receipt_pdf(draw: Draw, paper: str, values: Mapping[str, Any]) -> Pdf:
    """The PDF; `draw` as `PdfMaker` has it, `paper` a name of typst's."""
    made_on = date.fromisoformat(values["made_on"])
    return draw(LAYOUT, lambda directories: shown(values, paper=paper, directories=directories), made_on)


def shown(values: Mapping[str, Any], *, paper: str, directories: tuple[Path, ...]) -> dict[str, object]:
    """What `receipt.typ` is given, all of it text but the parts of `made`: year, month, day."""
    language, words = words_of(directories, values["language"])
    with speaking(language, "UTC"):
        return _shown(values, words, paper)


def _shown(values: Mapping[str, Any], words: Mapping[str, str], paper: str) -> dict[str, object]:
    locale, seller, buyer = speech().locale, values["seller"], values["buyer"]
    made, received = date.fromisoformat(values["made_on"]), amount(values["amount_minor"], values["currency"])
    on = full_date(values["received_on"])
    method = words.get(f"receipt-{values['method']}", values["method"])
    return {
        "language": locale.language,
        "region": locale.territory or None,
        "rtl": locale.text_direction == "rtl",
        "paper": paper,
        "title": words["receipt"].format(number=values["id"]),
        "made": [made.year, made.month, made.day],
        "seller": {"name": seller["name"], "address": [*address(seller, locale), *reached(seller)]},
        "legal": [seller["name"], *registered(seller, words)],
        "to": [*named(buyer), *address(buyer, locale)],
        "facts": [
            (words["date"], full_date(made)),
            (words["customer"], str(buyer["customer_id"])),
            (words["receipt-method"], method),
            (words["reference"], values["reference"]),
        ],
        "thanks": words["receipt-thanks"].format(amount=received, date=on),
        "columns": [words["receipt-for"], words["total"], words["receipt-paid"], words["receipt-open"]],
        "rows": list(_rows(values, words)),
        "conclusion": _conclusion(values, words),
        "page": words["page"],
    }


def _rows(values: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[list[str]]:
    """The invoice, what it comes to, what this payment settled of it, and what is left."""
    for one in values["settled"]:
        sums = (amount(one[name], values["currency"]) for name in ("total_minor", "amount_minor", "open_minor"))
        yield [words["invoice"].format(number=one["number"]), *sums]


def _conclusion(values: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """What became of the rest, and what is open still."""
    currency, left = values["currency"], sum(one["open_minor"] for one in values["settled"])
    credit = words["receipt-credit"].format(amount=amount(values["credit_minor"], currency))
    still = words["receipt-left"].format(amount=amount(left, currency)) if left else words["nothing-to-pay"]
    return f"{credit} {still}" if values["credit_minor"] else still
