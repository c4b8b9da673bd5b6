"""Documents are taken back: a whole invoice, a part of one, or all invoices of a run. Nothing is edited or deleted."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, Engine

from mailgate.billing.invoice import Charge, DocumentKind, DocumentState, LineKind, TaxedAs
from mailgate.billing.ledger import events
from mailgate.billing.money import split
from mailgate.billing.period import Span
from mailgate.billing.service import ENDED
from mailgate.billing.tax import read_rate
from mailgate.config import Settings
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.issue import Done, Wanted, issue, whose
from mailgate.flows.billing.service.settling import look_again
from mailgate.flows.billing.settle import set_against
from store.billing import invoices, ledger, runs, services
from store.billing.invoices import Issued, Line
from store.billing.runs import RunState
from store.engine import reading, transact


class CannotTakeBack(Permanent):
    """A document that is settled, or was taken back already; `str()` says what can be done instead."""


def void(deal: Deal, invoice: Issued, *, bill_again: bool = False) -> Done:
    """Take a whole invoice back by a credit note; what had been set against it becomes credit.

    `bill_again`: its days are free, and the next run bills them anew. The account is locked. Raises CannotTakeBack.
    """
    if invoice.state is not DocumentState.ISSUED:
        hint = "; `mailgate invoice credit` gives a part of it back" if invoice.state is DocumentState.PAID else ""
        raise CannotTakeBack(f"invoice {invoice.number} is {invoice.state}: it cannot be made void{hint}")
    before = invoices.credit_notes_of(deal.conn, invoice.id)
    if before:
        raise CannotTakeBack(
            f"invoice {invoice.number} is taken back in part by {before[0].number}: "
            "`mailgate invoice credit` gives the rest back"
        )
    lines = invoices.lines(deal.conn, invoice.id)
    _refuse_changed(deal.conn, invoice, lines, bill_again=bill_again)
    note = _note(deal, invoice, tuple(_charge(line) for line in lines))
    returned = sum(one.amount_minor for one in invoices.settled(deal.conn, invoice.id))
    invoices.reverse(deal.conn, invoice.id, now=deal.now)
    invoices.close(deal.conn, invoice.id, DocumentState.VOID, now=deal.now)
    booked = events.void(
        note.id, whose(note, deal.issue_day), note.sale, invoice_id=invoice.id, returned_minor=returned
    )
    ledger.book(deal.conn, [booked], now=deal.now)
    if bill_again:
        _free(deal, invoice)
    look_again(deal)
    return note


def credit(deal: Deal, invoice: Issued, amount_minor: int, *, reason: str) -> Done:
    """Give a part of an invoice back by a credit note, each rate of tax its share. Raises CannotTakeBack."""
    left = invoice.total_minor - invoices.credited_minor(deal.conn, invoice.id)
    if invoice.state is DocumentState.VOID:
        left = 0
    if amount_minor > left:
        raise CannotTakeBack(f"invoice {invoice.number} has {left} minor units that were not taken back, no more")
    lines = [_charge(line) for line in invoices.lines(deal.conn, invoice.id)]
    taxes = invoices.taxes(deal.conn, invoice.id)
    weights = [max(0, tax["net_minor"] + tax["tax_minor"]) for tax in taxes]
    charges = []
    for tax, share in zip(taxes, split(amount_minor, weights), strict=True):
        of_group = next(one for one in lines if (one.category, one.rate.text) == (tax["category"], tax["rate"]))
        taxed = replace(of_group.taxed, inclusive=True)
        if share:
            charges.append(Charge(LineKind.CREDIT, reason or of_group.text, of_group.sort, None, None, share, taxed))
    note = _note(deal, invoice, tuple(charges))
    set_against(deal.conn, note, credited={invoice.id}, on=deal.issue_day, now=deal.now)
    return note


def undo(engine: Engine, settings: Settings, run_id: int, today: Today, *, by: str) -> tuple[str, ...]:
    """Take back all invoices of a run, whose days are free again; returns the numbers of the credit notes.

    All or nothing. Raises CannotTakeBack when the run is not done, or one of its invoices is settled.
    """
    with reading(engine) as conn:
        run = runs.find(conn, run_id)
        issued = invoices.listing(conn, run_id=run_id)
    if run is None:
        raise CannotTakeBack(f"there is no run {run_id}; `mailgate bill list` shows them")
    if run.state is not RunState.DONE:
        raise CannotTakeBack(f"run {run_id} is {run.state}: only one that is done can be undone")

    def take_back(conn: Connection) -> tuple[str, ...]:
        if not runs.undo(conn, run_id):
            raise CannotTakeBack(f"run {run_id} was undone just now")
        notes = []
        for customer_id in sorted({one.customer_id for one in issued}):
            deal = deal_with(conn, settings, customer_id, today, by=by)
            assert deal is not None
            theirs = [invoices.get(conn, one.id) for one in issued if one.customer_id == customer_id]
            # The latest first: days can be freed from their end alone.
            notes += [void(deal, one, bill_again=True).number for one in reversed(theirs)]
        return tuple(notes)

    return transact(engine, take_back)


def _refuse_changed(conn: Connection, invoice: Issued, lines: Sequence[Line], *, bill_again: bool) -> None:
    """What a later document has given back of an invoice is not given back twice, nor billed twice."""
    billed: dict[tuple[int | None, str], int] = {}
    for service_id, one in services.billed_by(conn, invoice.id):
        billed[service_id, one.sort] = billed.get((service_id, one.sort), 0) + one.period.days
    wanted: dict[tuple[int | None, str], int] = {}
    for line in lines:
        if line.kind == LineKind.SERVICE and line.period_start and line.period_end:
            key = line.service_id, line.sort
            wanted[key] = wanted.get(key, 0) + (line.period_end - line.period_start).days
    if billed != wanted:
        raise CannotTakeBack(
            f"invoice {invoice.number}: a later change or end of a service has given back days of it; "
            "`mailgate invoice credit` gives back what is left"
        )
    if bill_again and any(line.kind == LineKind.CREDIT for line in lines):
        raise CannotTakeBack(
            f"invoice {invoice.number} is of a change, which gave back days of another: they cannot be billed again; "
            "leave `--bill-again` out"
        )


def _note(deal: Deal, invoice: Issued, charges: tuple[Charge, ...]) -> Done:
    wanted = Wanted(
        DocumentKind.CREDIT_NOTE,
        deal.payer,
        invoice.currency,
        deal.day,
        charges,
        original=(invoice.id, invoice.number),
    )
    (note,) = issue(deal.conn, [wanted], settings=deal.books.settings, on=deal.issue_day, now=deal.now)
    return note


def _charge(line: Line) -> Charge:
    """A line as it was charged, to be given back."""
    period = Span(line.period_start, line.period_end) if line.period_start and line.period_end else None
    taxed = TaxedAs(line.inclusive, read_rate(line.tax_rate), line.tax_category, line.tax_name)
    return Charge(LineKind.CREDIT, line.text, line.sort, line.service_id, period, line.amount_minor, taxed)


def _free(deal: Deal, invoice: Issued) -> None:
    """The days of the invoice are billed by nothing. Days in the middle of others are not billed again by a run."""
    freed: dict[int, list[Span]] = {}
    for service_id, billed in services.billed_by(deal.conn, invoice.id):
        services.cut(deal.conn, billed, end=billed.period.start, now=deal.now)
        freed.setdefault(service_id, []).append(billed.period)
    for service_id, spans in freed.items():
        service = services.get(deal.conn, service_id)
        if service.state not in ENDED and service.billed_through == max(span.end for span in spans):
            freed_from = replace(service, billed_through=min(span.start for span in spans))
            services.write(deal.conn, services.on_former_terms(deal.conn, freed_from))
