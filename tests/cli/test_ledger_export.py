"""`mailgate ledger export`: text that accounting programs take, and add up as we do."""

import csv
import io
import random
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import BANK, CASH, CREDIT, DIFFERENCES, ROUNDING, WRITE_OFFS, provider
from mailgate.billing.ledger.events import Sale, Whose
from mailgate.billing.ledger.transaction import Transaction, fold
from mailgate.billing.money.currencies import unit
from tests.cli.books import add_customers, book, book_some
from tests.program import Program, configured
from tests.servers.fixtures import needed
from tests.servers.process import find_program

CURRENCIES = ("EUR", "USD", "JPY", "KWD")
Totals = dict[tuple[str, str], int]


@pytest.fixture
def booked(tmp_path: Path) -> Program:
    """A gate with Anne and Bart as customers 1 and 2, and some events of theirs."""
    program = configured(tmp_path / "gate")
    add_customers(program)
    book_some(program)
    return program


def test_the_text_for_hledger_is_as_people_write_it(booked: Program) -> None:
    text = booked.prints("ledger", "export", "--format", "hledger").decode()

    assert text.splitlines()[:3] == ["commodity EUR", "commodity JPY", "account assets:bank"]
    assert "account assets:receivable:C1" in text.splitlines()
    assert text.split("\n\n", 1)[1] == (
        "2026-03-02 (invoice:7) invoice 7\n"
        "    assets:receivable:C1                          11.90 EUR  ; invoice 7\n"
        "    income:hosting                                -10.00 EUR\n"
        "    liabilities:tax:vat                           -1.90 EUR\n"
        "\n"
        "2026-03-02 (payment:1) payment 1\n"
        "    assets:bank                                   12.00 EUR\n"
        "    assets:receivable:C1                          -11.90 EUR  ; invoice 7\n"
        "    liabilities:credit:C1                         -0.10 EUR\n"
        "\n"
        "2026-03-05 (gift:1) gift 1\n"
        "    expenses:gifts                                2400 JPY\n"
        "    liabilities:credit:C2                         -2400 JPY\n"
        "\n"
        "; 2026-03-05 invoice:8 came to nothing\n"
    )


def test_an_extract_begins_with_what_stood_there_before(booked: Program) -> None:
    text = booked.prints(
        "ledger", "export", "--format", "beancount", "--from", "2026-03-03", "--to", "2026-03-04"
    ).decode()

    assert text.split("\n\n", 1)[1] == (
        '2026-03-03 * "opening balances"\n'
        '  key: "opening"\n'
        "  Assets:Bank                                   12.00 EUR\n"
        "  Liabilities:Credit:C1                         -0.10 EUR\n"
        "  Liabilities:Tax:Vat                           -1.90 EUR\n"
        "  Equity:Opening-balances                       -10.00 EUR\n"
    )


def year() -> Iterator[Transaction]:
    """A year of everything that happens, in four currencies, by chance but always the same."""
    chance = random.Random(13)
    stripe = provider("Stripe")
    credit: dict[tuple[int | None, str], int] = dict.fromkeys(((who, code) for who in (1, 2) for code in CURRENCIES), 0)
    for number in range(1, 601):
        on = date(2026, 1, 1) + timedelta(chance.randrange(365))
        whose = Whose(chance.choice((1, 2)), on, chance.choice(CURRENCIES))
        key, amount = (whose.customer_id, whose.currency), chance.randrange(1, 10 ** chance.randrange(2, 9))
        part = chance.randrange(amount + 1)
        net = {"hosting": amount, "add-on": part, "domain": -part // 2}
        tax = {"VAT 19 %": part // 5, "NY sales tax; (8.875 %)": 7, "消費税": amount // 10, "½ off": 1}
        sale, gross = Sale(net, tax, "a" * 64), sum(net.values()) + sum(tax.values())
        against = {number: part} if part else {}
        way, has = chance.choice((BANK, CASH, stripe)), credit[key]
        match chance.randrange(10):
            case 0 | 1 | 2:
                yield events.invoice(number, whose, sale)
            case 3:
                yield events.credit_note(number, whose, sale, against=against)
                credit[key] += gross - part
            case 4:
                yield events.payment(number, whose, amount_minor=amount, into=way, allocations=against)
                credit[key] += amount - part
            case 5:
                if part % 2:
                    yield chance.choice((events.gift, events.opening))(number, whose, amount_minor=amount)
                else:
                    yield events.deposit(number, whose, amount_minor=amount, into=way)
                credit[key] += amount
            case 6 if has:
                yield events.settle(number, whose, invoice_id=number, amount_minor=(has + 1) // 2)
                credit[key] -= (has + 1) // 2
            case 7 if has:
                yield events.refund(number, whose, amount_minor=has, out_of=CREDIT, by=way)
                yield events.refund_failed(number, whose, amount_minor=has, out_of=CREDIT, by=way)
            case 8:
                cost = chance.choice((WRITE_OFFS, ROUNDING, DIFFERENCES))
                yield events.write_off(number, whose, invoice_id=number, amount_minor=amount, cost=cost)
            case 9:
                yield events.dispute(
                    number, whose, amount_minor=amount, allocations=against, fee_minor=15, provider=stripe
                )
                yield events.dispute_won(
                    number, whose, amount_minor=amount, allocations=against, fee_minor=0, provider=stripe
                )


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, tuple[Transaction, ...]]:
    """A gate with that year in its ledger."""
    program, transactions = configured(tmp_path_factory.mktemp("year") / "gate"), tuple(year())
    add_customers(program)
    book(program, *transactions)
    return program, transactions


def expected(transactions: tuple[Transaction, ...], from_on: date | None, to_on: date | None) -> Totals:
    """By our own sums: account with its customer, and currency → minor units, zeros left out."""
    totals: Totals = {}
    within = [
        one for one in transactions if not (from_on and one.on_date < from_on) and not (to_on and one.on_date > to_on)
    ]
    before = [one for one in transactions if from_on and one.on_date < from_on]
    for line, minor in fold(before).items():
        carried = line.account.startswith(("assets:", "liabilities:"))
        name = (
            f"{line.account}{f':C{line.customer_id}' if line.customer_id else ''}"
            if carried
            else "equity:opening-balances"
        )
        totals[name, line.currency] = totals.get((name, line.currency), 0) + minor
    for line, minor in fold(within).items():
        name = f"{line.account}{f':C{line.customer_id}' if line.customer_id else ''}"
        totals[name, line.currency] = totals.get((name, line.currency), 0) + minor
    return {line: minor for line, minor in totals.items() if minor}


def exported(program: Program, form: str, from_on: date | None, to_on: date | None, place: Path) -> Path:
    days = [*(("--from", str(from_on)) if from_on else ()), *(("--to", str(to_on)) if to_on else ())]
    place.write_bytes(program.prints("ledger", "export", "--format", form, *days))
    return place


def says(name: str, *words: object) -> str:
    """What a program prints; it must have nothing to complain of."""
    with needed():
        found = find_program(name)
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    done = subprocess.run(
        [found, *map(str, words)], capture_output=True, text=True, check=False, timeout=120, env=environment
    )
    assert (done.returncode, done.stderr) == (0, ""), (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def counted(lines: Iterator[tuple[str, str, str]]) -> Totals:
    """Account, amount in major units, currency → minor units, read by the currency's own digits alone."""
    totals: Totals = {}
    for account, amount, currency in lines:
        whole, _, behind = amount.partition(".")
        minor = int(whole + behind) * unit(currency) // 10 ** len(behind)
        totals[account, currency] = minor
    return {line: minor for line, minor in totals.items() if minor}


PERIODS = [(None, None), (date(2026, 4, 1), None), (date(2026, 4, 1), date(2026, 6, 30)), (None, date(2026, 6, 30))]


@pytest.mark.server
@pytest.mark.parametrize(("from_on", "to_on"), PERIODS, ids=["all", "from", "quarter", "until"])
class TestOtherPrograms:
    """Debian's programs check the text as strictly as they can, and add it up to our sums."""

    def test_hledger(self, accounts: Any, from_on: date | None, to_on: date | None, tmp_path: Path) -> None:
        program, transactions = accounts
        file = exported(program, "hledger", from_on, to_on, tmp_path / "year.journal")

        said = says("hledger", "check", "--strict", "-f", file)
        sums = says("hledger", "balance", "-f", file, "--flat", "--no-total", "--layout=bare", "-O", "csv")

        assert said == ""
        rows = ((row["account"], row["balance"], row["commodity"]) for row in csv.DictReader(io.StringIO(sums)))
        assert counted(rows) == expected(transactions, from_on, to_on)

    def test_ledger(self, accounts: Any, from_on: date | None, to_on: date | None, tmp_path: Path) -> None:
        program, transactions = accounts
        file = exported(program, "hledger", from_on, to_on, tmp_path / "year.ledger")

        sums = says(
            "ledger", "--strict", "--explicit", "-f", file, "--args-only", "balance", "--flat", "--no-total",
            "--balance-format", "%(display_total)\t%(account)\n",
        )  # fmt: skip

        assert counted(_of_ledger(sums)) == expected(transactions, from_on, to_on)

    def test_beancount(self, accounts: Any, from_on: date | None, to_on: date | None, tmp_path: Path) -> None:
        program, transactions = accounts
        file = exported(program, "beancount", from_on, to_on, tmp_path / "year.beancount")

        said = says("bean-check", file)
        sums = says("bean-query", "-f", "csv", file, "SELECT account, sum(position) AS total GROUP BY 1")

        assert said == ""
        rows = (
            (row["account"].strip(), *amount.split())
            for row in csv.DictReader(io.StringIO(sums))
            for amount in row["total"].split(",")
        )
        assert {(name.lower(), code): minor for (name, code), minor in counted(rows).items()} == {
            (name.lower().replace(":消", ":x消"), code): minor
            for (name, code), minor in expected(transactions, from_on, to_on).items()
        }


def _of_ledger(printed: str) -> Iterator[tuple[str, str, str]]:
    """An account stands behind the last of its amounts, each of them on a line of its own."""
    waiting: list[str] = []
    for line in printed.splitlines():
        amount, _, account = line.partition("\t")
        waiting.append(amount.strip())
        if account:
            for one in waiting:
                number, _, currency = one.partition(" ")
                yield account, number, currency
            waiting = []
