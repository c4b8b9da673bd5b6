"""Whoever an invoice was sent on to may pay it: `!pay` in an answer to its mail is answered with the link, and no more.

The mail that he has says what is open and has the link already. Nothing of the account is told, charged or changed.
"""

from collections.abc import Sequence

from mailgate.billing.document.invoice import DocumentKind
from mailgate.commands.directives import read_directives
from mailgate.commands.typed import plain
from mailgate.commands.verb import ENDINGS
from mailgate.flows.billing.told.letters import billing_desk
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Settled
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.mail.disposition import Disposition
from mailgate.mail.message import Author
from mailgate.mail.sender.evidence import Level
from mailgate.people import Contact
from mailgate.tickets.verbs.money import PAY
from store.billing import invoices, offers


def link_for_another(act: Act, incoming: Incoming, contacts: Sequence[Contact]) -> Settled | None:
    """Answer a mail that is nothing but `!pay` with the link of the invoice; None: it is a mail like others.

    `contacts`: as whom its author is registered, who may be another customer's.
    """
    token = incoming.token(Purpose.INVOICE)
    if not isinstance(token, AddressToken) or not incoming.evidence.at_least(Level.SPF) or not _only_pays(incoming):
        return None
    invoice = invoices.get(act.conn, token.object_id)
    if invoice.kind is not DocumentKind.INVOICE or invoice.customer_id in {one.customer_id for one in contacts}:
        return None
    link = offers.open_of(act.conn, (invoice.id,)).get(invoice.id)
    if link is None:
        return None
    sheet = sheet_for(
        act, Author("", incoming.author.address), answers=incoming, subject="", desk=billing_desk(act.settings)
    )
    values = {"link": link.url, "number": invoice.number, "amount_minor": link.asks_minor, "currency": link.currency}
    before = len(act.outgoing)
    notify(act, [letter(Template.PAY_HERE, sheet, {"invoice": values})], cause=incoming)
    if not act.queued_since(before):
        return None
    return Settled(Disposition.COMMAND, f"!pay by somebody to whom invoice {invoice.number} was sent on")


def _only_pays(incoming: Incoming) -> bool:
    said = read_directives(incoming.message)
    verbs = {plain(one.verb).rstrip(ENDINGS).lower() for one in said.directives}
    return verbs == {PAY.name} and not said.excess and not said.words
