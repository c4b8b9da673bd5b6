"""`!card`, `!remove card`, `!funds` and `!pay`: a customer's card, credit in advance, and an invoice paid by reply.

A link comes in a mail of its own, as soon as the provider has made it. What moves money, or ends that it moves by
itself, is judged by the evidence first; a link moves none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from mailgate.authority import Action, Verdict
from mailgate.billing.money.amount import BadAmount, read_amount
from mailgate.billing.money.typed import typed_amount
from mailgate.billing.payment.card_words import card_words
from mailgate.billing.period import local_date
from mailgate.commands.verb import Command
from mailgate.confirmation import Became, Confirmation, ConfirmKind, Line, Says
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.card import cards
from mailgate.flows.billing.card.charge import Begun, Reason, charge_now
from mailgate.flows.billing.invoicing.offers import ask_for_link, await_link
from mailgate.flows.client.asking import Asking
from mailgate.flows.client.money import which
from mailgate.flows.confirm.ask import Request
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Told
from mailgate.payments.provider import OfferKind
from mailgate.payments.terms import terms_of
from mailgate.people import Contact
from mailgate.tickets.money_said import MoneySaid
from mailgate.tickets.result import Result, about_question, result
from store import people
from store.billing import cards as stored_cards
from store.billing import invoices, ledger
from store.billing import offers as links
from store.billing.invoices import Issued
from store.views import visitors

INVOICE = "invoice"
"""By its id, in the values of a question."""

CARD = "card"

_IN_VAIN: Mapping[Reason, MoneySaid] = MappingProxyType(
    {
        Reason.CARD_BLOCKED: MoneySaid.CARD_RESTS,
        Reason.CARD_EXPIRED: MoneySaid.CARD_OVER,
    }
)
"""Why a card that is there is not charged."""


@dataclass(frozen=True, slots=True)
class _Payer:
    """Who pays: a contact, in the name of an account that is locked."""

    act: Act
    deal: Deal
    contact: Contact
    spool_id: int  # the mail that says so


def card(mail: Asking, command: Command) -> Result | None:
    """A link by which the writer gives a card; None: it comes in a mail of its own."""
    return _link(mail, OfferKind.CARD, MoneySaid.NO_CARDS)


def funds(mail: Asking, command: Command) -> Result | None:
    """A link by which so much is paid in advance. It is credit when the money is there, and no sooner."""
    customer_id = which.account_meant(mail)
    if customer_id is None:
        return result(MoneySaid.WHICH_OF_YOURS)
    settings = mail.act.settings
    if not settings.payments.is_automatic:
        return result(MoneySaid.NO_FUNDS)
    currency = people.get_customer(mail.act.conn, customer_id).currency
    home = settings.gate.currency
    least = settings.billing.least_deposit_minor(currency, home=home)
    if least is None:
        return result(MoneySaid.FUNDS_NOT_IN, currency=currency)
    try:
        amount_minor = read_amount(typed_amount(command.argument.words, currency), currency)
    except BadAmount:
        return result(MoneySaid.FUNDS_MISREAD, words=command.argument.words, amount_minor=least, currency=currency)
    most = settings.billing.most_deposit_minor(currency, home=home)
    if amount_minor < least:
        return result(MoneySaid.FUNDS_TOO_LITTLE, amount_minor=amount_minor, total_minor=least, currency=currency)
    if most is not None and amount_minor > most:
        return result(MoneySaid.FUNDS_TOO_MUCH, amount_minor=amount_minor, total_minor=most, currency=currency)
    return _link(mail, OfferKind.DEPOSIT, MoneySaid.NO_FUNDS, currency=currency, amount_minor=amount_minor)


def remove_card(mail: Asking, command: Command) -> Result | Request:
    """The card is charged no more; confirmed where the evidence is too weak for that."""
    customer_id = which.account_meant(mail)
    if customer_id is None:
        return result(MoneySaid.WHICH_OF_YOURS)
    contact = _contact(mail, customer_id)
    deal = _deal(mail.act, customer_id, contact)
    found = cards.card_of(deal)
    if found is None:
        return result(MoneySaid.NO_CARD)
    if mail.may(command.verb.action) is Verdict.CONFIRM:
        return _request(
            ConfirmKind.REMOVE_CARD, {CARD: str(found.id), "card_words": card_words(found.brand, found.last4)}, contact
        )
    cards.remove_card(deal, found, by=_named(contact), but=contact.id)
    return result(MoneySaid.CARD_REMOVED, card=card_words(found.brand, found.last4))


def pay(mail: Asking, command: Command) -> Result | Request | None:
    """Credit first, then the card; a link where there is none, or what else can be done."""
    found = _invoice(mail, command)
    if isinstance(found, MoneySaid):
        return result(found, number=command.argument.words)
    if not found.open_minor:
        return result(MoneySaid.NOT_OPEN, number=found.number)
    contact = _contact(mail, found.customer_id)
    payer = _payer(mail.act, contact, mail.incoming)
    found = invoices.get(mail.act.conn, found.id)  # as it is under the lock
    if not _moves_money(mail.act, found):
        return _by_link(payer, found)
    if mail.may(action_of_pay(mail, command)) is Verdict.CONFIRM:
        values = {INVOICE: str(found.id), "number": found.number}
        given = {"amount_minor": str(found.open_minor), "currency": found.currency}
        return _request(ConfirmKind.PAY, values, contact, **given)
    return _pay_now(payer, found)


def action_of_pay(mail: Asking, command: Command) -> Action:
    """A link is shown to whoever may see the invoice; what is charged is an order, up to the limit or beyond it."""
    found = _invoice(mail, command)
    if isinstance(found, MoneySaid):
        return Action.SEE_OWN
    if not _moves_money(mail.act, found):
        return Action.SEE_OWN
    settings = mail.act.settings
    limit = settings.billing.order_limit_minor(found.currency, home=settings.gate.currency)
    return Action.ORDER_WITHIN_LIMIT if found.open_minor <= limit else Action.ORDER_BEYOND_LIMIT


def pay_after_yes(act: Act, incoming: Incoming, asked: Confirmation) -> Told:
    """The contact has said yes; what is open by now is paid."""
    return _after_yes(act, asked, lambda contact: _paid_after_yes(act, incoming, asked, contact))


def remove_card_after_yes(act: Act, incoming: Incoming, asked: Confirmation) -> Told:
    """The contact has said yes; the card that was meant is removed, unless there is another by now."""
    return _after_yes(act, asked, lambda contact: _removed_after_yes(act, asked, contact))


def _after_yes(act: Act, asked: Confirmation, do: Callable[[Contact], Result]) -> Told:
    contact = people.find_contact(act.conn, asked.contact_id) if asked.contact_id is not None else None
    visitor = visitors.contact(act.conn, contact.id) if contact else None
    if contact is None or visitor is None or not visitor.sees_money:
        return Told(about_question(Became.NOT_USED))
    return Told(do(contact))


def _paid_after_yes(act: Act, incoming: Incoming, asked: Confirmation, contact: Contact) -> Result:
    payer = _payer(act, contact, incoming)
    found = invoices.get(act.conn, int(asked.values[INVOICE]))
    if not found.open_minor:
        return result(MoneySaid.NOT_OPEN, number=found.number)
    return _pay_now(payer, found) or result(MoneySaid.LINK_COMES)


def _removed_after_yes(act: Act, asked: Confirmation, contact: Contact) -> Result:
    deal = _deal(act, contact.customer_id, contact)
    found = cards.card_of(deal)
    if found is None or str(found.id) != asked.values[CARD]:
        return result(MoneySaid.NO_CARD)
    cards.remove_card(deal, found, by=_named(contact), but=contact.id)
    return result(MoneySaid.CARD_REMOVED, card=card_words(found.brand, found.last4))


def _pay_now(payer: _Payer, found: Issued) -> Result | None:
    deal = payer.deal
    terms = terms_of(deal.books.settings.payments)
    begun = charge_now(deal, terms, found.currency, (found.id,), asked_by=_named(payer.contact))
    of_it = {"number": found.number, "currency": found.currency}
    if isinstance(begun, Begun):
        return result(MoneySaid.PAY_BEGUN, **of_it, amount_minor=begun.amount_minor, card=begun.card)
    now_it_is = invoices.get(deal.conn, found.id)
    if not now_it_is.open_minor:
        return result(MoneySaid.PAID_BY_CREDIT, **of_it, amount_minor=found.open_minor)
    if begun.reason is Reason.UNDER_WAY:
        return result(MoneySaid.PAY_UNDER_WAY, **of_it)
    return _by_link(payer, now_it_is, _IN_VAIN.get(begun.reason))


def _by_link(payer: _Payer, found: Issued, why: MoneySaid | None = None) -> Result | None:
    """Where to pay the invoice; None: a link comes in a mail of its own."""
    of_it = {"number": found.number, "currency": found.currency}
    link = links.open_of(payer.deal.conn, (found.id,)).get(found.id)
    if link is not None:
        return result(why or MoneySaid.PAY_HERE, **of_it, amount_minor=link.asks_minor, url=link.url)
    if await_link(payer.deal, found, contact_id=payer.contact.id, spool_id=payer.spool_id):
        payer.act.promised.append(OfferKind.INVOICE.value)
        return None
    return result(MoneySaid.PAY_OTHERWISE, **of_it, open_minor=found.open_minor)


def _link(
    mail: Asking, kind: OfferKind, without: MoneySaid, *, currency: str = "", amount_minor: int = 0
) -> Result | None:
    customer_id = which.account_meant(mail)
    if customer_id is None:
        return result(MoneySaid.WHICH_OF_YOURS)
    if not mail.act.settings.payments.is_automatic:
        return result(without)
    contact = _contact(mail, customer_id)
    number = ask_for_link(
        _deal(mail.act, customer_id, contact),
        kind,
        contact_id=contact.id,
        spool_id=mail.incoming.lent.spool_id,
        currency=currency,
        amount_minor=amount_minor,
    )
    if number is None:
        return result(MoneySaid.TOO_MANY_LINKS)
    mail.act.promised.append(kind.value)
    return None


def _moves_money(act: Act, found: Issued) -> bool:
    """There is credit or a card to pay it with."""
    if ledger.credit(act.conn, found.customer_id, found.currency) > 0:
        return True
    payments, zone = act.settings.payments, ZoneInfo(people.tongue_of(act.conn, found.customer_id).timezone)
    kept = stored_cards.kept(act.conn, found.customer_id, payments.provider.value) if payments.is_automatic else None
    return kept is not None and kept.works(local_date(act.now, zone))


def _invoice(mail: Asking, command: Command) -> Issued | MoneySaid:
    """Which is meant: by its number, by the mail that is answered, or because it is the only one to be paid."""
    number = command.argument.words
    if number:
        return which.named(mail, number) or MoneySaid.NO_SUCH_INVOICE
    answered = which.answered_invoice(mail)
    if answered is not None:
        return answered
    to_be_paid = [one for each in which.accounts(mail) for one in invoices.open_of(mail.act.conn, each.customer_id)]
    if len(to_be_paid) == 1:
        return to_be_paid[0]
    return MoneySaid.WHICH_TO_PAY if to_be_paid else MoneySaid.NOTHING_OPEN


def _contact(mail: Asking, customer_id: int) -> Contact:
    """As whom the writer asks."""
    return next((one for one in mail.contacts if one.customer_id == customer_id), mail.contact)


def _deal(act: Act, customer_id: int, contact: Contact) -> Deal:
    deal = deal_with(act.conn, act.settings, customer_id, Today(act.now), by=_named(contact))
    assert deal is not None
    return deal


def _payer(act: Act, contact: Contact, incoming: Incoming) -> _Payer:
    return _Payer(act, _deal(act, contact.customer_id, contact), contact, incoming.lent.spool_id)


def _named(contact: Contact) -> str:
    return f"{contact.name} <{contact.address}>"


def _request(kind: ConfirmKind, values: Mapping[str, str], contact: Contact, **given: str) -> Request:
    return Request(
        kind=kind,
        statement=(Line(Says(kind.value), {**values, **given}),),
        values=values,
        customer_id=contact.customer_id,
        contact_id=contact.id,
    )
