"""What must hold after a year, looked up in the rows and reckoned by a second path. Each fault is a sentence."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, select

from store.engine import reading
from store.schema import balances, billed_periods, invoice_lines, invoice_taxes, invoices, services
from tests.billing.second_path import bill_day_in, half_up
from tests.cli.test_ledger_export import counted, exported, says
from tests.program import Program
from tests.real_billing.einvoices import einvoices
from tests.real_billing.shop import DIGITS
from tests.real_billing.year import Has, Life, Terms, months

PROOF_DAYS = 90


def faults(life: Life, *, last_day: date, programs: bool) -> Iterator[str]:
    """All that is wrong. `programs`: hledger, beancount and the rules for e-invoices are asked as well."""
    yield from numbers(life)
    yield from tiles(life, last_day)
    yield from documents(life)
    yield from given_back(life)
    yield from settled(life)
    yield from einvoices(life, rules=programs)
    if life.program.ask("ledger", "verify")["wrong"]:
        yield "the ledger is not whole"
    if programs:
        yield from other_programs(life.program, life.parts.engine)


def _rows(life: Life, table: Any) -> list[Any]:
    with reading(life.parts.engine) as conn:
        return list(conn.execute(select(table).order_by(*table.primary_key.columns)).all())


def numbers(life: Life) -> Iterator[str]:
    """Each series counts from 1 without a gap, and its dates never go back."""
    series: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in _rows(life, invoices):
        series[row.kind, row.issued_on.year].append(row)
    for key, rows in series.items():
        if sorted(row.serial for row in rows) != list(range(1, len(rows) + 1)):
            yield f"{key}: {len(rows)} documents are not numbered 1 to {len(rows)}"
        in_turn = sorted(rows, key=lambda row: row.serial)
        for before, after in pairwise(in_turn):
            if before.issued_on > after.issued_on:
                yield f"{after.number} is of {after.issued_on}, before {before.number} of {before.issued_on}"


def tiles(life: Life, last_day: date) -> Iterator[str]:
    """The billed days of each service follow one another; what lies between them is a suspension."""
    periods: dict[int, list[Any]] = defaultdict(list)
    for row in _rows(life, billed_periods):
        if row.released_at is None:
            periods[row.service_id].append(row)
    for service in _rows(life, services):
        if service.months:
            theirs = sorted(periods[service.id], key=lambda row: row.period_start)
            yield from (
                f"service {service.id} {fault}" for fault in _tiles(life.has[service.id], service, theirs, last_day)
            )


def _tiles(has: Has, service: Any, billed: list[Any], last_day: date) -> Iterator[str]:
    if service.state == "active" and service.cancel_on is None and service.billed_through <= last_day:
        yield f"is billed through {service.billed_through} only"
    if not billed:
        if service.state == "active" and service.started_on <= last_day:
            yield "is billed by nothing"
        return
    ends = [
        (service.started_on, billed[0].period_start),
        *((a.period_end, b.period_start) for a, b in pairwise(billed)),
    ]
    if service.state == "active" and service.cancel_on is None:
        ends.append((billed[-1].period_end, service.billed_through))
    for end, start in ends:
        if start < end:
            yield f"has {start} to {end} billed twice"
        elif start > end and not _rested(has, end, start):
            yield f"has {end} to {start} billed by nothing"
    is_domain = has.terms[-1].sku.startswith("domain")
    over, ended = billed[-1].period_end, service.ended_on
    if ended and not is_domain and over < ended and not _rested(has, over, ended):
        yield f"ended on {ended} and is billed to {over} only"
    is_given_back = billed[-1].invoice_id is not None and not is_domain and not has.is_used_up
    if service.ended_on and is_given_back and billed[-1].period_end > max(service.ended_on, service.started_on):
        yield f"ended on {service.ended_on} and is billed to {billed[-1].period_end}"


def _rested(has: Has, start: date, end: date) -> bool:
    """A suspension, as its customer knows it, covers these days; those before it that no run had billed are lost."""
    return any((began <= start and (ended is None or end <= ended)) or ended == end for began, ended in has.rests)


def documents(life: Life) -> Iterator[str]:
    """Each line is what some agreed terms say; tax and totals are what fractions say."""
    lines: dict[int, list[Any]] = defaultdict(list)
    taxes: dict[int, list[Any]] = defaultdict(list)
    for row in _rows(life, invoice_lines):
        lines[row.invoice_id].append(row)
    for row in _rows(life, invoice_taxes):
        taxes[row.invoice_id].append(row)
    for document in _rows(life, invoices):
        theirs = lines[document.id]
        sign = -1 if document.kind == "credit-note" else 1
        for line in theirs:
            if line.period_start and not _is_explained(life, line, document):
                days = f"{line.period_start} to {line.period_end}"
                yield f"{document.number}: nothing explains {line.amount_minor} for {line.text}, {days}"
            if sign > 0 and line.kind == "service" and (wrong := _wrong_rate(life, line, document)):
                yield f"{document.number}: {wrong}"
        yield from _sums(document, theirs, taxes[document.id])


def _is_explained(life: Life, line: Any, document: Any) -> bool:
    has = life.has[line.service_id]
    wanted = abs(line.amount_minor)  # what is given back of a change takes its credit back as well
    found = {amount for terms in has.terms for amount in _amounts(life, has, terms, line, document)}
    if wanted in found:
        return True
    # What was given back before is no part of it.
    return bool(line.kind == "credit" and 0 < wanted < max(found))


def _amounts(life: Life, has: Has, terms: Terms, line: Any, document: Any) -> Iterator[int]:
    """What these terms make of the days of a line, by each day of the month on which they may be billed."""
    price = _price(life, has, terms, line, document.currency)
    if price is None:
        return
    days = (line.period_end - line.period_start).days
    if not months(terms):
        yield price
        return
    own = {has.started_on.day}
    if not terms.sku.startswith("domain") and has.parent is None:
        own |= {_first(life, has).day} | life.bill_days.get(has.buyer.id, set())
    for day in own:
        for back in range(months(terms)):
            start = bill_day_in(line.period_start, day, -back)
            for begin in {start, bill_day_in(line.period_start, day, -back - 1)}:
                end = bill_day_in(begin, day, months(terms))
                if begin <= line.period_start and line.period_end <= end:
                    yield half_up(Fraction(price * days, (end - begin).days))


def _price(life: Life, has: Has, terms: Terms, line: Any, currency: str) -> int | None:
    """Of a whole cycle, less its promotion; None when the line says otherwise of that than these terms."""
    price = life.versions[terms.version].price(terms.sku, terms.cycle, currency, dict(terms.options))
    is_named = " -" in line.text and f"({terms.promotion} -" in line.text
    if is_named != (" -" in line.text) or (
        line.kind == "service" and is_named not in _is_cheaper(life, has, terms, line)
    ):
        return None
    if not is_named:
        return price
    promotion = life.versions[0].promotion(terms.promotion)
    if "percent" in promotion:
        return half_up(price * (1 - Fraction(promotion["percent"]) / 100))
    off = Fraction(promotion["amount"][currency]) * 10 ** DIGITS[currency]
    return max(0, price - half_up(off * months(terms) / months(has.terms[0])))


def _is_cheaper(life: Life, has: Has, terms: Terms, line: Any) -> set[bool]:
    """Whether its promotion counts for days that begin so early: for so many cycles from the first bill day.

    By each day of the month that may have been the bill day when it was sold.
    """
    if not terms.promotion:
        return {False}
    cycles, sold = life.versions[0].promotion(terms.promotion).get("cycles"), has.started_on
    found = set()
    for bill_day in {_first(life, has).day} | life.bill_days.get(has.buyer.id, set()):
        first = bill_day_in(sold, bill_day, 0 if bill_day_in(sold, bill_day) >= sold else 1)
        found.add(cycles is None or line.period_start < bill_day_in(first, bill_day, cycles * months(has.terms[0])))
    return found


def _first(life: Life, has: Has) -> date:
    """The day on which the first thing began that sets the bill day: what a customer took first."""
    of_buyer = [one for one in life.has.values() if one.buyer.id == has.buyer.id]
    return min(of_buyer, key=lambda one: one.id).started_on


def _wrong_rate(life: Life, line: Any, document: Any) -> str:
    buyer = life.has[line.service_id].buyer
    proven = life.proven.get(buyer.id)
    if proven and document.issued_on <= proven + timedelta(PROOF_DAYS):
        return "" if (line.tax_category, line.tax_rate) == ("AE", "0") else f"reverse charge, and {line.tax_rate} %"
    rate = life.versions[-1].rate(buyer.place.country, buyer.place.region, document.issued_on) or Fraction()
    return "" if Fraction(line.tax_rate) == rate else f"{line.tax_rate} % where {float(rate)} % is due"


def _sums(document: Any, lines: list[Any], taxes: list[Any]) -> Iterator[str]:
    """Tax of each group, once; what gives something back may differ by a unit for each invoice that it is about."""
    net = tax = 0
    for key in {(line.tax_category, line.tax_rate, line.inclusive) for line in lines}:
        group = [line for line in lines if (line.tax_category, line.tax_rate, line.inclusive) == key]
        amount, rate = sum(line.amount_minor for line in group), Fraction(key[1]) / 100
        of_group = half_up(amount * rate / (1 + rate)) if key[2] else half_up(amount * rate)
        of_lines = sum(line.tax_minor for line in group)
        if abs(of_lines - of_group) > len({line.original_id for line in group} - {None}):
            yield f"{document.number}: the tax of the lines at {key[1]} % is {of_lines} and not {of_group}"
        net += amount - of_lines if key[2] else amount
        tax += of_lines
    if (document.net_minor, document.tax_minor, document.total_minor) != (net, tax, net + tax):
        yield f"{document.number} comes to {document.net_minor} + {document.tax_minor}, and should to {net} + {tax}"
    if sum(one.tax_minor for one in taxes) != tax:
        yield f"{document.number}: its taxes do not add up to {tax}"


def given_back(life: Life) -> Iterator[str]:
    """Of no invoice more is given back than it has charged: net and tax of each rate, and so in total."""
    charged: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    back: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    documents = {row.id: row for row in _rows(life, invoices)}
    for line in _rows(life, invoice_lines):
        of = line.original_id or line.invoice_id
        sums = (back if line.original_id else charged)[of, line.tax_category, line.tax_rate]
        sign = -1 if line.original_id and documents[line.invoice_id].kind == "invoice" else 1
        sums[0] += sign * line.net_minor
        sums[1] += sign * line.tax_minor
    for key, (net, tax) in back.items():
        had = charged.get(key, [0, 0])
        if net > had[0] or tax > had[1]:
            number = documents[key[0]].number
            yield f"{number}: {net} + {tax} at {key[2]} % are given back of {had[0]} + {had[1]}"


def settled(life: Life) -> Iterator[str]:
    """What is open of invoices is what customers owe in the ledger, each in each currency."""
    owed: dict[tuple[int, str], int] = defaultdict(int)
    for row in _rows(life, invoices):
        if row.kind == "invoice":
            owed[row.customer_id, row.currency] += row.open_minor
    for row in _rows(life, balances):
        if row.account == "assets:receivable":
            owed[row.customer_id, row.currency] -= row.amount_minor
        if row.account == "liabilities:credit" and row.amount_minor > 0:
            yield f"customer {row.customer_id} has less than no credit in {row.currency}"
    for (customer, currency), differs in owed.items():
        if differs:
            yield f"customer {customer}: open invoices and ledger differ by {differs} {currency}"


def other_programs(program: Program, engine: Engine) -> Iterator[str]:
    """hledger and beancount take the books, and add them up to the same minor units."""
    with reading(engine) as conn:
        rows = conn.execute(select(balances)).all()
    ours = {
        (f"{row.account}{f':C{row.customer_id}' if row.customer_id else ''}".lower(), row.currency): row.amount_minor
        for row in rows
        if row.amount_minor
    }
    place = program.directory
    journal = exported(program, "hledger", None, None, place / "year.journal")
    says("hledger", "check", "--strict", "-f", journal)
    sums = says("hledger", "balance", "-f", journal, "--flat", "--no-total", "--layout=bare", "-O", "csv")
    found = ((row["account"], row["balance"], row["commodity"]) for row in csv.DictReader(io.StringIO(sums)))
    if {(name.lower(), code): minor for (name, code), minor in counted(found).items()} != ours:
        yield "hledger adds the books up to other sums"
    book = exported(program, "beancount", None, None, place / "year.beancount")
    says("bean-check", book)
    sums = says("bean-query", "-f", "csv", book, "SELECT account, sum(position) AS total GROUP BY 1")
    amounts = (
        (row["account"].strip(), *amount.split())
        for row in csv.DictReader(io.StringIO(sums))
        for amount in row["total"].split(",")
        if amount.strip()
    )
    if {(name.lower(), code): minor for (name, code), minor in counted(amounts).items()} != {
        (name.replace(" ", "-"), code): minor for (name, code), minor in ours.items()
    }:
        yield "beancount adds the books up to other sums"
