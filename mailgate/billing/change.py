"""A change or an end of a service: what of its billed days is given back, what the new terms cost, and which document
says so. The quote and the act are this one function."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailgate.billing.document.invoice import Charge, DocumentKind, LineKind, Reckoned, TaxedAs, reckon
from mailgate.billing.draft import Due, Rhythm, first_bundle
from mailgate.billing.money.amount import split
from mailgate.billing.offer.discount import Discount
from mailgate.billing.period import Part, Span
from mailgate.billing.proration import unused
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
    original_id: int | None = None  # the invoice that a credit of it is about: a credit note may bill days, too


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a service is sold."""

    product_id: int
    months: int
    price_minor: int  # of a whole cycle, with its options, before any discount
    options: tuple[tuple[str, int], ...]
    anchor_on: date
    text: str
    sort: str
    taxed: Callable[[Span | None], TaxedAs]  # days, as they are taxed when they are billed now
    lead: int | None = None
    discount: Discount | None = None  # that goes on; what a former plan was promised may not be for this one


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of a quote."""

    charge: Charge
    part: Part
    price_minor: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Billed days that end earlier; `end` at their start or before takes them back as a whole."""

    billed: Billed
    end: date


@dataclass(frozen=True, slots=True)
class Room:
    """How much of an invoice may still be given back, with tax."""

    left_minor: int  # that was charged and not given back yet
    forgiven_minor: int = 0  # that was written off: nobody has paid it
    documents: int = 0  # that gave something of it back: the tax of each was rounded by itself


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
        if total == 0 and len({leg.charge.taxed for leg in self.legs}) < 2:
            return None  # otherwise the days would stay billed by a line with another tax, or without it
        return DocumentKind.INVOICE if total >= 0 else DocumentKind.CREDIT_NOTE

    @property
    def credited(self) -> frozenset[int]:
        """The invoices of which lines are given back."""
        return frozenset(leg.charge.original_id for leg in self.legs if leg.charge.original_id is not None)


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
        discount=to.discount,
    )
    if to.months == service.months:
        covers = tuple(_again(after, one, on) for one in over)
    else:
        anew = replace(after, started_on=on, billed_through=on)
        bundle = first_bundle(anew, today=today, rhythm=rhythm, lead=to.lead)
        covers = (
            tuple(replace(due, service=replace(after, billed_through=on)) for due in bundle.items) if bundle else ()
        )
    charged = [charged_for(due, to.text, to.sort, to.taxed(due.period)) for due in covers]
    legs = _in_turn(back, charged) if to.months == service.months else (*back, *charged)
    return _quote(legs, over, on, covers)


def charged_for(due: Due, text: str, sort: str, taxed: TaxedAs) -> Leg:
    """The line of days that are billed by a change or an end."""
    charge = Charge(LineKind.SERVICE, due.named(text), sort, due.service.id, due.period, due.amount_minor, taxed)
    return Leg(charge, due.part, due.price_minor)


def joined(quotes: Sequence[Quote]) -> Quote:
    """Several ends as one document."""
    legs = tuple(leg for quote in quotes for leg in quote.legs)
    cuts = tuple(cut for quote in quotes for cut in quote.cuts)
    covers = tuple(due for quote in quotes for due in quote.covers)
    return Quote(legs, cuts, covers, reckon([leg.charge for leg in legs]))


def with_legs(quote: Quote, more: Iterable[Leg], covers: Iterable[Due] = ()) -> Quote:
    """A quote with more lines, and the days that they bill."""
    legs = (*quote.legs, *(leg for leg in more if leg.charge.amount_minor))
    return Quote(legs, quote.cuts, (*quote.covers, *covers), reckon([leg.charge for leg in legs]))


def limited(quote: Quote, rooms: Mapping[int, Room]) -> Quote:
    """The same where no invoice gives back more than it has left: what staff gave back before counts.

    Of what was written off only that is given back which is more than nobody has paid.
    """
    legs = list(quote.legs)
    for original_id, room in rooms.items():
        places = [at for at, leg in enumerate(legs) if leg.charge.original_id == original_id]
        gross = [-quote.reckoned.lines[at].gross_minor for at in places]
        wanted = sum(gross)
        fits = wanted <= room.left_minor + room.documents + 1  # this one rounds as well
        may = max(0, (wanted if fits else room.left_minor) - room.forgiven_minor)
        if may < wanted:
            for at, share in zip(places, split(may, gross), strict=True):
                charge = legs[at].charge
                taxed = replace(charge.taxed, inclusive=True)
                legs[at] = replace(legs[at], charge=replace(charge, amount_minor=-share, taxed=taxed))
    kept = tuple(leg for leg in legs if leg.charge.amount_minor)
    return Quote(kept, quote.cuts, quote.covers, reckon([leg.charge for leg in kept]))


def _not_over(billed: Iterable[Billed], on: date) -> tuple[Billed, ...]:
    return tuple(sorted((one for one in billed if one.period.end > on), key=lambda one: one.period.start))


def _given_back(one: Billed, service_id: int, on: date) -> Leg | None:
    rest = Span(max(on, one.period.start), one.period.end)
    part = Part(rest.days, one.cycle.days)
    if one.taxed is None:
        return None
    amount = unused(one.price_minor, part)
    charge = Charge(LineKind.CREDIT, one.text, one.sort, service_id, rest, amount, one.taxed, one.original_id)
    return Leg(charge, part, one.price_minor)


def _again(after: Service, one: Billed, on: date) -> Due:
    """The rest of a billed period by the new terms."""
    rest = Span(max(on, one.period.start), one.period.end)
    part = Part(rest.days, one.cycle.days)
    return Due(after, rest, part, one.cycle, on)


def _in_turn(back: Sequence[Leg | None], charged: Sequence[Leg]) -> tuple[Leg | None, ...]:
    """Each period's credit beside its charge."""
    return tuple(leg for pair in zip(back, charged, strict=True) for leg in pair)


def _quote(legs: Iterable[Leg | None], over: Sequence[Billed], on: date, covers: tuple[Due, ...]) -> Quote:
    kept = tuple(leg for leg in legs if leg is not None and leg.charge.amount_minor)
    cuts = tuple(Cut(one, max(on, one.period.start)) for one in over)
    return Quote(kept, cuts, covers, reckon([leg.charge for leg in kept]))
