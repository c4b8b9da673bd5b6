"""One line of a bank account, whatever file it came in, and the key by which it is known again."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from mailgate.errors import Permanent

NOT_GIVEN = frozenset({"", "NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NOREF", "NONE", "UNKNOWN"})
"""What stands where there is no reference: it tells no payment from another."""


_LONGEST_WORD = 20  # of those, however it is written
_SEPARATORS = re.compile(r"[\W_]+")


class BadStatement(Permanent):
    """A file that is no statement, or of which something cannot be read; `str()` says what, and where."""


@dataclass(frozen=True, slots=True)
class BankLine:
    """Money that came or went; `amount_minor` is below zero for what went out."""

    account: str  # of ours
    currency: str
    amount_minor: int
    booked_on: date
    party: str = ""  # who is named on the other side
    party_account: str = ""
    references: tuple[str, ...] = ()  # creditor references that stand in a field of their own
    text: str = ""  # whatever else was written for the payee
    end_to_end: str = ""  # the payer's own reference, which a return repeats
    bank_reference: str = ""
    is_return: bool = False  # the bank calls it a reversal, or the return of a payment
    sent: str = ""  # what the payer sent, where that is in another currency: "120.00 USD"
    charges_minor: int = 0  # what banks have taken off it on its way


@dataclass(frozen=True, slots=True)
class Facts:
    """What a statement says of itself."""

    account: str
    currency: str
    sum_minor: int  # of its entries
    from_on: date | None = None
    to_on: date | None = None
    opening_minor: int | None = None
    closing_minor: int | None = None
    has_other_currencies: bool = False

    @property
    def is_balanced(self) -> bool | None:
        """Its entries lead from the opening to the closing balance; None: it names no two of them."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return not self.has_other_currencies and self.opening_minor + self.sum_minor == self.closing_minor


@dataclass(slots=True)
class Keys:
    """Keys of the lines of one statement: the same in each file that has them.

    The bank's own reference tells a line from others, together with its day and amount: a fee often has that of its
    payment, and so has each payment of a batch. Without one its words do. What is still the same is counted.
    """

    _seen: Counter[bytes] = field(default_factory=Counter)

    def key(self, line: BankLine) -> str:
        """Of the next line."""
        same = [line.account, line.currency, f"{line.amount_minor}", line.booked_on.isoformat()]
        if is_given(line.bank_reference):
            same.append(line.bank_reference)
        else:
            words = (line.party, line.party_account, *line.references, line.text, line.end_to_end)
            same += ["", *(" ".join(one.casefold().split()) for one in words)]
        digest = sha256("\x1f".join(same).encode("utf-8", "replace")).digest()[:15]
        self._seen[digest] += 1
        before = self._seen[digest] - 1
        return f"{digest.hex()}-{before}" if before else digest.hex()


def is_given(reference: str) -> bool:
    """A reference that says something."""
    return len(reference) > _LONGEST_WORD or _SEPARATORS.sub("", reference).upper() not in NOT_GIVEN
