"""The account itself, by which a key is tried, and what is on it."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object


def retrieve(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/account"""
    fields.only()
    return {
        "id": "acct_fake",
        "object": "account",
        "business_type": None,
        "capabilities": {"card_payments": "active", "paypal_payments": "active", "sepa_debit_payments": "active"},
        "charges_enabled": True,
        "country": "DE",
        "created": state.now,
        "default_currency": "eur",
        "details_submitted": True,
        "email": "owner@hosting.example",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


def balance(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/balance"""
    fields.only()
    sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for one in state.all("balance_transaction"):
        of_state = sums["available" if one["available_on"] <= state.now else "pending"]
        of_state[one["currency"]] = of_state.get(one["currency"], 0) + one["net"]
    return {
        "object": "balance",
        "livemode": False,
        **{
            word: [{"amount": amount, "currency": currency} for currency, amount in sorted(of_state.items())]
            for word, of_state in sums.items()
        },
    }
