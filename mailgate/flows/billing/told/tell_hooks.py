"""Programs of the operator's hear what becomes of services and invoices, in the transaction in which it happens."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.service import Service, State
from mailgate.config import Settings
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.told.for_programs import Values, document_object, fresh_document, service_object
from mailgate.flows.story.call_hooks import Happened, call_hooks, is_heard
from mailgate.hooks import HookEvent
from mailgate.people import Customer
from store.billing import invoices, lines
from store.billing.invoices import New

CANCELLED, OVER, NOT_PAID = "cancelled", "end", "unpaid"
"""Why a service has ended: at once, with its last day, or because nobody paid."""


def tell_service(
    deal: Deal,
    event: HookEvent,
    service: Service,
    *,
    reason: str = "",
    before: Service | None = None,
    not_before: datetime | None = None,
) -> None:
    """A service as it is now. `reason`: why; `before`: as it was, where its terms have changed; `not_before`: when
    hooks hear of it at the soonest.
    """
    settings = deal.books.settings
    if not is_heard(settings, event):
        return
    values: dict[str, object] = {
        "service": {
            **service_object(deal.conn, deal.books, service),
            "customer": _customer(deal.payer.customer),
            "url": settings.web.staff_page(f"services/{service.id}"),
        },
        "reason": reason,
    }
    if before is not None:
        was = service_object(deal.conn, deal.books, before)
        values["before"] = {key: was[key] for key in ("sku", "cycle", "options")}
    happened = Happened(f"service:{service.id}", service.customer_id, values, not_before)
    call_hooks(deal.conn, settings, event, [happened], now=deal.now)


def tell_end(deal: Deal, before: Service, ended: Service, why: str) -> None:
    """A service has ended: it is switched off at once, and what is left of it goes some days later.

    At once where nobody has paid for long. Of what was never provisioned nothing is told.
    """
    if before.state is State.PENDING:
        return
    if before.state is State.ACTIVE:
        tell_service(deal, HookEvent.SERVICE_SUSPEND, ended, reason=why)
    days = 0 if ended.state is State.TERMINATED else deal.books.settings.billing.terminate_after_days
    not_before = deal.now + timedelta(days=days) if days else None
    tell_service(deal, HookEvent.SERVICE_TERMINATE, ended, reason=why, not_before=not_before)


def tell_issued(
    conn: Connection, settings: Settings, together: Sequence[tuple[int, New, Customer]], *, now: datetime
) -> None:
    """Invoices that were just written, by their ids: nothing is read, and all calls are kept by one statement."""
    if not is_heard(settings, HookEvent.INVOICE_ISSUED):
        return
    told = []
    for number, new, customer in together:
        of_it, taxes = lines.as_issued(number, new.reckoned), lines.taxes_as_issued(number, new.reckoned)
        issued = invoices.as_issued(number, new, now=now)
        found = fresh_document(issued, of_it, taxes, new.heading.originals, now)
        told.append(_of_invoice(settings, found, issued.number, customer))
    call_hooks(conn, settings, HookEvent.INVOICE_ISSUED, told, now=now)


def tell_paid(deal: Deal, invoice_ids: Iterable[int]) -> None:
    """Those among these invoices of which nothing is open any more: money, credit or a credit note has paid them."""
    settings = deal.books.settings
    if not is_heard(settings, HookEvent.INVOICE_PAID):
        return
    told = []
    for number in sorted(set(invoice_ids)):
        one = invoices.get(deal.conn, number)
        if one.state is DocumentState.PAID:
            found = document_object(deal.conn, one, deal.now)
            told.append(_of_invoice(settings, found, one.number, deal.payer.customer))
    call_hooks(deal.conn, settings, HookEvent.INVOICE_PAID, told, now=deal.now)


def _of_invoice(settings: Settings, found: Values, number: str, customer: Customer) -> Happened:
    values = {**found, "customer": _customer(customer), "url": settings.web.staff_page(f"invoices/{number}")}
    return Happened(f"invoice:{number}", customer.id, {"invoice": values})


def _customer(one: Customer) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "external_id": one.external_id}
