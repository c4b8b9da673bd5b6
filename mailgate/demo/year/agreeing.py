"""Do the books agree: our ledger, the accounting programs that are installed, and those of the provider's double?"""

import asyncio
import csv
import io
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from mailgate.billing.ledger.accounts import FEES, provider
from mailgate.billing.ledger.plain_text import Extract, Format, write
from mailgate.billing.money.amount import nearest_minor, written
from mailgate.billing.refund import RefundState
from mailgate.demo.steps import NotSeen
from mailgate.demo.year.scene import PROVIDER, Scene
from store.billing import ledger, payments, refunds

Sums = Mapping[tuple[str, str], int]
"""Minor units by account, in small letters, and currency; what is zero is left out."""


@dataclass(frozen=True, slots=True)
class Other:
    """An accounting program."""

    form: Format
    commands: tuple[str, ...]
    add_up: Callable[[Path], Sums]


def agree(scene: Scene) -> None:
    """Raises NotSeen when they do not."""
    with scene.reading() as conn:
        ours = _sums(conn)
        files = {one.form: _exported(conn, one.form, scene.place.directory) for one in OTHERS}
    for one in OTHERS:
        missing = [command for command in one.commands if shutil.which(command) is None]
        if missing:
            scene.steps.tell(f"not checked by {one.form}: there is no {' and no '.join(missing)} on this machine")
        else:
            theirs = one.add_up(files[one.form])
            scene.steps.check(f"{one.form} adds the ledger up to the same balances", theirs == ours)
    _compare_with_the_double(scene, ours)


def _compare_with_the_double(scene: Scene, ours: Sums) -> None:
    theirs = scene.look_in("books")["accounts"]["eur"]
    with scene.reading() as conn:
        came = sum(one.amount_minor for one in payments.listing(conn) if one.provider)
        went = sum(one.amount_minor for one in refunds.listing(conn, states=[RefundState.SUCCEEDED]))
    left, fees = ours.get((provider(PROVIDER), "EUR"), 0), ours.get((FEES, "EUR"), 0)
    check = scene.steps.check
    check(f"what came by the provider is what it has charged: {_eur(came)}", came == theirs["charged"] > 0)
    check(f"what went back is what it has refunded: {_eur(went)}", went == theirs["refunded"] > 0)
    check(f"what it still has is what the ledger says: {_eur(left)}", left == theirs["balance"])
    check(f"and so are its fees: {_eur(fees)}", fees == theirs["fees"] > 0)


def _sums(conn: Connection) -> Sums:
    """Our own."""
    return {
        (f"{line.account}:c{line.customer_id}" if line.customer_id else line.account, line.currency): minor
        for customer_id in {line.customer_id for line in ledger.lines(conn)}
        for line, minor in ledger.balances(conn, customer_id).items()
        if minor
    }


def _exported(conn: Connection, form: Format, directory: Path) -> Path:
    """As `mailgate ledger export` writes it."""
    begins = ledger.first_day(conn)
    assert begins is not None
    path = directory / f"year.{form}"
    lines = write(form, Extract(begins, ledger.lines(conn)), ledger.between(conn, None, None))
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def _by_hledger(path: Path) -> Sums:
    _says("hledger", "check", "--strict", "-f", str(path))
    said = _says("hledger", "balance", "-f", str(path), "--flat", "--no-total", "--layout=bare", "-O", "csv")
    return _read((row["account"], row["balance"], row["commodity"]) for row in csv.DictReader(io.StringIO(said)))


def _by_beancount(path: Path) -> Sums:
    _says("bean-check", str(path))
    said = _says("bean-query", "-f", "csv", str(path), "SELECT account, sum(position) AS total GROUP BY 1")
    return _read(
        (row["account"].strip(), *amount.split())
        for row in csv.DictReader(io.StringIO(said))
        for amount in row["total"].split(",")
        if amount.strip()
    )


OTHERS = (
    Other(Format.HLEDGER, ("hledger",), _by_hledger),
    Other(Format.BEANCOUNT, ("bean-check", "bean-query"), _by_beancount),
)


def _read(rows: Iterable[tuple[str, ...]]) -> Sums:
    found = {(account.lower(), currency): nearest_minor(amount, currency) for account, amount, currency in rows}
    return {line: minor for line, minor in found.items() if minor}


def _says(command: str, *words: str) -> str:
    """What a program prints. Raises NotSeen when it has something to complain of."""
    return asyncio.run(_run(command, words))


async def _run(command: str, words: tuple[str, ...]) -> str:
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(command, *words, stdout=pipe, stderr=pipe)
    said, complaint = await running.communicate()
    if running.returncode or complaint:
        raise NotSeen(f"not so: {command} takes the ledger; it says {(complaint or said).decode().strip()!r}")
    return said.decode()


def _eur(minor: int) -> str:
    return f"{written(minor, 'EUR')} EUR"
