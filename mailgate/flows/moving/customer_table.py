"""A table of customers as an older system or a spreadsheet writes it; every cell that cannot be taken is named."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailgate.config.codes import CODES
from mailgate.errors import MailgateError, Permanent
from mailgate.mail.address import parse_mailbox
from mailgate.people import BadDetails, checked_details

REQUIRED = ("external_id", "name", "email")
OPTIONAL = ("country", "currency", "timezone", "language")
COLUMNS = REQUIRED + OPTIONAL

_DELIMITERS = ",;\t"
_FORMULA = re.compile(r'="(.*)"\Z', re.DOTALL)  # how a spreadsheet is kept from taking 007 for 7
_ROUNDED = re.compile(r"\d[.,]\d+E\+\d+\Z")


class BadTable(Permanent):
    """The file as a whole is no table of customers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be taken; `line` is that of the file, as an editor counts."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer as the table has it; what it does not say is None."""

    line: int
    external_id: str
    name: str
    email: str
    country: str | None
    currency: str | None
    timezone: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class CustomerTable:
    """What was read."""

    rows: tuple[CustomerRow, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]  # columns that mean nothing here


def read_table(raw: bytes, *, refuse_address: Callable[[str], None]) -> CustomerTable:
    """Read a CSV file with a header line; `refuse_address` raises for an address that no customer may have.

    UTF-8 with or without its mark, or UTF-16 with it; separated by comma, semicolon or tab. Raises BadTable.
    """
    text = _decode(raw)
    first, _, rest = text.partition("\n")
    skipped = 0
    if re.fullmatch(r"sep=.\r?", first.strip("\ufeff")):  # a spreadsheet's own line
        text, skipped = rest, 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines = _numbered(reader, skipped)
    header = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in next(lines, (0, [""]))[1]]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise BadTable(f"no column {', '.join(missing)}; the columns are {', '.join(COLUMNS)}, the first three needed")
    twice = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if twice:
        raise BadTable(f"the column {twice[0]} is there twice")
    rows: list[CustomerRow] = []
    faults: list[Fault] = []
    lines_of: dict[str, int] = {}
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        found = _read_row(line, header, cells, refuse_address)
        if isinstance(found, list):
            faults.extend(found)
        elif found.external_id in lines_of:
            reason = f"line {lines_of[found.external_id]} has it already"
            faults.append(Fault(line, "external_id", found.external_id, reason))
        else:
            lines_of[found.external_id] = line
            rows.append(found)
    return CustomerTable(tuple(rows), tuple(faults), tuple(name for name in header if name and name not in COLUMNS))


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadTable(f"line {line} is not UTF-8: save the table as `CSV UTF-8`") from error


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _numbered(reader: Iterator[list[str]], skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins in: a value in quotes may have several."""
    while True:
        line = reader.line_num + skipped + 1  # type: ignore[attr-defined]
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadTable(f"line {line} is no CSV: {error}") from error


def _read_row(
    line: int, header: Sequence[str], cells: Sequence[str], refuse_address: Callable[[str], None]
) -> CustomerRow | list[Fault]:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        return [Fault(line, "", cells[len(header)], f"{len(cells)} values for {len(header)} columns")]
    given = {name: _plain(cell) for name, cell in zip(header, cells, strict=False)}
    details = {name: value for name, value in given.items() if name in OPTIONAL and value}
    details |= {name: given.get(name, "") for name in ("external_id", "name")}
    email = given.get("email", "")
    reasons: dict[str, str] = {}
    kept: Mapping[str, str] = {}
    try:
        kept = checked_details(details, CODES)
    except BadDetails as error:
        reasons = {one.field: f"it {one.reason}" for one in error.details}
    if _ROUNDED.match(details["external_id"]):
        reasons["external_id"] = "a spreadsheet has rounded it: make the column text before saving"
    try:
        parse_mailbox(email)
        refuse_address(email)
    except MailgateError as error:
        reasons["email"] = str(error) if email else "it is empty"
    if reasons:
        return [Fault(line, name, given.get(name, ""), reasons[name]) for name in COLUMNS if name in reasons]
    optional = {name: kept.get(name) for name in OPTIONAL}
    return CustomerRow(line=line, external_id=kept["external_id"], name=kept["name"], email=email, **optional)


def _plain(cell: str) -> str:
    """The value without what spreadsheets put around it."""
    text = cell.strip().strip("\u00a0").strip()
    formula = _FORMULA.match(text)
    return formula[1].strip() if formula else text
