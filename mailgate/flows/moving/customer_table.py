"""A table of customers as an older system or a spreadsheet writes it; every cell that cannot be taken is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailgate.config.codes import CODES
from mailgate.errors import MailgateError
from mailgate.flows.moving.table import ROUNDED, Fault, Line, is_rounded, read_lines
from mailgate.flows.moving.words import NO_ANSWER, yes_or_no
from mailgate.mail.address import parse_mailbox
from mailgate.people import BadDetails, checked_details

REQUIRED = ("external_id", "name", "email")
_DETAILS = ("country", "currency", "timezone", "language")
OPTIONAL = (*_DETAILS, "billed_elsewhere")
COLUMNS = REQUIRED + OPTIONAL


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
    billed_elsewhere: bool | None = None  # a reseller's own customer


@dataclass(frozen=True, slots=True)
class CustomerTable:
    """What was read."""

    rows: tuple[CustomerRow, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]  # columns that mean nothing here


def read_table(raw: bytes, *, refuse_address: Callable[[str], None]) -> CustomerTable:
    """Read a CSV file of customers; `refuse_address` raises for an address that no customer may have.

    Raises BadTable.
    """
    table = read_lines(raw, required=REQUIRED, optional=OPTIONAL)
    rows: list[CustomerRow] = []
    faults = list(table.faults)
    lines_of: dict[str, int] = {}
    for line in table.lines:
        found = _read_row(line, refuse_address)
        if isinstance(found, list):
            faults.extend(found)
        elif found.external_id in lines_of:
            faults.append(line.fault("external_id", f"line {lines_of[found.external_id]} has it already"))
        else:
            lines_of[found.external_id] = line.number
            rows.append(found)
    return CustomerTable(tuple(rows), tuple(sorted(faults, key=lambda one: one.line)), table.ignored)


def _read_row(line: Line, refuse_address: Callable[[str], None]) -> CustomerRow | list[Fault]:
    details = {name: line[name] for name in _DETAILS if line[name]}
    details |= {name: line[name] for name in ("external_id", "name")}
    email = line["email"]
    reasons: dict[str, str] = {}
    kept: Mapping[str, str] = {}
    try:
        kept = checked_details(details, CODES)
    except BadDetails as error:
        reasons = {one.field: f"it {one.reason}" for one in error.details}
    if is_rounded(details["external_id"]):
        reasons["external_id"] = ROUNDED
    try:
        parse_mailbox(email)
        refuse_address(email)
    except MailgateError as error:
        reasons["email"] = str(error) if email else "it is empty"
    elsewhere = yes_or_no(line["billed_elsewhere"])
    if elsewhere is None and line["billed_elsewhere"]:
        reasons["billed_elsewhere"] = NO_ANSWER
    if reasons:
        return [line.fault(name, reasons[name]) for name in COLUMNS if name in reasons]
    optional = {name: kept.get(name) for name in _DETAILS}
    return CustomerRow(line.number, kept["external_id"], kept["name"], email, **optional, billed_elsewhere=elsewhere)
