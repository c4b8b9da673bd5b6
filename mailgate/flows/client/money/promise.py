"""`!paid` and `!defer`: a customer says that money is on its way, or asks for time; reminders rest for some days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mailgate.billing.promise import PromiseKind
from mailgate.billing.time_given import Deferring, NotGiven, rests_after_payment
from mailgate.commands.verb import Command
from mailgate.flows.billing.dunning import time_given
from mailgate.flows.billing.dunning.time_given import Standing
from mailgate.flows.client.asking import Asking
from mailgate.flows.client.money import which
from mailgate.tickets.money_said import MoneySaid
from mailgate.tickets.result import Item, Result, item, result
from store.billing.invoices import Issued

_MOST_NAMED = 20

Told = Result | tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """What a command is about, in a locked account: one invoice, or all that is open."""

    standing: Standing
    invoice: Issued | None

    @property
    def open(self) -> tuple[Issued, ...]:
        """Those of them of which something is to be paid."""
        return self.standing.open if self.invoice is None else (self.invoice,)


def paid(mail: Asking, command: Command) -> Told:
    """Money was sent on a day: what it is for rests for a week from then."""
    return _about(mail, command, _paid)


def defer(mail: Asking, command: Command) -> Told:
    """Time, as often and for as long as the settings give it."""
    return _about(mail, command, _defer)


def _paid(mail: Asking, command: Command, meant: Meant) -> Told:
    standing, on = meant.standing, command.argument.on
    assert on is not None
    if before := standing.rests_until(meant.open, PromiseKind.PAID):
        return result(MoneySaid.PAID_BEFORE, *_named(meant), until=f"{before}")
    until = rests_after_payment(on, today=standing.today)
    if isinstance(until, NotGiven):
        says = MoneySaid.PAID_AHEAD if until is NotGiven.AHEAD else MoneySaid.PAID_LONG_AGO
        return result(says, on=f"{on}")
    if vain := standing.claimed_in_vain(meant.open):
        return result(MoneySaid.PAID_IN_VAIN, numbers=", ".join(one.number for one in vain[:_MOST_NAMED]))
    _promise(mail, meant, PromiseKind.PAID, until)
    noted = result(MoneySaid.PAID_NOTED, *_named(meant), on=f"{on}", until=f"{until}")
    return (noted, result(MoneySaid.THEN_GOES_ON))


def _defer(mail: Asking, command: Command, meant: Meant) -> Told:
    standing = meant.standing
    deferring = standing.deferring(mail.act.settings.billing)
    days = deferring.most_days if command.argument.number is None else command.argument.number
    if why := deferring.why_not(days):
        return _not_deferred(why, deferring, days)
    until = standing.today + timedelta(days=days)
    _promise(mail, meant, PromiseKind.DEFERRED, until)
    left = deferring.left - 1
    how_often = result(MoneySaid.DEFERS_LEFT, left=left) if left else result(MoneySaid.NONE_LEFT)
    given = result(MoneySaid.DEFERRED, *_named(meant), until=f"{until}")
    return (given, result(MoneySaid.DUE_DATE_STAYS), how_often)


def _not_deferred(why: NotGiven, deferring: Deferring, days: int) -> Result:
    match why:
        case NotGiven.TOO_LONG:
            return result(MoneySaid.DEFER_TOO_LONG, days=days, most=deferring.most_days)
        case NotGiven.RUNS:
            return result(MoneySaid.DEFER_RUNS, until=f"{deferring.runs_until}")
        case NotGiven.USED_UP:
            return result(MoneySaid.DEFER_USED_UP, most=deferring.most_a_year, again=f"{deferring.again_on}")
        case NotGiven.SUSPENDED:
            return result(MoneySaid.DEFER_SUSPENDED)
    return result(MoneySaid.DEFER_OFF)


def _about(mail: Asking, command: Command, then: Callable[[Asking, Command, Meant], Told]) -> Told:
    """Do it to what is meant, if that is plain and something of it is open."""
    number = command.argument.words
    invoice = which.named(mail, number) if number else which.answered_invoice(mail)
    if number and invoice is None:
        hint = () if command.argument.number else (item(MoneySaid.DAY_IS_WRITTEN),)
        return result(MoneySaid.NO_SUCH_INVOICE, *hint, number=number)
    customer_id = which.account_that_owes(mail) if invoice is None else invoice.customer_id
    if customer_id is None:
        return result(MoneySaid.WHICH_ACCOUNT)
    standing = time_given.stand(mail.act.conn, customer_id, now=mail.act.now)
    if invoice is not None:
        open_now = next((one for one in standing.open if one.id == invoice.id), None)
        if open_now is None:
            return result(MoneySaid.NOT_OPEN, number=invoice.number)
        invoice = open_now
    if not standing.open:
        return result(MoneySaid.NOTHING_OPEN)
    return then(mail, command, Meant(standing, invoice))


def _promise(mail: Asking, meant: Meant, kind: PromiseKind, until: date) -> None:
    time_given.promise(
        mail.act.conn,
        meant.standing,
        kind,
        until,
        invoice_id=meant.invoice.id if meant.invoice else None,
        by=f"{mail.contact.name} <{mail.contact.address}>",
        spool_id=mail.incoming.lent.spool_id,
        now=mail.act.now,
    )


def _named(meant: Meant) -> Sequence[Item]:
    return [
        item(
            MoneySaid.ABOUT_INVOICE,
            number=one.number,
            open_minor=one.open_minor,
            currency=one.currency,
            due=f"{one.due_on}",
        )
        for one in meant.open[:_MOST_NAMED]
    ]
