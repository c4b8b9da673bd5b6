"""Mails about money: what each says, all of it as the documents were frozen."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.document.paying import bank_transfer, check
from mailgate.billing.refund import Way
from mailgate.billing.service import ENDED, Service
from mailgate.config import Settings
from mailgate.desks import Desk
from mailgate.flows.billing.payers import SEES_MONEY, readers_of_money, routed
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.letters.notice import MadeFile, Notice, stamp
from mailgate.mail.address_token import Purpose
from mailgate.outbound.document.shown import sort_in_words
from mailgate.outbound.templates import built_in_directory
from mailgate.people import Contact, Role, present
from store import people
from store.billing import invoices, ledger, offers, payments
from store.billing.invoices import Issued
from store.billing.refunds import Refund

DOCUMENT_PDF = "document-pdf"
"""The maker of the file of an invoice or credit note."""

BILLING_DESK = "billing"
"""The name of the desk that mails about money come from, where the settings have one of that name."""

_NO_WAYS: Mapping[str, object] = {"transfer": None, "check": None, "pay_link": None, "pay_by_link": None}

_UNSAFE = re.compile(r"[^\w.]+")


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows when nothing is paid: `kind` is "suspend" or "end", on a day of the account, of these services."""

    kind: str
    on: date
    services: tuple[str, ...]


def invoice_notices(
    act: Act,
    template: Template,
    invoice: Issued,
    *,
    also: Sequence[Issued] = (),
    consequence: Consequence | None = None,
    with_file: bool = False,
    to: Sequence[Contact] = (),
    has_credit: bool = True,
    charge: Mapping[str, object] | None = None,
) -> list[Notice]:
    """One mail to each reader of the account: the invoice, what else is open, and what follows if nothing is paid.

    `also`: further open invoices of the account. `to`: its readers, where they are known or others than the usual ones.
    `has_credit`: the account may have some. `charge`: of a card, that is to come or was declined. Empty where the
    account is billed elsewhere.
    """
    values = {
        "invoice": document_of(act, invoice),
        "also": [_brief(act, one) for one in also],
        "due_since": min(one.due_on for one in (invoice, *also)).isoformat(),
        "sums": _sums(act, invoice.customer_id, (invoice, *also), has_credit=has_credit),
        "consequence": asdict(consequence) | {"on": consequence.on.isoformat()} if consequence else None,
        "charge": charge,
        **_ways(act, invoice),
    }
    readers = to or readers_of_money(act, invoice.customer_id)
    return _to_all(
        act, template, readers, values, about=invoice, file_of=invoice if with_file else None, claims=(invoice, *also)
    )


def credit_notices(
    act: Act, note: Issued, *, lowered: Sequence[Issued], credit_minor: int, refunds: Sequence[Refund] = ()
) -> list[Notice]:
    """What a credit note gave back: which invoices it lowered, as they are now, what became credit, what is sent."""
    values = {
        "invoice": document_of(act, note),
        "lowered": [_brief(act, one) for one in lowered],
        "credit_minor": credit_minor,
        "refunds": [_refund(act, one) for one in refunds],
    }
    readers = readers_of_money(act, note.customer_id)
    return _to_all(act, Template.INVOICE_CREDITED, readers, values, about=note, file_of=note)


def refund_notices(act: Act, refund: Refund) -> list[Notice]:
    """Money is on its way back to the payer, by whom and how; once for each refund."""
    note = invoices.get(act.conn, refund.credit_note_id) if refund.credit_note_id is not None else None
    values = {"refund": _refund(act, refund), "note": _brief(act, note) if note else None}
    return _to_all(act, Template.REFUND_SENT, readers_of_money(act, refund.customer_id), values, about=note)


def payment_notices(
    act: Act,
    template: Template,
    customer_id: int,
    *,
    amount_minor: int,
    currency: str,
    on: date,
    method: str,
    settled: Sequence[Issued],
    open_now: Sequence[Issued],
    credit_minor: int,
    label: str = "",
    meant: str = "",
    file: MadeFile | None = None,
    had_paid_minor: int = 0,
) -> list[Notice]:
    """What money came or was taken back, or which credit was used or added, and what it settled.

    `method`: as it was recorded, `credit` for the account's own, "" for a gift; `label`: the card.
    `had_paid_minor`: how much of what it settled the account's credit had paid before.
    `open_now`: what is open of the invoices that it was for. `credit_minor`: how much of it became credit, or of a
    deposit or gift: the credit by now. `meant`: the number of an invoice that it was for, and that was settled before.
    `file`: the receipt.
    """
    came = {"amount_minor": amount_minor, "currency": currency, "on": on.isoformat(), "method": method, "label": label}
    values = {
        "payment": came,
        "settled": [_brief(act, one) for one in settled],
        "open": [_brief(act, one) for one in open_now],
        "credit_minor": credit_minor,
        "meant": meant,
        "had_paid_minor": had_paid_minor,
        "overview": act.settings.page("/invoices"),
        **(_ways(act, open_now[0]) if open_now else _NO_WAYS),
    }
    about = next(iter((*settled, *open_now)), None)
    return _to_all(act, template, readers_of_money(act, customer_id), values, about=about, file_of=file)


def card_notices(act: Act, customer_id: int, card: Mapping[str, object]) -> list[Notice]:
    """A card ends soon: `label` and `ends_on`."""
    return _to_all(act, Template.CARD_EXPIRING, readers_of_money(act, customer_id), {"card": card}, about=None)


def service_notices(
    act: Act,
    template: Template,
    service: Service,
    *,
    product: str,
    on: date | None = None,
    invoice: Issued | None = None,
    document: Issued | None = None,
    reason: str = "",
    addons: Sequence[str] = (),
) -> list[Notice]:
    """What became of a service, to who pays and to whom its customer names for products, who see no prices.

    `product`: its name, `on`: the day it counts from, or the last day of one that ends. `invoice`: the unpaid one that
    it rests for. `document`: the invoice or credit note that came of it. `addons`: others that share its fate.
    """
    values = {
        "service": {
            "number": service.id,
            "name": service.name,
            "product": product,
            "domain": service.domain,
            "price_minor": service.price_minor,
            "currency": service.currency,
            "months": service.months,
            "billed_through": service.billed_through.isoformat(),
            "is_over": service.state in ENDED,
            "page": act.settings.page(f"/services/{service.id}"),
        },
        "on": on.isoformat() if on else None,
        "unpaid": document_of(act, invoice) if invoice else None,
        "document": document_of(act, document) if document else None,
        "reason": reason,
        "addons": list(addons),
        **(_ways(act, invoice) if invoice else _NO_WAYS),
    }
    of_money = readers_of_money(act, service.customer_id)
    others = [one for one in routed(act, service.customer_id, Role.PRODUCT) if one not in of_money]
    about = invoice or document
    told = _to_all(act, template, of_money, values, about=about, about_id=service.id)
    return told + [
        notice
        for one in others
        for notice in (
            _to_all(act, template, (one,), values, about=about, about_id=service.id)
            if SEES_MONEY & set(one.roles)
            else _to_all(act, template, (one,), _without_money(values), about=None, about_id=service.id)
        )
    ]


def unreachable_notices(act: Act, invoice: Issued, addresses: Sequence[str]) -> list[Notice]:
    """To whoever of the staff is there: nobody of the customer takes our mails about this invoice."""
    customer = people.get_customer(act.conn, invoice.customer_id)
    values = {
        "customer": {"number": customer.id, "name": customer.name},
        "invoice": _brief(act, invoice),
        "addresses": list(addresses),
        "customer_page": staff_page(act, f"customers/{customer.id}"),
    }
    return [
        letter(Template.UNREACHABLE_CUSTOMER, sheet_for(act, one, subject=""), values, about_id=invoice.id)
        for one in present(people.list_staff(act.conn), now=act.now)
    ]


def billing_desk(settings: Settings) -> Desk:
    """Where mails about money come from and are answered to."""
    return next((one for one in settings.desks if one.name == BILLING_DESK), settings.desks[0])


def document_of(act: Act, document: Issued) -> dict[str, Any]:
    """A document as templates are given it: its frozen words and sums, and how it stands now."""
    model = json.loads(document.model) if document.model else {}
    frozen = {name: model.get(name, []) for name in ("lines", "taxes", "originals")}
    frozen["home"] = model.get("home")  # its tax in the company's own currency, where a rate was known
    return {**_brief(act, document), "net_minor": document.net_minor, "tax_minor": document.tax_minor, **frozen}


def document_file(act: Act, document: Issued) -> MadeFile | None:
    """Its PDF, which is made when the mail is; None where nobody can say any more what the document said."""
    if not document.model:
        return None
    sort = sort_in_words(json.loads(document.model), (built_in_directory() / "documents",))
    parts = (act.settings.gate.company, sort, document.number)
    name = "_".join(_UNSAFE.sub("-", one).strip("-.") for one in parts)
    return MadeFile(f"{name}.pdf", "application/pdf", DOCUMENT_PDF, {"document": document.id, "at": stamp(act.now)})


def _without_money(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for somebody who is shown neither prices nor documents."""
    service = {**values["service"], "price_minor": None}
    return {**values, "service": service, "unpaid": None, "document": None, **_NO_WAYS}


def _to_all(
    act: Act,
    template: Template,
    readers: Collection[Contact],
    values: Mapping[str, object],
    *,
    about: Issued | None,
    about_id: int | None = None,
    file_of: Issued | MadeFile | None = None,
    claims: Sequence[Issued] = (),
) -> list[Notice]:
    """The same to each of the readers; an answer of theirs is one about this document.

    `file_of`: the document whose file comes along, or the file. `claims`: the invoices of which it says how much is
    open.
    """
    desk = billing_desk(act.settings)
    answered = (Purpose.INVOICE, about.id) if about else None
    file = document_file(act, file_of) if isinstance(file_of, Issued) else file_of
    number = about_id if about_id is not None else about.id if about else None
    notices = []
    for reader in readers:
        sheet = sheet_for(act, reader, subject="", desk=desk, about=answered)
        wants_file = reader.gets_files or act.settings.page() is None  # a link, where there are pages to lead to
        files = (file,) if file is not None and wants_file else ()
        written = letter(template, sheet, {**values, "has_file": bool(files)}, files=files, about_id=number)
        notices.append(replace(written, claims=tuple((one.id, one.open_minor) for one in claims)))
    return notices


def _brief(act: Act, document: Issued) -> dict[str, Any]:
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


def _refund(act: Act, one: Refund) -> dict[str, object]:
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


def _sums(act: Act, customer_id: int, invoices: Sequence[Issued], *, has_credit: bool) -> list[dict[str, object]]:
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


def _ways(act: Act, invoice: Issued) -> dict[str, object]:
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
