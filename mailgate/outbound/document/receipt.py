"""The PDF of a receipt, of the values that its mail keeps: the same values make the same bytes."""

from collections.abc import Iterator, Mapping
from typing import Any

from mailgate.billing.money.words import amount
from mailgate.language.telling import full_date
from mailgate.outbound.document.from_values import Draw, pdf_of_values
from mailgate.outbound.document.pdf import Pdf

LAYOUT = "receipt.typ"


def receipt_pdf(draw: Draw, paper: str, values: Mapping[str, Any]) -> Pdf:
    """The PDF; `paper` is a name of typst's."""
    return pdf_of_values(draw, LAYOUT, _shown, paper=paper, values=values)


def _shown(values: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, object]:
    received = amount(values["amount_minor"], values["currency"])
    return {
        "title": words["receipt"].format(number=values["id"]),
        "facts": [
            (words["date"], full_date(values["made_on"])),
            (words["customer"], str(values["buyer"]["customer_id"])),
            (words["receipt-method"], words.get(f"receipt-{values['method']}", values["method"])),
            (words["reference"], values["reference"]),
        ],
        "thanks": words["receipt-thanks"].format(amount=received, date=full_date(values["received_on"])),
        "columns": [words["receipt-for"], words["total"], words["receipt-paid"], words["receipt-open"]],
        "rows": list(_rows(values, words)),
        "conclusion": _conclusion(values, words),
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
