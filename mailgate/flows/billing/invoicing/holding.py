"""What staff hold back of what is to come, leave out once, and let go on again: under the account's lock."""

from datetime import date

from mailgate.billing.dunning import Outcome
from mailgate.billing.party import UNTIL_RELEASED
from mailgate.billing.promise import Ended, PromiseKind
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.drafting import bundled
from mailgate.flows.billing.invoicing.next_look import look_again
from store.billing import accounts, charges, dunning, invoices, promises, services
from store.billing.dunning import StepDone
from store.billing.invoices import Issued
from store.billing.previews import HELD, Item, Kind
from store.billing.promises import Promise


class IsOver(Permanent):
    """It has happened, or does not come any more; the text says which, without a point at its end."""


def hold(deal: Deal, item: Item, *, spool_id: int | None) -> None:
    """It rests until somebody says so. Raises IsOver."""
    if item.kind in HELD:
        raise IsOver("it is held back already")
    _rest(deal, item, UNTIL_RELEASED, spool_id=spool_id)


def skip(deal: Deal, item: Item, *, spool_id: int | None) -> date | None:
    """It is left out this time: returns the day on which it comes instead, None for what does not. Raises IsOver."""
    if item.kind in HELD:
        raise IsOver("it is held back: write resume")
    until = max(item.day, deal.day)
    if item.kind is not Kind.MAIL:
        _rest(deal, item, until, spool_id=spool_id)
        return until
    (invoice,) = _open(deal, item)
    climb = dunning.last_climb(dunning.done(deal.conn, (invoice.id,)).get(invoice.id, ()))
    left_out = StepDone(invoice.id, item.step, item.day, deal.now, Outcome.SKIPPED, climb=climb.number)
    dunning.add(deal.conn, [left_out])
    return None


def resume(deal: Deal, item: Item) -> None:
    """What was held back goes on. Raises IsOver."""
    if item.kind in (Kind.HELD_ACCOUNT, Kind.INVOICE):
        mine = [one.id for one in deal.payer.services if one.hold_until and one.currency == item.currency]
        if not mine and deal.payer.account.hold_until is None:
            raise IsOver("it is not held back")
        services.hold(deal.conn, mine, None, by="")
        accounts.hold(deal.conn, deal.payer.customer.id, None, by="")
        look_again(deal)
        return
    running = promises.running(deal.conn, (deal.payer.customer.id,)).get(deal.payer.customer.id, ())
    mine = [one.id for one in running if one.kind is PromiseKind.HELD and one.invoice_id in item.invoice_ids]
    if not mine:
        raise IsOver("it is not held back")
    promises.end(deal.conn, mine, Ended.TAKEN_BACK, now=deal.now)
    for number in item.invoice_ids:
        _charge_again(deal, number)
    dunning.look_soon(deal.conn, deal.payer.customer.id, now=deal.now)


def _charge_again(deal: Deal, invoice_id: int) -> None:
    """Its card was declined, and what else was due was tried again while it rested: now it is."""
    last = charges.last_of(deal.conn, invoice_id)
    if last is None or last.state is not charges.State.FAILED or last.again_at is not None:
        return
    if 0 < last.attempt <= len(deal.books.settings.billing.retry_days):
        charges.try_again(deal.conn, last.id, at=deal.now)


def _rest(deal: Deal, item: Item, until: date, *, spool_id: int | None) -> None:
    number = deal.payer.customer.id
    if item.kind is Kind.INVOICE:
        services.hold(deal.conn, _billed_by(deal, item), until, by=deal.by)
        look_again(deal)
        return
    open_now = _open(deal, item)
    if item.kind is Kind.CHARGE and charges.under_way(deal.conn, number, item.currency) is not None:
        raise IsOver("the card is being charged already")
    for invoice in open_now:
        held = Promise(0, number, invoice.id, PromiseKind.HELD, until, deal.now, deal.by, spool_id)
        promises.add(deal.conn, held)


def _billed_by(deal: Deal, item: Item) -> set[int]:
    """The services of an invoice that is to come, whose other invoices go on. Raises IsOver."""
    _, service_id, begins_on = item.key.split()
    service = services.get(deal.conn, int(service_id))
    if service.billed_through > date.fromisoformat(begins_on):
        raise IsOver("it was issued already")
    together = {service.id}
    for one in bundled(deal.conn, deal.books, deal.payer.services, today=item.day):
        members = {due.service.id for due in one.items}
        if service.id in members and any(f"{due.begins_on}" == begins_on for due in one.items):
            together |= members
    return together


def _open(deal: Deal, item: Item) -> list[Issued]:
    """The invoices of it of which something is open. Raises IsOver where there are none, or its step is done."""
    found = [one for one in invoices.several(deal.conn, item.invoice_ids) if one.open_minor]
    if not found:
        raise IsOver("nothing is open of it any more")
    done = dunning.done(deal.conn, item.invoice_ids)
    if item.step and any(item.step in dunning.last_climb(steps).done for steps in done.values()):
        raise IsOver("it was done already")
    return found
