"""Which accounts and which invoice a command about money means: no more than what its writer may see."""

from collections.abc import Sequence

from mailgate.billing.document.invoice import DocumentKind
from mailgate.flows.billing.bound import invoices_of
from mailgate.flows.client.asking import Asking
from mailgate.mail.address_token import AddressToken, Purpose
from store.billing import invoices
from store.billing.invoices import Issued
from store.views import visitors
from store.views.visitors import ContactVisitor


def accounts(mail: Asking) -> tuple[ContactVisitor, ...]:
    """Of whose money the writer may see; in an answer about a ticket or an invoice it is that account's alone."""
    answered = answered_invoice(mail)
    found = all_accounts(mail)
    return tuple(one for one in found if answered is None or one.customer_id == answered.customer_id)


def all_accounts(mail: Asking) -> tuple[ContactVisitor, ...]:
    """Every account of the address of which it may see money."""
    found = (visitors.contact(mail.act.conn, contact.id) for contact in mail.contacts)
    return tuple(one for one in found if one is not None and one.sees_money)


def account_that_owes(mail: Asking) -> int | None:
    """The account of which something is open; any where that is none, and None where there are several."""
    numbers = [one.customer_id for one in accounts(mail)]
    owing = [one for one in numbers if invoices.open_of(mail.act.conn, one)]
    return (owing or numbers)[0] if len(owing) < 2 else None


def account_meant(mail: Asking) -> int | None:
    """The account of which the writer may see money; of several that whose invoice he answers, or None."""
    numbers = [one.customer_id for one in accounts(mail)]
    return numbers[0] if len(numbers) == 1 else None


def named(mail: Asking, number: str) -> Issued | None:
    """The invoice with this number; None when there is none of the writer's, whoever else may have it."""
    theirs = {one.customer_id for one in all_accounts(mail)}
    spelled = dict.fromkeys((number, number.upper()))
    found = (invoices.find(mail.act.conn, one) for one in spelled)
    return next((one for one in found if one is not None and one.customer_id in theirs), None)


def answered_invoice(mail: Asking) -> Issued | None:
    """That which the mail answers: by its address, else the one that its ticket is about."""
    theirs = {one.customer_id for one in all_accounts(mail)}
    found = [one for one in _answered(mail) if one.customer_id in theirs and one.kind is DocumentKind.INVOICE]
    return found[0] if len(found) == 1 else None


def _answered(mail: Asking) -> Sequence[Issued]:
    token = mail.incoming.token(Purpose.INVOICE)
    if isinstance(token, AddressToken) and token.recipient_id in {one.id for one in mail.contacts}:
        return (invoices.get(mail.act.conn, token.object_id),)
    return invoices_of(mail.act.conn, mail.ticket.id) if mail.ticket else ()
