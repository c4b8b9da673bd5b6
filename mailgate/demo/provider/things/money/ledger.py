"""Balance transactions: what has moved on the account at the provider, and what that has cost."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object

_AVAILABLE_SECONDS = 2 * 86_400
_REPORTED = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "refund_failure": "refund_failure",
    "adjustment": "dispute",
    "payout": "payout",
    "payout_failure": "payout_reversal",
}
PAID_OUT_BY = "payout"
"""Hidden: the payout that took this transaction's money."""


def book(
    state: State, kind: str, amount: int, currency: str, source: str, *, fee: int = 0, says: str | None = None
) -> Object:
    """Move an amount, less a fee."""
    is_charge = kind in ("charge", "payment")
    transaction: Object = {
        "id": state.new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": state.now + (_AVAILABLE_SECONDS if is_charge else 0),
        "balance_type": "payments",
        "created": state.now,
        "currency": currency,
        "description": says,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [
            {
                "amount": fee,
                "application": None,
                "currency": currency,
                "description": "Dispute fee" if kind == "adjustment" else "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
        if fee
        else [],
        "net": amount - fee,
        "reporting_category": "dispute_reversal" if kind == "adjustment" and amount > 0 else _REPORTED[kind],
        "source": source,
        "status": "pending" if is_charge else "available",
        "type": kind,
    }
    state.secrets[transaction["id"]] = {}
    return state.put(transaction)


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/balance_transactions/ID"""
    fields.only()
    return _as_of(state, state.find("balance_transaction", ident))


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/balance_transactions, of one payout, type, currency or source perhaps."""
    fields.only("payout", "type", "currency", "source", *lists.PAGE_FIELDS)
    kind, currency, source, payout = (fields.text(word) for word in ("type", "currency", "source", "payout"))
    if payout is not None:
        state.find("payout", payout, param="payout")
    found = (
        _as_of(state, one)
        for one in state.all("balance_transaction")
        if kind in (None, one["type"])
        and currency in (None, one["currency"])
        and source in (None, one["source"])
        and payout in (None, state.secrets[one["id"]].get(PAID_OUT_BY))
    )
    return lists.page(found, fields, "/v1/balance_transactions")


def _as_of(state: State, transaction: Object) -> Object:
    if transaction["available_on"] <= state.now:
        transaction["status"] = "available"
    return transaction
