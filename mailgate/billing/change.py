"""A change or an end of a service: what of its billed days is given back, what the new terms cost, and which document
says so. The quote and the act are this one function."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mailgate.billing.document.invoice import (
    Charge,
    DocumentKind,
    LineItem,
    LineKind,
    Reckoned,
    TaxedAs,
    reckon,
)
from mailgate.billing.draft import Due, Rhythm, first_bundle
from mailgate.billing.money.amount import split
from mailgate.billing.offer.discount import Discount
from mailgate.billing.period import Part, Span
from mailgate.billing.proration import unused
from mailgate.billing.service import NotPossible, Service
from mailgate.billing.tax.groups import Rate

TaxGroup = tuple[str, Rate]
"""Category and rate of a tax."""


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
class Left:
    """What was charged of one tax of an invoice and not given back yet."""

    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        """With its tax."""
        return self.net_minor + self.tax_minor

    def no_less_than_nothing(self) -> "Left":
        """Where more was given back of one of the two than there was, the other is less by that."""
        net = max(0, self.net_minor + min(0, self.tax_minor))
        return Left(net, max(0, self.tax_minor + min(0, self.net_minor)))

    def part(self, gross_minor: int, rate: Rate) -> "Left":
        """So much of it, no more than all. What then remains is rounded: parts add up to the whole, however many."""
        remains = self.gross_minor - gross_minor
        net = max(min(rate.net_in(remains), self.net_minor), remains - self.tax_minor)
        return Left(self.net_minor - net, self.tax_minor - (remains - net))


@dataclass(frozen=True, slots=True)
class Room:
    """How much of an invoice may still be given back, by its taxes."""

    left: Mapping[TaxGroup, Left] = field(default_factory=dict)
    forgiven_minor: int = 0  # that was written off: nobody has paid it

    @property
    def left_minor(self) -> int:
        """With tax."""
        return sum(one.gross_minor for one in self.left.values())


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
    """The same where no invoice gives back more of a tax group than it has left: what staff gave back before counts.

    The last of a net takes the last of its tax along, so that nothing stays open by a rounding. Of what was written off
    only that is given back which is more than nobody has paid.
    """
    legs = list(quote.legs)
    settled: set[tuple[int, TaxGroup]] = set()
    while True:
        reckoned = reckon([leg.charge for leg in legs])
        found = {
            (number, group): left
            for number, room in rooms.items()
            for group, left in _instead(number, room, reckoned.lines).items()
            if (number, group) not in settled
        }
        if not found:
            kept = [leg for leg in legs if leg.charge.amount_minor or leg.charge.settled_tax_minor]
            return Quote(tuple(kept), quote.cuts, quote.covers, reckon([leg.charge for leg in kept]))
        for (number, group), left in found.items():
            _settle(legs, reckoned.lines, number, group, left)
        settled |= found.keys()  # the others' tax is reckoned anew without them


def _instead(original_id: int, room: Room, lines: Sequence[LineItem]) -> dict[TaxGroup, Left]:
    """What is given back of an invoice by group, where that is something else than these lines say."""
    wanted: dict[TaxGroup, Left] = {}
    by_net: set[TaxGroup] = set()
    for line in lines:
        if line.charge.original_id == original_id:
            group = line.charge.category, line.charge.rate
            before = wanted.get(group, Left(0, 0))
            wanted[group] = Left(before.net_minor - line.net_minor, before.tax_minor - line.tax_minor)
            if not line.charge.taxed.inclusive:
                by_net.add(group)
    may: dict[TaxGroup, int] = {}
    for group, back in wanted.items():
        left = room.left.get(group, Left(0, 0))
        is_last = group in by_net and back.net_minor >= left.net_minor
        may[group] = left.gross_minor if is_last else min(back.gross_minor, left.gross_minor)
    total = sum(may.values())
    shares = split(max(0, total - room.forgiven_minor), list(may.values())) if total else [0] * len(may)
    found: dict[TaxGroup, Left] = {}
    for group, share in zip(may, shares, strict=True):
        back, left = wanted[group], room.left.get(group, Left(0, 0))
        fits = share == back.gross_minor and back.net_minor <= left.net_minor and back.tax_minor <= left.tax_minor
        if room.forgiven_minor or not fits:
            found[group] = left.part(share, group[1])
    return found


def _settle(legs: list[Leg], lines: Sequence[LineItem], original_id: int, group: TaxGroup, left: Left) -> None:
    """These legs give back so much together, each by its share.

    Where that is their tax alone, rounded otherwise, a new charge beside them takes up the difference: the document
    comes to what it came to, so that a change and its way back on one day are nothing.
    """
    of_group = [at for at, leg in enumerate(legs) if (leg.charge.category, leg.charge.rate) == group]
    places = [at for at in of_group if legs[at].charge.original_id == original_id]
    charged = [at for at in of_group if legs[at].charge.original_id is None and not legs[at].charge.taxed.inclusive]
    if charged and left.net_minor == -sum(lines[at].net_minor for at in places):
        for at in of_group:
            if legs[at].charge.settled_tax_minor is None:
                legs[at] = _with_tax(legs[at], lines[at].tax_minor)
        more = left.tax_minor + sum(lines[at].tax_minor for at in places)
        legs[charged[0]] = _with_tax(legs[charged[0]], (legs[charged[0]].charge.settled_tax_minor or 0) + more)
    weights = [max(1, -lines[at].gross_minor) for at in places]
    shares = zip(places, split(left.net_minor, weights), split(left.tax_minor, weights), strict=True)
    for at, net, tax in shares:
        amount = net + tax if legs[at].charge.taxed.inclusive else net
        leg = replace(legs[at], charge=replace(legs[at].charge, amount_minor=-amount))
        legs[at] = _with_tax(leg, -tax)


def _with_tax(leg: Leg, tax_minor: int) -> Leg:
    return replace(leg, charge=replace(leg.charge, settled_tax_minor=tax_minor))


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
