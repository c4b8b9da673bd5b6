"""A bank's files for stories about money: what is imported, and what became of it."""

from hashlib import sha256
from typing import Any

from mailgate.billing.payment.bank import EntryState
from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.keyed import keyed
from mailgate.flows.billing.bank import deciding
from mailgate.flows.billing.bank.importing import Imported, import_lines
from mailgate.letters.kind import Template
from store.billing import bank, ledger
from store.billing.bank import BankEntry, FromFile, Proposal
from store.engine import reading
from store.post import outbox
from tests.billing.statements import Books, Pays, Says, camt
from tests.flows.billing.trade import Trade, d, noon

DAY = "2026-04-03"


def bring(trade: Trade, *entries: Books, on: str = DAY, raw: bytes = b"", writes: bool = True) -> Imported:
    """Import a file with these entries, or another."""
    raw = raw or camt(Says(entries))
    file = FromFile(sha256(raw).hexdigest(), "statement.xml", 1)
    lines = keyed(read_camt([raw]))
    return import_lines(trade.engine, trade.settings, lines, file, by="Bart", now=noon(d(on)), writes=writes)


def lines(trade: Trade, state: EntryState | None = None) -> tuple[BankEntry, ...]:
    with reading(trade.engine) as conn:
        return bank.listing(conn, state=state)


def proposals(trade: Trade) -> list[Proposal]:
    """Of the last line."""
    with reading(trade.engine) as conn:
        last = bank.listing(conn)[-1].id
        return bank.proposals(conn, [last]).get(last, [])


def reasons(trade: Trade) -> list[list[str]]:
    return [[reason.value for reason in one.reasons] for one in proposals(trade)]


def mails(trade: Trade) -> list[Template]:
    with reading(trade.engine) as conn:
        told = [row.notice.template for row in outbox.listing(conn)]
    return [one for one in told if one not in {Template.SERVICE_WELCOME, Template.INVOICE_CREDITED}]


def balance(trade: Trade, account: str) -> int:
    with reading(trade.engine) as conn:
        return sum(minor for line, minor in ledger.balances(conn).items() if line.account == account)


def bank_balance(trade: Trade) -> int:
    return balance(trade, "assets:bank")


def paid(amount: str, reference: str = "", *, mark: str = "CRDT", **more: Any) -> Books:
    """One transfer, perhaps with a reference in its field."""
    return Books(amount, [Pays(reference=reference, **more)], mark)


def match(trade: Trade, number: str, entry_id: int = 1, on: str = "2026-04-05") -> BankEntry:
    invoice = trade.invoice(number)
    with trade.deal(invoice.customer_id, on) as deal:
        return deciding.match_invoice(deal, entry_id, invoice)


def back(amount: str, on: str = "2026-04-08", **more: Any) -> Books:
    """The bank takes a payment back."""
    return Books(amount, [Pays(returned=True, **more)], "DBIT", on)
