"""Tables of services and of balances as an older system writes them; every cell that cannot be taken is named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mailgate.billing.offer.product import Kind
from mailgate.config.codes import CODES
from mailgate.flows.moving.table import ROUNDED, Fault, Line, is_rounded, read_lines
from mailgate.flows.moving.words import NO_ANSWER, NO_DAY, amount_in, cycle_in, day_of, yes_or_no
from mailgate.people import BadDetails, checked_details, line_fault

SERVICE_REQUIRED = ("customer", "cycle", "paid_through")
SERVICE_OPTIONAL = (
    "sku", "name", "price", "domain", "state", "external_id", "currency", "start", "options", "parent", "kind",
    "tax_included",
)  # fmt: skip
BALANCE_COLUMNS = ("customer", "currency", "amount")

_STATES = {"": False, "active": False, "suspended": True}
_ENDED = frozenset({"cancelled", "canceled", "terminated", "expired", "completed", "fraud"})
_SOLD_KINDS = {kind.value: kind for kind in (Kind.HOSTING, Kind.DOMAIN, Kind.OTHER)}
_CYCLE_WORDS = "monthly, quarterly, half-yearly, yearly, biennial, triennial or one-time"
_IN_WORDS = frozenset({"customer", "external_id", "parent"})


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service as the table has it. Ids are those of the older system."""

    line: Line
    customer: str
    external_id: str | None
    sku: str | None  # None: it is sold no more, and has a name and a price of its own
    name: str
    price: str | None  # major units, of a whole cycle; None: that of the catalogue
    currency: str | None
    months: int
    paid_through: date
    domain: str
    is_suspended: bool
    start_on: date | None
    options: Mapping[str, int]
    parent: str | None
    kind: Kind | None
    tax_included: bool | None

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from the other services of the table."""
        if self.external_id is not None:
            return (self.external_id,)
        return self.customer, self.sku, self.name, self.domain, self.parent


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """What was read."""

    rows: tuple[ServiceRow, ...]
    faults: tuple[Fault, ...]
    ended: int  # lines of services that were over in the older system: there is nothing to move
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What a customer has in the older system, above zero, or nothing."""

    line: Line
    customer: str
    currency: str
    amount: str


@dataclass(frozen=True, slots=True)
class BalanceTable:
    """What was read."""

    rows: tuple[BalanceRow, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]


def read_services(raw: bytes) -> ServiceTable:
    """Read a CSV file of services. Raises BadTable."""
    table = read_lines(raw, required=SERVICE_REQUIRED, optional=SERVICE_OPTIONAL)
    rows: list[ServiceRow] = []
    faults = list(table.faults)
    lines_of: dict[tuple[object, ...], int] = {}
    ended = 0
    for line in table.lines:
        if line["state"].lower() in _ENDED:
            ended += 1
            continue
        found = list(_faults_of_service(line))
        if found:
            faults += found
            continue
        row = _service(line)
        if row.key in lines_of:
            column = "external_id" if row.external_id else "customer"
            more = "" if row.external_id else ": give both an external_id of their own"
            faults.append(line.fault(column, f"line {lines_of[row.key]} has the same service{more}"))
        else:
            lines_of[row.key] = line.number
            rows.append(row)
    return ServiceTable(tuple(rows), tuple(sorted(faults, key=lambda one: one.line)), ended, table.ignored)


def read_balances(raw: bytes) -> BalanceTable:
    """Read a CSV file of balances. Raises BadTable."""
    table = read_lines(raw, required=BALANCE_COLUMNS, optional=())
    rows: list[BalanceRow] = []
    faults = list(table.faults)
    lines_of: dict[tuple[str, str], int] = {}
    for line in table.lines:
        found = [*_unreadable(line, ("customer",)), *_unknown_currency(line)]
        key = line["customer"], line["currency"].upper()
        if not found and key in lines_of:
            found = [line.fault("customer", f"line {lines_of[key]} has a balance in {key[1]} already")]
        if found:
            faults += found
            continue
        lines_of[key] = line.number
        rows.append(BalanceRow(line, line["customer"], key[1], amount_in(line["amount"])))
    return BalanceTable(tuple(rows), tuple(sorted(faults, key=lambda one: one.line)), table.ignored)


def _faults_of_service(line: Line) -> Iterator[Fault]:
    yield from _unreadable(line, ("customer",), ("sku", "name", "domain", "external_id", "parent"))
    if line["currency"]:
        yield from _unknown_currency(line)
    if not line["sku"]:
        reason = "it is empty: a service has a sku of the catalogue, or a name and a price of its own"
        for column in ("name", "price"):
            if not line[column]:
                yield line.fault(column, reason)
                break
    if cycle_in(line["cycle"]) is None:
        yield line.fault("cycle", f"it is no billing cycle: there is {_CYCLE_WORDS}")
    for column in ("paid_through", "start"):
        if day_of(line[column]) is None and (line[column] or column == "paid_through"):
            yield line.fault(column, NO_DAY if line[column] else "it is empty: the last day that was billed there")
    if line["state"].lower() not in _STATES:
        yield line.fault("state", "it is none of active, suspended, and those that have ended")
    if _options(line["options"]) is None:
        yield line.fault("options", "they are not written as mailboxes=60; domains=2")
    if line["kind"] and line["kind"].lower() not in _SOLD_KINDS:
        yield line.fault("kind", f"it is none of {', '.join(_SOLD_KINDS)}")
    if line["tax_included"] and yes_or_no(line["tax_included"]) is None:
        yield line.fault("tax_included", NO_ANSWER)


def _unreadable(line: Line, needed: tuple[str, ...], others: tuple[str, ...] = ()) -> Iterator[Fault]:
    for column in (*needed, *others):
        value = line[column]
        if not value and column in needed:
            yield line.fault(column, "it is empty")
        elif value and (fault := line_fault(value)):
            yield line.fault(column, f"it {fault}")
        elif column in _IN_WORDS and is_rounded(value):
            yield line.fault(column, ROUNDED)


def _unknown_currency(line: Line) -> Iterator[Fault]:
    try:
        checked_details({"currency": line["currency"]}, CODES)
    except BadDetails as error:
        yield line.fault("currency", f"it {error.details[0].reason}")


def _service(line: Line) -> ServiceRow:
    months, paid_through = cycle_in(line["cycle"]), day_of(line["paid_through"])
    assert months is not None
    assert paid_through is not None
    more: dict[str, Any] = {"options": _options(line["options"])}
    return ServiceRow(
        line=line,
        customer=line["customer"],
        external_id=line["external_id"] or None,
        sku=line["sku"] or None,
        name=line["name"],
        price=amount_in(line["price"]) if line["price"] else None,
        currency=line["currency"].upper() or None,
        months=months,
        paid_through=paid_through,
        domain=line["domain"].lower(),
        is_suspended=_STATES[line["state"].lower()],
        start_on=day_of(line["start"]) if line["start"] else None,
        parent=line["parent"] or None,
        kind=_SOLD_KINDS[line["kind"].lower()] if line["kind"] else None,
        tax_included=yes_or_no(line["tax_included"]),
        **more,
    )


def _options(text: str) -> Mapping[str, int] | None:
    """ "mailboxes=60; domains=2"; None: it is not so."""
    found: dict[str, int] = {}
    for one in filter(None, (part.strip() for part in text.replace(",", ";").split(";"))):
        name, sign, value = one.partition("=")
        if not sign or not name.strip() or not (value.strip().isascii() and value.strip().isdigit()):
            return None
        found[name.strip()] = int(value)
    return found
