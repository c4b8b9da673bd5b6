"""A statement of account: what was owed when a month began, what came and went in it, and what is owed at its end.

It is the ledger's own sum, by the dates that documents and payments bear: an invoice has the day of its issue, money
the day on which it came.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mailgate.billing.ledger.accounts import CREDIT, RECEIVABLE
from mailgate.billing.ledger.kinds import Kind
from mailgate.billing.ledger.transaction import Booked
from mailgate.billing.period import BeyondTheCalendar, Span, nth

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})\Z")
_WITHIN = frozenset({Kind.SETTLE.value, Kind.UNSETTLED.value, Kind.OWED_PAID.value})
"""What is owed and what is in hand move by the same."""


class BadMonth(ValueError):
    """No month; `str()` names what was given and how one is written."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands in one currency, in minor units."""

    to_pay_minor: int = 0  # of invoices
    credit_minor: int = 0  # what the customer has with us: zero or more

    @property
    def balance_minor(self) -> int:
        """What is owed, less what is in hand: below zero the customer has more with us than there is to pay."""
        return self.to_pay_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class About:
    """What a booking is about, in the words that people know it by; "" for what it has not."""

    number: str = ""  # of the document, or of the invoice that was paid from credit or written off
    method: str = ""  # of a payment
    words: str = ""  # the reference of a payment, the reason of a gift


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement."""

    on: date
    kind: str  # of the ledger's events: invoice, payment …
    about: About
    amount_minor: int  # what it does to the balance: above zero more is owed
    used_minor: int = 0  # of the credit that was there, below zero where it came back; the balance stays the same


@dataclass(frozen=True, slots=True)
class Section:
    """A statement in one currency: the opening balance and all entries add up to the closing balance."""

    currency: str
    opening: Standing
    entries: tuple[Entry, ...]
    closing: Standing


@dataclass(frozen=True, slots=True)
class Statement:
    """A month of one customer's, a section for each currency that it was anything in."""

    customer_id: int
    month: date  # its first day
    through: date  # the last day that it tells of: of a month that is not over, today
    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        """There is nothing to tell: nothing moved, and nothing stands."""
        return not any(one.entries or one.closing != Standing() for one in self.sections)


def read_month(text: str) -> date:
    """The first day of a month that is written 2027-03. Raises BadMonth."""
    found = _MONTH.match(text.strip())
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise BadMonth(f"{text!r} is no month, such as 2027-03") from None


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_before(day: date) -> date:
    """The first day of the month before that of a day."""
    return nth(month_of(day), 1, -1)


def span_of(month: date) -> Span:
    """The days of a month. Raises BadMonth for the last there is."""
    try:
        return Span(month, nth(month, 1, 1))
    except BeyondTheCalendar:
        raise BadMonth(f"{month:%Y-%m} is the end of the calendar") from None


def month_words(month: date) -> str:
    """As a month is written: 2027-03."""
    return f"{month:%Y-%m}"


def sections(
    before: Mapping[str, Standing], booked: Sequence[Booked], about: Mapping[int, About]
) -> tuple[Section, ...]:
    """The sections of a statement, by currency.

    `before`: how the account stood on the day before, by currency. `booked`: the customer's transactions of the days
    that it tells of, `about` them by their ids.
    """
    found = []
    for currency in sorted({*before, *(one.currency for one in booked)}):
        opening = before.get(currency, Standing())
        theirs = sorted((one for one in booked if one.currency == currency), key=lambda one: (one.on_date, one.id))
        closing = _after(opening, theirs)
        entries = tuple(_entry(one, about.get(one.id, About())) for one in theirs if _moves(one))
        if entries or opening != Standing():
            found.append(Section(currency, opening, entries, closing))
    return tuple(found)


def _after(opening: Standing, booked: Sequence[Booked]) -> Standing:
    to_pay = opening.to_pay_minor + sum(_on(RECEIVABLE, one) for one in booked)
    return Standing(to_pay, opening.credit_minor - sum(_on(CREDIT, one) for one in booked))


def _on(account: str, one: Booked) -> int:
    return sum(entry.amount_minor for entry in one.entries if entry.account == account)


def _moves(one: Booked) -> bool:
    """What came to nothing and touched nothing of the customer's is no line."""
    return any(entry.customer_id is not None for entry in one.entries)


def _entry(one: Booked, about: About) -> Entry:
    owed, kept = _on(RECEIVABLE, one), _on(CREDIT, one)
    return Entry(one.on_date, one.kind, about, owed + kept, kept if one.kind in _WITHIN else 0)
