"""Whose a bank line is: for sure, by a reference of ours, or perhaps, for reasons that people weigh."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mailgate.billing.payment.bank_line import BankLine
from mailgate.billing.payment.bank_words import Said

MOST = 5
"""Candidates that people are shown."""


class EntryState(StrEnum):
    """What became of a line."""

    BOOKED = "booked"  # it is money of a customer's, or has taken such back
    PROPOSED = "proposed"  # people are to decide
    IGNORED = "ignored"  # it is nobody's payment
    RETURNED = "returned"  # it was booked, and the bank has taken the money back


class Reason(StrEnum):
    """Why a line may be for somebody."""

    REFERENCE = "reference"  # it names the invoice's reference
    NUMBER = "number"  # it names the invoice's number
    ACCOUNT = "account"  # money of theirs came from this account before
    NAME = "name"  # the payer is called as they are
    AMOUNT = "amount"  # just so much is open of the invoice
    CHARGES = "charges"  # just so much is open of the invoice, with what banks took off on the way
    ALL_OPEN = "all-open"  # just so much is open of all their invoices in this currency
    OTHER_CURRENCY = "other-currency"  # the invoice is in another one
    NOTHING_OPEN = "nothing-open"  # the invoice is settled, or was taken back
    SEVERAL = "several"  # it names others as well
    TWICE = "twice"  # a line that is the same in all its words stands in the statement before it, or behind it
    RETURN = "return"  # the bank gives back what was booked as theirs


_WORDS: Mapping[Reason, str] = {
    Reason.REFERENCE: "its reference is named",
    Reason.NUMBER: "its number is named",
    Reason.ACCOUNT: "they paid from this account before",
    Reason.NAME: "the payer is called so",
    Reason.AMOUNT: "just so much is open of it",
    Reason.CHARGES: "just so much is open of it, with the charges that banks took off",
    Reason.ALL_OPEN: "just so much is open of all their invoices",
    Reason.OTHER_CURRENCY: "but it is in another currency",
    Reason.NOTHING_OPEN: "but nothing of it is open",
    Reason.SEVERAL: "but others are named as well",
    Reason.TWICE: "but the same line stands in the statement beside this one",
    Reason.RETURN: "a payment of theirs went back",
}


def words(reasons: Sequence[Reason]) -> str:
    """Reasons for people, in English."""
    return ", ".join(_WORDS[one] for one in reasons)


WEIGHTS: Mapping[Reason, int] = {
    Reason.REFERENCE: 16,
    Reason.RETURN: 16,
    Reason.NUMBER: 8,
    Reason.ACCOUNT: 4,
    Reason.AMOUNT: 3,
    Reason.CHARGES: 3,
    Reason.NAME: 2,
    Reason.ALL_OPEN: 2,
    Reason.OTHER_CURRENCY: -4,
    Reason.NOTHING_OPEN: -1,
    Reason.SEVERAL: 0,
    Reason.TWICE: 0,
}
"""What a reason counts, so that the likeliest comes first; none of them, nor all together, makes anything sure."""


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice as this rule sees it."""

    id: int
    number: str
    customer_id: int
    currency: str
    reference: str
    open_minor: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the lines at hand."""

    by_reference: Mapping[str, Sequence[Bill]] = field(default_factory=dict)
    by_account: Mapping[str, frozenset[int]] = field(default_factory=dict)  # customers who paid from it before
    by_name: Mapping[str, frozenset[int]] = field(default_factory=dict)  # by `name_key`
    open_of: Mapping[int, Sequence[Bill]] = field(default_factory=dict)  # of these customers, oldest due first


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whose it may be; `bill`: None where only the customer is plain."""

    customer_id: int
    bill: Bill | None
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        """How likely it is beside others."""
        return sum(WEIGHTS[one] for one in self.reasons)


@dataclass(frozen=True, slots=True)
class Sure:
    """It is for this invoice, whatever the amount."""

    bill: Bill


@dataclass(frozen=True, slots=True)
class Proposed:
    """People decide; without a candidate nobody is known who may have paid."""

    candidates: tuple[Candidate, ...] = ()


def judge(line: BankLine, names: Said, known: Known) -> Sure | Proposed:
    """Whose the money is that came in by a line.

    Sure is only what names a reference of ours, with check digits that are right, of one invoice and in its currency.
    """
    named = _bills(known, names.references)
    if len(named) == 1 and named[0].currency == line.currency:
        return Sure(named[0])
    case = _Case(line, known)
    for bill in named:
        case.propose(bill.customer_id, bill, Reason.REFERENCE)
    for bill in _bills(known, names.numbers):
        case.propose(bill.customer_id, bill, Reason.NUMBER)
    if len(case.found) > 1:
        for reasons in case.found.values():
            reasons.append(Reason.SEVERAL)
    for customer_id in sorted(known.by_account.get(line.party_account, ())):
        case.propose_what_is_open(customer_id, Reason.ACCOUNT)
    for customer_id in sorted(known.by_name.get(names.name, ())):
        case.propose_what_is_open(customer_id, Reason.NAME)
    return Proposed(tuple(sorted(case.candidates(), key=lambda one: -one.weight)[:MOST]))


def doubted(verdict: Sure | Proposed) -> Proposed:
    """The same of a line that may be one that is known: nothing of it is sure any more."""
    found = verdict.candidates if isinstance(verdict, Proposed) else (_named(verdict.bill),)
    return Proposed(tuple(replace(one, reasons=(*one.reasons, Reason.TWICE)) for one in found))


def _named(bill: Bill) -> Candidate:
    return Candidate(bill.customer_id, bill, (Reason.REFERENCE,))


def _bills(known: Known, references: Sequence[str]) -> list[Bill]:
    """Each once."""
    return list({bill.id: bill for one in references for bill in known.by_reference.get(one, ())}.values())


@dataclass(slots=True)
class _Case:
    """A line that is not sure, and whose it may be so far."""

    line: BankLine
    known: Known
    found: dict[tuple[int, Bill | None], list[Reason]] = field(default_factory=dict)

    def propose(self, customer_id: int, bill: Bill | None, *reasons: Reason) -> None:
        """One more reason for somebody."""
        here = self.found.setdefault((customer_id, bill), [])
        here.extend(one for one in reasons if one not in here)

    def propose_what_is_open(self, customer_id: int, reason: Reason) -> None:
        """Somebody who may have paid: the invoices that the line names, else those of its amount, else what is open."""
        named = [bill for number, bill in self.found if number == customer_id and bill is not None]
        is_open = [one for one in self.known.open_of.get(customer_id, ()) if one.currency == self.line.currency]
        same = [one for one in is_open if self._amount(one) is not None]
        is_all = sum(one.open_minor for one in is_open) == self.line.amount_minor
        if named or same or (len(is_open) == 1 and not is_all):
            for bill in named or same or is_open:
                self.propose(customer_id, bill, reason)
        else:
            self.propose(customer_id, None, reason, *([Reason.ALL_OPEN] if is_all and is_open else []))

    def candidates(self) -> Iterator[Candidate]:
        """With what the amount and the state of the invoices say."""
        for (customer_id, bill), reasons in self.found.items():
            beside = () if bill is None else tuple(self._beside(bill))
            yield Candidate(customer_id, bill, (*reasons, *beside))

    def _amount(self, bill: Bill) -> Reason | None:
        """Just so much is open of it, or was sent: charges are the banks', and whoever paid them meant the whole."""
        came, taken = self.line.amount_minor, self.line.charges_minor
        if bill.open_minor == came:
            return Reason.AMOUNT
        return Reason.CHARGES if taken and bill.open_minor == came + taken else None

    def _beside(self, bill: Bill) -> Iterator[Reason]:
        if bill.currency != self.line.currency:
            yield Reason.OTHER_CURRENCY
        elif (amount := self._amount(bill)) is not None:
            yield amount
        if not bill.open_minor:
            yield Reason.NOTHING_OPEN
