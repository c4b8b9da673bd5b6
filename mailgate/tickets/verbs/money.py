"""What a customer's contact may command about money: to see it, to say that it comes, and to ask for time."""

from dataclasses import dataclass

from mailgate.authority import Action
from mailgate.commands import about_money, readers
from mailgate.commands.verb import Verb
from mailgate.people import Role

_SEES_MONEY = frozenset({Role.INVOICE})  # besides the owner

INVOICES = Verb("invoices", "!invoices", Action.SEE_OWN, readers.nothing, roles=_SEES_MONEY, is_harmless=True)
INVOICE = Verb(
    "invoice",
    "!invoice 2027-0031",
    Action.SEE_OWN,
    about_money.invoice,
    roles=_SEES_MONEY,
    repeats=True,
    is_harmless=True,
)
SERVICES = Verb("services", "!services", Action.SEE_OWN, readers.nothing, roles=_SEES_MONEY, is_harmless=True)
BALANCE = Verb("balance", "!balance", Action.SEE_OWN, readers.nothing, roles=_SEES_MONEY, is_harmless=True)
STATEMENT = Verb(
    "statement", "!statement 2027-03", Action.SEE_OWN, about_money.month, roles=_SEES_MONEY, is_harmless=True
)
PAID = Verb(
    "paid",
    "!paid 3 May",
    Action.PROMISE,
    about_money.invoice_and_day,
    roles=_SEES_MONEY,
    repeats=True,
    is_harmless=True,
)
DEFER = Verb(
    "defer", "!defer 14", Action.PROMISE, about_money.invoice_and_perhaps_time, roles=_SEES_MONEY, is_harmless=True
)
# What is paid by them is an order of its own, up to the limit or beyond it: `flows.client.carry_out` asks for that.
PAY = Verb("pay", "!pay 2027-0031", Action.SEE_OWN, about_money.invoice, roles=_SEES_MONEY)
CARD = Verb("card", "!card", Action.SEE_OWN, readers.nothing, roles=_SEES_MONEY)
REMOVE_CARD = Verb("remove card", "!remove card", Action.ORDER_WITHIN_LIMIT, readers.nothing, roles=_SEES_MONEY)
FUNDS = Verb("funds", "!funds 50", Action.SEE_OWN, readers.anything, roles=_SEES_MONEY)

MONEY = (INVOICES, INVOICE, SERVICES, BALANCE, STATEMENT, PAID, DEFER, PAY, CARD, REMOVE_CARD, FUNDS)


@dataclass(frozen=True, slots=True)
class Means:
    """What the accounts of a contact have that commands about money would be about."""

    invoices: bool = False
    services: bool = False
    is_open: bool = False  # something is to be paid
    defers: bool = False  # and there may be time for it
    takes_cards: bool = False  # a provider does
    has_card: bool = False


def idle(means: Means) -> frozenset[Verb]:
    """The commands that would bring nothing."""
    needed = {
        INVOICES: means.invoices,
        INVOICE: means.invoices,
        SERVICES: means.services,
        BALANCE: means.invoices or means.services,
        STATEMENT: means.invoices,
        PAID: means.is_open,
        DEFER: means.defers,
        PAY: means.is_open,
        CARD: means.takes_cards,
        REMOVE_CARD: means.has_card,
        FUNDS: means.takes_cards,
    }
    return frozenset(verb for verb, is_there in needed.items() if not is_there)
