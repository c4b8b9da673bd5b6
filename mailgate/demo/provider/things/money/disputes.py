"""Disputes: the card's owner wants his money back from his bank. It is gone at once, and comes back when we win."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.money import ledger
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, wrong

FEE = 1500
"""In the smallest unit, whatever the currency. It is not given back."""
ENDED = ("won", "lost", "warning_closed")
_DAYS_TO_ANSWER = 7
_EVIDENCE = """
    access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal
    customer_communication customer_email_address customer_name customer_purchase_ip customer_signature
    duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt
    refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation
    shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number uncategorized_file
    uncategorized_text
"""


def open_(
    state: State, charge: Object, *, reason: str = "fraudulent", amount: int | None = None, is_inquiry: bool = False
) -> Object:
    """The bank takes the money, and a fee; by an inquiry it only asks."""
    left = charge["amount"] - charge["amount_refunded"]
    disputed = left if amount is None else amount
    if charge["status"] != "succeeded" or charge["disputed"] or not 0 < disputed <= left:
        raise wrong("This charge cannot be disputed, or not for that amount.")
    dispute: Object = {
        "id": state.new_id("du"),
        "object": "dispute",
        "amount": disputed,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": state.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE.split()), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": state.now + _DAYS_TO_ANSWER * 86_400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": is_inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4",
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if is_inquiry else "needs_response",
    }
    kind = charge["payment_method_details"]["type"]
    if kind == "card":
        brand = charge["payment_method_details"]["card"]["brand"]
        dispute["payment_method_details"] = {
            "card": {"brand": brand, "case_type": "chargeback", "network": brand, "network_reason_code": "10.4"},
            "type": "card",
        }
    charge["disputed"] = True
    state.put(dispute)
    state.tell("charge.dispute.created", dispute)
    if not is_inquiry:
        _withdraw(state, dispute)
    return dispute


def escalate(state: State, dispute: Object) -> Object:
    """An inquiry has become a dispute."""
    if not is_inquiry(dispute):
        raise wrong("This dispute is no inquiry.")
    dispute |= {"is_charge_refundable": False, "status": "needs_response"}
    state.tell("charge.dispute.updated", dispute)
    _withdraw(state, dispute)
    return dispute


def end(state: State, dispute: Object, *, is_won: bool) -> Object:
    """The bank has decided."""
    if dispute["status"] in ENDED:
        raise wrong("This dispute is already closed.")
    if is_inquiry(dispute):
        dispute["status"] = "warning_closed"
        state.tell("charge.dispute.closed", dispute)
        return dispute
    dispute["status"] = "won" if is_won else "lost"
    if is_won:
        _book(state, dispute, dispute["amount"], fee=0, says="Chargeback reversal")
        state.tell("charge.dispute.funds_reinstated", dispute)
    state.tell("charge.dispute.closed", dispute)
    return dispute


def is_inquiry(dispute: Object) -> bool:
    """Whether the bank only asks."""
    return bool(dispute["status"] == "warning_needs_response")


def taken(state: State, charge: str) -> int:
    """What the bank has of a charge."""
    return -sum(
        int(entry["amount"])
        for one in state.all("dispute")
        if one["charge"] == charge
        for entry in one["balance_transactions"]
    )


def close(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/disputes/ID/close: we give in."""
    fields.only()
    return end(state, state.find("dispute", ident), is_won=False)


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/disputes/ID"""
    fields.only()
    return state.find("dispute", ident)


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/disputes, of one charge or intent perhaps."""
    fields.only("charge", "payment_intent", *lists.PAGE_FIELDS)
    charge, intent = fields.text("charge"), fields.text("payment_intent")
    found = (
        one
        for one in state.all("dispute")
        if charge in (None, one["charge"]) and intent in (None, one["payment_intent"])
    )
    return lists.page(found, fields, "/v1/disputes")


def _withdraw(state: State, dispute: Object) -> None:
    _book(state, dispute, -dispute["amount"], fee=FEE, says="Chargeback withdrawal")
    state.tell("charge.dispute.funds_withdrawn", dispute)


def _book(state: State, dispute: Object, amount: int, *, fee: int, says: str) -> None:
    transaction = ledger.book(state, "adjustment", amount, dispute["currency"], dispute["id"], fee=fee, says=says)
    dispute["balance_transactions"].append(transaction)
