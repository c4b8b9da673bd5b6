"""A change or an end of a service: what of its billed days is given back, what the new terms cost, and which document
says so. The quote and the act are this one function."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailgate.billing.draft import Due, Rhythm, first_bundle
from mailgate.billing.invoice import Charge, DocumentKind, LineKind, Reckoned, TaxedAs, reckon
from mailgate.billing.period import Part, Span
from mailgate.billing.proration import slice_of, unused
from mailgate.billing.service import NotPossible, Service


@dataclass(frozen=True, slots=True)
class Billed:
    """Days of a service that were billed, and how; `text` and `sort` as they stand on the document."""

    id: int
    period: Span
    cycle: Span
    price_minor: int  # of the whole cycle, as it was billed
    invoice_id: int | None
    position: int  # of the line in that document
    text: str
    sort: str
    taxed: TaxedAs | None  # None: it cost nothing, and no document says so


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a service is sold."""

    product_id: int
    months: int
    price_minor: int  # of a whole cycle, with its options
    options: tuple[tuple[str, int], ...]
    anchor_on: date
    text: str
    sort: str
    taxed: TaxedAs
    lead: int | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of a quote."""

    charge: Charge
    part: Part
    price_minor: int
    invoice_id: int | None = None  # whose line is given back


@dataclass(frozen=True, slots=True)
class Cut:
    """Billed days that end earlier; `end` at their start or before takes them back as a whole."""

    billed: Billed
    end: date


@dataclass(frozen=True, slots=True)
class Quote:
    """What an act costs, leg by leg, and what it writes. Amounts below zero are given back."""

    legs: tuple[Leg, ...]
    cuts: tuple[Cut, ...]
    covers: tuple[Due, ...]  # days that the new terms bill
    reckoned: Reckoned  # signed as the legs

    @property
    def document(self) -> DocumentKind | None:
        """What is issued; None when nothing is owed either way."""
        total = self.reckoned.total_minor
        if total == 0:
            return None
        return DocumentKind.INVOICE if total > 0 else DocumentKind.CREDIT_NOTE

    @property
    def credited(self) -> frozenset[int]:
        """The invoices of which lines are given back."""
        return frozenset(leg.invoice_id for leg in self.legs if leg.invoice_id is not None)


def quote_end(billed: Sequence[Billed], *, service_id: int, on: date) -> Quote:
    """The service ends on a day, which is unused already: the rest of each billed period is given back."""
    over = _not_over(billed, on)
    return _quote(tuple(_given_back(one, service_id, on) for one in over), over, on, ())


def quote_change(
    service: Service, billed: Sequence[Billed], to: Terms, *, on: date, today: date, rhythm: Rhythm
) -> Quote:
    """The service goes on by other terms from a day, which belongs to them already.

    Each billed period that is not over is given back from that day on at its own price, and charged at the new one: one
    that lies ahead wholly. Another cycle ends the running one; its first days are billed as those of a new service.
    Raises NotPossible when nothing changes.
    """
    if (to.product_id, to.months, to.price_minor, to.options) == (
        service.product_id,
        service.months,
        service.price_minor,
        service.options,
    ):
        raise NotPossible(f"service {service.id} is sold on these terms already")
    over = _not_over(billed, on)
    back = [_given_back(one, service.id, on) for one in over]
    after = replace(
        service,
        product_id=to.product_id,
        months=to.months,
        price_minor=to.price_minor,
        options=to.options,
        anchor_on=to.anchor_on,
    )
    if to.months == service.months:
        covers = tuple(_again(after, one, on) for one in over)
    else:
        anew = replace(after, started_on=on, billed_through=on)
        bundle = first_bundle(anew, today=today, rhythm=rhythm, lead=to.lead)
        covers = (
            tuple(replace(due, service=replace(after, billed_through=on)) for due in bundle.items) if bundle else ()
        )
    charged = [
        Leg(
            Charge(LineKind.SERVICE, to.text, to.sort, service.id, due.period, due.amount_minor, to.taxed),
            due.part,
            to.price_minor,
        )
        for due in covers
    ]
    legs = _in_turn(back, charged) if to.months == service.months else (*back, *charged)
    return _quote(legs, over, on, covers)


def joined(quotes: Sequence[Quote]) -> Quote:
    """Several ends as one document."""
    legs = tuple(leg for quote in quotes for leg in quote.legs)
    cuts = tuple(cut for quote in quotes for cut in quote.cuts)
    return Quote(legs, cuts, (), reckon([leg.charge for leg in legs]))


def _not_over(billed: Iterable[Billed], on: date) -> tuple[Billed, ...]:
    return tuple(sorted((one for one in billed if one.period.end > on), key=lambda one: one.period.start))


def _given_back(one: Billed, service_id: int, on: date) -> Leg | None:
    rest = Span(max(on, one.period.start), one.period.end)
    part = Part(rest.days, one.cycle.days)
    if one.taxed is None:
        return None
    amount = unused(one.price_minor, part)
    charge = Charge(LineKind.CREDIT, one.text, one.sort, service_id, rest, amount, one.taxed)
    return Leg(charge, part, one.price_minor, one.invoice_id)


def _again(after: Service, one: Billed, on: date) -> Due:
    """The rest of a billed period by the new terms."""
    rest = Span(max(on, one.period.start), one.period.end)
    part = Part(rest.days, one.cycle.days)
    return Due(after, rest, part, one.cycle, slice_of(after.price_minor, part), on)


def _in_turn(back: Sequence[Leg | None], charged: Sequence[Leg]) -> tuple[Leg | None, ...]:
    """Each period's credit beside its charge."""
    return tuple(leg for pair in zip(back, charged, strict=True) for leg in pair)


def _quote(legs: Iterable[Leg | None], over: Sequence[Billed], on: date, covers: tuple[Due, ...]) -> Quote:
    kept = tuple(leg for leg in legs if leg is not None and leg.charge.amount_minor)
    cuts = tuple(Cut(one, max(on, one.period.start)) for one in over)
    return Quote(kept, cuts, covers, reckon([leg.charge for leg in kept]))
