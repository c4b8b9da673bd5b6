"""What commands about money share: days and amounts as they are typed, locked accounts, documents as rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

import click
from sqlalchemy import Connection

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.money.amount import read_amount
from mailgate.billing.period import read_day
from mailgate.billing.service import checked_day
from mailgate.cli.cells import named
from mailgate.cli.gate import gate, now
from mailgate.cli.ids import Typed, customer_id_of
from mailgate.cli.output import EX_DATAERR, fail, found_or_fail
from mailgate.config import Settings
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.dunning.outlook import outlook
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.told import for_programs
from mailgate.people import line_fault
from store.billing import invoices
from store.billing.invoices import Issued
from store.called import names_of
from store.engine import transaction

BY = "the command line"


class Day(click.ParamType[date]):
    """A day, as 2026-12-31."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read it, or end the command with what is meant."""
        if isinstance(value, date):
            return value
        try:
            return read_day(str(value))
        except ValueError:
            fail(f"{value!r} is no day: write it as 2026-12-31", code=EX_DATAERR, name="BadDay")


class Line(click.ParamType[str]):
    """A few words on one line, without blanks around them; `needed`: at least one."""

    name = "text"

    def __init__(self, *, needed: bool = False) -> None:
        self._is_needed = needed

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read it, or end the command with what is wrong with it."""
        text = str(value).strip()
        called = param.human_readable_name if param else self.name
        if self._is_needed and not text:
            fail(f"the {called} is empty", code=EX_DATAERR, name="BadDetails")
        if text and (fault := line_fault(text)):
            fail(f"{called}: {text[:60]!r} {fault}", code=EX_DATAERR, name="BadDetails")
        return text


on_option = click.option("--on", type=Day(), metavar="DATE", help="Do it as if this were today.")
at_option = click.option("--at", type=Day(), metavar="DATE", help="This day counts as today, and as the issue date.")


@contextmanager
def dealing(customer: Typed, on: date | None = None) -> Iterator[Deal]:
    """One transaction that has this account locked; what is refused leaves nothing behind."""
    with gate() as parts, transaction(parts.engine) as conn:
        today = Today(now(), checked_day(on) if on else None)
        customer_id = customer_id_of(conn, customer)
        deal = deal_with(conn, parts.settings, customer_id, today, by=BY)
        yield found_or_fail(deal, f"customer {customer_id}", hint="mailgate customer list shows them")


def document_of(conn: Connection, number: str, kind: DocumentKind = DocumentKind.INVOICE) -> Issued:
    """A document by its number; the command ends when there is none, or when it is of the other kind."""
    number = number.strip().removeprefix("#")
    found = invoices.find(conn, number, kind)
    other = next(one for one in DocumentKind if one is not kind)
    if found is None and invoices.find(conn, number, other) is not None:
        hint = f"mailgate {other.value} show {number}"
        fail(f"{number} is {_KINDS[other]} and not {_KINDS[kind]}", code=EX_DATAERR, hint=hint)
    called = kind.value.replace("-", " ")
    return found_or_fail(found, f"{called} {number}", hint=f"mailgate {kind.value} list shows them")


_KINDS = {DocumentKind.INVOICE: "an invoice", DocumentKind.CREDIT_NOTE: "a credit note"}


def positive(amount: str, currency: str) -> int:
    """An amount as it is typed, in minor units; nothing is none. Raises BadAmount."""
    minor = read_amount(amount, currency)
    if not minor:
        fail(f"{amount!r} is nothing", code=EX_DATAERR, name="BadAmount", hint="an amount is more than 0")
    return minor


WITH_AMOUNT = {"ignore_unknown_options": True}
"""Settings of a command that takes an amount: "-5" is told what is meant, and is no unknown option."""


def issued_rows(documents: Sequence[Done]) -> list[dict[str, object]]:
    """What an act has issued."""
    return [
        {
            "kind": one.wanted.kind.value,
            "number": one.number,
            "total_minor": one.reckoned.total_minor,
            "currency": one.wanted.currency,
        }
        for one in documents
    ]


TABLES: Mapping[str, Sequence[str]] = {
    "legs": ("text", "period_start", "period_end", "days", "cycle_days", "price_minor", "amount_minor"),
    "lines": ("text", "kind", "period_start", "period_end", "net_minor", "tax_rate", "tax_minor"),
    "taxes": ("category", "rate", "name", "net_minor", "tax_minor"),
    "steps": ("step", "on", "done_at", "outcome"),
    "payments": ("at", "method", "reference", "amount_minor"),
    "billed": ("period_start", "period_end", "price_minor"),
    "documents": ("kind", "number", "total_minor", "currency"),
    "balances": ("currency", "balance_minor"),
}
"""Lists within what commands about money print, and their columns for people."""


def document_rows(conn: Connection, found: Sequence[Issued]) -> list[dict[str, object]]:
    """Documents in a list."""
    customers = names_of(conn, (one.customer_id for one in found))
    return [{**for_programs.document_row(one, now()), "customer": named(one.customer_id, customers)} for one in found]


def document_row(conn: Connection, one: Issued) -> dict[str, object]:
    """One of them."""
    return document_rows(conn, [one])[0]


def steps_of(conn: Connection, settings: Settings, one: Issued) -> dict[str, object]:
    """The ladder of an invoice: steps that are done, then those ahead, which have no `done_at`."""
    done, to_come = outlook(conn, settings, one, now=now())
    steps: list[dict[str, object]] = [
        {
            "step": step.step,
            "on": step.due_on.isoformat(),
            "done_at": step.done_at,
            "outcome": step.outcome.value,
            "mails": list(step.outbox_ids),
        }
        for step in done
    ]
    for step, day in to_come:
        steps.append({"step": step.name, "on": day.isoformat(), "done_at": None, "outcome": "ahead", "mails": []})
    return {"steps": steps, "next_step_on": min((day.isoformat() for _, day in to_come), default=None)}


def document_object(conn: Connection, one: Issued) -> dict[str, object]:
    """A document with all that is known of it."""
    return {**for_programs.document_object(conn, one, now()), **document_row(conn, one)}
