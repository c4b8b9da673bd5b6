"""Drafts: what of an account is to be billed on a day, as documents that could be issued. Plan and run share it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from mailgate.billing.document.invoice import Charge, DocumentKind, LineKind, reckon
from mailgate.billing.draft import Bundle, Due, bundles, next_look
from mailgate.billing.party import UNTIL_RELEASED
from mailgate.billing.service import Service
from mailgate.flows.billing.books import Books, Payer, text_of
from mailgate.flows.billing.invoicing.issue import Wanted


@dataclass(frozen=True, slots=True)
class Draft:
    """One document that a run would issue; None where nothing but free days would stand on it.

    Days that cost nothing by a promotion stand on one of 0.00: the customer was promised them.
    """

    payer: Payer
    bundle: Bundle
    wanted: Wanted | None
    total_minor: int  # with tax

    @property
    def covers(self) -> tuple[Due, ...]:
        """The days that it bills."""
        return self.bundle.items

    @property
    def digest(self) -> str:
        """Of all that it will say: what has changed since a plan was made shows in it."""
        charges = self.wanted.charges if self.wanted else ()
        facts = [
            self.payer.customer.id,
            self.bundle.currency,
            self.bundle.due_on.isoformat(),
            [
                (
                    one.text,
                    one.service_id,
                    one.period.start.isoformat() if one.period else None,
                    one.period.end.isoformat() if one.period else None,
                    one.amount_minor,
                    one.taxed.inclusive,
                    one.rate.text,
                    one.category,
                )
                for one in charges
            ],
        ]
        return sha256(json.dumps(facts).encode()).hexdigest()


def drafts(conn: Connection, books: Books, payer: Payer, *, today: date, on: date) -> tuple[Draft, ...]:
    """What is to be billed of an account on its own day, taxed as of the seller's. Raises NoTaxRule.

    An account that is billed elsewhere, that waits for staff, or that they hold back, has nothing.
    """
    account = payer.account
    if account.billed_elsewhere or account.parked_because or (account.hold_until and today <= account.hold_until):
        return ()
    found = bundled(conn, books, [one for one in payer.services if not one.is_held_on(today)], today=today)
    return tuple(drafted(conn, books, payer, bundle, on=on) for bundle in found)


def bundled(conn: Connection, books: Books, services: Sequence[Service], *, today: date) -> tuple[Bundle, ...]:
    """What of these is to be billed on a day of their account, as invoices."""
    leads = {one.id: books.lead(conn, one) for one in services}
    return bundles(services, today=today, rhythm=books.rhythm, leads=leads)


def drafted(
    conn: Connection,
    books: Books,
    payer: Payer,
    bundle: Bundle,
    *,
    on: date,
    more: Sequence[Charge] = (),
) -> Draft:
    """One bundle as a document, with `more` charges at its end, such as a set-up. Raises NoTaxRule."""
    charges = (*(charge_for(conn, books, payer, due, on=on) for due in bundle.items), *more)
    is_of_something = any(charge.amount_minor for charge in charges) or any(due.is_waived for due in bundle.items)
    if not is_of_something:
        return Draft(payer, bundle, None, 0)
    covers = tuple(enumerate(bundle.items))
    reckoned = reckon(charges)
    wanted = Wanted(
        DocumentKind.INVOICE,
        payer,
        bundle.currency,
        bundle.due_on,
        charges,
        covers=covers,
        reckoned=reckoned,
    )
    return Draft(payer, bundle, wanted, reckoned.total_minor)


def charge_for(conn: Connection, books: Books, payer: Payer, due: Due, *, on: date) -> Charge:
    """The line of billed days. Raises NoTaxRule."""
    product = books.product(conn, due.service.product_id)
    return Charge(
        LineKind.SERVICE,
        due.named(text_of(product, due.service)),
        product.kind.value,
        due.service.id,
        due.period,
        due.amount_minor,
        books.taxed(payer, product, on=on, period=due.period),
    )


def next_day(conn: Connection, books: Books, payer: Payer) -> date | None:
    """The first of the account's days on which there is something to bill; None when there will be nothing."""
    if payer.account.billed_elsewhere or payer.account.parked_because:
        return None
    hold = payer.account.hold_until
    if hold == UNTIL_RELEASED:
        return None
    looks = ((one, next_look(one, rhythm=books.rhythm, lead=books.lead(conn, one))) for one in payer.services)
    found = [_not_held(one, day) for one, day in looks if day is not None and not one.is_held_on(UNTIL_RELEASED)]
    if not found:
        return None
    return min(found) if hold is None else max(min(found), hold + timedelta(days=1))


def _not_held(service: Service, day: date) -> date:
    return day if service.hold_until is None else max(day, service.hold_until + timedelta(days=1))


def tomorrow(today: date) -> date:
    """What was left out today is tried again then."""
    return today + timedelta(days=1)
