"""What the payer does on the pages: he pays, or gives his card, and perhaps his bank asks for him."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things.money import attempts, intents
from mailgate.demo.provider.things.offers import links
from mailgate.demo.provider.things.who import customers, methods, setups
from mailgate.demo.provider.things.who.cards import Magic
from mailgate.demo.provider.wire.refusals import Object, Refusal, wrong


def pay(
    state: State,
    session: Object,
    magic: Magic,
    *,
    email: str | None,
    name: str | None,
    is_owner: bool = True,
    is_quick: bool = False,
) -> Object:
    """The session afterwards. Raises Refusal when it is over, or when the card is declined, and it stays open.

    `is_owner`: whether he can show his bank that it is him, where it asks. `is_quick`: he pays at the same instant as
    another one, and the link's limit does not stop him.
    """
    link = state.find("payment_link", session["payment_link"]) if session["payment_link"] else None
    if session["status"] != "open" or (link is not None and links.is_used_up(link) and not is_quick):
        raise wrong("This checkout session is over.", code="checkout_session_over")
    given = session["customer_email"] or email
    if given is None and session["customer"] is not None:
        given = state.find("customer", session["customer"])["email"]
    method = methods.new(state, magic, email=given, name=name)
    if session["mode"] == "setup":
        _set_up(state, session, method, is_owner=is_owner)
    else:
        _pay(state, session, method, is_owner=is_owner)
    details = {"address": method["billing_details"]["address"], "email": given, "name": name, "phone": None}
    details |= {"tax_exempt": "none", "tax_ids": []}
    session |= {"customer_details": details, "status": "complete", "url": None}
    state.expiring.pop(session["id"], None)
    if link is not None:
        links.count(state, link)
    state.tell("checkout.session.completed", session)
    return session


def settled(state: State, intent: Object) -> None:
    """What took days is over: so says the session, too."""
    for session in state.all("checkout.session"):
        if session["payment_intent"] == intent["id"] and session["payment_status"] == "unpaid":
            is_paid = intent["status"] == "succeeded"
            session["payment_status"] = "paid" if is_paid else "unpaid"
            state.tell(f"checkout.session.async_payment_{'succeeded' if is_paid else 'failed'}", session)


def _pay(state: State, session: Object, method: Object, *, is_owner: bool) -> None:
    hidden = state.secrets[session["id"]]
    data = hidden["payment_intent_data"]
    if "intent" not in hidden:
        intent = intents.new(
            state,
            session["amount_total"],
            session["currency"],
            session["customer"],
            metadata=dict(data.get("metadata") or {}),
            types=list(session["payment_method_types"]),
        )
        intent |= {word: data.get(word) for word in ("description", "setup_future_usage")}
        state.put(intent)
        state.tell("payment_intent.created", intent)
        hidden["intent"] = intent["id"]
    intent = state.find("payment_intent", hidden["intent"])
    if method["type"] not in session["payment_method_types"]:
        raise wrong(f"This page does not offer {method['type']}.")
    is_saved = intent["setup_future_usage"] is not None
    if intent["customer"] is None and (is_saved or session["customer_creation"] == "always"):
        details = method["billing_details"]
        intent["customer"] = customers.guest(state, details["email"], details["name"])["id"]
    intent["payment_method"] = method["id"]
    attempts.confirm(state, intent, method, can_act=True)
    if intent["status"] == "requires_action":
        attempts.authenticate(state, intent, is_owner=is_owner)
    session |= {
        "customer": intent["customer"],
        "payment_intent": intent["id"],
        "payment_status": "paid" if intent["status"] == "succeeded" else "unpaid",
    }


def _set_up(state: State, session: Object, method: Object, *, is_owner: bool) -> None:
    intent = state.find("setup_intent", session["setup_intent"])
    if not is_owner:
        raise Refusal(
            402, "card_error", "We are unable to authenticate you.", code="setup_intent_authentication_failure"
        )
    if intent["customer"] is None:
        details = method["billing_details"]
        intent["customer"] = customers.guest(state, details["email"], details["name"])["id"]
    intent["payment_method"] = method["id"]
    setups.save(state, intent, can_act=True)
    session["customer"] = intent["customer"]
