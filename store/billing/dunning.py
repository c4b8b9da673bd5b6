"""Rows of the ladder: which steps of which invoice are done, and when it is looked at next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, insert, or_, select, update

from mailgate.billing.document.invoice import DocumentKind, DocumentState, LineKind
from mailgate.billing.dunning import CREATED, Outcome
from store.billing.invoices import Issued
from store.post.outbox import OutState
from store.rows import Rows
from store.schema import dunning_steps, invoice_lines, invoices, outbox

_LOOK_AT = update(invoices).where(invoices.c.id == bindparam("the_id")).values(step_at=bindparam("the_instant"))
_IS_OPEN = and_(invoices.c.state == DocumentState.ISSUED.value, invoices.c.open_minor > 0)
_ON_THE_LADDER = (
    select(invoices)
    .where(invoices.c.customer_id.in_(bindparam("ids", expanding=True)), invoices.c.kind == DocumentKind.INVOICE.value)
    .where(or_(_IS_OPEN, invoices.c.step_at.is_not(None)))
    .order_by(invoices.c.due_on, invoices.c.id)
)
_DONE = (
    select(dunning_steps)
    .where(dunning_steps.c.invoice_id.in_(bindparam("ids", expanding=True)))
    .order_by(dunning_steps.c.done_at, dunning_steps.c.due_on)
)
_REMINDED = (
    select(invoices.c.customer_id, func.max(dunning_steps.c.done_at))
    .join(invoices, invoices.c.id == dunning_steps.c.invoice_id)
    .where(invoices.c.customer_id.in_(bindparam("ids", expanding=True)))
    .where(dunning_steps.c.outcome.in_(bindparam("outcomes", expanding=True)))
    .group_by(invoices.c.customer_id)
)
_MAILS = select(outbox.c.id, outbox.c.state, outbox.c.sent_at, outbox.c.to_address).where(
    outbox.c.id.in_(bindparam("ids", expanding=True))
)
_SERVICES = (
    select(invoice_lines.c.invoice_id, invoice_lines.c.service_id)
    .where(invoice_lines.c.invoice_id.in_(bindparam("ids", expanding=True)))
    .where(invoice_lines.c.service_id.is_not(None), invoice_lines.c.kind != LineKind.CREDIT.value)
    .distinct()
)


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step of an invoice, as it was done."""

    invoice_id: int
    step: str
    due_on: date  # the account's day
    done_at: datetime
    outcome: Outcome
    outbox_ids: tuple[int, ...] = ()
    climb: int = 1  # each time that it was settled and is open again it climbs anew


@dataclass(frozen=True, slots=True)
class Climb:
    """What was done about an invoice since it was issued, or since it is open again."""

    number: int
    steps: tuple[StepDone, ...]
    done: Mapping[str, datetime]  # when, by the name of the step; with the mail that brought the invoice
    reopened_on: date | None = None  # the account's day


def last_climb(steps: Sequence[StepDone]) -> Climb:
    """The one that counts, of all that was done about an invoice."""
    number = max((one.climb for one in steps), default=1)
    mine = tuple(one for one in steps if one.climb == number)
    done = {one.step: one.done_at for one in steps if one.climb == number or one.step == CREATED.name}
    reopened_on = next((one.due_on for one in mine if one.outcome is Outcome.REOPENED), None)
    return Climb(number, mine, done, reopened_on)


@dataclass(frozen=True, slots=True)
class Mail:
    """How a mail of a step stands. `sent_at` stays when it came back."""

    id: int
    state: OutState
    sent_at: datetime | None
    to_address: str

    @property
    def delivered_at(self) -> datetime | None:
        """When the next server took it, unless it came back since."""
        return self.sent_at if self.state is OutState.SENT else None


_OF_CLIMB = " ("
"""Parts the name of a step from the number of its climb, in the rows of a later one: “+3 (2)”."""


def _name(row: RowMapping) -> str:
    return str(row["step"]).partition(_OF_CLIMB)[0]


def _climb(row: RowMapping) -> int:
    number = str(row["step"]).partition(_OF_CLIMB)[2]
    return int(number.rstrip(")")) if number else 1


_ISSUED, _STEP, _MAIL = Rows(Issued), Rows(StepDone, step=_name, climb=_climb), Rows(Mail)


def waiting(conn: Connection, *, until: datetime, limit: int) -> tuple[tuple[int, datetime], ...]:
    """Customers of whom an invoice is to be looked at by an instant, and since when: the longest first."""
    query = select(invoices.c.customer_id, invoices.c.step_at).where(invoices.c.step_at <= until)
    found: dict[int, datetime] = {}
    for row in conn.execute(query.order_by(invoices.c.step_at, invoices.c.customer_id).limit(limit)):
        found.setdefault(row.customer_id, row.step_at)
    return tuple(found.items())


def on_the_ladder(conn: Connection, customer_ids: Iterable[int]) -> dict[int, list[Issued]]:
    """Invoices of these accounts that are open, or that it has still to look at; oldest due first."""
    found: dict[int, list[Issued]] = {}
    for row in conn.execute(_ON_THE_LADDER, {"ids": list(customer_ids)}).mappings():
        found.setdefault(row["customer_id"], []).append(_ISSUED.read(row))
    return found


def done(conn: Connection, invoice_ids: Iterable[int]) -> dict[int, list[StepDone]]:
    """What was done about these invoices, in its order."""
    found: dict[int, list[StepDone]] = {}
    for row in conn.execute(_DONE, {"ids": list(invoice_ids)}).mappings():
        found.setdefault(row["invoice_id"], []).append(_STEP.read(row))
    for steps in found.values():  # of one instant, what came before it was open again stands before that
        steps.sort(key=lambda one: (one.climb, one.outcome is not Outcome.REOPENED))
    return found


def last_reminded(conn: Connection, customer_ids: Iterable[int]) -> dict[int, datetime]:
    """When these customers were last written to that something is to be paid; who never was is left out."""
    which = {"ids": list(customer_ids), "outcomes": [Outcome.REMINDED.value, Outcome.WARNED.value]}
    return {row[0]: row[1] for row in conn.execute(_REMINDED, which)}


def add(conn: Connection, together: Sequence[StepDone]) -> None:
    """Write down steps that are done now; the accounts are locked. One that is there already breaks the transaction."""
    if together:
        conn.execute(insert(dunning_steps), [_row(one) for one in together])


def again(conn: Connection, one: StepDone) -> None:
    """A step counts from now on as this says: of what was only looked at, or whose mails are others now."""
    row = _row(one)
    this = dunning_steps.c.invoice_id == one.invoice_id, dunning_steps.c.step == row["step"]
    conn.execute(update(dunning_steps).where(*this).values(row))


def _row(one: StepDone) -> dict[str, object]:
    step = f"{one.step}{_OF_CLIMB}{one.climb})" if one.climb > 1 else one.step
    return {**_STEP.columns(one), "step": step}


def add_mail(conn: Connection, customer_id: int, outbox_id: int, *, instead_of: int) -> None:
    """A mail of steps, perhaps of several invoices, goes to a further reader."""
    query = select(dunning_steps).join(invoices, invoices.c.id == dunning_steps.c.invoice_id)
    theirs = query.where(invoices.c.customer_id == customer_id).order_by(dunning_steps.c.invoice_id)
    for row in conn.execute(theirs.with_for_update(of=dunning_steps)).mappings().all():
        one = _STEP.read(row)
        if instead_of in one.outbox_ids:
            again(conn, replace(one, outbox_ids=(*one.outbox_ids, outbox_id)))


def look_soon(conn: Connection, customer_id: int, *, now: datetime) -> None:
    """The ladder looks at once at what is open of an account, which is locked: it stands otherwise by now."""
    theirs = invoices.c.customer_id == customer_id, invoices.c.kind == DocumentKind.INVOICE.value
    conn.execute(
        update(invoices)
        .where(*theirs, _IS_OPEN, or_(invoices.c.step_at.is_(None), invoices.c.step_at > now))
        .values(step_at=now)
    )


def look_at(conn: Connection, at: Mapping[int, datetime | None]) -> None:
    """Keep when the ladder looks at these invoices next; None: never. The accounts are locked."""
    if at:
        conn.execute(_LOOK_AT, [{"the_id": number, "the_instant": when} for number, when in at.items()])


def mails(conn: Connection, outbox_ids: Iterable[int]) -> dict[int, Mail]:
    """How these mails of steps stand."""
    numbers = list(outbox_ids)
    if not numbers:
        return {}
    return {row["id"]: _MAIL.read(row) for row in conn.execute(_MAILS, {"ids": numbers}).mappings()}


def billed_services(conn: Connection, invoice_ids: Iterable[int]) -> dict[int, set[int]]:
    """Which services these invoices bill, ended ones too."""
    found: dict[int, set[int]] = {}
    for row in conn.execute(_SERVICES, {"ids": list(invoice_ids)}):
        found.setdefault(row.invoice_id, set()).add(row.service_id)
    return found
