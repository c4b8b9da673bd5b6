"""What a contact asks to see by mail: the same as on the pages, and only to the registered address."""

from urllib.parse import quote

from mailgate.commands.place import Place
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.letters.notice import NoticeAttachment
from mailgate.mail.address import address_key
from mailgate.people import Contact, Registered
from mailgate.tickets.article import KB_PATH
from mailgate.tickets.notices import Letterhead, Result, Thread, copy
from mailgate.tickets.search_query import read_query
from mailgate.tickets.ticket import Participant, State, Ticket
from mailgate.tickets.verbs.customers import valid_now
from store.search.index import Kind
from store.views import customer_mails, customer_tickets, found, visitors
from store.views.found import Hit
from store.views.paging import Turn

_WHOSE_TURN = {
    State.OPEN: "it is our turn",
    State.ANSWERED: "we have answered, it is your turn",
    State.WAITING: "it waits for a date",
    State.CLOSED: "it is closed, and an answer opens it again",
}
_MAX_LINE = 120  # characters of a subject


def status(act: Act, ticket: Ticket) -> Result:
    """Where one ticket stands."""
    zone = act.settings.gate.zone
    readers = ", ".join(reader.address for reader in ticket.participants)
    return Result(
        f"Ticket #{ticket.id} is {ticket.state.value}: {_WHOSE_TURN[ticket.state]}.",
        (
            f"Opened: {ticket.opened_at.astimezone(zone):%Y-%m-%d %H:%M %Z}",
            f"Last change: {ticket.updated_at.astimezone(zone):%Y-%m-%d %H:%M %Z}",
            f"Its mails go to: {readers}",
        ),
    )


def list_tickets(act: Act, sender: Registered) -> Result:
    """The tickets of the author's accounts, as the pages list them: an owner's are all of the customer's."""
    lines: list[str] = []
    more = False
    for contact in sender.contacts:
        visitor = visitors.contact(act.conn, contact.id)
        assert visitor is not None
        page = customer_tickets.listing(act.conn, visitor, state=None, turn=Turn())
        more |= bool(page.onward)
        lines += [f"#{row.id}, {row.state.value}: {row.subject[:_MAX_LINE]}" for row in page.rows]
    if not lines:
        return Result("You have no tickets: each mail that you write to us becomes one.")
    ending = f"Older ones are on your pages: {act.settings.web.public_url}" if more else None
    return Result("Your tickets, what changed last first:", (*lines, *((ending,) if ending else ())))


def search(act: Act, sender: Registered, words: str) -> Result:
    """What the author's accounts have with these words, the latest first, as the pages find it."""
    query = read_query(words)
    lines = list(query.problems)
    zone, url = act.settings.gate.zone, act.settings.web.public_url
    more = False
    for contact in sender.contacts:
        visitor = visitors.contact(act.conn, contact.id)
        assert visitor is not None
        groups = found.groups(act.conn, query, zone=zone, visitor=visitor)
        hits = [*found.numbered(act.conn, query, visitor=visitor), *(hit for one in groups for hit in one.page.rows)]
        lines += dict.fromkeys(_found(hit, url) for hit in hits)
        more |= any(one.page.onward for one in groups)
    if more:
        lines.append(f"There is more on your pages: {url}/search?q={quote(words, safe='')}")
    if len(lines) == len(query.problems):
        return Result(f"Nothing of yours was found for: {words}", tuple(lines))
    return Result(f"This was found for: {words}", tuple(lines))


def _found(hit: Hit, url: str) -> str:
    title = hit.title[:_MAX_LINE]
    match hit.kind:
        case Kind.TICKET:
            return f"Ticket #{hit.id}, {hit.state}: {title}"
        case Kind.MAIL:
            return f"Mail {hit.id}: {title} (!resend {hit.id} sends it again)"
    return f"{title}: {url}{KB_PATH}{hit.slug}"


def resend(act: Act, incoming: Incoming, contact: Contact, number: int, *, head: Letterhead, thread: Thread) -> Result:
    """A copy of a mail that went to the same address before; of any other it is not said whether there is one."""
    visitor = visitors.contact(act.conn, contact.id)
    assert visitor is not None
    mail = customer_mails.find(act.conn, visitor, number)
    if mail is None or address_key(mail.line.to_address) != visitor.address_key or mail.text is None:
        return Result(f"We have sent no mail {number} to {contact.address}.")
    notice = copy(
        head,
        Participant(contact.name, contact.address, contact.id),
        Thread(
            thread.ticket,
            mail.line.subject or "",
            thread.reply_to,
            thread.in_reply_to,
            thread.references,
            contact.customer_id,
        ),
        mail_id=number,
        sent_at=mail.sent_at or mail.line.at,
        text=mail.text,
        files=tuple(
            NoticeAttachment(file.filename or file.content_type, file.content_type, file.sha256) for file in mail.files
        ),
    )
    notify(act, [notice], cause=incoming)
    return Result(f"A copy of mail {number} is on its way to you.")


def list_commands(place: Place, state: State | None) -> Result:
    """What can be commanded now; `state` is that of the ticket, if there is one."""
    lines = tuple(f"{one['example']}: {one['meaning']}" for one in valid_now(place, state))
    return Result("The first lines of a mail to us may be:", lines)
