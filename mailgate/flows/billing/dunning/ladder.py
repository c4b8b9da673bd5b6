"""The ladder: an unpaid invoice is brought, reminded of, and has consequences only after fair warning.

What is due of an account is written in one transaction, under its lock: the row of each step, its mails, what is
suspended or ends, and when to look again. So each step of an invoice is done once, whoever looks and how often.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailgate.billing.period import local_date
from mailgate.billing.service import State
from mailgate.config import Settings
from mailgate.flows.billing.books import Payer, lock, open_books
from mailgate.flows.billing.card import collecting
from mailgate.flows.billing.dunning import falling_due
from mailgate.flows.billing.dunning.ladder_look import Look
from mailgate.flows.billing.dunning.ladder_notes import Notes
from mailgate.flows.billing.invoicing.go import waits_for_go
from mailgate.flows.billing.invoicing.offers import want_missing
from mailgate.flows.billing.money.owing import debtors
from mailgate.flows.story.act import Act
from mailgate.payments.terms import terms_of
from store.billing import dunning, ledger, working_cards
from store.billing.cards import SavedCard
from store.post import suppressions

AT_ONCE = 500
"""Customers that one look takes up; what is left is found by the next."""

TOGETHER = 16
"""Customers of one transaction: a commit waits for the disk, and mail that comes in waits for a commit."""


def waiting(conn: Connection, _settings: Settings, at: datetime) -> Iterator[tuple[int, datetime]]:
    """Customers of whom an invoice is to be looked at, and since when."""
    yield from dunning.waiting(conn, until=at, limit=AT_ONCE)


def climb(act: Act, customer_ids: Sequence[int]) -> None:
    """Do what is due of these accounts."""
    books = open_books(act.conn, act.settings)
    have_credit, payers = _after_what_is_due(act, lock(act.conn, customer_ids))
    addresses = [one.address for payer in payers.values() for one in payer.customer.contacts]
    dead = frozenset(suppressions.reasons(act.conn, addresses, now=act.now))
    look = Look(act, books, act.settings.billing.ladder, have_credit, dead, Notes(act), _cards(act, payers))
    little = collecting.too_little(act.conn, terms_of(act.settings.payments), list(payers))
    waits = waits_for_go(act.conn, act.settings, act.now)
    found = tuple(debtors(act.conn, payers, now=act.now))
    open_now = {
        one.payer.customer.id: [each.id for each in one.invoices if each.open_minor] for one in found if not one.rests
    }
    want_missing(act.conn, act.settings, open_now, now=act.now)
    for debtor in found:
        too_little = little.get(debtor.payer.customer.id, frozenset())
        look.at(replace(debtor, too_little=too_little, waits_for_go=waits))
    look.notes.write()


def tell_declined(act: Act, payer: Payer, invoice_ids: Collection[int], told: Mapping[str, object]) -> None:
    """A charge for these invoices came to nothing: its mail takes the place of what the ladder would say today.

    `told`: of the charge, as the mail is given it. A warning that is due stands in it, and counts as given.
    """
    customer = payer.customer
    dead = frozenset(suppressions.reasons(act.conn, [one.address for one in customer.contacts], now=act.now))
    have_credit = ledger.with_credit(act.conn, (customer.id,))
    look = Look(act, open_books(act.conn, act.settings), act.settings.billing.ladder, have_credit, dead, Notes(act))
    for debtor in debtors(act.conn, {customer.id: payer}, now=act.now):
        if not debtor.rests:
            look.declined(debtor, invoice_ids, told)
    look.notes.write()
    dunning.look_soon(act.conn, customer.id, now=act.now)


def _cards(act: Act, payers: Mapping[int, Payer]) -> Mapping[int, SavedCard]:
    """The cards of these accounts that can be charged today."""
    terms = terms_of(act.settings.payments)
    if terms is None:
        return {}
    kept = working_cards.kept(act.conn, payers, terms.name)
    return {number: one for number, one in kept.items() if one.works(local_date(act.now, payers[number].zone))}


def _after_what_is_due(act: Act, payers: Mapping[int, Payer]) -> tuple[frozenset[int], Mapping[int, Payer]]:
    """The accounts once cards are charged and credit has paid what it can, and what is over has ended.

    All of that falls due at the same midnight: nobody is asked for what it settles, whichever is taken up first. With
    those of them who had credit.
    """
    have_credit = ledger.with_credit(act.conn, payers)
    changed = False
    for number, payer in payers.items():
        today = local_date(act.now, payer.zone)
        pending = [one.id for one in payer.services if one.state is State.PENDING]
        if any(one.cancel_on is not None and one.cancel_on <= today for one in payer.services):
            falling_due.end_services(act, (number,))
            changed = True
        if pending:
            falling_due.drop_orders(act, pending)
            changed = True
    changed = bool(collecting.collect(act, payers)) or changed
    for number in have_credit:
        falling_due.settle_by_credit(act, (number,))
        changed = True
    return have_credit, lock(act.conn, payers) if changed else payers
