"""What a mail to staff says about a ticket and its customer, besides the words that it is about."""

from mailgate.flows.billing.told.facts import money_facts
from mailgate.flows.post.sheet import staff_page
from mailgate.flows.story.act import Act
from mailgate.tickets.context import About, Fact, Other
from mailgate.tickets.result import Item, item
from mailgate.tickets.ticket import Ticket
from store.desk import earlier, ticket_invoices


def about(act: Act, ticket: Ticket) -> About:
    """Load it; what the store knows nothing of is left out."""
    staff = {one.id: one.name for one in act.staff} if ticket.assignee_id else {}
    settings = act.settings
    page = staff_page(act, f"tickets/{ticket.id}")
    taken_by = staff.get(ticket.assignee_id or 0)
    if ticket.customer_id is None:
        notes = earlier.notes_of(act.conn, ticket.id)
        return About(settings.desk_rules.undo_seconds, page, taken_by, notes=notes)
    known = earlier.customer(act.conn, ticket.customer_id, ticket.id)
    return About(
        settings.desk_rules.undo_seconds,
        page,
        taken_by,
        customer=known.name,
        since=known.since,
        facts=(*_invoices(act, ticket), *money_facts(act.conn, ticket.customer_id)) if known.is_billed else (),
        others=tuple(Other(one.id, one.subject, one.state, one.updated_at) for one in known.others),
        notes=known.notes,
        on_customer=known.on_customer,
    )


def _invoices(act: Act, ticket: Ticket) -> tuple[Item, ...]:
    """Which documents the ticket is about."""
    numbers = ticket_invoices.numbers(act.conn, ticket.id)
    return (item(Fact.INVOICES, invoices=", ".join(numbers)),) if numbers else ()
