"""Documents are taken back: a whole invoice, a part of one, or all invoices of a run. Nothing is edited or deleted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, Engine

from mailgate.billing.document.invoice import Charge, DocumentKind, DocumentState, LineKind
from mailgate.billing.ledger import events
from mailgate.billing.money.amount import split, written
from mailgate.billing.payment.allocation import Allocation
from mailgate.billing.period import Span
from mailgate.billing.service import ENDED, Service, State
from mailgate.config import Settings
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal, Today, deal_with, lock
from mailgate.flows.billing.invoicing.issue import Done, Wanted, issue, whose
from mailgate.flows.billing.invoicing.next_look import look_again
from mailgate.flows.billing.money.after_money import after_settlement
from mailgate.flows.billing.money.settle import set_against, use_credit
from mailgate.flows.billing.money.tell_payer import is_known, tell_credited
from mailgate.flows.billing.service.settling import charge_of, room_of
from store.billing import credited, invoices, ledger, lines, runs, services
from store.billing.invoices import Issued
from store.billing.runs import RunState
from store.engine import reading, transact


class CannotTakeBack(Permanent):
    """A document that is settled, or was taken back already; `str()` says what can be done instead."""


def void(deal: Deal, invoice: Issued, *, bill_again: bool = False) -> Done:
    """Take a whole invoice back by a credit note; what had been set against it becomes credit.

    `bill_again`: its days are free, and the next run bills them anew. The account is locked. Raises CannotTakeBack.
    """
    of_it = lines.of(deal.conn, invoice.id)
    # One of nothing counts as paid from its issue on, and nobody has paid it.
    if invoice.state is not DocumentState.ISSUED and not (
        invoice.state is DocumentState.PAID and _is_of_nothing(of_it)
    ):
        hint = "; `mailgate invoice credit` gives a part of it back" if invoice.state is DocumentState.PAID else ""
        raise CannotTakeBack(f"invoice {invoice.number} is {invoice.state}: it cannot be made void{hint}")
    before = credited.by(deal.conn, invoice.id)
    if before:
        raise CannotTakeBack(
            f"invoice {invoice.number} is taken back in part by {before[0].number}: "
            "`mailgate invoice credit` gives the rest back"
        )
    _refuse_changed(deal.conn, invoice, of_it, bill_again=bill_again)
    if bill_again:
        _refuse_if_not_billed_again(deal, invoice)
    knows = is_known(deal, invoice)
    note = _note(deal, invoice, tuple(charge_of(line) for line in of_it))
    returned = sum(one.amount_minor for one in invoices.settled(deal.conn, invoice.id))
    invoices.reverse(deal.conn, invoice.id, now=deal.now)
    invoices.close(deal.conn, invoice.id, DocumentState.VOID, now=deal.now)
    booked = events.void(
        note.id, whose(note, deal.issue_day), note.sale, invoice_id=invoice.id, returned_minor=returned
    )
    ledger.book(deal.conn, [booked], now=deal.now)
    if knows:
        tell_credited(deal, note, (Allocation(invoice.id, invoice.open_minor),), credit_minor=returned)
    after_settlement(deal, {invoice.id})
    use_credit(deal)
    if bill_again:
        _free(deal, invoice)
    look_again(deal)
    return note


def credit(deal: Deal, invoice: Issued, amount_minor: int, *, reason: str) -> Done:
    """Give a part of an invoice back by a credit note, each rate of tax its share of what is left of it.

    Tax is what that of the invoice is less by, so that parts never add up to more. Raises CannotTakeBack.
    """
    room = room_of(deal.conn, (invoice.id,))[invoice.id]
    left = max(0, min(invoice.total_minor, room.left_minor) - room.forgiven_minor)
    if amount_minor > left:
        has = f"{written(left, invoice.currency)} {invoice.currency}"
        raise CannotTakeBack(f"of invoice {invoice.number} no more than {has} can be given back")
    charged = [charge_of(line) for line in lines.of(deal.conn, invoice.id) if line.original_id is None]
    weights = [one.gross_minor for one in room.left.values()]
    charges = []
    for (group, left_of_it), share in zip(room.left.items(), split(amount_minor, weights), strict=True):
        of_group = next(one for one in charged if (one.category, one.rate) == group)
        taxed = replace(of_group.taxed, inclusive=True)
        if share:
            text, part = reason or of_group.text, left_of_it.part(share, of_group.rate)
            charges.append(
                Charge(LineKind.CREDIT, text, of_group.sort, None, None, share, taxed, invoice.id, part.tax_minor)
            )
    note = _note(deal, invoice, tuple(charges))
    set_against(deal, note, credited={invoice.id})
    return note


def undo(engine: Engine, settings: Settings, run_id: int, today: Today, *, by: str) -> tuple[str, ...]:
    """Take back all invoices of a run, whose days are free again; returns the numbers of the credit notes.

    All or nothing; a run that was killed, or goes on, ends with it. Raises CannotTakeBack when one of its invoices is
    settled.
    """
    with reading(engine) as conn:
        run = runs.find(conn, run_id)
        found = invoices.listing(conn, run_id=run_id)
    if run is None:
        raise CannotTakeBack(f"there is no run {run_id}; `mailgate bill list` shows them")
    if run.state in (RunState.PLANNED, RunState.UNDONE):
        raise CannotTakeBack(f"{run_id} is {'a plan' if run.state is RunState.PLANNED else 'undone'}: nothing stands")
    if not run.invoices:
        raise CannotTakeBack(f"run {run_id} has issued nothing: there is nothing to take back")

    def take_back(conn: Connection) -> tuple[str, ...]:
        lock(conn, {one.customer_id for one in found})
        if not runs.undo(conn, run_id):
            raise CannotTakeBack(f"run {run_id} was undone just now")
        # No run goes on that is undone; of one that did until now there may be more.
        issued = invoices.listing(conn, run_id=run_id)
        if len(issued) != len(found):
            raise CannotTakeBack(f"run {run_id} was still issuing: ask again when it has ended")
        notes = []
        for customer_id in sorted({one.customer_id for one in issued}):
            deal = deal_with(conn, settings, customer_id, today, by=by)
            assert deal is not None
            theirs = [invoices.get(conn, one.id) for one in issued if one.customer_id == customer_id]
            # The latest first: days can be freed from their end alone.
            notes += [void(deal, one, bill_again=True).number for one in reversed(theirs)]
        return tuple(notes)

    return transact(engine, take_back)


def _refuse_changed(conn: Connection, invoice: Issued, of_it: Sequence[lines.Line], *, bill_again: bool) -> None:
    """What a later document has given back of an invoice is not given back twice, nor billed twice."""
    billed: dict[tuple[int | None, str], int] = {}
    for service_id, one in services.billed_by(conn, invoice.id):
        billed[service_id, one.sort] = billed.get((service_id, one.sort), 0) + one.period.days
    wanted: dict[tuple[int | None, str], int] = {}
    for line in of_it:
        if line.kind == LineKind.SERVICE and line.period_start and line.period_end:
            key = line.service_id, line.sort
            wanted[key] = wanted.get(key, 0) + (line.period_end - line.period_start).days
    if billed != wanted:
        raise CannotTakeBack(
            f"invoice {invoice.number}: a later change or end of a service has given back days of it; "
            "`mailgate invoice credit` gives back what is left"
        )
    if bill_again and any(line.kind == LineKind.CREDIT for line in of_it):
        raise CannotTakeBack(
            f"invoice {invoice.number} is of a change, which gave back days of another: they cannot be billed again; "
            "leave `--bill-again` out"
        )


def _is_of_nothing(of_it: Sequence[lines.Line]) -> bool:
    return not any(line.amount_minor for line in of_it)


def _note(deal: Deal, invoice: Issued, charges: tuple[Charge, ...]) -> Done:
    wanted = Wanted(
        DocumentKind.CREDIT_NOTE,
        deal.payer,
        invoice.currency,
        deal.day,
        charges,
    )
    (note,) = issue(deal.conn, [wanted], settings=deal.books.settings, on=deal.issue_day, now=deal.now)
    return note


def _free(deal: Deal, invoice: Issued) -> None:
    """The days of the invoice are billed by nothing, and so is what it billed once."""
    freed: dict[int, list[Span]] = {}
    for service_id, billed in services.billed_by(deal.conn, invoice.id):
        services.cut(deal.conn, billed, end=billed.period.start, now=deal.now)
        freed.setdefault(service_id, []).append(billed.period)
    for service_id, spans in freed.items():
        service = services.get(deal.conn, service_id)
        if service.state not in ENDED and service.billed_through == max(span.end for span in spans):
            freed_from = replace(service, billed_through=min(span.start for span in spans))
            services.write(deal.conn, services.on_former_terms(deal.conn, freed_from))
    for line in lines.of(deal.conn, invoice.id):
        if line.service_id is not None and line.period_start is None:
            once = services.get(deal.conn, line.service_id)
            if not once.is_recurring and once.state not in ENDED:
                services.write(deal.conn, replace(once, billed_through=once.started_on))


def _refuse_if_not_billed_again(deal: Deal, invoice: Issued) -> None:
    """What a run would not bill again is not made free: it would be lost without a word."""
    for line in lines.of(deal.conn, invoice.id):
        if line.kind == LineKind.SETUP.value:
            raise CannotTakeBack(
                f"invoice {invoice.number} has a set-up, {line.text}, which no run bills again: without --bill-again "
                "it can be made void"
            )
        if line.kind == LineKind.CREDIT.value:
            raise CannotTakeBack(
                f"invoice {invoice.number} is of a change, which gave back days of another: they cannot be billed "
                "again; without --bill-again it can be made void"
            )
    for service_id, billed in services.billed_by(deal.conn, invoice.id):
        _refuse_lost(deal, invoice, services.get(deal.conn, service_id), billed.period.start)
        later = [one for one in services.billed(deal.conn, service_id) if one.period.start >= billed.period.end]
        others = [one.invoice_id for one in later if one.invoice_id not in (None, invoice.id)]
        if others and services.get(deal.conn, service_id).state not in ENDED:
            number = invoices.get(deal.conn, others[-1]).number
            raise CannotTakeBack(
                f"{number} bills later days of service {service_id}, and a run bills what follows: take that back first"
            )


def _refuse_lost(deal: Deal, invoice: Issued, service: Service, first: date) -> None:
    """Days that somebody has had are billed by no run any more, once the service rests or is over."""
    if service.state in ENDED and service.ended_on is not None and first < service.ended_on:
        raise CannotTakeBack(
            f"service {service.id} has ended, so no run bills its days of invoice {invoice.number} again; without "
            "--bill-again it can be made void"
        )
    rests = service.state is State.SUSPENDED and not deal.books.rhythm.bill_suspended
    if rests and service.suspended_on is not None and first < service.suspended_on:
        raise CannotTakeBack(
            f"service {service.id} is suspended, and its days before that on invoice {invoice.number} would be billed "
            f"by nothing: `mailgate service restore {service.id}` comes first"
        )
