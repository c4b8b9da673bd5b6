"""What a customer has and should pay, once more from what was agreed: fractions and dateutil, and no code of ours."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from tests.billing.second_path import bill_day_in, half_up, percent

Said = tuple[int, date | None, date | None, int]
"""A line: whose, its first day, the day after its last, and what it costs; below zero it is given back."""


@dataclass(frozen=True)
class Terms:
    """On what a service is sold."""

    sku: str
    price_minor: int
    months: int
    rate: str
    is_gross: bool
    is_aligned: bool  # with the bill day of its account
    lead: int = 10


@dataclass(frozen=True)
class Piece:
    """Days of a service that are billed."""

    start: date
    end: date
    begin: date  # of the cycle that they are a part of
    over: date
    terms: Terms
    is_paid: bool = False

    def worth(self, start: date, end: date) -> int:
        """What these days of it cost."""
        return half_up(Fraction(self.terms.price_minor) * (end - start).days / (self.over - self.begin).days)


@dataclass
class Had:
    """A service by its customer's own bookkeeping."""

    id: int
    customer: int
    terms: Terms
    started_on: date
    bill_day: int
    first_on: date  # a bill day; cycles are counted from it
    through: date  # the first day that is not billed
    parent: int | None = None
    setup_minor: int = 0
    pieces: list[Piece] = field(default_factory=list)
    cancel_on: date | None = None
    suspended_on: date | None = None
    is_pending: bool = False
    is_over: bool = False

    def cycle(self, on: date) -> tuple[date, date]:
        """The cycle that holds a day, counted from the bill day, forwards or back."""
        n = 0
        while self._nth(n) > on:
            n -= 1
        while self._nth(n + 1) <= on:
            n += 1
        return self._nth(n), self._nth(n + 1)

    def follows(self) -> Piece:
        """What is billed next."""
        begin, over = self.cycle(self.through)
        end = over if self.cancel_on is None else min(over, self.cancel_on)
        return Piece(self.through, end, begin, over, self.terms, is_paid=not self.terms.price_minor)

    @property
    def is_billed(self) -> bool:
        """It renews, and is not billed to its end."""
        rests = self.is_over or self.is_pending or self.suspended_on is not None
        return not rests and (self.cancel_on is None or self.through < self.cancel_on)

    def bill(self) -> Said:
        """The next piece is billed."""
        piece = self.follows()
        self.pieces.append(piece)
        self.through = piece.end
        return self.id, piece.start, piece.end, piece.worth(piece.start, piece.end)

    def begin(self, on: date, today: date) -> list[Said]:
        """The first invoice: up to the bill day, and what would follow at once; of a long cycle the first whole one."""
        said: list[Said] = []
        self.through = on
        end = self.cancel_on
        while self.through <= max(on, today + _days(self.terms.lead)) and (end is None or self.through < end):
            said.append(self.bill())
        is_stub = bool(said) and (on, self.pieces[-1].end) != self.cycle(on)
        if len(said) == 1 and self.terms.months > 1 and is_stub and (end is None or self.through < end):
            said.append(self.bill())
        return said

    def begin_again(self, on: date) -> list[Said]:
        """Another cycle begins: as a new service does."""
        ended, self.pieces = self.pieces, []
        said = self.begin(on, on)
        self.pieces = ended + self.pieces
        return said

    def give_back(self, on: date, pieces: Iterable[Piece] | None = None) -> list[Said]:
        """These pieces end on a day, if they have not ended before."""
        said: list[Said] = []
        for piece in list(self.pieces) if pieces is None else list(pieces):
            if piece.end > on:
                start = max(on, piece.start)
                said.append((self.id, start, piece.end, -piece.worth(start, piece.end)))
                at = self.pieces.index(piece)
                self.pieces[at : at + 1] = [replace(piece, end=on)] if on > piece.start else []
        return said

    def change(self, to: Terms, on: date) -> list[Said]:
        """Other terms by the same cycle: the days that are left are given back and charged anew."""
        left = [replace(one, start=max(on, one.start)) for one in self.pieces if one.end > on]
        said = self.give_back(on)
        self.terms = to
        for one in left:
            piece = replace(one, terms=to, is_paid=not to.price_minor)
            self.pieces.append(piece)
            said.append((self.id, piece.start, piece.end, piece.worth(piece.start, piece.end)))
        return said

    def paid_until(self, on: date) -> date:
        """The first day that nobody has paid for, no sooner than a day."""
        left = [one for one in self.pieces if one.end > on]
        elsewhere = [min((one.start for one in left), default=self.through)] if self.started_on <= on else []
        return max([on, *elsewhere, *(one.end for one in left if one.is_paid)])

    def move_bill_day(self, bill_day: int) -> None:
        """From the first day on that nobody has billed."""
        self.bill_day, self.first_on = bill_day, first_bill_day(self.through, bill_day)

    def _nth(self, n: int) -> date:
        return bill_day_in(self.first_on, self.bill_day, n * self.terms.months)


def first_bill_day(on: date, bill_day: int) -> date:
    """The first bill day on or after a day."""
    return next(day for day in (bill_day_in(on, bill_day, n) for n in (0, 1)) if day >= on)


def totals(lines: Sequence[tuple[int, str, bool]]) -> Iterator[tuple[int, int]]:
    """Net and tax of amounts with their rate, once for each rate, of prices with tax and without apart."""
    sums: dict[tuple[str, bool], int] = {}
    for amount, rate, is_gross in lines:
        sums[rate, is_gross] = sums.get((rate, is_gross), 0) + amount
    for (rate, is_gross), total in sums.items():
        if is_gross:
            net = half_up(Fraction(total) / (1 + percent(rate)))
            yield net, total - net
        else:
            yield total, half_up(total * percent(rate))


def _days(count: int) -> timedelta:
    return timedelta(days=count)
