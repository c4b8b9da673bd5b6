"""The doors under `/play/`: what a payer, his bank, or the passing of time would do, and what goes wrong."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from mailgate.demo.provider import books as accounts
from mailgate.demo.provider.state import State
from mailgate.demo.provider.things.money import attempts, charges, disputes, payouts, refunds
from mailgate.demo.provider.things.offers import checkout, payer
from mailgate.demo.provider.things.who import customers, methods
from mailgate.demo.provider.things.who.cards import BEHAVIOURS, Magic, magic_card
from mailgate.demo.provider.wire.faults import Fault, FaultKind
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, Refusal, malformed

Door = Callable[[State, Fields, str], Object]
_USUAL_CARD = "pm_card_visa"


def found(method: str, path: str) -> tuple[Door, str]:
    """The door at this path, and the id in it. Raises Refusal where there is none."""
    for its_method, pattern, door in _COMPILED:
        match = pattern.fullmatch(path) if its_method == method else None
        if match is not None:
            return door, match[1] if pattern.groups else ""
    raise Refusal(404, "invalid_request_error", f"There is no door {method} {path}", is_kept=False)


def clock(state: State, _: Fields, __: str) -> Object:
    """What time it is."""
    return {"now": state.now, "iso": datetime.fromtimestamp(state.now, UTC).isoformat()}


def set_clock(state: State, fields: Fields, _: str) -> Object:
    """`set=2027-03-01T00:00Z`, or seconds since 1970; or a step by `seconds=`, `hours=`, `days=`."""
    fields.only("set", "seconds", "hours", "days")
    moment = fields.text("set")
    if moment is not None:
        at = int(moment) if moment.isdigit() else int(datetime.fromisoformat(moment).timestamp())
        state.offset_seconds += at - state.now
    step = {"seconds": 1, "hours": 3600, "days": 86_400}
    state.offset_seconds += sum((fields.number(word) or 0) * size for word, size in step.items())
    checkout.expire_all(state)
    return clock(state, fields, "")


def reset(state: State, fields: Fields, _: str) -> Object:
    """Everything is forgotten."""
    state.reset()
    return {}


def books(state: State, fields: Fields, _: str) -> Object:
    """What has come and gone; `by=` a key of metadata."""
    fields.only("by")
    return accounts.books(state, fields.text("by") or "customer")


def calls(state: State, fields: Fields, _: str) -> Object:
    """What was called, oldest first."""
    return {"calls": state.calls}


def forget_calls(state: State, fields: Fields, _: str) -> Object:
    """Begin to count anew."""
    state.calls.clear()
    return {}


def add_fault(state: State, fields: Fields, _: str) -> Object:
    """The next `times=` calls whose "POST /v1/…" has `path=` in it break by `kind=`, after `skip=` good ones."""
    fields.only("path", "kind", "times", "skip")
    kind = fields.choice("kind", *FaultKind)
    if kind is None:
        raise malformed(f"`kind` is one of {', '.join(FaultKind)}", param="kind")
    times, skip = fields.number("times"), fields.number("skip")
    fault = Fault(fields.text("path") or "", FaultKind(kind), 1 if times is None else times, skip or 0)
    state.faults.waiting.append(fault)
    state.faults.is_holding = state.faults.is_holding or kind == FaultKind.HELD
    return {"waiting": len(state.faults.waiting)}


def clear_faults(state: State, fields: Fields, _: str) -> Object:
    """Nothing breaks any more, and what is held goes on."""
    state.faults.waiting.clear()
    state.faults.is_holding = False
    return {}


def set_pace(state: State, fields: Fields, _: str) -> Object:
    """`latency_ms=` of each call, and `search_lag=` seconds until what is new is found by a search."""
    fields.only("latency_ms", "search_lag")
    if "latency_ms" in fields:
        state.faults.latency_seconds = (fields.number("latency_ms") or 0) / 1000
    if "search_lag" in fields:
        state.search_lag_seconds = fields.number("search_lag") or 0
    return {"latency_ms": round(state.faults.latency_seconds * 1000), "search_lag": state.search_lag_seconds}


def set_fees(state: State, fields: Fields, _: str) -> Object:
    """`known=false`: what a payment costs is not known when it comes, as with debits; `known=true`: of all it is."""
    fields.only("known")
    state.are_fees_late = not fields.flag("known", default=True)
    told = [] if state.are_fees_late else charges.tell_fees(state)
    return {"known": not state.are_fees_late, "told": len(told)}


def open_link(state: State, _: Fields, ident: str) -> Object:
    """A payer opens a link's page, and leaves it open: the session that he has before him."""
    return checkout.of_link(state, state.find("payment_link", ident))


def pay_link(state: State, fields: Fields, ident: str) -> Object:
    """A payer pays by a link: `card=` by name or number, `email=`, `name=`, `owner=false` if his bank refuses him."""
    return _paid(state, checkout.of_link(state, state.find("payment_link", ident)), fields)


def pay_session(state: State, fields: Fields, ident: str) -> Object:
    """The same on a page that is open; `quick=true`: at the instant of another payer, so that no limit stops him."""
    return _paid(state, state.find("checkout.session", ident), fields)


def authenticate(state: State, fields: Fields, ident: str) -> Object:
    """The bank has asked for the card's owner: `ok=`."""
    return attempts.authenticate(state, _intent(state, ident), is_owner=bool(fields.flag("ok", default=True)))


def settle(state: State, fields: Fields, ident: str) -> Object:
    """What took days is over: `ok=`, or as its magic says."""
    intent = attempts.settle(state, _intent(state, ident), is_paid=fields.flag("ok"))
    payer.settled(state, intent)
    return intent


def change_card(state: State, fields: Fields, ident: str) -> Object:
    """From now on a card `does=` this, or `expires=2027-03`. Charges that it has made behave so too, when refunded."""
    fields.only("does", "expires")
    method = state.find("payment_method", ident)
    does = fields.choice("does", *BEHAVIOURS)
    if does is not None:
        state.secrets[ident]["does"] = does
        for charge in state.all("charge"):
            if charge["payment_method"] == ident:
                state.secrets[charge["id"]]["does"] = does
    expires = fields.text("expires")
    if expires is not None:
        year, _, month = expires.partition("-")
        method["card"] |= {"exp_year": int(year), "exp_month": int(month)}
        state.tell("payment_method.automatically_updated", method)
    return method


def give_card(state: State, fields: Fields, ident: str) -> Object:
    """A customer has a card from now on, even one that would be declined: `card=`, and what it `does=`."""
    customer = customers.alive(state, ident, param=None)
    method = methods.new(state, _card(fields), email=customer["email"], name=customer["name"])
    methods.bind(state, method, ident)
    does = fields.choice("does", *BEHAVIOURS)
    if does is not None:
        state.secrets[method["id"]]["does"] = does
    return method


def dispute(state: State, fields: Fields, ident: str) -> Object:
    """A charge, by its id or its intent's, is disputed: `reason=`, `amount=`, `inquiry=true` if the bank only asks."""
    fields.only("reason", "amount", "inquiry")
    amount, is_inquiry = fields.number("amount"), bool(fields.flag("inquiry"))
    charge = state.find("charge", _intent(state, ident)["latest_charge"] if ident.startswith("pi_") else ident)
    reason = fields.text("reason") or "fraudulent"
    return disputes.open_(state, charge, reason=reason, amount=amount, is_inquiry=is_inquiry)


def escalate(state: State, _: Fields, ident: str) -> Object:
    """The bank takes the money after all."""
    return disputes.escalate(state, state.find("dispute", ident))


def win(state: State, _: Fields, ident: str) -> Object:
    """A dispute is won by us."""
    return disputes.end(state, state.find("dispute", ident), is_won=True)


def lose(state: State, _: Fields, ident: str) -> Object:
    """It is lost."""
    return disputes.end(state, state.find("dispute", ident), is_won=False)


def succeed_refund(state: State, _: Fields, ident: str) -> Object:
    """A pending refund has arrived."""
    return refunds.succeed(state, state.find("refund", ident))


def fail_refund(state: State, fields: Fields, ident: str) -> Object:
    """A refund comes back, `reason=`."""
    return refunds.fail(state, state.find("refund", ident), fields.text("reason") or refunds.CLOSED_CARD)


def pay_out(state: State, fields: Fields, _: str) -> Object:
    """All that there is in a `currency=` goes to the bank."""
    return payouts.pay_out(state, fields.needed("currency").lower())


def end_payout(state: State, _: Fields, ident: str) -> Object:
    """It has arrived."""
    return payouts.end(state, state.find("payout", ident), is_paid=True)


def fail_payout(state: State, _: Fields, ident: str) -> Object:
    """The bank has sent it back."""
    return payouts.end(state, state.find("payout", ident), is_paid=False)


def set_webhook(state: State, fields: Fields, _: str) -> Object:
    """Events go to `url=`, signed with `secret=`; at once, or `held=true` until they are sent by a door."""
    fields.only("url", "secret", "held")
    url = fields.text("url")
    state.webhook = {}
    if url is not None:
        if not url.startswith(("http://", "https://")):
            raise malformed(f"Not a url: {url}", param="url", code="url_invalid")
        state.webhook = {"url": url, "secret": fields.needed("secret"), "is_held": bool(fields.flag("held"))}
    return {"url": url}


def _paid(state: State, session: Object, fields: Fields) -> Object:
    fields.only("card", "email", "name", "owner", "prefilled_email", "locale", "quick")
    is_owner, is_quick = bool(fields.flag("owner", default=True)), bool(fields.flag("quick"))
    magic, email, name = _card(fields), fields.text("email") or fields.text("prefilled_email"), fields.text("name")
    return payer.pay(state, session, magic, email=email, name=name, is_owner=is_owner, is_quick=is_quick)


def _card(fields: Fields) -> Magic:
    name = fields.text("card") or _USUAL_CARD
    magic = magic_card(name)
    if magic is None:
        raise malformed(f"No magic card: {name}", param="card")
    return magic


def _intent(state: State, ident: str) -> Object:
    return state.find("payment_intent", ident)


DOORS: tuple[tuple[str, str, Door], ...] = (
    ("GET", "/play/clock", clock),
    ("POST", "/play/clock", set_clock),
    ("POST", "/play/reset", reset),
    ("GET", "/play/books", books),
    ("GET", "/play/calls", calls),
    ("POST", "/play/calls/forget", forget_calls),
    ("POST", "/play/faults", add_fault),
    ("POST", "/play/faults/clear", clear_faults),
    ("POST", "/play/pace", set_pace),
    ("POST", "/play/fees", set_fees),
    ("POST", "/play/links/*/open", open_link),
    ("POST", "/play/links/*/pay", pay_link),
    ("POST", "/play/sessions/*/pay", pay_session),
    ("POST", "/play/intents/*/authenticate", authenticate),
    ("POST", "/play/intents/*/settle", settle),
    ("POST", "/play/cards/*", change_card),
    ("POST", "/play/customers/*/cards", give_card),
    ("POST", "/play/charges/*/dispute", dispute),
    ("POST", "/play/disputes/*/escalate", escalate),
    ("POST", "/play/disputes/*/win", win),
    ("POST", "/play/disputes/*/lose", lose),
    ("POST", "/play/refunds/*/succeed", succeed_refund),
    ("POST", "/play/refunds/*/fail", fail_refund),
    ("POST", "/play/payouts", pay_out),
    ("POST", "/play/payouts/*/pay", end_payout),
    ("POST", "/play/payouts/*/fail", fail_payout),
    ("POST", "/play/webhooks", set_webhook),
)
_COMPILED = tuple((method, re.compile(path.replace("*", "([^/]+)")), door) for method, path, door in DOORS)
