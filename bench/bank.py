"""Bank files: lines a second that `mailgate bank import` takes in, its start included, and what that takes of memory.

Of a hundred lines one pays an invoice by its reference, two name an invoice otherwise, ten went out, and the others are
of nobody who is known: a company's own account has much that is no customer's. A second file has nothing but payments
with the reference of an invoice, each of which is booked, and a receipt of it queued.
"""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bench.billing import DUE_ON
from bench.generate.billing import Shop, generate_billing
from bench.program import MAILGATE, Failed, prepare
from bench.results import BANK_LINES, BANK_MEMORY, Result
from bench.run import Run, tell
from bench.usage import has_proc, mebibytes
from mailgate.config import Settings
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.run import run as run_billing
from store.billing import invoices
from store.billing.invoices import Issued
from store.engine import connect, reading
from tests.billing.statements import Books, Pays, Says, camt

LINES, CUSTOMERS = 50_000, 2_000
_SMALL = 100
_LOOK_SECONDS = 0.02


def bank(run: Run) -> Iterator[Result]:
    """Into a store of a file, once for each round."""
    many = run.much(LINES)
    rates, more, booked = [], [], []
    for number in range(run.rounds):
        directory = run.room(f"bank-{number}")
        prepare(directory, staff=1)
        open_ones = _bill(directory / "mailgate.db")
        tell(f"bank: {many:,} lines, round {number + 1}")
        _, least = _import(directory, _file(directory, "small", open_ones[:1], _SMALL))
        seconds, most = _import(directory, _file(directory, "large", open_ones[1:], many))
        rates.append(many / seconds)
        unpaid = open_ones[1 + many // 100 :]  # the first were paid by the others
        paying = unpaid[: run.much(len(unpaid))]
        seconds, _ = _import(directory, _file(directory, "sure", paying, len(paying), each=True))
        booked.append(len(paying) / seconds)
        more.append(most - least)
    rates.sort()
    rate, mebibytes = rates[len(rates) // 2], max(more)
    yield Result("bank", f"{many:,} lines of a bank's file", f"{rate:,.0f}/s", rate, BANK_LINES, {"rates": rates})
    booked.sort()
    rate = booked[len(booked) // 2]
    yield Result("bank", f"{len(paying):,} that are booked at once", f"{rate:,.0f}/s", rate, None, {"rates": booked})
    yield Result("bank", "memory of the import", f"+{mebibytes:.0f} MiB", mebibytes, BANK_MEMORY, {"more": more})


def _bill(database: Path) -> Sequence[Issued]:
    """Customers with an open invoice each."""
    engine = connect(f"sqlite:///{database}")
    shop = Shop(CUSTOMERS, CUSTOMERS, DUE_ON)
    generate_billing(engine, shop)
    usual = Settings()
    settings = replace(usual, billing=replace(usual.billing, fuse_least=10**9))
    run_billing(engine, settings, Today(shop.bill_at), by="bench")
    with reading(engine) as conn:
        found = invoices.listing(conn)
    engine.dispose()
    if len(found) != CUSTOMERS:
        raise Failed(f"{len(found)} of {CUSTOMERS} invoices were issued")
    return found


def _file(directory: Path, name: str, open_ones: Sequence[Issued], many: int, *, each: bool = False) -> Path:
    """`each`: all lines pay, an invoice each."""
    path = directory / f"{name}.xml"
    step = 100 if each else 1
    path.write_bytes(camt(Says([_entry(name, number * step, open_ones) for number in range(many)])))
    return path


def _entry(name: str, number: int, open_ones: Sequence[Issued]) -> Books:
    invoice = open_ones[number // 100 % len(open_ones)]
    amount = f"{invoice.open_minor // 100}.{invoice.open_minor % 100:02}"
    account = f"DE{number % 97:02}{number:018}"
    match number % 100:
        case 0:
            payment = Pays(name="Anne Miller", iban=account, reference=invoice.reference)
        case 1 | 2:
            payment = Pays(name="Anne Miller", iban=account, text=f"Invoice {invoice.number} thank you")
        case 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12:
            return Books("12.34", [Pays(name="Power and Water", iban=account, text="Contract 4711")], "DBIT")
        case _:
            words = f"Order {number} of customer {number * 7}, with thanks for all that was done in time"
            payment = Pays(name=f"Person {number}", iban=account, text=words, end_to_end=f"E{number}")
    return Books(amount, [payment], bank_reference=f"{name}-{number:09}")


def _import(directory: Path, file: Path) -> tuple[float, float]:
    """How many seconds it took, and its peak in MiB; 0 where the system has no /proc."""
    begin, peak = time.perf_counter(), 0.0
    command = [*MAILGATE, "bank", "import", str(file), "--json"]
    with subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        while program.poll() is None:
            time.sleep(_LOOK_SECONDS)
            # Of a program that has just ended there is no such line any more.
            with suppress(OSError, AssertionError):
                peak = max(peak, mebibytes(program.pid, "VmHWM")) if has_proc() else 0.0
    if program.returncode:
        raise Failed(f"bank import ended with {program.returncode}")
    return time.perf_counter() - begin, peak
