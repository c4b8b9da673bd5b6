"""Who of the staff hears of a ticket: what its customer writes, what a colleague answers, notes, gives and closes.

Whoever gets a customer's mail gets what becomes of it. While a ticket is nobody's that is everybody of its desk who is
there; once it is somebody's it is he, and whoever has written on it or follows it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, tzinfo

from mailgate.people import Staff, present
from mailgate.tickets.ticket import Ticket


def hearers(ticket: Ticket, staff: Sequence[Staff], *, now: datetime, zone: tzinfo) -> tuple[Staff, ...]:
    """Those who want to hear of it and are there, in the order of `staff`; perhaps nobody.

    Whose ticket it is cannot mute it. One whose owner has left or is away is everybody's again until somebody takes it.
    `zone`: in which their hours are meant. Where nobody of the desk works now, all of it hear.
    """
    circle = {*ticket.staff_ids, *ticket.followers}
    there = present(staff, now=now)
    if any(one.id == ticket.assignee_id for one in there):
        circle.add(ticket.assignee_id or 0)
    else:
        at_desk = [one for one in there if one.works_at(ticket.desk)]
        working = [one for one in at_desk if one.works(now, zone)]
        circle |= {one.id for one in working or at_desk or there}
    muted = {*ticket.muted_by} - {ticket.assignee_id}
    return tuple(one for one in there if one.id in circle - muted)


def who_takes_part(ticket: Ticket, staff: Sequence[Staff], *, now: datetime) -> tuple[Staff, ...]:
    """Whose ticket it is, who has written on it and who follows it, of those who are there: not a whole desk."""
    circle = {ticket.assignee_id, *ticket.staff_ids, *ticket.followers} - ({*ticket.muted_by} - {ticket.assignee_id})
    return tuple(one for one in present(staff, now=now) if one.id in circle)


def readers_of_customer(
    ticket: Ticket, staff: Sequence[Staff], *, addressed: Collection[int] = (), now: datetime, zone: tzinfo
) -> tuple[Staff, ...]:
    """Who is told of a customer's mail: somebody always is. `addressed`: whose words it answers; no mute hides that."""
    told = {one.id for one in hearers(ticket, staff, now=now, zone=zone)} | set(addressed)
    there = present(staff, now=now)
    return tuple(one for one in staff if one.id in told) or there
