"""`mailgate bank`: files of banks, and what became of their lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from mailgate.billing.payment.bank import Candidate, EntryState, Proposed, Sure, words
from mailgate.billing.payment.bank_line import BadStatement, BankLine, Facts
from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.camt.entry import Entry
from mailgate.billing.payment.keyed import keyed
from mailgate.billing.payment.table.reading import read_table
from mailgate.cli.bank_file import choose_map, digest, pieces
from mailgate.cli.billing_words import BY, Line, dealing, document_of, on_option
from mailgate.cli.cells import named
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import Number, Typed, customer_option
from mailgate.cli.meter import Meter
from mailgate.cli.output import (
    EX_DATAERR,
    EX_USAGE,
    after_option,
    fail,
    json_option,
    limit_option,
    print_rows,
    print_whole,
    say,
    utc_option,
)
from mailgate.flows.billing.bank import deciding
from mailgate.flows.billing.bank.importing import Imported, import_lines
from store.billing import bank as lines
from store.billing import invoices, payments
from store.billing.bank import BankEntry, FromFile, Proposal
from store.called import names_of
from store.engine import reading, transaction

COLUMNS = ("id", "booked_on", "amount_minor", "currency", "payer", "state", "why", "text")
_STATEMENTS = {
    "statements": ("account", "from_on", "to_on", "opening_minor", "sum_minor", "closing_minor", "balanced"),
    "entries": ("booked_on", "amount_minor", "payer", "state", "why", "text"),
    "candidates": ("customer", "invoice", "why"),
}


@click.group(cls=Group)
def bank() -> None:
    """Money that came by transfer: import the bank's files, and decide on what is not plain."""


@bank.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "map_name",
    metavar="NAME|FILE",
    help="FILE is a table (CSV), and this map says which of its columns is what: one of the folder billing.bank_maps "
    "by its name, or a file. Without it a table is read by the one map of that folder that fits its header.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would become of its lines; write nothing.")
@json_option
def import_(file: Path, map_name: str | None, dry_run: bool) -> None:
    """Book what FILE says came in for an invoice by its reference, and keep the rest for people to decide on.

    Each line is taken once, in however many files it stands. An import that was broken off goes on when it is repeated.
    """
    source = FromFile(digest(file), file.name, 1)
    meter = Meter()
    with gate() as parts:
        chosen = choose_map(file, map_name, parts.settings.billing.bank_maps)
        content = pieces(file)
        found = keyed(read_table(content, chosen.chart) if chosen else _camt(content))
        done = import_lines(
            parts.engine,
            parts.settings,
            found,
            source,
            by=BY,
            now=now(),
            progress=lambda count: meter("lines", count),
            writes=not dry_run,
        )
    meter.end()
    print_whole(_imported(file, done, map_name=chosen.name if chosen else None, dry_run=dry_run), _STATEMENTS)
    if not done.is_balanced:
        say("warning: it does not add up: its entries do not lead from its opening to its closing balance")
    if dry_run:
        say("nothing was written")
    elif done.states[EntryState.PROPOSED]:
        say(f"{done.states[EntryState.PROPOSED]} to decide on: `mailgate bank list --state proposed`")


@bank.command("list")
@click.option("--state", type=click.Choice([one.value for one in EntryState]), help="Only lines in this state.")
@limit_option
@after_option
@utc_option
@json_option
def list_(state: str | None, limit: int | None, after: int) -> None:
    """Lines in the order in which they were read; those to decide on with whose they may be."""
    with gate() as parts, reading(parts.engine) as conn:
        found = lines.listing(conn, state=EntryState(state) if state else None, after=after, limit=limit)
        rows = _rows(conn, found)
    print_rows(rows, COLUMNS)


@bank.command()
@click.argument("line", metavar="ID", type=Number())
@json_option
def show(line: int) -> None:
    """One line, and whose it may be."""
    with gate() as parts, reading(parts.engine) as conn:
        found = lines.several(conn, (line,))
        if line not in found:
            fail(f"there is no bank line {line}", code=EX_DATAERR, hint="mailgate bank list shows them")
        (row,) = _rows(conn, found.values())
    print_whole(row, _STATEMENTS)


@bank.command()
@click.argument("line", metavar="ID", type=Number())
@click.argument("number", metavar="[NUMBER]", required=False)
@customer_option
@on_option
@json_option
def match(line: int, number: str | None, customer: Typed | None, on: date | None) -> None:
    """A line is for the invoice NUMBER, or with --customer for no invoice: then it is credit.

    What is more than open becomes credit. A line that went out takes back a payment of that invoice or customer.
    """
    if (number is None) == (customer is None):
        fail("name an invoice, or --customer", code=EX_USAGE, name="usage")
    if number is not None:
        with gate() as parts, reading(parts.engine) as conn:
            invoice = document_of(conn, number)
        with dealing(invoice.customer_id, on) as deal:
            done = deciding.match_invoice(deal, line, invoices.get(deal.conn, invoice.id))
            (row,) = _rows(deal.conn, (done,))
    else:
        assert customer is not None
        with dealing(customer, on) as deal:
            done = deciding.match_customer(deal, line)
            (row,) = _rows(deal.conn, (done,))
    print_whole(row, _STATEMENTS)


@bank.command()
@click.argument("line", metavar="ID", type=Number())
@click.option("--reason", type=Line(), default="", help="Why.")
@json_option
def ignore(line: int, reason: str) -> None:
    """A line is nobody's payment. It may still be matched later."""
    with gate() as parts, transaction(parts.engine) as conn:
        done = deciding.ignore(conn, line, reason=reason, by=BY, now=now())
        (row,) = _rows(conn, (done,))
    print_whole(row, _STATEMENTS)


def _camt(pieces: Iterator[bytes]) -> Iterator[Entry | Facts]:
    """Of what is a table, it is told how one is read."""
    try:
        yield from read_camt(pieces)
    except BadStatement as error:
        hint = "a table needs --map" if "no XML" in str(error) else ""
        fail(f"{error}", code=EX_DATAERR, hint=hint, name="BadStatement")


def _imported(file: Path, done: Imported, *, map_name: str | None, dry_run: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "file": str(file),
        "map": map_name,
        "lines": done.lines,
        "new": sum(done.states.values()),
        "known": done.known,
        **{one.value: done.states[one] for one in (EntryState.BOOKED, EntryState.PROPOSED, EntryState.IGNORED)},
        "returned": done.returned,
        "balanced": done.is_balanced,
        "statements": [
            {
                "account": one.account,
                "currency": one.currency,
                "from_on": _day(one.from_on),
                "to_on": _day(one.to_on),
                "opening_minor": one.opening_minor,
                "closing_minor": one.closing_minor,
                "sum_minor": one.sum_minor,
                "balanced": one.is_balanced,
            }
            for one in done.statements
        ],
        "dry_run": dry_run,
    }
    if dry_run:
        row["entries"] = [_would_be(one.line, one.verdict) for one in done.judged]
    return row


def _would_be(line: BankLine, verdict: Sure | Proposed | None) -> dict[str, object]:
    candidates = verdict.candidates if isinstance(verdict, Proposed) else ()
    state = {Sure: EntryState.BOOKED, Proposed: EntryState.PROPOSED}.get(type(verdict), EntryState.IGNORED)
    return {
        "booked_on": line.booked_on.isoformat(),
        "amount_minor": line.amount_minor,
        "currency": line.currency,
        "payer": line.party,
        "text": line.text,
        "state": state.value,
        "why": f"for invoice {verdict.bill.number}" if isinstance(verdict, Sure) else _in_words(candidates),
        "candidates": [
            {
                "customer": one.customer_id,
                "invoice": one.bill.number if one.bill else None,
                "reasons": [reason.value for reason in one.reasons],
            }
            for one in candidates
        ],
    }


def _in_words(candidates: Sequence[Candidate]) -> str:
    return "; ".join(
        f"{one.bill.number if one.bill else f'customer {one.customer_id}'}: {words(one.reasons)}" for one in candidates
    )


def _rows(conn: Connection, found: Iterable[BankEntry]) -> list[dict[str, object]]:
    together = list(found)
    whose = lines.proposals(conn, [one.id for one in together])
    paid = {one.id: payments.get(conn, one.payment_id).customer_id for one in together if one.payment_id is not None}
    candidates = [each for one in whose.values() for each in one]
    names = names_of(conn, {*paid.values(), *(one.customer_id for one in candidates)})
    numbers = invoices.numbers(conn, {one.invoice_id for one in candidates if one.invoice_id is not None})
    return [_row(one, whose.get(one.id, ()), paid.get(one.id), names, numbers) for one in together]


def _row(
    one: BankEntry,
    candidates: Sequence[Proposal],
    customer_id: int | None,
    names: Mapping[int, str],
    numbers: Mapping[int, str],
) -> dict[str, object]:
    is_waiting = one.state is EntryState.PROPOSED
    may_be = [
        {
            "customer": named(each.customer_id, names),
            "invoice": numbers.get(each.invoice_id or 0),
            "reasons": [reason.value for reason in each.reasons],
            "why": words(each.reasons),
        }
        for each in candidates
        if is_waiting
    ]
    told = "; ".join(
        f"{numbers.get(each.invoice_id or 0) or names.get(each.customer_id, '')}: {words(each.reasons)}"
        for each in candidates
        if is_waiting
    )
    return {
        "id": one.id,
        "booked_on": one.booked_on.isoformat(),
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "payer": one.payer,
        "payer_account": one.payer_account,
        "reference": one.reference,
        "text": one.text,
        "state": one.state.value,
        "why": told or one.why,
        "customer": named(customer_id, names),
        "payment": one.payment_id,
        "candidates": may_be,
        "decided_at": one.decided_at,
        "decided_by": one.decided_by,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
