"""Mails about tickets to customers and strangers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, for_another, letter
from mailgate.letters.notice import Notice
from mailgate.people import Staff
from mailgate.tickets.article import Article
from mailgate.tickets.files import LeftOut
from mailgate.tickets.notices.parts import named, sent_along
from mailgate.tickets.notices.to_askers import offered, proposals
from mailgate.tickets.ticket import NewAttachment, State, Ticket


def acknowledgement(
    sheet: Sheet,
    ticket: Ticket,
    *,
    left_out: Sequence[LeftOut] = (),
    article: tuple[Article, str] | None = None,
    proposed: Sequence[str] = (),
    template: Template = Template.ACKNOWLEDGEMENT,
    card_number: bool = False,
    saves_cards: bool = False,
) -> Notice:
    """To the customer who opened a ticket; with LEFT_OUT, to one whose further mail lost files or a card number.

    `article`: what may answer him, and its URL. `proposed`: who was in copy and could be added. `saves_cards`: he may
    ask for a link to a page on which to give a card.
    """
    values: dict[str, object] = {
        "proposed": [] if sheet.is_fixed else proposals(ticket, proposed, sheet),
        "actions": offered(ticket, sheet),
        "left_out": [] if sheet.is_fixed else named(left_out),  # names of files are words of his too
        "left_out_count": len(left_out),
        "article": None,
        "card_number": card_number,
        "saves_cards": saves_cards,
    }
    if article is not None:
        solved = {"to": sheet.answer_to, "subject": f"[#{ticket.id}]", "body": "!close"}
        values["article"] = {"title": article[0].title, "url": article[1], "solved": solved}
    return letter(template, sheet, values)


def reply(
    sheet: Sheet,
    ticket: Ticket,
    *,
    words: str,
    writer: Staff,
    entry_id: int,
    files: Sequence[NewAttachment],
    closes: bool = False,
) -> Notice:
    """To a participant: what a staff member wrote; `closes`: with these words the ticket is closed."""
    values = {
        "text": words,
        "staff_name": writer.name,
        "begins": ticket.messages == 1,
        "closes": closes,
        "actions": offered(replace(ticket, state=State.CLOSED) if closes else ticket, sheet),
    }
    writer_here = f"{writer.name} ({sheet.sender})"
    return letter(Template.REPLY, sheet, values, writer=writer_here, files=sent_along(files), entry_id=entry_id)


def to_another(notice: Notice, sheet: Sheet, ticket: Ticket) -> Notice:
    """The same mail about this ticket to somebody else, with his own ways to answer."""
    return for_another(notice, sheet, offered(ticket, sheet))


def of_state(template: Template, sheet: Sheet, ticket: Ticket, values: Mapping[str, object]) -> Notice:
    """To a participant: what became of the ticket's state, or will."""
    return letter(template, sheet, {"actions": offered(ticket, sheet), **values})
