"""`!statement`: what a month of an account comes to, as the ledger has it, with a PDF for each currency."""

from collections.abc import Sequence
from dataclasses import replace

from mailgate.billing.statement import BadMonth, Section, Statement
from mailgate.commands.verb import Command
from mailgate.flows.billing.papers.statement import StillToCome, statement_file, statement_of
from mailgate.flows.client.asking import Asking
from mailgate.flows.client.money import which
from mailgate.tickets.money_said import MoneySaid
from mailgate.tickets.result import Item, Result, item, result
from store import people

_MOST_ENTRIES = 60


def statement(mail: Asking, command: Command) -> Sequence[Result]:
    """Of each account of the writer's: how it stood when the month began, what came and went, and how it stood then."""
    return [_of(mail, command, one.customer_id) for one in which.accounts(mail)]


def _of(mail: Asking, command: Command, customer_id: int) -> Result:
    month = command.argument.on
    assert month is not None
    try:
        found = statement_of(mail.act.conn, customer_id, month, now=mail.act.now)
    except StillToCome:
        return result(MoneySaid.STATEMENT_AHEAD, first=f"{month}")
    except BadMonth:
        return result(MoneySaid.NO_STATEMENT, first=f"{month}")
    if found.is_empty:
        return result(MoneySaid.NO_STATEMENT, first=f"{found.month}")
    days = {"first": f"{found.month}", "last": f"{found.through}"}
    lines = [line for section in found.sections for line in _lines(found, section)]
    told = result(MoneySaid.STATEMENT, *lines, **days)
    if len(which.accounts(mail)) > 1:
        name = people.get_customer(mail.act.conn, customer_id).name
        told = result(MoneySaid.STATEMENT_OF, *lines, **days, account=name)
    return replace(told, files=tuple(statement_file(mail.act, found, section) for section in found.sections))


def _lines(found: Statement, section: Section) -> Sequence[Item]:
    currency = section.currency
    moving = [one for one in section.entries if one.amount_minor]
    entries = [
        item(
            MoneySaid.ENTRY,
            on=f"{one.on}",
            entry=one.kind,
            number=one.about.number,
            amount_minor=one.amount_minor,
            currency=currency,
        )
        for one in moving[:_MOST_ENTRIES]
    ]
    if len(moving) > _MOST_ENTRIES:
        entries.append(item(MoneySaid.MORE_ENTRIES, more=len(moving) - _MOST_ENTRIES))
    opening, closing = section.opening.balance_minor, section.closing.balance_minor
    return (
        item(MoneySaid.OPENING, first=f"{found.month}", balance_minor=opening, currency=currency),
        *entries,
        item(MoneySaid.CLOSING, last=f"{found.through}", balance_minor=closing, currency=currency),
    )
