"""Statements of account: what stands in one of any month, the mail that brings it, and the values of its PDF."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.ledger.kinds import Kind
from mailgate.billing.period import local_date
from mailgate.billing.profile import buyer
from mailgate.billing.statement import Entry, Section, Statement, month_of, sections, span_of
from mailgate.config import Settings
from mailgate.errors import Permanent
from mailgate.flows.billing.papers.drawn import drawn_by
from mailgate.flows.billing.told.letters import billing_desk
from mailgate.flows.billing.told.payers import readers_of_money
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.letters.notice import MadeFile, Maker, Notice
from mailgate.outbound.document.pdf import Pdf
from mailgate.people import Customer
from store import people
from store.billing import accounts, ledger, statements

STATEMENT_PDF = "statement-pdf"
"""The maker of the file of a statement."""

_UNSAFE = re.compile(r"[^\w.]+")
_SAYS = {
    Kind.VOID: Kind.CREDIT_NOTE,
    Kind.DEPOSIT: Kind.PAYMENT,
    Kind.SET_ASIDE: Kind.REFUND,
    Kind.REFUND_FAILED: Kind.REFUND,
    Kind.REFUND_KEPT: Kind.REFUND,
}
"""What is the same to people."""


class StillToCome(Permanent):
    """A month that has not begun."""


def statement_of(conn: Connection, customer_id: int, month: date, *, now: datetime) -> Statement:
    """The statement of the month that holds this day, by what the ledger says now; of this month up to today.

    Days are the account's own. Raises StillToCome, BadMonth, LookupError.
    """
    customer = _customer(conn, customer_id)
    span = span_of(month_of(month))
    today = account_day(customer, now)
    if today < span.start:
        raise StillToCome(f"{span.start:%Y-%m} is still to come: there is a statement once it has begun")
    booked = ledger.of_customer(conn, customer_id, span.start, span.end)
    before = statements.standings_before(conn, customer_id, span.start)
    # Who sells may have a later day than the account, and has dated documents by it.
    through = min(span.last, max([today, *(one.on_date for one in booked)]))
    return Statement(customer_id, span.start, through, sections(before, booked, statements.about(conn, booked)))


def statement_notices(act: Act, found: Statement, *, only: Collection[str] | None = None) -> list[Notice]:
    """A mail for each currency to each reader of money, with the PDF; `only`: in these currencies.

    None where there is nothing to tell, where the account is billed elsewhere, and where nobody is left to tell.
    """
    readers = readers_of_money(act, found.customer_id)
    notices = []
    for section in found.sections:
        if only is None or section.currency in only:
            values, file = _values(act, found, section), statement_file(act, found, section)
            for reader in readers:
                sheet = sheet_for(act, reader, subject="", desk=billing_desk(act.settings))
                notices.append(letter(Template.STATEMENT, sheet, {**values, "has_file": True}, files=(file,)))
    return notices


def model_of(conn: Connection, settings: Settings, found: Statement, *, made_on: date) -> dict[str, object]:
    """All that the PDF says, as JSON has it: the values of its maker."""
    customer = _customer(conn, found.customer_id)
    payer = buyer(customer, accounts.account(conn, customer.id))
    return {
        "month": found.month.isoformat(),
        "through": found.through.isoformat(),
        "made_on": made_on.isoformat(),
        "language": customer.language,
        "seller": {name: value for name, value in asdict(settings.seller).items() if value},
        "buyer": {name: value for name, value in asdict(payer).items() if value},
        "sections": [_section(one) for one in found.sections],
    }


def statement_maker(make: Callable[[Mapping[str, object]], Pdf]) -> Maker:
    """Makes the file of a statement, and tells the log what is wrong with it."""
    return drawn_by(make, lambda values: f"statement {values['month']}")


def account_day(customer: Customer, now: datetime) -> date:
    """Which day it is for the account."""
    return local_date(now, ZoneInfo(customer.timezone))


def says(kind: str) -> str:
    """What an entry is called, for words: what is the same to people has one name."""
    return next((same.value for one, same in _SAYS.items() if one == kind), kind)


def _customer(conn: Connection, customer_id: int) -> Customer:
    customer = people.find_customer(conn, customer_id)
    if customer is None:
        raise LookupError(f"there is no customer {customer_id}")
    return customer


def _values(act: Act, found: Statement, section: Section) -> dict[str, object]:
    moving = [one for one in section.entries if one.amount_minor]
    return {
        "first": found.month.isoformat(),
        "last": found.through.isoformat(),
        "currency": section.currency,
        "opening_minor": section.opening.balance_minor,
        "closing_minor": section.closing.balance_minor,
        "rows": [
            {
                "on": one.on.isoformat(),
                "says": "credit" if one.kind == Kind.GIFT else says(one.kind),
                "number": one.about.number,
                "amount_minor": one.amount_minor,
            }
            for one in moving
        ],
        "overview": act.settings.page("/invoices"),
    }


def statement_file(act: Act, found: Statement, section: Section) -> MadeFile:
    """The PDF of one currency of it, which is made when its mail is."""
    alone = Statement(found.customer_id, found.month, found.through, (section,))
    values = model_of(
        act.conn, act.settings, alone, made_on=account_day(_customer(act.conn, found.customer_id), act.now)
    )
    company = _UNSAFE.sub("-", act.settings.gate.company).strip("-.")
    return MadeFile(f"{company}_{found.month:%Y-%m}_{section.currency}.pdf", "application/pdf", STATEMENT_PDF, values)


def _section(one: Section) -> dict[str, object]:
    return {
        "currency": one.currency,
        "opening_minor": one.opening.balance_minor,
        "closing_minor": one.closing.balance_minor,
        "to_pay_minor": one.closing.to_pay_minor,
        "credit_minor": one.closing.credit_minor,
        "entries": [_entry(each) for each in one.entries],
    }


def _entry(one: Entry) -> dict[str, object]:
    return {
        "on": one.on.isoformat(),
        "kind": says(one.kind),
        "number": one.about.number,
        "method": one.about.method,
        "words": one.about.words,
        "amount_minor": one.amount_minor,
        "used_minor": one.used_minor,
    }
