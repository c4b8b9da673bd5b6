"""A file with one statement: booked entries, what they come to, the references of what came in."""

import re
from dataclasses import dataclass

from mailgate.billing.payment.bank_line import BadStatement, Facts
from mailgate.billing.payment.camt.entry import Entry
from mailgate.billing.payment.camt.stream import read_camt

_DECLARATION = re.compile(r"\A\ufeff?\s*(?:<\?xml[^>]*\?>)?")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a bank says about one account and period."""

    currency: str
    opening_minor: int
    closing_minor: int
    entries: tuple[Entry, ...]  # the booked ones, in the file's order

    @property
    def sum_minor(self) -> int:
        """What the entries come to."""
        return sum(entry.amount_minor for entry in self.entries)

    @property
    def computed_closing_minor(self) -> int:
        """What the account ought to hold at the end."""
        return self.opening_minor + self.sum_minor

    @property
    def is_balanced(self) -> bool:
        """Does the bank's own closing balance say the same?"""
        return self.computed_closing_minor == self.closing_minor

    @property
    def incoming(self) -> tuple[Entry, ...]:
        """What came in."""
        return tuple(entry for entry in self.entries if entry.is_credit)


def read_statement(text: str) -> Statement:
    """Read the one statement of a camt.053 file, with its balances. Raises BadStatement."""
    # Text is text already: what it says of its encoding is about bytes that are no more.
    try:
        raw = _DECLARATION.sub("", text).encode()
    except UnicodeError as error:
        raise BadStatement(f"no XML: {error}") from None
    entries: list[Entry] = []
    found: list[Facts] = []
    for one in read_camt([raw], encoding="utf-8"):
        if isinstance(one, Entry):
            entries.append(one)
        else:
            found.append(one)
    if len(found) != 1:
        raise BadStatement(f"the file has {len(found)} statements, and one is read")
    (facts,) = found
    if facts.opening_minor is None or facts.closing_minor is None:
        raise BadStatement("the statement has no opening or no closing balance")
    if facts.has_other_currencies:
        raise BadStatement(f"an amount is in another currency than the statement, {facts.currency}")
    return Statement(facts.currency, facts.opening_minor, facts.closing_minor, tuple(entries))
