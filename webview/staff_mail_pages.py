"""What the staff see of mail: what is held, any mail that came in, and the outbox."""

from dataclasses import dataclass

from starlette.responses import Response

from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from mailgate.mail.message import Attachment, Message
from mailgate.mail.parse import parse
from mailgate.mail.route import read_route
from store.views import staff_mails
from store.views.staff_mails import OUT_STATES, UNSETTLED, IncomingMail, OutgoingMail
from store.views.visitors import StaffVisitor
from store.views.weight import cut
from webview import staff_actions
from webview.files import download, safe_name
from webview.html_mail import BODY_CSP, inert_html
from webview.site import NoSuchPage, Visit

StaffVisit = Visit[StaffVisitor]

_HEADER_CHARACTERS = 5_000
_FIELD_CHARACTERS = 600
_FILES = 20
_HOPS = 12


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of a mail as a page names it."""

    position: int
    filename: str | None
    content_type: str
    size: int


def held(visit: StaffVisit) -> Response:
    """`/staff/held?only=&after=`: what waits for a decision, held and quarantined."""
    asked = visit.request.query_params.get("only", "")
    only = Disposition(asked) if asked in AWAITING_REVIEW else None
    page = staff_mails.held(visit.conn, only=only, turn=visit.turn)
    return visit.page("staff/held.html", page=page, only=only)


def incoming(visit: StaffVisit) -> Response:
    """`/staff/inbox/<id>`: one accepted mail, with its header, its way and what became of it."""
    found, raw = _incoming(visit)
    message = parse(raw)
    text, whole = cut(message.text or message.html_text or "")
    fields, all_fields = _fields(message)
    waits = found.disposition in AWAITING_REVIEW
    author = found.arrival.author or ""
    as_html = visit.request.query_params.get("view") == "html"
    files = [_shown(position, file) for position, file in enumerate(message.attachments[:_FILES])]
    return visit.page(
        "staff/incoming.html",
        mail=found,
        message=message,
        text=text,
        whole=whole,
        fields=fields,
        all_fields=all_fields,
        hops=read_route(raw)[:_HOPS],
        files_shown=files,
        more_files=len(message.attachments) - len(files),
        as_html=as_html,
        html=inert_html(raw) if as_html else None,
        waits=waits,
        decisions=staff_actions.on_held(visit, found.arrival.id, author) if waits and found.is_for_all else (),
    )


def incoming_raw(visit: StaffVisit) -> Response:
    """`/staff/inbox/<id>.eml`: its bytes as they came."""
    found, raw = _incoming(visit)
    name = f"inbox-{found.arrival.id}.eml"
    return download(visit.request, raw, name=name, digest=found.sha256, content_type="message/rfc822")


def incoming_body(visit: StaffVisit) -> Response:
    """`/staff/inbox/<id>/body`: its HTML, for the frame of its page."""
    return _body(visit, _incoming(visit)[1])


def incoming_file(visit: StaffVisit) -> Response:
    """`/staff/inbox/<id>/files/<n>`: a file in it."""
    found, raw = _incoming(visit)
    position = visit.number("position")
    attachments = parse(raw, render_html=False).attachments
    if position >= len(attachments):
        raise NoSuchPage
    file = attachments[position]
    name = safe_name(file.filename, fallback=f"file-{position + 1}")
    return download(visit.request, file.content, name=name, digest=f"{position}.{found.sha256}")


def outbox(visit: StaffVisit) -> Response:
    """`/staff/outbox?state=&after=`: what has not gone, the rest below it; or the mails of one state."""
    asked = visit.request.query_params.get("state", "")
    state = next((state for state in OUT_STATES if state.value == asked), None)
    turn = visit.turn
    states = UNSETTLED if state is None else (state,)
    page = staff_mails.outgoing_listing(visit.conn, states=states, turn=turn)
    return visit.page("staff/outbox.html", page=page, state=state, states=OUT_STATES)


def outgoing(visit: StaffVisit) -> Response:
    """`/staff/outbox/<id>`: one mail of ours."""
    found = _outgoing(visit)
    as_html = visit.request.query_params.get("view") == "html" and found.sha256 is not None
    html = inert_html(_bytes(visit, found)) if as_html else None
    text, whole = cut(found.text or "")
    ways_out = staff_actions.on_lost(visit, found.line)
    return visit.page(
        "staff/outgoing.html", mail=found, text=text, whole=whole, as_html=as_html, html=html, ways_out=ways_out
    )


def outgoing_raw(visit: StaffVisit) -> Response:
    """`/staff/outbox/<id>.eml`: the mail as it is kept."""
    found = _outgoing(visit)
    raw = _bytes(visit, found)
    name = f"outbox-{found.line.id}.eml"
    return download(visit.request, raw, name=name, digest=found.sha256 or "", content_type="message/rfc822")


def outgoing_body(visit: StaffVisit) -> Response:
    """`/staff/outbox/<id>/body`: its HTML, for the frame of its page."""
    return _body(visit, _bytes(visit, _outgoing(visit)))


def outgoing_file(visit: StaffVisit) -> Response:
    """`/staff/outbox/<id>/files/<n>`: a file that goes with it."""
    position = visit.number("position")
    file = next((file for file in _outgoing(visit).files if file.position == position), None)
    if file is None:
        raise NoSuchPage
    content = visit.site.archive.load(visit.conn, file.sha256)
    name = safe_name(file.filename, fallback=f"file-{position + 1}")
    return download(visit.request, content, name=name, digest=file.sha256)


def _incoming(visit: StaffVisit) -> tuple[IncomingMail, bytes]:
    found = staff_mails.incoming(visit.conn, visit.number("mail"))
    if found is None:
        raise NoSuchPage
    return found, visit.site.archive.load(visit.conn, found.sha256)


def _outgoing(visit: StaffVisit) -> OutgoingMail:
    found = staff_mails.outgoing(visit.conn, visit.number("mail"))
    if found is None:
        raise NoSuchPage
    return found


def _bytes(visit: StaffVisit, mail: OutgoingMail) -> bytes:
    if mail.sha256 is None:  # not written yet
        raise NoSuchPage
    return visit.site.archive.load(visit.conn, mail.sha256)


def _body(visit: StaffVisit, raw: bytes) -> Response:
    html = inert_html(raw)
    if html is None:
        raise NoSuchPage
    response = visit.page("body.html", html=html.html)
    response.headers["Content-Security-Policy"] = BODY_CSP
    return response


def _fields(message: Message) -> tuple[list[tuple[str, str]], bool]:
    """The header as far as it goes on a page; is that all of it?"""
    shown: list[tuple[str, str]] = []
    room = _HEADER_CHARACTERS
    for name, value in message.headers:
        room -= len(name) + min(len(value), _FIELD_CHARACTERS)
        if room < 0:
            return shown, False
        shown.append((name, value[:_FIELD_CHARACTERS]))
    return shown, True


def _shown(position: int, file: Attachment) -> ShownFile:
    return ShownFile(position, file.filename, file.content_type, len(file.content))
