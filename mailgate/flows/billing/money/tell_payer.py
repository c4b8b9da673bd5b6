"""What happens to an account's money or services is told to its people, by the story in which it happens.

The mails are queued in its transaction; the sweep finds them, where the story sends no jobs of its own.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from mailgate.billing.payment.allocation import Allocation
from mailgate.billing.service import Service
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.papers.receipt import receipt_file
from mailgate.flows.billing.told.letters import Taken, credit_notices, payment_notices, refund_notices, service_notices
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice
from store.billing import dunning, invoices, ledger
from store.billing.invoices import Issued
from store.billing.payments import Payment
from store.billing.refunds import Refund

OF_CREDIT = "credit"
"""The method of what the account's own credit pays."""


def tell_payment(
    deal: Deal, payment: Payment, taken: Sequence[Allocation], *, meant: str = "", had_paid_minor: int = 0
) -> None:
    """Money came for an invoice: what it and the credit that it left have settled, and what became of the rest.

    `meant`: the number of an invoice that it was for, and of which nothing was open. `had_paid_minor`: how much
    of what it settled credit had paid before.
    """
    if deal.is_quiet:
        return
    now_they_are = _read(deal, taken)
    settled = [one for one in now_they_are if not one.open_minor]
    if taken:
        template = Template.PAYMENT_RECEIPT if settled else Template.PAYMENT_PARTIAL
        of_its_currency = {one.id for one in now_they_are if one.currency == payment.currency}
        set_against = sum(one.amount_minor for one in taken if one.invoice_id in of_its_currency)
        credit_minor = max(0, payment.amount_minor - set_against)
    else:
        template = Template.CREDIT_ADDED
        credit_minor = ledger.credit(deal.conn, payment.customer_id, payment.currency)
    act = _act(deal)
    notices = payment_notices(
        act,
        template,
        deal.payer,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        on=payment.received_on,
        method=payment.method,
        label=payment.label,
        settled=settled,
        open_now=[one for one in now_they_are if one.open_minor],
        credit_minor=credit_minor,
        meant=meant,
        file=receipt_file(deal, payment, now_they_are) if template is Template.PAYMENT_RECEIPT else None,
        had_paid_minor=had_paid_minor,
    )
    if notices:
        notify(act, notices, cause=None)


def tell_returned(
    deal: Deal,
    payment: Payment,
    invoice_ids: Sequence[int],
    *,
    on: date,
    taken: Taken,
    amount_minor: int | None = None,
    credit_minor: int | None = None,
) -> None:
    """The bank has taken a payment back, on a day, or a part of it: which of these invoices are open again.

    `credit_minor`: how much of it is credit, where it has given it back since; else the credit by now is told.
    """
    if deal.is_quiet:
        return
    found = {one.id: one for one in invoices.several(deal.conn, invoice_ids)}
    if credit_minor is None:
        credit_minor = ledger.credit(deal.conn, payment.customer_id, payment.currency)
    _send(
        deal,
        payment_notices(
            _act(deal),
            Template.PAYMENT_RETURNED,
            deal.payer,
            amount_minor=payment.amount_minor if amount_minor is None else amount_minor,
            currency=payment.currency,
            on=on,
            method=payment.method,
            label=payment.label,
            settled=[found[one] for one in invoice_ids if taken.is_won and not found[one].open_minor],
            open_now=[found[one] for one in invoice_ids if found[one].open_minor],
            credit_minor=credit_minor,
            taken=taken,
        ),
    )


def tell_not_come(deal: Deal, currency: str, amount_minor: int, invoice_id: int | None) -> None:
    """What somebody has paid by a link, which takes days, has not arrived: it was for this invoice, or for credit."""
    if deal.is_quiet:
        return
    meant = [] if invoice_id is None else [invoices.get(deal.conn, invoice_id)]
    _send(
        deal,
        payment_notices(
            _act(deal),
            Template.PAYMENT_RETURNED,
            deal.payer,
            amount_minor=amount_minor,
            currency=currency,
            on=deal.day,
            method="link",
            taken=Taken(),
            settled=[],
            open_now=[one for one in meant if one.open_minor],
            credit_minor=0,
        ),
    )


def tell_credit_added(deal: Deal, currency: str, amount_minor: int, used: Sequence[Allocation], *, method: str) -> None:
    """A deposit came by a method, or credit was given, "" then; and what it has settled at once."""
    if deal.is_quiet:
        return
    now_they_are = _read(deal, used)
    _send(
        deal,
        payment_notices(
            _act(deal),
            Template.CREDIT_ADDED,
            deal.payer,
            amount_minor=amount_minor,
            currency=currency,
            on=deal.day,
            method=method,
            settled=[one for one in now_they_are if not one.open_minor],
            open_now=[one for one in now_they_are if one.open_minor],
            credit_minor=ledger.credit(deal.conn, deal.payer.customer.id, currency),
        ),
    )


def tell_credit_used(deal: Deal, used: Sequence[Allocation]) -> None:
    """The account's credit has paid what fell due. Of an invoice of just now its own mail says so."""
    if deal.is_quiet:
        return
    act, by_invoice = _act(deal), {one.invoice_id: one.amount_minor for one in used}
    told = [one for one in _read(deal, used) if one.issued_at < deal.now]
    for currency in sorted({one.currency for one in told}):
        here = [one for one in told if one.currency == currency]
        settled, still_open = [one for one in here if not one.open_minor], [one for one in here if one.open_minor]
        _send(
            deal,
            payment_notices(
                act,
                Template.PAYMENT_RECEIPT if settled else Template.PAYMENT_PARTIAL,
                deal.payer,
                amount_minor=sum(by_invoice[one.id] for one in here),
                currency=currency,
                on=deal.day,
                method=OF_CREDIT,
                settled=settled,
                open_now=still_open,
                credit_minor=0,
            ),
        )


def tell_credited(
    deal: Deal, note: Done, lowered: Sequence[Allocation], *, credit_minor: int, refunds: Sequence[Refund] = ()
) -> None:
    """A credit note gave something back: which invoices it lowered, what became credit, and what goes back as money."""
    if not deal.is_quiet:
        document, low = invoices.get(deal.conn, note.id), _read(deal, lowered)
        _send(deal, credit_notices(_act(deal), document, lowered=low, credit_minor=credit_minor, refunds=refunds))


def tell_refunded(deal: Deal, refund: Refund) -> None:
    """Money is on its way back."""
    if not deal.is_quiet:
        _send(deal, refund_notices(_act(deal), refund))


def is_known(deal: Deal, invoice: Issued) -> bool:
    """Its payer has heard of an invoice: its own mail is not still to come, as just after a run."""
    return invoice.step_at is None or bool(dunning.done(deal.conn, (invoice.id,)))


def tell_of_service(
    deal: Deal,
    template: Template,
    service: Service,
    *,
    on: date | None = None,
    documents: Sequence[Done] = (),
    addons: Iterable[Service] = (),
) -> None:
    """What became of a service, with the document that came of it; `addons` share its fate."""
    if deal.is_quiet:
        return
    product = deal.books.product(deal.conn, service.product_id).name
    document = invoices.get(deal.conn, documents[0].id) if documents else None
    names = [one.name for one in addons]
    _send(
        deal,
        service_notices(
            _act(deal), template, service, product=product, on=on or deal.day, document=document, addons=names
        ),
    )


def _read(deal: Deal, allocations: Iterable[Allocation]) -> list[Issued]:
    """The invoices as they are now, in the order in which they were settled."""
    ids = list(dict.fromkeys(one.invoice_id for one in allocations))
    found = {one.id: one for one in invoices.several(deal.conn, ids)}
    return [found[number] for number in ids]


def _act(deal: Deal) -> Act:
    return Act.begin(deal.conn, deal.books.settings, deal.now)


def _send(deal: Deal, notices: Sequence[Notice]) -> None:
    if notices:
        notify(_act(deal), notices, cause=None)
