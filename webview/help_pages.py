"""`/help`: how to do each thing by mail; for everybody, so that it can be read before signing in. Staff have their own.

Both are made from the tables of commands, so no command is missing.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from mailgate.commands.place import Place, Where
from mailgate.commands.verb import Table
from mailgate.mail.mailto import MailAction
from mailgate.people import Role
from mailgate.tickets.verbs import lists
from mailgate.tickets.verbs.customers import CUSTOMERS
from mailgate.tickets.verbs.staff import STAFF
from store.engine import reading
from store.views.colleagues import colleagues
from store.views.visitors import StaffVisitor
from webview.access import Session
from webview.site import Site

_SAMPLE = 3, 7
"""Numbers in examples of lines about a list."""


def help_page(site: Site, request: Request) -> Response:
    """`/help`, for whoever asks."""
    with reading(site.engine) as conn:
        session = site.session(request, conn)
        if session is not None and isinstance(session.visitor, StaffVisitor):
            return _for_staff(site, request, conn, session, session.visitor)
    return site.open_page(
        request,
        "help.html",
        session,
        desks=[MailAction("new-ticket", desk.mailbox.address) for desk in site.desks],
        desk_names=[desk.name for desk in site.desks],
        has_articles=site.settings.knowledge_base.folder is not None,
        sign_in=MailAction("sign-in", site.sign_in_address, "Sign in"),
        commands=[
            {
                "example": verb.example,
                "name": verb.name,
                "on_ticket": verb.where is Where.TICKET,
                "for_owner": verb.roles == frozenset(),
                "for_payers": verb.roles == frozenset({Role.INVOICE}),
            }
            for verb in CUSTOMERS.verbs
        ],
    )


def _for_staff(site: Site, request: Request, conn: Connection, session: Session, visitor: StaffVisitor) -> Response:
    staff = colleagues(conn)
    writer = next((one for one in staff if one.id == visitor.staff_id), None)
    place = Place(Where.TICKET, site.clock(), site.settings.gate.zone, staff=staff, writer=writer)
    usages = [{**STAFF.used(verb, place), "where": verb.where.value} for verb in STAFF.verbs]
    return site.open_page(
        request,
        "staff/help.html",
        session,
        usages={where.value: [one for one in usages if one["where"] == where] for where in Where},
        queue_lines=_lines(lists.QUEUE, place),
        tomorrow_lines=_lines(lists.TOMORROW, place),
        held_lines=_lines(lists.HELD, place),
        bank_lines=_lines(lists.BANK, place),
        undo_seconds=site.settings.desk_rules.undo_seconds,
        has_saved=site.settings.saved_replies.folder is not None,
        desks=[desk.mailbox.address for desk in site.desks],
    )


def _lines(table: Table, place: Place) -> Sequence[Mapping[str, str]]:
    return [{"name": verb.name, "example": table.example(verb, place, *_SAMPLE)} for verb in table.verbs]
