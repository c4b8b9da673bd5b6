"""What the commands about money refuse: one line, an exit code of sysexits, and nothing is half done."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.selling import add, contents, refused, selling
from tests.program import Program
from tests.store.test_archive_directory import files_no_larger_than


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that sells."""
    return selling(tmp_path / "gate")


ADD = ("service", "add", "--customer", "1", "--on", "2026-04-01")
NOT_SOLD = [
    (("--sku", "smal", "--cycle", "monthly"), "NotSold", "the catalogue has no 'smal': did you mean small?"),
    (("--sku", "zzzz", "--cycle", "monthly"), "NotSold", "the catalogue has no 'zzzz'"),
    (("--sku", "small", "--cycle", "weekly"), "NotSold", "'weekly' is no billing cycle: there is monthly, quarterly"),
    (("--sku", "small", "--cycle", "biennial"), "NotSold", "not sold biennial in EUR: there is monthly in EUR"),
    (("--sku", "shield", "--cycle", "monthly"), "NotPossible", "shield is an add-on: name the service that it is for"),
    (("--sku", "shield", "--cycle", "monthly", "--parent", "9"), "NotPossible", "customer 1 has no service 9"),
    (("--sku", "shield", "--cycle", "monthly", "--parent", "2"), "NotSold", "no add-on of medium: there is none"),
    (("--sku", "large", "--cycle", "monthly", "--parent", "1"), "NotPossible", "large is no add-on"),
    (("--sku", "small", "--cycle", "monthly", "--start", "20227-01-01"), "BadDay", "'20227-01-01' is no day"),
    (("--sku", "small", "--cycle", "monthly", "--start", "2026-02-30"), "BadDay", "'2026-02-30' is no day"),
    (("--sku", "small", "--cycle", "monthly", "--start", "2927-01-01"), "NotPossible", "2927-01-01 is not between"),
    (("--sku", "small", "--cycle", "monthly", "--start", "1026-01-01"), "NotPossible", "1026-01-01 is not between"),
    (("--sku", "small", "--cycle", "monthly", "--on", "9999-12-31"), "NotPossible", "9999-12-31 is not between"),
    (("--sku", "small", "--cycle", "monthly", "--paid-through", "9999-12-31"), "NotPossible", "9999-12-31"),
    (("--sku", "small", "--cycle", "monthly", "--option", "mailboxes"), "BadOption", "'mailboxes' is no option"),
    (("--sku", "small", "--cycle", "monthly", "--option", "mailboxes=-1"), "BadOption", "'mailboxes=-1' is no option"),
    (("--sku", "small", "--cycle", "monthly", "--option", "mailboxes=\uff13\uff10"), "BadOption", "is no option"),
    (("--sku", "small", "--cycle", "monthly", "--option", "mailboxes=35"), "NotSold", "10 at a time"),
    (("--sku", "small", "--cycle", "monthly", "--option", "disks=1"), "NotSold", "small has no option 'disks'"),
    (("--sku", "small", "--cycle", "monthly", "--customer", "77"), "error", "there is no customer 77"),
    (("--sku", "large", "--cycle", "monthly", "--customer", "2"), "NotSold", "large is not sold monthly in JPY"),
    (("--sku", "small", "--cycle", "monthly", "--name", "a\nb"), "BadDetails", "line break"),
    (("--sku", "small", "--cycle", "monthly", "--domain", "x" * 300), "BadDetails", "is longer than"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "code", "message"), NOT_SOLD)
def test_what_cannot_be_sold_is_refused_and_nothing_is_written(
    program: Program, options: tuple[str, ...], code: str, message: str
) -> None:
    add(program)
    add(program, "medium")

    error = refused(program, *ADD, *options)

    assert error["code"] == code
    assert message in error["message"]


WRONG = [
    (("service", "change", "1", "--sku", "small", "--on", "2026-04-01"), 65, "on these terms already"),
    (("service", "change", "1", "--sku", "shield", "--on", "2026-04-01"), 65, "no way from small to shield"),
    (("service", "change", "1", "--cycle", "half-yearly", "--on", "2026-04-01"), 65, "not sold half-yearly in EUR"),
    (("service", "change", "1", "--on", "2026-04-01"), 64, "nothing to change"),
    (("service", "change", "9", "--sku", "small"), 65, "there is no service 9"),
    (("service", "change", "99999999999999999999", "--sku", "small"), 65, "nothing has such a number"),
    (("service", "cancel", "1"), 64, "say when"),
    (("service", "cancel", "1", "--now", "--at-end"), 64, "say when"),
    (("service", "cancel", "1", "--now", "--on", "20227-01-01"), 65, "'20227-01-01' is no day"),
    (("service", "cancel", "1", "--now", "--on", "9999-12-31"), 65, "9999-12-31 is not between"),
    (("service", "restore", "1"), 65, "a service that is active cannot be"),
    (("service", "suspend", "1", "--on", "0001-01-01"), 65, "0001-01-01 is not between"),
    (("service", "show", "9"), 65, "there is no service 9"),
    (("customer", "edit", "1", "--bill-day", "32"), 65, "'32' is no day of a month"),
    (("invoice", "show", "2026-0009"), 65, "there is no invoice 2026-0009"),
    (("invoice", "void", "CN-2026-0001"), 65, "there is no invoice CN-2026-0001"),
    (("invoice", "credit", "2026-0001", "11.91", "--on", "2026-04-01"), 65, "no more than 11.90 EUR"),
    (("invoice", "credit", "2026-0001", "0", "--on", "2026-04-01"), 65, "'0' is nothing"),
    (("credit-note", "show", "2026-0001"), 65, "2026-0001 is an invoice and not a credit note"),
    (("payment", "record", "2026-0009", "1.00", "--method", "cash", "--reference", "1"), 65, "no invoice 2026-0009"),
    (("payment", "record", "2026-0001", "1.00", "--method", " ", "--reference", "1"), 65, "method"),
    (("payment", "record", "2026-0001", "1.00", "--method", "cash", "--reference", ""), 65, "reference"),
    (("payment", "record", "2026-0001", "1.00", "--method", "a:b\nc", "--reference", "1"), 65, "method"),
    (("credit", "add", "1", "5.00", "--method", "cash"), 64, "both --method and --reference"),
    (("credit", "add", "1", "9.99", "--method", "cash", "--reference", "1"), 65, "9.99 EUR is below the least, 10.00"),
    (("credit", "add", "1", "10.00", "--currency", "XXQ"), 65, "XXQ"),
    (("credit", "add", "1", "1000", "--currency", "JPY", "--method", "cash", "--reference", "1"), 65, "in JPY"),
    (("payment", "record", "2026-0001", "1.00", "--method", "Receivable", "--reference", "1"), 65, "'receivable' is"),
    (("credit", "add", "9", "5.00"), 65, "there is no customer 9"),
    (("credit", "show", "9"), 65, "there is no customer 9"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "code", "message"), WRONG, ids=lambda one: " ".join(one)[:60] if isinstance(one, tuple) else ""
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    program: Program, command: tuple[str, ...], code: int, message: str
) -> None:
    add(program)

    assert message in refused(program, *command, code=code)["message"]


AMOUNTS = [
    ("24,00", "is no amount: write 24.00 for an amount in EUR"),
    ("1e3", "is no amount"),
    ("-5", "has a sign"),
    ("\uff12\uff14", "is no amount"),
    ("24.001", "more digits behind the point than there are"),
    ("10000000000000.01", "is more than anybody owes"),
    ("1" + "0" * 400, "is more than anybody owes"),
    ("", "is no amount"),
    (" 24", "is no amount"),
    ("0.00", "is nothing"),
    ("€24", "is no amount"),
]


@pytest.mark.parametrize(("amount", "message"), AMOUNTS)
@pytest.mark.parametrize("command", ["payment", "credit", "invoice"])
def test_what_is_no_amount_is_told_with_what_is_meant(
    program: Program, command: str, amount: str, message: str
) -> None:
    add(program)
    arguments = {
        "payment": ("payment", "record", "--method", "cash", "--reference", "1", "2026-0001", amount),
        "credit": ("credit", "add", "1", amount),
        "invoice": ("invoice", "credit", "2026-0001", amount),
    }[command]

    before = contents(program)
    done = program.run(*arguments)

    assert (done.exit_code, done.stdout) == (65, "")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert contents(program) == before


def test_what_is_over_is_not_done_again(program: Program) -> None:
    add(program)
    pay = ("payment", "record", "2026-0001", "11.90", "--method", "cash", "--reference", "1", "--on", "2026-04-01")
    program.prints(*pay)

    assert "already" in refused(program, *pay, "--as-credit")["message"]
    assert "--as-credit" in refused(program, *pay[:-3], "2", "--on", "2026-04-01")["message"]
    assert "invoice credit" in refused(program, "invoice", "void", "2026-0001", "--on", "2026-04-01")["message"]
    assert "nothing is open" in refused(program, "invoice", "write-off", "2026-0001")["message"]
    cancel = ("service", "cancel", "1", "--now", "--on", "2026-04-05")
    program.prints(*cancel)
    assert "cancelled" in refused(program, *cancel)["message"]
    assert "cancelled" in refused(program, "service", "change", "1", "--sku", "large", "--force")["message"]


def test_an_account_changes_its_currency_when_nothing_is_left_in_the_old_one(program: Program) -> None:
    edit = ("customer", "edit", "1", "--currency", "JPY")
    add(program)
    assert "invoice 2026-0001 is open in EUR" in refused(program, *edit)["message"]
    program.prints("payment", "record", "2026-0001", "12.00", "--method", "cash", "--reference", "1")
    assert "there is credit of 0.10 EUR" in refused(program, *edit)["message"]
    add(program, "small", "--name", "another", on="2026-04-01")  # takes the credit
    program.prints("invoice", "void", "2026-0002")
    assert "there is credit of 0.10 EUR" in refused(program, *edit)["message"]


def test_no_document_is_dated_before_the_last_of_its_kind(program: Program) -> None:
    add(program, on="2026-04-10")

    error = refused(program, *ADD, "--sku", "large", "--cycle", "monthly")

    assert error["code"] == "ClockWentBack"
    assert "2026-04-10" in error["message"]


ACTS = [
    ("service", "add", "--customer", "1", "--sku", "large", "--cycle", "monthly", "--on", "2026-04-02"),
    ("service", "change", "1", "--sku", "large", "--on", "2026-04-02", "--force"),
    ("service", "cancel", "1", "--now", "--on", "2026-04-02"),
    ("service", "suspend", "1", "--on", "2026-04-02"),
    ("payment", "record", "2026-0001", "5.00", "--method", "cash", "--reference", "1"),
    ("credit", "add", "1", "5.00"),
    ("invoice", "void", "2026-0001", "--on", "2026-04-02"),
    ("invoice", "credit", "2026-0001", "5.00", "--on", "2026-04-02"),
    ("invoice", "write-off", "2026-0001"),
]


@pytest.mark.parametrize("act", ACTS, ids=" ".join)
def test_in_a_full_disk_nothing_is_half_done(program: Program, act: tuple[str, ...]) -> None:
    add(program)
    before = contents(program)

    with files_no_larger_than(16):
        done = program.run(*act)

    assert done.exit_code == 75, (done.stderr, done.exception)
    assert done.stderr.count("\n") == 1
    assert contents(program) == before
    program.prints(*act)


def test_a_locked_store_is_a_reason_to_come_later(program: Program) -> None:
    add(program)
    other = sqlite3.connect(program.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    done = program.run(*ACTS[5])

    other.execute("ROLLBACK")
    other.close()
    assert done.exit_code == 75
    assert "locked" in done.stderr
    assert done.stderr.count("\n") == 1
    assert program.ask("credit", "show", "1")["balances"] == []
