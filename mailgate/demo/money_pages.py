"""What one can do about money in the demo: pay as a customer, make a card fail, and go to the day when money is due."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.payment.card_words import card_words
from mailgate.demo.clock import wait_for
from mailgate.demo.double import FAILS, PAYS, USUAL_CARD, NotPaid, knock
from mailgate.demo.play import Play
from store import people
from store.billing import cards, invoices, offers
from store.billing.invoices import Issued
from store.engine import reading

MOST = 30
PAID_SECONDS = 5.0
"""How long the page is held back for the provider's call, and for what the gate makes of it."""

_JUST_AFTER = timedelta(minutes=5)


def money(play: Play, _request: Request) -> Response:
    """`/money`: open invoices with their links, and the cards that the double keeps."""
    return _page(play)


def act(play: Play, _request: Request, fields: Mapping[str, str]) -> Response:
    """Pay an invoice as its customer, tell a card what to do, or forward to the day on which an invoice is due."""
    play.unread.begin()
    what, number = fields.get("do", ""), fields.get("id", "")
    try:
        if what == "pay":
            _pay(play, number)
        elif what in (PAYS, FAILS):
            knock(play.provider_url, f"cards/{_token(play, number)}", does=what)
        elif what == "due" and (invoice := _invoice(play, number)) is not None:
            _forward(play, invoice)
    except NotPaid as error:
        return _page(play, problem=str(error), status=422)
    return RedirectResponse(f"{play.root}/money", 303)


def _page(play: Play, *, problem: str = "", status: int = 200) -> Response:
    with reading(play.parts.engine) as conn:
        found = [one for one in invoices.listing(conn, state=DocumentState.ISSUED) if one.open_minor][-MOST:]
        links = offers.open_of(conn, [one.id for one in found])
        kept = [one for one in cards.listing(conn) if one.removed_at is None][-MOST:]
        names = {one.id: one.name for one in people.list_customers(conn)}
    rows = [(one, names.get(one.customer_id, ""), links.get(one.id)) for one in sorted(found, key=_due)]
    named = [(one, card_words(one.brand, one.last4), names.get(one.customer_id, "")) for one in kept]
    return play.page(
        "money.html", None, status=status, rows=rows, cards=named, problem=problem, double=play.provider_url
    )


def _due(one: Issued) -> tuple[object, int]:
    return one.due_on, one.id


def _pay(play: Play, number: str) -> None:
    invoice = _invoice(play, number)
    if invoice is None:
        return
    with reading(play.parts.engine) as conn:
        link = offers.open_of(conn, [invoice.id]).get(invoice.id)
    if link is None or link.provider_id is None:
        raise NotPaid(f"Invoice {number} has no link to pay by yet: step the clock forward a little.")
    knock(play.provider_url, f"links/{link.provider_id}/pay", card=USUAL_CARD, email="payer@mailboxes.example")

    def is_paid() -> bool:
        now = _invoice(play, number)
        return now is None or not now.open_minor

    wait_for(is_paid, seconds=PAID_SECONDS)
    play.machine.rest()


def _forward(play: Play, invoice: Issued) -> None:
    begins = datetime.combine(invoice.due_on, time(), ZoneInfo(invoice.zone))
    ahead = begins + _JUST_AFTER - play.clock()
    if ahead > timedelta():
        play.machine.forward(ahead)


def _invoice(play: Play, number: str) -> Issued | None:
    with reading(play.parts.engine) as conn:
        return invoices.find(conn, number)


def _token(play: Play, number: str) -> str:
    with reading(play.parts.engine) as conn:
        card = cards.find(conn, int(number)) if number.isascii() and number.isdigit() and len(number) < 18 else None
    return card.token if card else "none"
