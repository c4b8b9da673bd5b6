"""The PDF of a statement of account, of the values that its mail keeps: the same values make the same bytes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from mailgate.billing.money.words import amount
from mailgate.language.telling import full_date, month, speaking, speech
from mailgate.outbound.document.layouts import words_of
from mailgate.outbound.document.parties import address, named, reached, registered
from mailgate.outbound.document.pdf import Pdf

LAYOUT = "statement.typ"

Words = Callable[[tuple[Path, ...]], Mapping[str, object]]
Draw = Callable[[str, Words, date], Pdf]


def statement_pdf(draw: Draw, paper: str, values: Mapping[str, Any]) -> Pdf:
    """The PDF; `draw` as `PdfMaker` has it, `paper` a name of typst's."""
    made_on = date.fromisoformat(values["made_on"])
    return draw(LAYOUT, lambda directories: shown(values, paper=paper, directories=directories), made_on)


def shown(values: Mapping[str, Any], *, paper: str, directories: tuple[Path, ...]) -> dict[str, object]:
    """What `statement.typ` is given, all of it text but the parts of `made`: year, month, day."""
    language, words = words_of(directories, values["language"])
    with speaking(language, "UTC"):
        return _shown(values, words, paper)


def _shown(values: Mapping[str, Any], words: Mapping[str, str], paper: str) -> dict[str, object]:
    locale, seller, buyer = speech().locale, values["seller"], values["buyer"]
    made = date.fromisoformat(values["made_on"])
    days = words["period"].format(first=full_date(values["month"]), last=full_date(values["through"]))
    return {
        "language": locale.language,
        "region": locale.territory or None,
        "rtl": locale.text_direction == "rtl",
        "paper": paper,
        "title": words["statement"].format(month=month(values["month"])),
        "made": [made.year, made.month, made.day],
        "seller": {"name": seller["name"], "address": [*address(seller, locale), *reached(seller)]},
        "legal": [seller["name"], *registered(seller, words)],
        "to": [*named(buyer), *address(buyer, locale)],
        "facts": [
            (words["date"], full_date(made)),
            (words["statement-days"], days),
            (words["customer"], str(buyer["customer_id"])),
        ],
        "columns": [words["date"], words["statement-entry"], words["amount"], words["statement-balance"]],
        "sections": [_section(one, values, words) for one in values["sections"]],
        "nothing": words["statement-nothing"],
        "page": words["page"],
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
