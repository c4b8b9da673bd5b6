"""What a contact asks to see by mail: the same as on the pages, and only to the registered address."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, letter
from mailgate.letters.notice import NoticeAttachment, stamp
from mailgate.mail.address import address_key
from mailgate.people import Contact, Registered
from mailgate.tickets.article import KB_PATH
from mailgate.tickets.result import STANDS, Item, Outcome, Result, item, result
from mailgate.tickets.search_query import read_query
from mailgate.tickets.ticket import Ticket
from store.search.index import Kind
from store.views import customer_mails, customer_tickets, found, visitors
from store.views.found import Hit
from store.views.paging import Turn

_MAX_LINE = 120  # characters of a subject


def status(ticket: Ticket) -> Result:
    """Where one ticket stands."""
    readers = ", ".join(reader.address for reader in ticket.participants)
    return result(
        STANDS[ticket.state],
        item(Outcome.OPENED_AT, at=stamp(ticket.opened_at)),
        item(Outcome.CHANGED_AT, at=stamp(ticket.updated_at)),
        item(Outcome.READERS, readers=readers),
        ticket=ticket.id,
    )


def list_tickets(act: Act, sender: Registered) -> Result:
    """The tickets of the author's accounts, as the pages list them: an owner's are all of the customer's."""
    lines: list[Item] = []
    more = False
    for contact in sender.contacts:
        visitor = visitors.contact(act.conn, contact.id)
        assert visitor is not None
        page = customer_tickets.listing(act.conn, visitor, state=None, turn=Turn())
        more |= bool(page.onward)
        lines += [
            item(Outcome.TICKET, ticket=row.id, state=row.state.value, subject=row.subject[:_MAX_LINE])
            for row in page.rows
        ]
    if not lines:
        return result(Outcome.NO_TICKETS)
    if more and (url := act.settings.page()):
        lines.append(item(Outcome.OLDER_TICKETS, url=url))
    return result(Outcome.TICKETS, *lines)


def search(act: Act, sender: Registered, words: str) -> Result:
    """What the author's accounts have with these words, the latest first, as the pages find it."""
    query = read_query(words)
    lines: list[Item] = []
    zone, url = act.settings.gate.zone, act.settings.page()
    more = False
    for contact in sender.contacts:
        visitor = visitors.contact(act.conn, contact.id)
        assert visitor is not None
        groups = found.groups(act.conn, query, zone=zone, visitor=visitor)
        hits = [*found.numbered(act.conn, query, visitor=visitor), *(hit for one in groups for hit in one.page.rows)]
        lines += [line for line in (_found(hit, url) for hit in hits) if line and line not in lines]
        more |= any(one.page.onward for one in groups)
    if more and url:
        lines.append(item(Outcome.MORE_FOUND, url=f"{url}/search?q={quote(words, safe='')}"))
    problems = (Item(one.fault, one.given) for one in query.problems)
    return result(Outcome.FOUND if lines else Outcome.FOUND_NOTHING, *problems, *lines, words=words)


def _found(hit: Hit, url: str | None) -> Item | None:
    title = hit.title[:_MAX_LINE]
    match hit.kind:
        case Kind.TICKET:
            return item(Outcome.FOUND_TICKET, ticket=hit.id, state=hit.state, subject=title)
        case Kind.MAIL:
            return item(Outcome.FOUND_MAIL, mail=hit.id, subject=title)
    return item(Outcome.FOUND_ARTICLE, title=title, url=f"{url}{KB_PATH}{hit.slug}") if url else None


def resend(act: Act, incoming: Incoming, contact: Contact, number: int, sheet: Sheet) -> Result:
    """A copy of a mail that went to the same address before; of any other it is not said whether there is one."""
    visitor = visitors.contact(act.conn, contact.id)
    assert visitor is not None
    mail = customer_mails.find(act.conn, visitor, number)
    if mail is None or address_key(mail.line.to_address) != visitor.address_key or mail.text is None:
        return result(Outcome.NO_SUCH_MAIL, mail=number, address=contact.address)
    files = [
        NoticeAttachment(file.filename or file.content_type, file.content_type, file.sha256) for file in mail.files
    ]
    values = {"mail_id": number, "sent_on": stamp(mail.sent_at or mail.line.at), "text": mail.text}
    notice = letter(Template.COPY, replace(sheet, subject=mail.line.subject or ""), values, files=files)
    notify(act, [notice], cause=incoming)
    return result(Outcome.COPIED, mail=number)


def list_commands(commands: Sequence[Mapping[str, str]]) -> Result:
    """What can be commanded now."""
    return result(Outcome.COMMANDS, *(Item(Outcome.COMMAND, one) for one in commands))
