"""Charges: what becomes of one attempt to take money."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.money import ledger
from mailgate.demo.provider.things.money.amounts import fee_of
from mailgate.demo.provider.things.who.cards import Decline
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object


def attempt(state: State, intent: Object, method: Object) -> Object:
    """A charge that stands before its end: `succeed`, `fail` or waiting."""
    charge: Object = {
        "id": state.new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "MAILGATE",
        "captured": False,
        "created": state.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": _outcome("authorized", "Payment complete.", network="approved_by_network"),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{state.base_url}/receipts/{intent['id']}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_data": None,
        "transfer_group": None,
    }
    state.secrets[charge["id"]] = {"does": state.secrets[method["id"]]["does"]}
    return state.put(charge)


def succeed(state: State, charge: Object) -> None:
    """The money is there."""
    kind = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
    transaction = ledger.book(
        state,
        kind,
        charge["amount"],
        charge["currency"],
        charge["id"],
        fee=fee_of(charge["amount"]),
        says=charge["description"],
    )
    charge |= {
        "amount_captured": charge["amount"],
        "balance_transaction": None if state.are_fees_late else transaction["id"],
        "captured": True,
        "paid": True,
        "status": "succeeded",
    }
    state.secrets[charge["id"]]["transaction"] = transaction["id"]
    state.tell("charge.succeeded", charge)


def tell_fees(state: State) -> list[Object]:
    """What has come has its entry in the books for all to see; those of which that is new."""
    late = [one for one in state.all("charge") if one["paid"] and one["balance_transaction"] is None]
    for charge in late:
        charge["balance_transaction"] = state.secrets[charge["id"]]["transaction"]
        state.tell("charge.updated", charge)
    return late


def fail(state: State, charge: Object, reason: str, decline: Decline) -> None:
    """It is declined."""
    outcome = _outcome("issuer_declined", decline.message, network="declined_by_network")
    charge |= {
        "captured": False,
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": outcome | {"advice_code": decline.advice, "reason": reason},
        "paid": False,
        "status": "failed",
    }
    state.tell("charge.failed", charge)


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/charges/ID"""
    fields.only()
    return state.find("charge", ident)


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/charges"""
    fields.only("customer", "payment_intent", *lists.PAGE_FIELDS)
    customer, intent = fields.text("customer"), fields.text("payment_intent")
    found = (
        one
        for one in state.all("charge")
        if customer in (None, one["customer"]) and intent in (None, one["payment_intent"])
    )
    return lists.page(found, fields, "/v1/charges")


def search(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/charges/search"""
    return lists.search(state, "charge", fields, "/v1/charges/search")


def _outcome(kind: str, message: str, *, network: str) -> Object:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": message,
        "type": kind,
    }


def _details(method: Object) -> Object:
    kind = method["type"]
    said = method[kind]
    if kind == "paypal":
        detail = {
            "country": said["country"],
            "payer_email": said["payer_email"],
            "payer_id": said["payer_id"],
            "payer_name": None,
            "seller_protection": None,
            "transaction_id": method["id"],
        }
    elif kind == "sepa_debit":
        detail = {word: said[word] for word in ("bank_code", "branch_code", "country", "fingerprint", "last4")}
        detail |= {"expected_debit_date": None, "mandate": None}
    else:
        words = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
        detail = {word: said[word] for word in words}
        detail |= {"installments": None, "mandate": None, "network": said["brand"], "three_d_secure": None}
    return {"type": kind, kind: detail}
