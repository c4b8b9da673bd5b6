"""The ledger as text that accounting programs read: hledger and ledger one form, beancount another.

All that they want declared is declared, so that their strictest checks pass. Customers are named by id: C12.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailgate.billing.ledger.accounts import OPENING
from mailgate.billing.ledger.transaction import Booked, Line
from mailgate.billing.money.amount import written

CARRIED = ("assets:", "liabilities:")
"""Accounts with a balance that goes on from one year to the next; what was earned and spent before is in OPENING."""

_WIDE = 44
"""Columns for the account, in front of the amount."""


class Format(StrEnum):
    """For whom it is written."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"


@dataclass(frozen=True, slots=True)
class Extract:
    """The ledger from a day on, or from its beginning: what is declared first, and what stood there before."""

    begins_on: date
    lines: Sequence[Line]  # all that may follow
    opening: Sequence[tuple[Line, int]] = ()  # minor units; only of accounts that are carried on


@dataclass(frozen=True, slots=True)
class _Posting:
    account: str
    minor: int
    currency: str
    invoice_id: int | None = None


def write(form: Format, extract: Extract, transactions: Iterable[Booked]) -> Iterator[str]:
    """The lines of the text, one after the other, however many transactions there are."""
    writing = _Beancount() if form is Format.BEANCOUNT else _Hledger()
    currencies = sorted({line.currency for line in extract.lines})
    accounts = {_name(line) for line in extract.lines} | ({OPENING} if extract.opening else set())
    for currency in currencies:
        yield writing.currency(currency, extract.begins_on)
    for account in sorted(accounts):
        yield writing.account(account, extract.begins_on)
    if extract.opening:
        yield ""
        yield from writing.head(extract.begins_on, "opening", "opening balances")
        yield from writing.postings(_opening(extract.opening, currencies))
    for one in transactions:
        yield ""
        what = f"{one.kind.replace('-', ' ')} {one.object_id}"
        if not one.entries:
            yield f"; {one.on_date} {one.key} came to nothing"
            continue
        yield from writing.head(one.on_date, one.key, what)
        yield from writing.postings(
            _Posting(_name(Line(account, customer_id, one.currency)), minor, one.currency, invoice_id)
            for account, minor, customer_id, invoice_id in one.entries
        )


def _opening(opening: Sequence[tuple[Line, int]], currencies: Sequence[str]) -> Iterator[_Posting]:
    for line, minor in opening:
        yield _Posting(_name(line), minor, line.currency)
    for currency in currencies:
        if total := sum(minor for line, minor in opening if line.currency == currency):
            yield _Posting(OPENING, -total, currency)


def _name(line: Line) -> str:
    return line.account if line.customer_id is None else f"{line.account}:C{line.customer_id}"


class _Hledger:
    """Also what ledger reads. A remark has no colon, which would make a tag; no form of an amount is declared, since
    the two want it otherwise where there are no digits, and every amount has all of its currency's."""

    def currency(self, code: str, _since: date) -> str:
        return f"commodity {code}"

    def account(self, name: str, _since: date) -> str:
        return f"account {name}"

    def head(self, on: date, key: str, what: str) -> Iterator[str]:
        yield f"{on} ({key}) {what}"

    def postings(self, postings: Iterable[_Posting]) -> Iterator[str]:
        for one in postings:
            about = "" if one.invoice_id is None else f"  ; invoice {one.invoice_id}"
            yield f"    {one.account.ljust(_WIDE)}  {written(one.minor, one.currency)} {one.currency}{about}"


class _Beancount:
    def currency(self, code: str, since: date) -> str:
        return f"{since} commodity {code}"

    def account(self, name: str, since: date) -> str:
        return f"{since} open {_capital(name)}"

    def head(self, on: date, key: str, what: str) -> Iterator[str]:
        yield f'{on} * "{what}"'
        yield f'  key: "{key}"'

    def postings(self, postings: Iterable[_Posting]) -> Iterator[str]:
        for one in postings:
            yield f"  {_capital(one.account).ljust(_WIDE)}  {written(one.minor, one.currency)} {one.currency}"
            if one.invoice_id is not None:
                yield f"    invoice: {one.invoice_id}"


def _capital(account: str) -> str:
    """Each part begins with a capital or a digit, as beancount wants it: with an X where there is no such letter."""
    parts = (one[0].upper() + one[1:] for one in account.split(":"))
    return ":".join(one if one[0].isupper() or one[0].isdecimal() else f"X{one}" for one in parts)
