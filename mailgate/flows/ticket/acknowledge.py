"""Whoever wrote is told that it has arrived, and what of it was not taken."""

from collections.abc import Sequence

from mailgate.authority import Action, Verdict, decide
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.ticket.words import words_of
from mailgate.letters.kind import Template
from mailgate.mail.sender.evidence import Level
from mailgate.tickets import notices
from mailgate.tickets.article import KB_PATH
from mailgate.tickets.ticket import Participant, Ticket
from store.desk import proposals


def acknowledge(
    act: Act,
    incoming: Incoming,
    ticket: Ticket,
    reader: Participant,
    *,
    proposed: Sequence[str] = (),
    template: Template = Template.ACKNOWLEDGEMENT,
) -> None:
    """To a person, at the registered address; a stranger must have proved that the address is his."""
    if decide(Action.ACKNOWLEDGE, incoming.evidence) is not Verdict.DO:
        return
    if reader.contact_id is None and not incoming.evidence.at_least(Level.DKIM):
        return
    sheet = sheet_for(act, reader, ticket=ticket, answers=incoming)
    if reader.contact_id is None or not incoming.evidence.at_least(Level.SPF):
        sheet = sheet.fixed()
    article, pages = None, act.settings.page()
    if template is Template.ACKNOWLEDGEMENT and not sheet.is_fixed and pages:
        article = act.suggest(ticket.subject, words_of(incoming.message), act.now)
    notice = notices.acknowledgement(
        sheet,
        ticket,
        left_out=incoming.choice.left_out,
        proposed=proposed,
        template=template,
        article=(article, f"{pages}{KB_PATH}{article.slug}") if article else None,
        card_number=incoming.had_card_number,
        saves_cards=act.settings.payments.is_automatic and reader.contact_id is not None,
    )
    before = len(act.outgoing)
    notify(act, [notice], cause=incoming)
    if proposed and act.queued_since(before):
        proposals.add(act.conn, ticket.id, proposed)
