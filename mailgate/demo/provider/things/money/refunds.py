"""Refunds: never more than is left of a charge; the bank may take its time, and may refuse."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.money import ledger
from mailgate.demo.provider.things.money.amounts import check_expressible
from mailgate.demo.provider.things.who.cards import Behaviour
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, malformed, wrong

_REASONS = ("duplicate", "fraudulent", "requested_by_customer")
CLOSED_CARD = "expired_or_canceled_card"


def create(state: State, fields: Fields, _: str) -> Object:
    """POST /v1/refunds"""
    fields.only("amount", "charge", "instructions_email", "metadata", "payment_intent", "reason")
    charge = _charge_of(state, fields)
    reason, amount = fields.choice("reason", *_REASONS), fields.number("amount")
    left = charge["amount"] - charge["amount_refunded"]
    if amount is not None and amount <= 0:
        raise malformed("This value must be greater than 0.", param="amount", code="parameter_invalid_integer")
    if charge["refunded"] or left <= 0:
        raise wrong(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    _check_disputes(state, charge)
    if amount is not None and amount > left:
        raise wrong(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    amount = left if amount is None else amount
    check_expressible(amount, charge["currency"], "amount")
    does = state.secrets[charge["id"]]["does"]
    if does == Behaviour.REFUND_REFUSED:
        raise wrong(
            "This charge is too old, or its card is closed: it can't be refunded.", code="charge_not_refundable"
        )
    refund = _new(state, charge, amount, reason, fields)
    _take(state, refund, charge)
    if does == Behaviour.REFUND_FAILED:
        fail(state, refund, CLOSED_CARD)
    elif does == Behaviour.REFUND_PENDING:
        refund |= {"pending_reason": "processing", "status": "pending"}
    return refund


def succeed(state: State, refund: Object) -> Object:
    """The bank has paid what was pending."""
    if refund["status"] != "pending":
        raise wrong("This refund is not pending.")
    refund |= {"pending_reason": None, "status": "succeeded"}
    state.tell("refund.updated", refund)
    return refund


def fail(state: State, refund: Object, reason: str) -> Object:
    """The bank has sent it back; it may have been called a success before."""
    if refund["status"] not in ("pending", "succeeded"):
        raise wrong("This refund cannot fail any more.")
    charge = state.find("charge", refund["charge"])
    transaction = ledger.book(state, "refund_failure", refund["amount"], refund["currency"], refund["id"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    refund |= {
        "failure_balance_transaction": transaction["id"],
        "failure_reason": reason,
        "pending_reason": None,
        "status": "failed",
    }
    state.tell("refund.updated", refund)
    state.tell("refund.failed", refund)
    return refund


def cancel(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/refunds/ID/cancel: none of ours can be."""
    fields.only()
    state.find("refund", ident)
    raise wrong("This refund cannot be canceled: only refunds in requires_action can be.")


def update(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/refunds/ID: its metadata."""
    fields.only("metadata")
    refund = state.find("refund", ident)
    words = {**refund["metadata"], **fields.metadata()}
    refund["metadata"] = {key: value for key, value in words.items() if value}
    return refund


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/refunds/ID"""
    fields.only()
    return state.find("refund", ident)


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/refunds, of one charge or intent perhaps."""
    fields.only("charge", "payment_intent", *lists.PAGE_FIELDS)
    charge, intent = fields.text("charge"), fields.text("payment_intent")
    found = (
        one
        for one in state.all("refund")
        if charge in (None, one["charge"]) and intent in (None, one["payment_intent"])
    )
    return lists.page(found, fields, "/v1/refunds")


def _charge_of(state: State, fields: Fields) -> Object:
    if fields.text("charge") is not None:
        charge = state.find("charge", fields.needed("charge"), param="charge")
    elif fields.text("payment_intent") is not None:
        intent = state.find("payment_intent", fields.needed("payment_intent"), param="payment_intent")
        if intent["status"] != "succeeded":
            raise wrong("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
        charge = state.find("charge", intent["latest_charge"])
    else:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise malformed(message, param="charge", code="parameter_missing")
    if charge["status"] != "succeeded":
        raise wrong("This charge has not succeeded and can't be refunded.", code="charge_not_refundable")
    return charge


def _check_disputes(state: State, charge: Object) -> None:
    for dispute in state.all("dispute") if charge["disputed"] else ():
        if dispute["charge"] == charge["id"] and dispute["status"] in ("needs_response", "lost"):
            raise wrong(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")


def _new(state: State, charge: Object, amount: int, reason: str | None, fields: Fields) -> Object:
    kind = charge["payment_method_details"]["type"]
    detail: Object = {}
    if kind == "card":
        detail = {"reference": None, "reference_status": "pending", "reference_type": "acquirer_reference_number"}
        detail |= {"type": "refund"}
    return {
        "id": state.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": state.now,
        "currency": charge["currency"],
        "destination_details": {kind: detail, "type": kind},
        "metadata": fields.metadata(),
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _take(state: State, refund: Object, charge: Object) -> None:
    transaction = ledger.book(state, "refund", -refund["amount"], refund["currency"], refund["id"])
    refund["balance_transaction"] = transaction["id"]
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    state.put(refund)
    state.tell("refund.created", refund)
    state.tell("charge.refunded", charge)
