"""What acts on a service end with: its document, and which days are billed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailgate.billing.change import Quote, Room
from mailgate.billing.document.invoice import Charge, DocumentKind, LineKind, TaxedAs
from mailgate.billing.draft import Due
from mailgate.billing.period import Span
from mailgate.billing.tax.groups import read_rate
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.issue import Done, Wanted, claims_without_document, issue, win
from mailgate.flows.billing.money.settle import WRITE_OFF, set_against, use_credit
from store.billing import credited, invoices, services
from store.billing.lines import Line
from store.billing.services import Claim


def bill(deal: Deal, wanted: Wanted | None, covers: Sequence[Due]) -> tuple[Done, ...]:
    """Win the days, and issue their document; of what costs nothing there is none."""
    win(deal.conn, covers)
    if wanted is None:
        claims_without_document(deal.conn, covers)
        return ()
    done = issue(deal.conn, [wanted], settings=deal.books.settings, on=deal.issue_day, now=deal.now)
    use_credit(deal)
    return done


def cut(conn: Connection, quote: Quote, *, now: datetime) -> None:
    """Billed days that a quote gives back are free."""
    for one in quote.cuts:
        services.cut(conn, one.billed, end=one.end, now=now)


def document(deal: Deal, quote: Quote, currency: str, *, gives_back: bool = False) -> tuple[Done, ...]:
    """The document that a quote calls for, when its days are cut: an invoice, a credit note, or none.

    A credit note is set against what is open at once. `gives_back`: what is more than is owed goes back to who paid it.
    """
    covers = tuple(_covers(quote))
    billed = {(due.service.id, due.period) for _, due in covers}
    free = [due for due in quote.covers if (due.service.id, due.period) not in billed]
    claims_without_document(deal.conn, free)
    if quote.document is None:
        services.claim(deal.conn, list(_still_billed(quote, [due for _, due in covers])))
        return ()
    is_invoice = quote.document is DocumentKind.INVOICE
    charges = tuple(leg.charge for leg in quote.legs) if is_invoice else tuple(_turned(quote))
    wanted = Wanted(quote.document, deal.payer, currency, deal.day, charges, covers=covers)
    done = issue(deal.conn, [wanted], settings=deal.books.settings, on=deal.issue_day, now=deal.now)
    if is_invoice:
        use_credit(deal)
    else:
        set_against(deal, done[0], credited=quote.credited, gives_back=gives_back)
    return done


def _covers(quote: Quote) -> Iterator[tuple[int, Due]]:
    """The place of each line that bills days."""
    places = {
        (leg.charge.service_id, leg.charge.period): at
        for at, leg in enumerate(quote.legs)
        if leg.charge.kind is LineKind.SERVICE
    }
    for due in quote.covers:
        place = places.get((due.service.id, due.period))
        if place is not None:
            yield place, due


def _still_billed(quote: Quote, covers: Sequence[Due]) -> Iterator[Claim]:
    """Nothing is owed either way: the days stay billed by the lines that billed them, at what they cost now."""
    for due in covers:
        before = next((one.billed for one in quote.cuts if one.billed.cycle == due.cycle), quote.cuts[0].billed)
        assert due.period is not None
        assert due.cycle is not None
        yield Claim(due.service.id, due.period, due.cycle, due.price_minor, before.invoice_id, before.position)


def _turned(quote: Quote) -> Iterator[Charge]:
    """The lines of a credit note. What it charges anew is less of what it gives back, so it is of the same invoice."""
    first = min(quote.credited)
    found: dict[Span | None, int] = {}
    for leg in quote.legs:
        charge = leg.charge.turned()
        if charge.original_id is not None:
            found[charge.period] = charge.original_id
            yield charge
        else:
            yield replace(charge, original_id=found.get(charge.period, first))


def charge_of(line: Line) -> Charge:
    """A line as it was charged, to be given back: as a credit note has it."""
    period = Span(line.period_start, line.period_end) if line.period_start and line.period_end else None
    taxed = TaxedAs(line.inclusive, read_rate(line.tax_rate), line.tax_category, line.tax_name, line.tax_reason)
    original = line.original_id or line.invoice_id
    return Charge(
        LineKind.CREDIT,
        line.text,
        line.sort,
        line.service_id,
        period,
        line.amount_minor,
        taxed,
        original,
        line.tax_minor,
    )


def room_of(conn: Connection, original_ids: Iterable[int]) -> dict[int, Room]:
    """How much of these invoices may still be given back."""
    return {number: _room(conn, number) for number in sorted(original_ids)}


def _room(conn: Connection, original_id: int) -> Room:
    settled = invoices.settled(conn, original_id)
    forgiven = sum(one.amount_minor for one in settled if one.source == WRITE_OFF)
    return Room(credited.left(conn, original_id), forgiven)
