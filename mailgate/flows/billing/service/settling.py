"""What every act on a service ends with: its document, which days are billed, and when the run looks again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailgate.billing.change import Quote
from mailgate.billing.draft import Due
from mailgate.billing.invoice import DocumentKind, LineKind
from mailgate.billing.period import local_start
from mailgate.flows.billing.books import Deal, lock
from mailgate.flows.billing.drafting import next_day
from mailgate.flows.billing.issue import Done, Wanted, claims_without_document, issue, win
from mailgate.flows.billing.settle import set_against
from store.billing import accounts, invoices, services
from store.billing.services import Claim


def look_again(deal: Deal) -> None:
    """Keep when the run has to look at this account next, as it is now."""
    number = deal.payer.customer.id
    payer = lock(deal.conn, (number,))[number]
    day = next_day(deal.conn, deal.books, payer)
    accounts.look_again(deal.conn, {number: None if day is None else local_start(day, payer.zone)})


def bill(deal: Deal, wanted: Wanted | None, covers: Sequence[Due]) -> tuple[Done, ...]:
    """Win the days, and issue their document; of what costs nothing there is none."""
    win(deal.conn, covers)
    if wanted is None:
        claims_without_document(deal.conn, covers)
        return ()
    return issue(deal.conn, [wanted], settings=deal.books.settings, on=deal.issue_day, now=deal.now)


def cut(conn: Connection, quote: Quote, *, now: datetime) -> None:
    """Billed days that a quote gives back are free."""
    for one in quote.cuts:
        services.cut(conn, one.billed, end=one.end, now=now)


def document(deal: Deal, quote: Quote, currency: str) -> tuple[Done, ...]:
    """The document that a quote calls for, when its days are cut: an invoice, a credit note, or none.

    A credit note is set against what is open at once.
    """
    covers = tuple(_covers(quote))
    billed = {due.period for _, due in covers}
    claims_without_document(deal.conn, [due for due in quote.covers if due.period not in billed])
    if quote.document is None:
        services.claim(deal.conn, list(_still_billed(quote, [due for _, due in covers])))
        return ()
    is_invoice = quote.document is DocumentKind.INVOICE
    charges = tuple(leg.charge if is_invoice else leg.charge.turned() for leg in quote.legs)
    wanted = Wanted(quote.document, deal.payer, currency, deal.day, charges, covers=covers)
    if not is_invoice:
        wanted = replace(wanted, original=_original(deal.conn, quote))
    on = deal.issue_day
    done = issue(deal.conn, [wanted], settings=deal.books.settings, on=on, now=deal.now)
    if not is_invoice:
        set_against(deal.conn, done[0], credited=quote.credited, on=on, now=deal.now)
    return done


def _covers(quote: Quote) -> Iterator[tuple[int, Due]]:
    """The place of each line that bills days."""
    places = {leg.charge.period: at for at, leg in enumerate(quote.legs) if leg.charge.kind is LineKind.SERVICE}
    for due in quote.covers:
        if due.period in places:
            yield places[due.period], due


def _still_billed(quote: Quote, covers: Sequence[Due]) -> Iterator[Claim]:
    """Nothing is owed either way: the days stay billed by the lines that billed them, at what they cost now."""
    for due in covers:
        before = next((one.billed for one in quote.cuts if one.billed.cycle == due.cycle), quote.cuts[0].billed)
        assert due.period is not None
        assert due.cycle is not None
        yield Claim(due.service.id, due.period, due.cycle, due.service.price_minor, before.invoice_id, before.position)


def _original(conn: Connection, quote: Quote) -> tuple[int, str] | None:
    """The invoice whose lines are given back, where it is one."""
    found = [invoices.get(conn, number) for number in quote.credited]
    numbers = [(one.id, one.number) for one in found if one.kind is DocumentKind.INVOICE]
    return numbers[0] if len(numbers) == 1 else None
