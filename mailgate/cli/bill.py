"""`mailgate bill`: plan a billing run, run it, undo it."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import click

from mailgate.billing.fuse import Tally
from mailgate.billing.money.amount import written
from mailgate.cli.backup import show_progress
from mailgate.cli.billing_words import BY, at_option
from mailgate.cli.cells import Named
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import NUMBER, Typed, customer_argument, customer_id_of
from mailgate.cli.output import (
    EX_DATAERR,
    fail,
    found_or_fail,
    json_option,
    limit_option,
    print_object,
    print_rows,
    say,
    utc_option,
    wants_json,
)
from mailgate.cli.turns import turns_beside
from mailgate.flows.billing.back.take_back import undo as take_back
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.drafting import Draft
from mailgate.flows.billing.invoicing.go import waits_for_go
from mailgate.flows.billing.invoicing.guard import judged
from mailgate.flows.billing.invoicing.plan import Plan
from mailgate.flows.billing.invoicing.plan import plan as make_plan
from mailgate.flows.billing.invoicing.run import run as make_run
from mailgate.flows.billing.invoicing.unpark import unpark as release
from store.billing import runs
from store.billing.runs import Item, RunState
from store.called import names_of
from store.engine import reading, transaction

HINT = "mailgate bill list shows them"


@click.group(cls=Group)
def bill() -> None:
    """Plan a billing run, run it, and undo it while nobody has paid."""


@bill.command()
@at_option
@json_option
def plan(at: date | None) -> None:
    """What a run would issue, what it comes to, how that differs from the last run, and who is left out and why.

    The plan is kept: `mailgate bill run PLAN` issues exactly that.
    """
    with gate() as parts:
        today = Today(now(), at)
        made = make_plan(parts.engine, parts.settings, today, told=partial(show_progress, "accounts"))
        with transaction(parts.engine) as conn:
            former = runs.former(conn)[:1]
            why = judged(conn, parts.settings, today, made.tally)
            items = [_item(one) for one in made.items if one.wanted]
            number = runs.keep_plan(conn, made.tally, items, made.left_out, at_on=at, by=BY, now=now())
            names = names_of(conn, made.left_out)
    rows = [_row(one) for one in made.items if one.wanted]
    left_out = [{"customer": customer, "why": reason} for customer, reason in sorted(made.left_out.items())]
    if wants_json():
        print_object(
            {
                "plan": number,
                "items": rows,
                "left_out": left_out,
                "totals": dict(made.tally.totals),
                "difference": _difference(made, former[0].tally if former else Tally()),
                "fuse": why or None,
            }
        )
        return
    print_rows(rows, ("customer", "services", "period_start", "period_end", "due_on", "total_minor", "currency"))
    _say_left_out(made.left_out, names)
    say(f"plan {number}: {made.tally.invoices} invoices{_totals(made.tally.totals)}")
    if former:
        say(f"the last run had {former[0].tally.invoices}{_totals(former[0].tally.totals)}")
    if why:
        say(f"the fuse would stop this run: {why}")


@bill.command()
@click.argument("plan_id", metavar="[PLAN]", type=NUMBER, required=False)
@click.option("--expect", type=click.IntRange(min=0), metavar="N", help="So many invoices, or none; the fuse is off.")
@at_option
@json_option
def run(plan_id: int | None, expect: int | None, at: date | None) -> None:
    """Issue what is due; with PLAN exactly that, and nothing of what has changed since."""
    with gate() as parts:
        only = None
        if plan_id is not None:
            with reading(parts.engine) as conn:
                kept = found_or_fail(runs.find(conn, plan_id), f"plan {plan_id}", hint=HINT)
                if kept.state is not RunState.PLANNED:
                    fail(f"{plan_id} is a run and no plan", code=EX_DATAERR, hint="mailgate bill plan makes one")
                at = kept.at_on if at is None else at
                only = {(one.customer_id, one.currency, one.due_on): one.digest for one in runs.items(conn, plan_id)}
        with reading(parts.engine) as conn:
            if waits_for_go(conn, parts.settings, now()):
                say("nobody has answered the evening's list with “go”: a run by hand waits for nobody")
        done = make_run(
            parts.engine,
            parts.settings,
            Today(now(), at),
            by=BY,
            only=only,
            expect=expect,
            told=partial(show_progress, "accounts"),
            computing=turns_beside(parts.settings),
            fail_point=parts.fail_point,
        )
        invoices = list(done.invoices) if done else []
        left_out = dict(done.left_out) if done else {}
        with reading(parts.engine) as conn:
            names = names_of(conn, left_out)
    if wants_json():
        print_object(
            {
                "run": done.run_id if done else None,
                "invoices": invoices,
                "left_out": [{"customer": customer, "why": why} for customer, why in sorted(left_out.items())],
            }
        )
        return
    for number in invoices:
        click.echo(number)
    _say_left_out(left_out, names)
    say(f"{len(invoices)} invoices{_totals(done.totals if done else {})}")


@bill.command()
@click.argument("run_id", metavar="RUN", type=NUMBER)
@at_option
@json_option
def undo(run_id: int, at: date | None) -> None:
    """Take back all invoices of a run by credit notes; what they billed is free again."""
    with gate() as parts:
        notes = take_back(parts.engine, parts.settings, run_id, Today(now(), at), by=BY)
    print_object({"run": run_id, "credit_notes": list(notes)})


@bill.command("list")
@limit_option
@utc_option
@json_option
def list_(limit: int | None) -> None:
    """The last runs and plans, the newest first."""
    with gate() as parts, reading(parts.engine) as conn:
        found = runs.listing(conn, limit=limit or 20)
    rows = [
        {
            "id": one.id,
            "state": one.state.value,
            "at": one.at_on.isoformat() if one.at_on else None,
            "made_at": one.made_at,
            "by": one.made_by,
            "why": one.why or None,
            "invoices": one.invoices,
            "totals": dict(one.totals) if wants_json() else _amounts(one.totals),
        }
        for one in found
    ]
    print_rows(rows, ("id", "state", "at", "made_at", "by", "invoices", "totals", "why"))


@bill.command()
@customer_argument
@json_option
def unpark(customer: Typed) -> None:
    """An account that could not be billed takes part in runs again."""
    with gate() as parts:
        with reading(parts.engine) as conn:
            customer_id = customer_id_of(conn, customer)
        why = release(parts.engine, parts.settings, customer_id, Today(now()), by=BY)
    print_object({"customer": customer_id, "was": why})


def _say_left_out(left_out: Mapping[int, str], names: Mapping[int, str]) -> None:
    for customer, why in sorted(left_out.items()):
        say(f"left out: {names[customer]} (customer {customer}): {why}")


def _item(one: Draft) -> Item:
    return Item(one.payer.customer.id, one.bundle.currency, one.bundle.due_on, one.digest, one.total_minor)


def _row(one: Draft) -> dict[str, object]:
    services = {(due.service.id, due.service.name) for due in one.covers}
    periods = [due.period for due in one.covers if due.period is not None]
    return {
        "customer": Named(one.payer.customer.id, one.payer.customer.name),
        "services": [Named(number, name) for number, name in sorted(services)],
        "period_start": min(period.start for period in periods).isoformat() if periods else None,
        "period_end": max(period.last for period in periods).isoformat() if periods else None,
        "due_on": one.bundle.due_on.isoformat(),
        "total_minor": one.total_minor,
        "currency": one.bundle.currency,
    }


def _difference(made: Plan, former: Tally) -> dict[str, object]:
    currencies = sorted({*made.tally.totals, *former.totals})
    return {
        "invoices": made.tally.invoices - former.invoices,
        "totals": {one: made.tally.totals.get(one, 0) - former.totals.get(one, 0) for one in currencies},
    }


def _totals(totals: Mapping[str, int]) -> str:
    return f", {_amounts(totals)}" if totals else ""


def _amounts(totals: Mapping[str, int]) -> str:
    return ", ".join(f"{written(minor, currency)} {currency}" for currency, minor in sorted(totals.items()))
