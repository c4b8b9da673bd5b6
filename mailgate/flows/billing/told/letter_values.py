"""What templates of mails about money are given of documents, refunds and the ways to pay."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.document.paying import bank_transfer, check
from mailgate.billing.refund import Way
from mailgate.flows.story.act import Act
from store.billing import ledger, offers, payments
from store.billing.invoices import Issued
from store.billing.refunds import Refund

NO_WAYS: Mapping[str, object] = {"transfer": None, "check": None, "pay_link": None, "pay_by_link": None}
"""Of what nobody can or has to pay."""


def document_of(act: Act, document: Issued) -> dict[str, Any]:
    """A document as templates are given it: its frozen words and sums, and how it stands now."""
    model = json.loads(document.model) if document.model else {}
    frozen = {name: model.get(name, []) for name in ("lines", "taxes", "originals")}
    frozen["home"] = model.get("home")  # its tax in the company's own currency, where a rate was known
    return {**brief_of(act, document), "net_minor": document.net_minor, "tax_minor": document.tax_minor, **frozen}


def brief_of(act: Act, document: Issued) -> dict[str, Any]:
    """A document by its number, its days, and how it stands."""
    is_invoice = document.kind is DocumentKind.INVOICE
    return {
        "id": document.id,
        "kind": document.kind.value,
        "number": document.number,
        "currency": document.currency,
        "issued_on": document.issued_on.isoformat(),
        "due_on": document.due_on.isoformat(),
        "state": document.state.value,
        "total_minor": document.total_minor,
        "open_minor": document.open_minor,
        "page": act.settings.page(f"/{'invoices' if is_invoice else 'credit-notes'}/{document.number}"),
    }


def refund_of(act: Act, one: Refund) -> dict[str, object]:
    """A refund as templates are given it. `label`: what the money came from and goes back to, for people."""
    paid = payments.get(act.conn, one.payment_id) if one.payment_id is not None else None
    return {
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "way": one.way.value,
        "label": paid.label or paid.method if paid and one.way is Way.PROVIDER else "",
        "method": one.method,
        "reference": one.reference,
        "on": (one.ended_at or act.now).date().isoformat(),
    }


def sums_of(act: Act, customer_id: int, invoices: Sequence[Issued], *, has_credit: bool) -> list[dict[str, object]]:
    """By currency: what is open of these, how much of it the account's credit will settle, and what is left to pay."""
    sums = []
    for currency in dict.fromkeys(one.currency for one in invoices):
        open_minor = sum(one.open_minor for one in invoices if one.currency == currency)
        credit = min(ledger.credit(act.conn, customer_id, currency), open_minor) if has_credit else 0
        sums.append(
            {
                "currency": currency,
                "open_minor": open_minor,
                "credit_minor": credit,
                "to_pay_minor": open_minor - credit,
            }
        )
    return sums


def ways_to_pay(act: Act, invoice: Issued) -> dict[str, object]:
    """How it may be paid; `pay_link`: at the provider's, which asks for so much of it."""
    is_payable = invoice.open_minor and act.settings.payments.is_automatic
    link = offers.open_of(act.conn, (invoice.id,)).get(invoice.id) if is_payable else None
    model = json.loads(invoice.model) if invoice.model else None
    transfer, by_check = (bank_transfer(model), check(model)) if model else (None, None)
    asks = {"amount_minor": link.asks_minor, "currency": link.currency, "number": invoice.number} if link else None
    return {
        "transfer": asdict(transfer) if transfer else None,
        "check": asdict(by_check) if by_check else None,
        "pay_link": link.url if link else None,
        "pay_by_link": asks,
    }


def without_money(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for somebody who is shown neither prices nor documents."""
    service = {**values["service"], "price_minor": None}
    return {**values, "service": service, "unpaid": None, "document": None, **NO_WAYS}
