"""A bank's table, read by its map line by line; a cell that cannot be read is named by line and column."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from mailgate.billing.money.amount import NoDecimal, decimal
from mailgate.billing.money.currencies import EXPONENTS, unit
from mailgate.billing.payment.bank_line import BadStatement, BankLine, Facts
from mailgate.billing.payment.table.table_map import TableMap

_SHOWN = 60
_MINUSES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " "})


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table; `number` is that of the file, as an editor counts."""

    number: int
    cells: dict[str, str]
    map: TableMap

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "") if column else ""

    def bad(self, column: str, why: str) -> BadStatement:
        """A cell cannot be read."""
        return BadStatement(f'line {self.number}, column "{column}": {self[column][:_SHOWN]!r} {why}')

    def date(self) -> date:
        """When it was booked."""
        try:
            # A day has no time: of which zone it is read makes no difference.
            return datetime.strptime(self[self.map.date], self.map.date_format).replace(tzinfo=UTC).date()
        except ValueError:
            raise self.bad(self.map.date, f"is no date of the form {self.map.date_format}") from None

    def currency(self) -> str:
        """Its own, or that of the whole table."""
        found = self[self.map.currency_column].upper() or self.map.currency
        if found not in EXPONENTS:
            raise self.bad(self.map.currency_column, "is no currency of ISO 4217")
        return found

    def amount_minor(self, currency: str) -> int:
        """With its sign, whichever way the bank writes that."""
        if not self.map.amount:
            credit, debit = (abs(self._minor(column, currency)) for column in (self.map.credit, self.map.debit))
            if credit and debit:
                raise self.bad(self.map.credit, f'stands beside {self[self.map.debit]!r} in "{self.map.debit}"')
            return credit - debit
        minor = self._minor(self.map.amount, currency)
        if not self.map.sign:
            return minor
        mark = self[self.map.sign]
        if mark in self.map.credit_words:
            return abs(minor)
        if mark in self.map.debit_words:
            return -abs(minor)
        known = ", ".join((*self.map.credit_words, *self.map.debit_words))
        raise self.bad(self.map.sign, f"says neither that money came nor that it went: the map knows {known}")

    def _minor(self, column: str, currency: str) -> int:
        written = self._ungrouped(column).replace(" ", "")
        if not written:
            if column == self.map.amount:
                raise self.bad(column, "is no amount")
            return 0
        if self.map.decimal != ".":
            if "." in written:
                raise self.bad(column, f"is no amount with {self.map.decimal!r} before its decimals")
            written = written.replace(self.map.decimal, ".")
        if written.endswith("-"):  # as ledgers write what is owed
            written = f"-{written[:-1]}"
        try:
            value = decimal(written.removeprefix("+"))
        except NoDecimal:
            raise self.bad(column, "is no amount") from None
        minor, rest = divmod(abs(value.numerator) * unit(currency), value.denominator)
        if rest:
            raise self.bad(column, f"has more decimals than {currency}")
        return -minor if value.numerator < 0 else minor

    def _ungrouped(self, column: str) -> str:
        """Without what parts thousands: three digits each time, else it may mean decimals, and a hundredfold."""
        written = self[column].translate(_MINUSES)
        sign = self.map.thousands
        if not sign or sign not in written:
            return written
        whole, point, rest = written.strip("+- ").partition(self.map.decimal)
        first, *others = whole.split(sign)
        if not (1 <= len(first.strip()) <= 3 and all(len(one) == 3 for one in others)) or sign in rest:
            raise self.bad(column, f"is no amount: {sign!r} parts thousands in it")
        edge = "-" if "-" in written else ""
        return f"{edge}{first}{''.join(others)}{point}{rest}"

    def line(self) -> BankLine:
        """What the bank says in it. Raises BadStatement."""
        chart, currency = self.map, self.currency()
        reference = self[chart.reference].replace(" ", "")
        return BankLine(
            self[chart.account_column].replace(" ", "").upper() or chart.account,
            currency,
            self.amount_minor(currency),
            self.date(),
            self[chart.payer],
            self[chart.payer_account].replace(" ", "").upper(),
            (reference,) if reference else (),
            " ".join(one for column in chart.text if (one := self[column])),
            self[chart.end_to_end],
            self[chart.bank_reference],
        )


def read_table(pieces: Iterable[bytes], chart: TableMap) -> Iterator[BankLine | Facts]:
    """The lines of a table, and behind them what there is to say of all. Raises BadStatement at the first bad one."""
    sums: dict[str, int] = {}
    account, first, last = chart.account, date.max, date.min
    for row in _rows(pieces, chart):
        one = row.line()
        if not one.amount_minor:
            continue
        sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
        account, first, last = one.account, min(first, one.booked_on), max(last, one.booked_on)
        yield one
    currency = next(iter(sums), chart.currency)
    yield Facts(
        account,
        currency,
        sums.get(currency, 0),
        first if sums else None,
        last if sums else None,
        has_other_currencies=len(sums) > 1,
    )


def fits(head: bytes, chart: TableMap) -> bool:
    """Can the beginning of a table be read by this map, and are all columns that it names in the header, once each?"""
    try:
        next(_rows((head,), chart), None)
    except BadStatement:
        return False
    return True


def _rows(pieces: Iterable[bytes], chart: TableMap) -> Iterator[_Row]:
    lines = _lines(pieces, chart.encoding)
    for _ in range(chart.skip_lines):
        next(lines, None)
    reader = csv.reader(lines, delimiter=chart.delimiter, strict=True)
    header: list[str] = []
    while True:
        number = reader.line_num + chart.skip_lines + 1
        try:
            cells = [" ".join(one.split()) for one in next(reader)]
        except StopIteration:
            break
        except csv.Error as error:
            raise BadStatement(f"line {number} is no CSV: {error}") from None
        if not any(cells):
            continue
        if not header:
            header = cells
            _check_header(header, number, chart)
        elif len(cells) < len(header) and cells[0] and not any(cells[1:]):
            continue  # what some banks write below the table
        else:
            yield _Row(number, dict(zip(header, cells, strict=False)), chart)
    if not header:
        raise BadStatement("there is no header in it")


def _check_header(header: list[str], number: int, chart: TableMap) -> None:
    missing = [one for one in chart.needed if one not in header]
    if missing:
        raise BadStatement(f'line {number} has no column "{missing[0]}": its columns are {", ".join(header)}')
    twice = next((one for one in chart.needed if header.count(one) > 1), None)
    if twice:
        raise BadStatement(f'line {number} has the column "{twice}" twice')


def _lines(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Lines with their ends, as the csv module wants them."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rest, number = "", 1
    for piece, is_last in _with_last(pieces):
        try:
            text = rest + decoder.decode(piece, is_last)
        except UnicodeDecodeError as error:
            bad = number + error.object.count(b"\n", 0, error.start)
            raise BadStatement(f"line {bad} is not {encoding}: name its encoding in the map") from None
        *whole, rest = text.split("\n")
        for one in whole:
            number += 1
            yield f"{one}\n"
    if rest:
        yield rest


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    for piece in pieces:
        yield piece, False
    yield b"", True
