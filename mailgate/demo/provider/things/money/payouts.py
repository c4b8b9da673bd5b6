"""Payouts: what is on the account goes to the bank."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.money import ledger
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, wrong

_DAYS = 2
_LEFT_OUT = ("payout", "payout_failure")


def pay_out(state: State, currency: str) -> Object:
    """All that no payout has taken yet."""
    taken = [
        one
        for one in state.all("balance_transaction")
        if one["currency"] == currency
        and one["type"] not in _LEFT_OUT
        and ledger.PAID_OUT_BY not in state.secrets[one["id"]]
    ]
    amount = sum(one["net"] for one in taken)
    if amount <= 0:
        raise wrong(f"There is nothing to pay out in {currency}.", code="balance_insufficient")
    ident = state.new_id("po")
    payout: Object = {
        "id": ident,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": state.now + _DAYS * 86_400,
        "automatic": True,
        "balance_transaction": ledger.book(state, "payout", -amount, currency, ident)["id"],
        "created": state.now,
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": f"ba_{ident[-12:]}",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": None,
        "type": "bank_account",
    }
    state.secrets[payout["balance_transaction"]][ledger.PAID_OUT_BY] = ident
    for one in taken:
        state.secrets[one["id"]][ledger.PAID_OUT_BY] = ident
    state.put(payout)
    state.tell("payout.created", payout)
    return payout


def end(state: State, payout: Object, *, is_paid: bool) -> Object:
    """The bank has it, or has sent it back."""
    if payout["status"] != "in_transit":
        raise wrong("This payout is over.")
    if is_paid:
        payout["status"] = "paid"
        state.tell("payout.paid", payout)
        return payout
    transaction = ledger.book(state, "payout_failure", payout["amount"], payout["currency"], payout["id"])
    payout |= {
        "failure_balance_transaction": transaction["id"],
        "failure_code": "account_closed",
        "failure_message": "The bank account has been closed.",
        "status": "failed",
    }
    for hidden in state.secrets.values():
        if hidden.get(ledger.PAID_OUT_BY) == payout["id"]:
            del hidden[ledger.PAID_OUT_BY]
    state.tell("payout.failed", payout)
    return payout


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/payouts/ID"""
    fields.only()
    return state.find("payout", ident)


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/payouts, of one status perhaps."""
    fields.only("status", "arrival_date", "destination", *lists.PAGE_FIELDS)
    status = fields.text("status")
    found = (one for one in state.all("payout") if status in (None, one["status"]))
    return lists.page(found, fields, "/v1/payouts")
