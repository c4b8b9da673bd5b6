"""A camt.053 file of any length as it comes in pieces: no more of it is kept than the entry at hand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from mailgate.billing.payment.bank_line import BadStatement, Facts
from mailgate.billing.payment.camt.elements import Element, amount, child, day, local, word
from mailgate.billing.payment.camt.entry import Entry, read_entry

_OPENING = ("OPBD", "PRCD")  # what the account held when the period began: by its own word, or as the last one closed
_CLOSING = "CLBD"
_NAMES = ("Stmt", "Ntry", "Bal", "Acct", "FrToDt", "StmtPgntn")


@dataclass(slots=True)
class _Open:
    """The statement that is being read."""

    account: str = ""
    currency: str = ""
    from_on: date | None = None
    to_on: date | None = None
    page: int = 1
    balances: dict[str, tuple[int, str]] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)

    def take(self, found: Element) -> Entry | None:
        """Keep what an element that ends in it says; an entry that is booked."""
        name = local(found.tag)
        if name == "Acct":
            identifier = word(found, "Id", "IBAN") or word(found, "Id", "Othr", "Id")
            self.account, self.currency = identifier.replace(" ", "").upper(), word(found, "Ccy")
        elif name == "StmtPgntn":
            number = word(found, "PgNb")
            self.page = int(number) if number.isdecimal() and len(number) < 10 else 1
        elif name == "FrToDt":
            self.from_on, self.to_on = _day(found, "FrDtTm", "FrDt"), _day(found, "ToDtTm", "ToDt")
        elif name == "Bal":
            code = word(found, "Tp", "CdOrPrtry", "Cd")
            if code in {*_OPENING, _CLOSING}:
                self.balances[code] = amount(found)
            if code == _CLOSING and self.to_on is None:
                self.to_on = day(found, "Dt")
        elif name == "Ntry" and _is_booked(found):
            entry = read_entry(found, self.account, page=self.page, otherwise_on=self.to_on, between=self._between())
            self.sums[entry.currency] = self.sums.get(entry.currency, 0) + entry.amount_minor
            return entry
        return None

    def _opening(self) -> tuple[int, str] | None:
        return next((self.balances[code] for code in _OPENING if code in self.balances), None)

    def _between(self) -> tuple[int, int] | None:
        opening, closing = self._opening(), self.balances.get(_CLOSING)
        return (opening[0], closing[0]) if opening and closing else None

    def facts(self) -> Facts:
        """At its end."""
        opening, closing = self._opening(), self.balances.get(_CLOSING)
        currencies = [one[1] for one in (closing, opening) if one]
        currency = next((one for one in (*currencies, self.currency, *self.sums) if one), "")
        return Facts(
            self.account,
            currency,
            self.sums.get(currency, 0),
            self.from_on,
            self.to_on,
            opening[0] if opening else None,
            closing[0] if closing else None,
            bool({*self.sums, *currencies} - {currency}),
        )


def read_camt(pieces: Iterable[bytes], *, encoding: str | None = None) -> Iterator[Entry | Facts]:
    """The booked entries of each statement of a file, in its order, and behind them what the statement says of itself.

    `encoding`: of the bytes, whatever the file says. Raises BadStatement: no XML, a document type (entities are defined
    in one alone, so none can be made to grow), no statement, or an amount that cannot be read.
    """
    parser = etree.XMLPullParser(
        ("start", "end"),
        tag=[f"{{*}}{name}" for name in _NAMES],
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    found = _Statements()
    try:
        for piece in pieces:
            parser.feed(piece)
            yield from found.take(parser.read_events())
        parser.close()
        yield from found.take(parser.read_events())
    except (etree.XMLSyntaxError, UnicodeError, LookupError) as error:
        raise BadStatement(f"no XML: {error}") from None
    if not found.count:
        raise BadStatement("no camt.053 file: there is no statement in it")


@dataclass(slots=True)
class _Statements:
    """What was read so far."""

    open: _Open | None = None
    count: int = 0
    is_checked: bool = False

    def take(self, events: Iterable[tuple[str, Element]]) -> Iterator[Entry | Facts]:
        """What comes of further elements."""
        for event, element in events:
            if not self.is_checked:
                self._check(element)
            name, parent = local(element.tag), element.getparent()
            if event == "start":
                if name == "Stmt":
                    self.open, self.count = _Open(), self.count + 1
            elif name == "Stmt":
                assert self.open is not None
                yield self.open.facts()
                self.open = None
                _drop(element)
            elif self.open is not None and parent is not None and local(parent.tag) == "Stmt":
                entry = self.open.take(element)
                if entry is not None:
                    yield entry
                _drop(element)

    def _check(self, element: Element) -> None:
        document = element.getroottree().docinfo
        if document.internalDTD is not None or document.doctype:
            raise BadStatement("the file declares a document type")
        self.is_checked = True


def _drop(element: Element) -> None:
    """It was read; so were those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _is_booked(entry: Element) -> bool:
    """The state stands in the element itself up to version 3 of the message, and in a code inside it since."""
    return (word(entry, "Sts") or word(entry, "Sts", "Cd")) == "BOOK"


def _day(found: Element, *names: str) -> date | None:
    return next((on for name in names if child(found, name) is not None and (on := day(found, name))), None)
