"""What follows when nobody has paid: services are suspended, and in the end are over."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from mailgate.billing.service import UNPAID, Service, State
from mailgate.flows.billing.books import Deal, text_of
from mailgate.flows.billing.money.owing import Debtor, is_off
from mailgate.flows.billing.money.resting import suspend_unpaid
from mailgate.flows.billing.service.ending import carry_out, end_unpaid
from mailgate.flows.billing.told.letters import service_notices
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice
from mailgate.log_events import LogEvent
from store.billing import invoices, services
from store.billing.invoices import Issued

log = logging.getLogger(__name__)


def suspend_for(act: Act, deal: Deal, debtor: Debtor, invoice: Issued) -> list[Notice]:
    """What an invoice bills and is on is off; one mail names it all. What was off before stays so for this one, too."""
    quiet = replace(deal, is_quiet=True)
    changed = [suspend_unpaid(quiet, one) for one in debtor.theirs(invoice) if one.state is State.ACTIVE]
    if changed:
        log.info(LogEvent.SUSPENDED(customer=invoice.customer_id, invoice=invoice.number, services=_numbers(changed)))
    return _told(act, deal, Template.SERVICE_SUSPENDED, changed, invoice=invoice)


def end_for(act: Act, deal: Deal, debtor: Debtor, invoice: Issued) -> list[Notice]:
    """What is off ends with its add-ons, by a credit note each, for the days from its suspension on.

    Where that has settled the invoice, the rest of what it bills lives on.
    """
    quiet = replace(deal, is_quiet=True)
    told: list[Notice] = []
    for found in debtor.theirs(invoice):
        one = services.get(act.conn, found.id)
        if not is_off(one):  # it has ended with another, or is restored
            continue
        end = end_unpaid(quiet, one)
        service, documents = carry_out(quiet, end)
        note = invoices.get(act.conn, documents[0].id) if documents else None
        gone = [service, *end.services[1:]]
        log.info(LogEvent.ENDED(customer=invoice.customer_id, invoice=invoice.number, services=_numbers(gone)))
        told += _told(act, deal, Template.SERVICE_CANCELLED, gone, document=note, reason=UNPAID)
    return told


def _numbers(changed: Sequence[Service]) -> str:
    """Services as a line of the log names them."""
    return ",".join(str(one.id) for one in changed)


def _told(
    act: Act,
    deal: Deal,
    template: Template,
    changed: Sequence[Service],
    *,
    invoice: Issued | None = None,
    document: Issued | None = None,
    reason: str = "",
) -> list[Notice]:
    """One mail, about the first that is no add-on, with the names of the others."""
    if not changed:
        return []
    main, *others = sorted(changed, key=lambda one: (one.parent_id is not None, one.id))
    return service_notices(
        act,
        template,
        main,
        product=deal.books.product(act.conn, main.product_id).name,
        on=deal.day,
        invoice=invoice,
        document=document,
        reason=reason,
        addons=[text_of(deal.books.product(act.conn, one.product_id), one) for one in others],
    )
