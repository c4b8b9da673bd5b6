"""Documents are issued: numbers, dates, frozen text, the days that they bill and the ledger, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from mailgate.billing.document.frozen import Heading, freeze
from mailgate.billing.document.home_tax import HomeTax, at_home
from mailgate.billing.document.invoice import Charge, DocumentKind, Reckoned, reckon
from mailgate.billing.document.numbering import read_pattern
from mailgate.billing.draft import Due
from mailgate.billing.ledger import events
from mailgate.billing.ledger.transaction import Transaction
from mailgate.config import Settings
from mailgate.flows.billing.books import Payer
from mailgate.flows.billing.invoicing.offers import want_links
from mailgate.flows.billing.told.tell_hooks import tell_issued
from store.billing import invoices, ledger, rates, series, services
from store.billing.services import Advance, Claim


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that is to be issued. The first `covers` of its charges bill days, in the same order."""

    kind: DocumentKind
    payer: Payer
    currency: str
    due_on: date
    charges: tuple[Charge, ...]
    covers: tuple[tuple[int, Due], ...] = ()  # (place among the charges, the days)
    run_id: int | None = None
    reckoned: Reckoned | None = None  # where its tax was reckoned before

    @property
    def originals(self) -> tuple[int, ...]:
        """The invoices of which it gives something back, in the order of their issue."""
        return tuple(sorted({one.original_id for one in self.charges if one.original_id is not None}))


@dataclass(frozen=True, slots=True)
class Done:
    """A document that has been issued."""

    id: int
    number: str
    wanted: Wanted
    reckoned: Reckoned
    sha256: str

    @property
    def sale(self) -> events.Sale:
        """What it comes to, as the ledger takes it."""
        return sale_of(self.reckoned, self.sha256)


def issue(
    conn: Connection, together: Sequence[Wanted], *, settings: Settings, on: date, now: datetime
) -> tuple[Done, ...]:
    """Issue documents of one kind on one day, in their order; invoices are booked, credit notes are left to the caller.

    The accounts are locked. Days that are billed must have been won before (`win`). Raises ClockWentBack.
    """
    if not together:
        return ()
    kind = together[0].kind
    billing = settings.billing
    is_invoice = kind is DocumentKind.INVOICE
    pattern = read_pattern(billing.invoice_number if is_invoice else billing.credit_note_number)
    reckoned = [one.reckoned or reckon(one.charges) for one in together]
    named = invoices.numbers(conn, {number for one in together for number in one.originals})
    homes = [_at_home(conn, one, sums, settings, on) for one, sums in zip(together, reckoned, strict=True)]
    first = series.take(conn, kind.value, len(together), on=on)
    new = []
    for serial, (one, sums, home) in enumerate(zip(together, reckoned, homes, strict=True), first):
        heading = Heading(
            kind,
            pattern.number(on.year, serial),
            one.currency,
            on,
            one.due_on,
            one.payer.customer.language,
            tuple(named[number] for number in one.originals),
        )
        frozen = freeze(heading, settings.seller, one.payer.buyer, sums, home=home)
        new.append(
            invoices.New(
                heading,
                frozen,
                sums,
                on.year,
                serial,
                one.payer.customer.id,
                one.payer.customer.timezone,
                one.originals[0] if len(one.originals) == 1 and not is_invoice else None,
                one.run_id,
                now + timedelta(minutes=billing.mail_hold_minutes) if is_invoice else None,
            )
        )
    ids = invoices.add(conn, new, now=now)
    done = tuple(
        Done(number, one.heading.number, wanted, one.reckoned, one.frozen.sha256)
        for number, one, wanted in zip(ids, new, together, strict=True)
    )
    services.claim(conn, [claim for one in done for claim in _claims(one)])
    if is_invoice:
        ledger.book(conn, [_booked(one, on) for one in done], now=now)
        whom = (one.payer.customer for one in together)
        tell_issued(conn, settings, list(zip(ids, new, whom, strict=True)), now=now)
        want_links(conn, settings, ids, now=now)
    return done


def _at_home(conn: Connection, one: Wanted, sums: Reckoned, settings: Settings, on: date) -> HomeTax | None:
    """Its tax in the company's own currency: by the rate of the day, or of the invoice of which it gives back."""
    home = settings.gate.currency
    if one.currency == home or not sums.tax_minor:
        return None
    found = rates.valid(conn, home, one.currency, invoices.first_day(conn, one.originals) or on)
    return at_home(sums.tax_minor, one.currency, home=home, rate=found.rate) if found else None


def win(conn: Connection, covers: Iterable[Due]) -> None:
    """Win the days that are to be billed, by what each service was billed through. Raises Overtaken."""
    spans: dict[int, tuple[date, date]] = {}
    last: dict[int, Due] = {}
    for due in sorted(covers, key=lambda one: one.billed_through):
        last[due.service.id] = due
        begun = spans.get(due.service.id)
        spans[due.service.id] = (begun[0] if begun else due.service.billed_through, due.billed_through)
    services.advance(conn, [Advance(number, start, end) for number, (start, end) in spans.items()])
    services.renew_terms(conn, {number: due.period.start for number, due in last.items() if due.period is not None})


def claims_without_document(conn: Connection, covers: Iterable[Due]) -> None:
    """Days that cost nothing are kept as billed, and no document is made of them."""
    services.claim(conn, [_claim(due, None, 0) for due in covers if due.period is not None])


def sale_of(reckoned: Reckoned, sha256: str) -> events.Sale:
    """What a document comes to: net by kind of product, tax by its name."""
    net: dict[str, int] = {}
    tax: dict[str, int] = {}
    for line in reckoned.lines:
        net[line.charge.sort] = net.get(line.charge.sort, 0) + line.net_minor
    for one in reckoned.taxes:
        if one.tax_minor:
            tax[one.name] = tax.get(one.name, 0) + one.tax_minor
    return events.Sale(net, tax, sha256)


def whose(done: Done, on: date) -> events.Whose:
    """Whom the ledger books it for."""
    return events.Whose(done.wanted.payer.customer.id, on, done.wanted.currency)


def _booked(done: Done, on: date) -> Transaction:
    return events.invoice(done.id, whose(done, on), done.sale)


def _claims(done: Done) -> Iterable[Claim]:
    for place, due in done.wanted.covers:
        if due.period is not None:
            yield _claim(due, done.id, place + 1)


def _claim(due: Due, invoice_id: int | None, position: int) -> Claim:
    assert due.period is not None
    assert due.cycle is not None
    return Claim(due.service.id, due.period, due.cycle, due.price_minor, invoice_id, position)
