"""Mails about money: what each says, all of it as the documents were frozen."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from mailgate.billing.service import ENDED, Service
from mailgate.config import Settings
from mailgate.desks import Desk
from mailgate.flows.billing.books import Payer
from mailgate.flows.billing.told.letter_values import (
    NO_WAYS,
    brief_of,
    document_of,
    refund_of,
    sums_of,
    ways_to_pay,
    without_money,
)
from mailgate.flows.billing.told.payers import SEES_MONEY, payers_readers, readers_of_money, routed
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
from store.billing import invoices
from store.billing.invoices import Issued
from store.billing.refunds import Refund

DOCUMENT_PDF = "document-pdf"
"""The maker of the file of an invoice or credit note."""

BILLING_DESK = "billing"
"""The name of the desk that mails about money come from, where the settings have one of that name."""

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
        "also": [brief_of(act, one) for one in also],
        "due_since": min(one.due_on for one in (invoice, *also)).isoformat(),
        "sums": sums_of(act, invoice.customer_id, (invoice, *also), has_credit=has_credit),
        "consequence": asdict(consequence) | {"on": consequence.on.isoformat()} if consequence else None,
        "charge": charge,
        **ways_to_pay(act, invoice),
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
        "lowered": [brief_of(act, one) for one in lowered],
        "credit_minor": credit_minor,
        "refunds": [refund_of(act, one) for one in refunds],
    }
    readers = readers_of_money(act, note.customer_id)
    return _to_all(act, Template.INVOICE_CREDITED, readers, values, about=note, file_of=note)


def refund_notices(act: Act, refund: Refund) -> list[Notice]:
    """Money is on its way back to the payer, by whom and how; once for each refund."""
    note = invoices.get(act.conn, refund.credit_note_id) if refund.credit_note_id is not None else None
    values = {"refund": refund_of(act, refund), "note": brief_of(act, note) if note else None}
    return _to_all(act, Template.REFUND_SENT, readers_of_money(act, refund.customer_id), values, about=note)


@dataclass(frozen=True, slots=True)
class Taken:
    """How the payer's bank has taken money back, as the payer is told."""

    is_charged_back: bool = False  # by the provider, and not by a line of our bank
    is_won: bool = False  # it has given it back since
    blocks_card: bool = False  # the saved card is charged no more
    owed_minor: int = 0  # had gone back to the payer before, and no invoice asks for it


def payment_notices(
    act: Act,
    template: Template,
    payer: Payer,
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
    taken: Taken | None = None,
) -> list[Notice]:
    """What money came or was taken back, or which credit was used or added, and what it settled.

    `method`: as it was recorded, `credit` for the account's own, "" for a gift; `label`: the card.
    `had_paid_minor`: how much of what it settled the account's credit had paid before.
    `open_now`: what is open of the invoices that it was for. `credit_minor`: how much of it became credit, or of a
    deposit or gift: the credit by now. `meant`: the number of an invoice that it was for, and that was settled before.
    `file`: the receipt. `taken`: how it was taken back.
    """
    came = {"amount_minor": amount_minor, "currency": currency, "on": on.isoformat(), "method": method, "label": label}
    values = {
        "payment": came,
        "settled": [brief_of(act, one) for one in settled],
        "open": [brief_of(act, one) for one in open_now],
        "credit_minor": credit_minor,
        "meant": meant,
        "had_paid_minor": had_paid_minor,
        "taken": asdict(taken) if taken else None,
        "overview": act.settings.page("/invoices"),
        **(ways_to_pay(act, open_now[0]) if open_now else NO_WAYS),
    }
    about = next(iter((*settled, *open_now)), None)
    return _to_all(act, template, payers_readers(act, payer), values, about=about, file_of=file)


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
        **(ways_to_pay(act, invoice) if invoice else NO_WAYS),
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
            else _to_all(act, template, (one,), without_money(values), about=None, about_id=service.id)
        )
    ]


def unreachable_notices(act: Act, invoice: Issued, addresses: Sequence[str]) -> list[Notice]:
    """To whoever of the staff is there: nobody of the customer takes our mails about this invoice."""
    customer = people.get_customer(act.conn, invoice.customer_id)
    values = {
        "customer": {"number": customer.id, "name": customer.name},
        "invoice": brief_of(act, invoice),
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


def document_file(act: Act, document: Issued) -> MadeFile | None:
    """Its PDF, which is made when the mail is; None where nobody can say any more what the document said."""
    if not document.model:
        return None
    sort = sort_in_words(json.loads(document.model), (built_in_directory() / "documents",))
    parts = (act.settings.gate.company, sort, document.number)
    name = "_".join(_UNSAFE.sub("-", one).strip("-.") for one in parts)
    return MadeFile(f"{name}.pdf", "application/pdf", DOCUMENT_PDF, {"document": document.id, "at": stamp(act.now)})


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
