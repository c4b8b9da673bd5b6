"""The account itself: whose key it is, the customers that it knows, and the cards that it keeps for them."""

from typing import TYPE_CHECKING

from mailgate.payments.provider import Facts
from mailgate.payments.stripe.reading import marks
from mailgate.payments.stripe.talk import Refused, answer, by_key, once

if TYPE_CHECKING:
    from stripe import StripeClient
    from stripe.params import CustomerCreateParams

_MISSING = "resource_missing"
_LIVE = ("sk_live_", "rk_live_")


def facts(client: "StripeClient", *, key: str) -> Facts:
    """Which account the key belongs to, and what that may do."""
    account = answer(client.v1.accounts.retrieve_current)
    told = ("country", "default_currency", "charges_enabled", "payouts_enabled")
    details = {name: str(account[name]).lower() for name in told if account.get(name) is not None}
    return Facts(str(account["id"]), key.startswith(_LIVE), details)


def customer(client: "StripeClient", *, key: str, customer_id: int, mail: str, name: str) -> str:
    """Make a customer known there."""
    params: CustomerCreateParams = {"email": mail, "name": name, "metadata": marks(key, customer_id)}
    made = once(key, lambda key: answer(client.v1.customers.create, params, by_key(key)))
    return str(made["id"])


def forget_card(client: "StripeClient", token: str) -> None:
    """The card can be charged no more; one that they keep no longer is forgotten already."""
    try:
        answer(client.v1.payment_methods.detach, token)
    except Refused as refused:
        if refused.code != _MISSING and _is_kept(client, token):
            raise


def _is_kept(client: "StripeClient", token: str) -> bool:
    return bool(answer(client.v1.payment_methods.retrieve, token).get("customer"))
