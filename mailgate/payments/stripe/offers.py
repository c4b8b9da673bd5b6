"""Links: a Payment Link for an invoice, which lives until it is switched off; a Checkout page for what is asked now.

A Checkout page dies after a day at the latest, and that is left to Stripe: an instant of ours in the parameters would
make a second call with the same key another call. Which ways to pay are offered, PayPal among them, the account says.
A Checkout page must lead back to somewhere: where there are no pages of ours, a Payment Link stands in for it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mailgate.payments.provider import Card, Link, Offer, OfferKind, OfferSeen, OfferState
from mailgate.payments.stripe import charges
from mailgate.payments.stripe.reading import card_of_method, charge_seen, id_of, instant, marks, saved_card, units_of
from mailgate.payments.stripe.talk import PAGE, Object, Refused, answer, by_key, listed, once

if TYPE_CHECKING:
    from stripe import StripeClient
    from stripe.params import PaymentLinkCreateParams
    from stripe.params.checkout import SessionCreateParams

_LINK = "plink_"
_OFF_SESSION = "off_session"
_THEIR_HOME = "https://stripe.com/"  # nothing is paid when a card is given, so nothing needs to be confirmed


def make(client: "StripeClient", wanted: Offer) -> Link:
    """Make a link; the same key is the same link."""
    if wanted.kind is OfferKind.INVOICE or (not wanted.return_url and wanted.kind is not OfferKind.CARD):
        link = once(wanted.key, lambda key: answer(client.v1.payment_links.create, _link_params(wanted), by_key(key)))
        return Link(str(link["id"]), f"{link['url']}?{urlencode(_filled_in(wanted))}", None)
    session = once(
        wanted.key, lambda key: answer(client.v1.checkout.sessions.create, _session_params(wanted), by_key(key))
    )
    return Link(str(session["id"]), str(session["url"]), instant(session["expires_at"]))


def close(client: "StripeClient", link_id: str) -> None:
    """Nobody can pay by it any more, also not on a page that is open already."""
    if not link_id.startswith(_LINK):
        _expire(client, link_id)
        return
    answer(client.v1.payment_links.update, link_id, {"active": False})
    for session in _sessions(client, link_id):
        if session["status"] == "open":
            _expire(client, str(session["id"]))


def look(client: "StripeClient", link_id: str) -> OfferSeen:
    """How a link stands, and what was paid by it."""
    if link_id.startswith(_LINK):
        is_open = bool(answer(client.v1.payment_links.retrieve, link_id)["active"])
        return _seen(client, [one for one in _sessions(client, link_id) if one["status"] == "complete"], is_open)
    session = answer(client.v1.checkout.sessions.retrieve, link_id, {"expand": ["setup_intent.payment_method"]})
    is_complete = session["status"] == "complete"
    return _seen(client, [session] if is_complete else [], session["status"] == "open")


def _seen(client: "StripeClient", completed: list[Object], is_open: bool) -> OfferSeen:
    intents = [charges.retrieve(client, id_of(one["payment_intent"])) for one in completed if one["payment_intent"]]
    cards = [*map(saved_card, intents), *map(_card_given, completed)]
    not_paid = OfferState.OPEN if is_open else OfferState.CLOSED
    state = OfferState.COMPLETED if completed else not_paid
    return OfferSeen(state, tuple(map(charge_seen, intents)), next(filter(None, cards), None))


def _card_given(session: Object) -> Card | None:
    setup = session.get("setup_intent")
    return card_of_method(setup.get("payment_method")) if setup and not isinstance(setup, str) else None


def _sessions(client: "StripeClient", link_id: str) -> Iterator[Object]:
    return listed(client.v1.checkout.sessions.list, {"payment_link": link_id, "limit": PAGE})


def _expire(client: "StripeClient", session_id: str) -> None:
    try:
        answer(client.v1.checkout.sessions.expire, session_id)
    except Refused:  # it is over already, one way or the other; if not, that is told
        if answer(client.v1.checkout.sessions.retrieve, session_id)["status"] == "open":
            raise


def _link_params(wanted: Offer) -> "PaymentLinkCreateParams":
    mark = marks(wanted.key, wanted.customer_id)
    params: PaymentLinkCreateParams = {
        "line_items": [_line_item(wanted)],
        "restrictions": {"completed_sessions": {"limit": 1}},
        "metadata": mark,
        "payment_intent_data": {"metadata": mark, "description": wanted.text},
    }
    if wanted.saves_card:
        params["customer_creation"] = "always"  # a link knows none that is there already
        params["payment_intent_data"]["setup_future_usage"] = _OFF_SESSION
    if wanted.return_url:
        params["after_completion"] = {"type": "redirect", "redirect": {"url": wanted.return_url}}
    return params


def _line_item(wanted: Offer) -> Any:  # the SDK has a type of its own for it in each of the two
    return {
        "price_data": {
            "currency": wanted.currency.lower(),
            "unit_amount": units_of(wanted.amount_minor, wanted.currency),
            "product_data": {"name": wanted.text},
        },
        "quantity": 1,
    }


def _filled_in(wanted: Offer) -> dict[str, str]:
    """What a Payment Link learns from its address."""
    return {"prefilled_email": wanted.mail, "locale": wanted.language}


def _session_params(wanted: Offer) -> "SessionCreateParams":
    mark = marks(wanted.key, wanted.customer_id)
    back = wanted.return_url or _THEIR_HOME
    params: SessionCreateParams = {"locale": wanted.language, "metadata": mark, "success_url": back}
    if wanted.customer_token:
        params["customer"] = wanted.customer_token
    else:
        params["customer_email"] = wanted.mail
    if wanted.kind is OfferKind.CARD:
        params |= {"mode": "setup", "allowed_payment_method_types": ["card"], "setup_intent_data": {"metadata": mark}}
    else:
        params |= {
            "mode": "payment",
            "line_items": [_line_item(wanted)],
            "payment_intent_data": {"metadata": mark, "description": wanted.text},
        }
        if wanted.saves_card:
            params["payment_intent_data"]["setup_future_usage"] = _OFF_SESSION
    if not wanted.customer_token and (wanted.saves_card or wanted.kind is OfferKind.CARD):
        params["customer_creation"] = "always"  # a card is kept with somebody
    return params
