"""Mails about links and cards: the link to whoever asked for it, in his thread; what became of a card to who pays."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mailgate.billing.payment.card_words import card_words
from mailgate.flows.billing.told.letters import billing_desk
from mailgate.flows.billing.told.payers import readers_of_money
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, letter
from mailgate.letters.notice import stamp
from mailgate.mail.address_token import Purpose
from mailgate.payments.provider import OfferKind
from mailgate.people import Contact
from store import people
from store.billing import invoices
from store.billing.cards import SavedCard
from store.billing.offers import Offered
from store.post import spool


def tell_link(act: Act, offer: Offered) -> None:
    """A link is there: whoever asked for it gets it. Of an invoice it stands in the mails about that besides."""
    _tell(act, offer, is_there=True)


def tell_no_link(act: Act, offer: Offered) -> None:
    """There can be none: whoever asked for it is told."""
    _tell(act, offer, is_there=False)


def tell_card_saved(act: Act, card: SavedCard, *, before: SavedCard | None, asked: Offered | None) -> None:
    """To who gets mail about money, and to whoever asked for the link."""
    values = {"card": shown(card), "before": shown(before) if before else None}
    asker = _asker(act, asked) if asked else None
    readers = [one for one in readers_of_money(act, card.customer_id) if asker is None or one.id != asker.id]
    notices = [letter(Template.CARD_SAVED, _sheet(act, one), values) for one in readers]
    if asker is not None:
        notices.append(letter(Template.CARD_SAVED, _sheet(act, asker, asked), values))
    notify(act, notices, cause=None)


def tell_card_removed(act: Act, card: SavedCard, *, but: int | None) -> None:
    """To who gets mail about money: it is charged no more. `but`: a contact who knows."""
    notices = [
        letter(Template.CARD_REMOVED, _sheet(act, one), {"card": shown(card)})
        for one in readers_of_money(act, card.customer_id)
        if one.id != but
    ]
    notify(act, notices, cause=None)


def shown(card: SavedCard) -> Mapping[str, object]:
    """A card as templates name it: all that is known of it."""
    return {
        "brand": card_words(card.brand, ""),
        "last4": card.last4,
        "expires_on": card.expires_on.isoformat() if card.expires_on else None,
    }


def _tell(act: Act, offer: Offered, *, is_there: bool) -> None:
    asker = _asker(act, offer)
    if asker is None:
        return
    kind = OfferKind(offer.kind)
    number = invoices.get(act.conn, offer.invoice_id).number if offer.invoice_id is not None else None
    values: dict[str, Any] = {
        "link": offer.url if is_there else None,
        "until": stamp(offer.expires_at) if offer.expires_at else None,
        "invoice_number": number,
        "amount_minor": offer.asks_minor or offer.amount_minor,
        "currency": offer.currency,
    }
    template = Template.CARD_LINK if kind is OfferKind.CARD else Template.PAYMENT_LINK
    notify(act, [letter(template, _sheet(act, asker, offer), values)], cause=None)


def _asker(act: Act, offer: Offered) -> Contact | None:
    return people.find_contact(act.conn, offer.contact_id) if offer.contact_id is not None else None


def _sheet(act: Act, reader: Contact, asked: Offered | None = None) -> Sheet:
    """Below the mail that asked for it; an answer is one about the invoice, where it is about one."""
    about = (Purpose.INVOICE, asked.invoice_id) if asked and asked.invoice_id is not None else None
    sheet = sheet_for(act, reader, subject="", desk=billing_desk(act.settings), about=about)
    mail = spool.show(act.conn, asked.spool_id) if asked and asked.spool_id is not None else None
    answered = mail.outcome.message_id if mail else None
    return replace(sheet, references=(answered,)) if answered else sheet
