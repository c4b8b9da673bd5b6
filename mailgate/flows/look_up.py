"""What a contact asks to see by mail: the same as on the pages, and only to the registered address."""

from mailgate.flows.act import Act
from mailgate.flows.incoming import Incoming
from mailgate.flows.notify import notify
from mailgate.mail.address import address_key
from mailgate.mail.notice import NoticeAttachment
from mailgate.people import Contact, Registered
from mailgate.tickets.customer_verbs import valid_now
from mailgate.tickets.notices import Letterhead, Result, Thread, copy
from mailgate.tickets.ticket import Participant, State, Ticket
from store.views import customer_mails, customer_tickets, visitors
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


def resend(
    act: Act, incoming: Incoming, contact: Contact, number: int, *, head: Letterhead, thread: Thread
) -> tuple[Result, tuple[int, ...]]:
    """A copy of a mail that went to the same address before; of any other it is not said whether there is one."""
    visitor = visitors.contact(act.conn, contact.id)
    assert visitor is not None
    mail = customer_mails.find(act.conn, visitor, number)
    if mail is None or address_key(mail.line.to_address) != visitor.address_key or mail.text is None:
        return Result(f"We have sent no mail {number} to {contact.address}."), ()
    sent_on = (mail.sent_at or mail.line.at).astimezone(act.settings.gate.zone)
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
        sent_on=f"{sent_on:%Y-%m-%d %H:%M %Z}",
        text=mail.text,
        files=tuple(
            NoticeAttachment(file.filename or file.content_type, file.content_type, file.sha256) for file in mail.files
        ),
    )
    sent = notify(act, [notice], cause=incoming)
    return Result(f"A copy of mail {number} is on its way to you."), sent


def list_commands(ticket: Ticket | None, *, is_owner: bool) -> Result:
    """What can be commanded now."""
    usages = valid_now(ticket.state if ticket else None, is_owner=is_owner)
    lines = tuple(f"{usage.example}: {usage.meaning}" for usage in usages)
    return Result("The first lines of a mail to us may be:", lines)
