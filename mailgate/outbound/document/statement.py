"""The PDF of a statement of account, of the values that its mail keeps: the same values make the same bytes."""

from collections.abc import Iterator, Mapping
from typing import Any

from mailgate.billing.money.words import amount
from mailgate.language.telling import full_date, month
from mailgate.outbound.document.from_values import Draw, pdf_of_values
from mailgate.outbound.document.pdf import Pdf

LAYOUT = "statement.typ"


def statement_pdf(draw: Draw, paper: str, values: Mapping[str, Any]) -> Pdf:
    """The PDF; `paper` is a name of typst's."""
    return pdf_of_values(draw, LAYOUT, _shown, paper=paper, values=values)


def _shown(values: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, object]:
    days = words["period"].format(first=full_date(values["month"]), last=full_date(values["through"]))
    return {
        "title": words["statement"].format(month=month(values["month"])),
        "facts": [
            (words["date"], full_date(values["made_on"])),
            (words["statement-days"], days),
            (words["customer"], str(values["buyer"]["customer_id"])),
        ],
        "columns": [words["date"], words["statement-entry"], words["amount"], words["statement-balance"]],
        "sections": [_section(one, values, words) for one in values["sections"]],
        "nothing": words["statement-nothing"],
    }


def _section(one: Mapping[str, Any], values: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, object]:
    currency = one["currency"]
    return {
        "currency": currency,
        "rows": [
            (full_date(values["month"]), words["statement-before"], "", "", amount(one["opening_minor"], currency)),
            *_rows(one, words),
        ],
        "closing": [full_date(values["through"]), words["statement-after"], amount(one["closing_minor"], currency)],
        "conclusion": _conclusion(one, words),
    }


def _rows(one: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    """Date, what it is, more about it, amount and what stands then."""
    currency, balance = one["currency"], one["opening_minor"]
    for entry in one["entries"]:
        balance += entry["amount_minor"]
        moved = amount(entry["amount_minor"], currency) if entry["amount_minor"] else ""
        what = words[f"statement-{entry['kind']}"].format(number=entry["number"]).strip()
        more = entry["words"]
        if entry["used_minor"]:
            more = words["statement-used"].format(amount=amount(entry["used_minor"], currency))
        yield full_date(entry["on"]), what, more, moved, amount(balance, currency)


def _conclusion(one: Mapping[str, Any], words: Mapping[str, str]) -> str:
    to_pay, credit = (amount(one[name], one["currency"]) for name in ("to_pay_minor", "credit_minor"))
    if one["to_pay_minor"] and one["credit_minor"]:
        return words["statement-both"].format(open=to_pay, credit=credit)
    if one["to_pay_minor"]:
        return words["statement-open"].format(open=to_pay)
    if one["credit_minor"]:
        return words["statement-credit"].format(credit=credit)
    return words["statement-even"]
