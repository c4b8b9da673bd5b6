"""The viewer's pages and what its forms do. Mail is shown as the web view shows it, inert."""

import smtplib
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mailgate.demo import draft, html_check, letter
from mailgate.demo.clock import wait_for
from mailgate.demo.company import Person
from mailgate.demo.item import Item, items_of, made_of
from mailgate.demo.play import Play
from mailgate.demo.players import Player, everybody, player
from mailgate.demo.side_by_side import columns
from mailgate.demo.sign_in_link import sign_in_link
from mailgate.demo.threads import threads
from store.desk import tickets
from store.engine import reading
from store.post import spool
from webview.html_mail import BODY_CSP, inert_html

MAX_SOURCE = 200_000
"""Characters of a mail's source that a page shows."""

MOST_ROWS = 10**18
"""A number that no row has, and that a database takes."""

MAX_WANTED = 200
"""Characters that are searched for."""

SETTLED_SECONDS = 5.0
"""How long the page of a mail that was just sent is held back for what the gate makes of it."""

STEPS: Mapping[str, timedelta] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "36h": timedelta(hours=36),
}
TO_NEXT = "next"
VIEWS = ("text", "html", "source", "check")

# A link of the mail may replace the whole page when somebody clicks on it. All that are left lead to the viewer's own
# form or to the web view; nothing else of the mail can act.
LINKS_OUT = "allow-top-navigation-by-user-activation"
_BODY_CSP = BODY_CSP.replace("sandbox;", f"sandbox {LINKS_OUT};")


class NoSuchMail(Exception):
    """There is no such mail in the mailbox."""


def people(play: Play, _request: Request) -> Response:
    """`/`: who one can be, and how many mails each has, and has not opened."""
    with reading(play.parts.engine) as conn:
        players = everybody(conn)
    counts = {one.address: len(play.mailboxes.of(one.address)) for one in players}
    return play.page("people.html", None, players=players, counts=counts)


def who_writes(play: Play, request: Request) -> Response:
    """`/write?link=…`: a page began a mail, and nobody is signed in there."""
    with reading(play.parts.engine) as conn:
        players = everybody(conn)
    return play.page("who-writes.html", None, players=players, link=request.query_params.get("link", ""))


def mailbox(play: Play, request: Request) -> Response:
    """One person's mail: what arrived and what was sent, newest first, or in threads; with `q` what has its words."""
    in_threads, wanted = request.query_params.get("view") == "threads", request.query_params.get("q", "")[:MAX_WANTED]
    with reading(play.parts.engine) as conn:
        me = _me(conn, request)
        items = items_of(me.address, play.mailboxes, play.parts, conn)
    found = [item for item in items if item.has(wanted.split())]
    return play.page("mailbox.html", me, items=found, wanted=wanted, threads=threads(found) if in_threads else None)


def mail(play: Play, request: Request) -> Response:
    """One mail as text, as HTML or as it came over the wire; beside one that the gate got, what it made of it."""
    view = request.query_params.get("view", VIEWS[0])
    with reading(play.parts.engine) as conn:
        me = _me(conn, request)
        item = _item(play, conn, me, request.path_params["key"])
        made = made_of(conn, item)
        ticket = tickets.find(conn, made.accepted.outcome.ticket_id or 0) if made else None
    if item.arrived is not None:
        play.unread.read(item.arrived)
    return play.page(
        "mail.html",
        me,
        item=item,
        made=made,
        ticket=ticket,
        about=letter.ticket_in(item.arrived) if item.arrived else None,
        view=view if view in VIEWS else VIEWS[0],
        views=VIEWS,
        text=draft.with_links(item.message.text, _leads_to(play, me)),
        html=inert_html(item.raw) if view == "html" else None,
        checked=html_check.check(item.raw) if view == "check" else None,
        source=item.raw[:MAX_SOURCE].decode("utf-8", "replace"),
        links_out=LINKS_OUT,
    )


def side_by_side(play: Play, request: Request) -> Response:
    """`/tickets/7`: one ticket as each person has it."""
    number = min(int(request.path_params["number"]), MOST_ROWS)
    with reading(play.parts.engine) as conn:
        ticket = tickets.find(conn, number)
        found = tuple(columns(number, play.mailboxes, play.parts, conn))
    if ticket is None:
        raise NoSuchMail(str(number))
    return play.page("ticket.html", None, ticket=ticket, columns=found)


def body(play: Play, request: Request) -> Response:
    """The HTML of a mail, for the frame of its page."""
    with reading(play.parts.engine) as conn:
        me = _me(conn, request)
        item = _item(play, conn, me, request.path_params["key"])
    inert = inert_html(item.raw, leads_to=_leads_to(play, me))
    if inert is None:
        raise NoSuchMail(item.key)
    page = play.rendering.page("body.html", html=draft.revived(inert.html))
    page.headers["Content-Security-Policy"] = _BODY_CSP
    return page


def write(play: Play, request: Request) -> Response:
    """The form of a new mail: empty, an answer, or what a `mailto:` link asks for."""
    asked = request.query_params
    with reading(play.parts.engine) as conn:
        me = _me(conn, request)
        parent = _item(play, conn, me, asked["answers"]).arrived if "answers" in asked else None
    if parent is not None:
        begun = draft.reply_to(parent, asked["answers"])
    else:
        begun = draft.from_link(asked["link"]) if "link" in asked else draft.Draft(_desks(play)[0])
    return play.page("write.html", me, draft=begun, desks=_desks(play), problem="")


def send(play: Play, request: Request, fields: Mapping[str, str]) -> Response:
    """Send the mail by SMTP, and show it beside what the gate made of it."""
    filled = draft.Draft(
        fields.get("to", ""), fields.get("subject", ""), fields.get("text", ""), fields.get("answers", "")
    )
    with reading(play.parts.engine) as conn:
        me = _me(conn, request)
        parent = _item(play, conn, me, filled.answers).arrived if filled.answers else None
    play.unread.begin()
    try:
        message = draft.written(filled, Person(me.name, me.address), parent, at=play.clock())
        letter.send(message.as_bytes(), port=play.smtp_port)
    except (ValueError, letter.NotWritten, smtplib.SMTPException, OSError) as error:
        return play.page("write.html", me, status=422, draft=filled, desks=_desks(play), problem=str(error))
    settled = wait_for(lambda: _settled(play, str(message["Message-ID"])), seconds=SETTLED_SECONDS)
    play.machine.rest()
    return RedirectResponse(play.mailbox(me.address) + (f"out-{settled}" if settled else ""), 303)


def step(play: Play, _request: Request, fields: Mapping[str, str]) -> Response:
    """Move the clock, and come back to the mailbox that was looked at."""
    by = fields.get("by", "")
    play.unread.begin()
    if by == TO_NEXT:
        play.machine.to_next()
    elif by in STEPS:
        play.machine.forward(STEPS[by])
    me = fields.get("me", "")
    return RedirectResponse(play.mailbox(me) if me else f"{play.root}/", 303)


def pages(play: Play, request: Request) -> Response:
    """Over to the web view, signed in as this person; with `to`, a path there, without a stop on the way."""
    with reading(play.parts.engine) as conn:
        me = _me(conn, request)
    link, to = sign_in_link(play.parts, me.address, now=play.clock()), request.query_params.get("to")
    return RedirectResponse(f"{link}/go?{urlencode({'to': to})}" if to else link, 303)


def _me(conn: Connection, request: Request) -> Player:
    return player(conn, request.path_params["address"])


def _item(play: Play, conn: Connection, me: Player, key: str) -> Item:
    items = items_of(me.address, play.mailboxes, play.parts, conn)
    found = next((item for item in items if item.key == key), None)
    if found is None:
        raise NoSuchMail(key)
    return found


def _leads_to(play: Play, me: Player) -> draft.LeadsTo:
    """A mail that is begun leads to the form; a page of the web view is shown as to whoever reads the mail."""
    mine, web_view = play.mailbox(me.address), play.parts.settings.web.public_url

    def leads_to(link: str) -> str | None:
        if link.lower().startswith("mailto:"):
            return f"{mine}write?{urlencode({'link': link})}"
        if not link.startswith(f"{web_view}/"):
            return None
        path = link.removeprefix(web_view)
        return link if path.startswith("/in/") else f"{mine}pages?{urlencode({'to': path})}"

    return leads_to


def _settled(play: Play, message_id: str) -> int | None:
    """The gate's number of a mail that has its disposition."""
    with reading(play.parts.engine) as conn:
        mails = spool.listing(conn)
    return next((mail.id for mail in mails if f"<{mail.outcome.message_id}>" == message_id), None)


def _desks(play: Play) -> tuple[str, ...]:
    return tuple(desk.mailbox.address for desk in play.parts.settings.desks)
