"""Which invoice a command of staff means."""

from mailgate.flows.billing.bound import invoices_of
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from store.billing import invoices
from store.billing.invoices import Issued


def invoice_meant(act: Act, mail: StaffMail, number: str) -> Issued | None:
    """That with the number; else the one that the ticket is about, or the only one that its customer has open."""
    if number:
        spelled = dict.fromkeys((number, number.upper()))
        return next((one for one in (invoices.find(act.conn, word) for word in spelled) if one is not None), None)
    if mail.ticket is None or mail.ticket.customer_id is None:
        return None
    bound = [one for one in invoices_of(act.conn, mail.ticket.id) if one.open_minor]
    open_now = bound or invoices.open_of(act.conn, mail.ticket.customer_id)
    return open_now[0] if len(open_now) == 1 else None
