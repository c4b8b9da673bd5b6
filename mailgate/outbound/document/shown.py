"""What stands on an invoice or credit note: its frozen model, with every date and amount in words of its language.

Nothing is reckoned here. What the PDF shows is what the model says (mailgate/billing/document/frozen.py); how it stands
by now, what was paid of it and links to pay are no part of it, for they change, and it does not.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from mailgate.billing.document.einvoice import Model
from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.document.paying import bank_transfer, check
from mailgate.billing.document.transfer_code import transfer_code
from mailgate.billing.money.words import amount, decimal_number, percent
from mailgate.language.telling import full_date, speaking, speech
from mailgate.outbound.document.layouts import words_of
from mailgate.outbound.document.page import on_every_page
from mailgate.outbound.document.parties import address, named


def shown(model: Model, *, paper: str, directories: tuple[Path, ...]) -> dict[str, object]:
    """What `document.typ` is given, all of it text but the parts of `issued`: year, month, day.

    `paper` is a name of typst's; in `directories` stand `words/<language>.toml`, the first that counts first. The
    language is that of the document at issue, or the nearest to it that has words.
    """
    language, words = words_of(directories, model["language"])
    with speaking(language, "UTC"):
        return _shown(model, words, paper)


def _shown(model: Model, words: Mapping[str, str], paper: str) -> dict[str, object]:
    locale, seller, buyer = speech().locale, model["seller"], model["buyer"]
    is_invoice = model["kind"] == DocumentKind.INVOICE
    issued = date.fromisoformat(model["issued_on"])
    ways = _ways(model, words) if is_invoice and model["total_minor"] else []
    qr = _qr(model) if ways else ""
    return {
        **on_every_page(seller, words, paper),
        "title": words[model["kind"]].format(number=model["number"]),
        "issued": [issued.year, issued.month, issued.day],
        "to": {
            "label": words["to" if is_invoice else "credited-to"],
            "address": [
                *named(buyer),
                *address(buyer, locale),
                *([words["vat-id"].format(id=buyer["vat_id"])] if buyer.get("vat_id") else []),
            ],
        },
        "facts": list(_facts(model, words)),
        "columns": [words["item"], words["tax"], words["amount"]],
        "items": [
            [line["text"], _period(line, words), percent(line["tax_rate"]), _amount(model, line["net_minor"])]
            for line in model["lines"]
        ],
        "sums": [
            [words["net"], _amount(model, model["net_minor"])],
            *([_tax_words(model, tax, words), _amount(model, tax["tax_minor"])] for tax in model["taxes"]),
        ],
        "total": [words["total"], _amount(model, model["total_minor"])],
        "at_home": _at_home(model, words),
        "reasons": list(dict.fromkeys(tax["reason"] for tax in model["taxes"] if tax["reason"])),
        "asked": _asked(model, words),
        "ways": ways,
        "qr": qr,
        "qr_name": words["qr"],
        "scan": words["scan"],
    }


def sort_in_words(model: Model, directories: tuple[Path, ...]) -> str:
    """What sort of document it is, as a file of it is named: "invoice", "Rechnung" in lower case."""
    return words_of(directories, model["language"])[1][model["kind"]].format(number="").strip().lower()


def _amount(model: Model, minor: int) -> str:
    return amount(minor, model["currency"])


def _period(line: Model, words: Mapping[str, str]) -> str:
    if not line["period_start"]:
        return ""
    return words["period"].format(first=full_date(line["period_start"]), last=full_date(line["period_end"]))


def _tax_words(model: Model, tax: Model, words: Mapping[str, str]) -> str:
    net = _amount(model, tax["net_minor"])
    if not tax["tax_minor"]:
        return words["untaxed"].format(net=net)
    return words["of-rate"].format(name=tax["name"], rate=percent(tax["rate"]), net=net)


def _at_home(model: Model, words: Mapping[str, str]) -> str:
    """The tax in the company's own currency, and by which rate; "" where the document is in that, or none is known."""
    home = model.get("home")
    if not home:
        return ""
    return words["at-home"].format(
        name=" + ".join(dict.fromkeys(tax["name"] for tax in model["taxes"] if tax["name"])) or words["tax"],
        amount=amount(home["tax_minor"], home["currency"]),
        one=home["currency"],
        rate=decimal_number(home["rate"]),
        currency=model["currency"],
    )


def _asked(model: Model, words: Mapping[str, str]) -> str:
    total = _amount(model, model["total_minor"])
    if model["kind"] != DocumentKind.INVOICE:
        return words["given-back"].format(total=total)
    if not model["total_minor"]:
        return words["nothing-to-pay"]
    return words["please-pay"].format(total=total, due=full_date(model["due_on"]))


def _facts(model: Model, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield words["date"], full_date(model["issued_on"])
    if model["kind"] == DocumentKind.INVOICE:
        yield words["due"], full_date(model["due_on"])
    elif model["originals"]:
        yield words["for-invoice"], ", ".join(model["originals"])
    yield words["customer"], str(model["buyer"]["customer_id"])


def _ways(model: Model, words: Mapping[str, str]) -> list[dict[str, object]]:
    """How the invoice may be paid: labels and what stands behind them."""
    ways: list[dict[str, object]] = []
    transfer, by_check = bank_transfer(model), check(model)
    if transfer is not None:
        rows: list[Sequence[str]] = [(words["holder"], transfer.holder), (words["iban"], transfer.iban)]
        if transfer.bic:
            rows.append((words["bic"], transfer.bic))
        rows.append((words["reference"], transfer.reference))
        ways.append({"label": words["by-transfer"], "rows": rows})
    if by_check is not None:
        rows = [(words["payable-to"], by_check.payable_to)]
        if by_check.address:
            rows.append((words["send-to"], by_check.address))
        ways.append({"label": words["by-check"], "rows": rows})
    return ways


def _qr(model: Model) -> str:
    seller = model["seller"]
    return transfer_code(
        name=seller["name"],
        iban=seller.get("iban") or "",
        bic=seller.get("bic", ""),
        reference=model["reference"],
        currency=model["currency"],
        amount_minor=model["total_minor"],
    )
