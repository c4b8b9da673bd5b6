"""What has come and gone, by customer and currency, for those who compare it with a ledger of their own."""

from collections import defaultdict

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things.money import disputes
from mailgate.demo.provider.wire.refusals import Object

_ACCOUNT = ("charged", "refunded", "disputed", "fees", "paid_out", "balance")
_CUSTOMER = ("charged", "refunded", "disputed", "charges")


def books(state: State, by: str = "customer") -> Object:
    """`accounts` by currency, and `customers` by whom and by currency.

    `by`: "customer", or a key of the charges' metadata, which tells more where nobody is named at the provider.
    """
    accounts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_ACCOUNT, 0))
    owners: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: dict.fromkeys(_CUSTOMER, 0)))
    for charge in state.all("charge"):
        if charge["status"] != "succeeded":
            continue
        owner = charge["customer"] if by == "customer" else charge["metadata"].get(by)
        whose, account = owners[owner or ""][charge["currency"]], accounts[charge["currency"]]
        whose["charges"] += 1
        taken = disputes.taken(state, charge["id"]) if charge["disputed"] else 0
        for sums in (whose, account):
            sums["charged"] += charge["amount"]
            sums["refunded"] += charge["amount_refunded"]
            sums["disputed"] += taken
    for one in state.all("balance_transaction"):
        account = accounts[one["currency"]]
        account["fees"] += one["fee"]
        account["balance"] += one["net"]
        if one["type"] in ("payout", "payout_failure"):
            account["paid_out"] -= one["amount"]
    return {"accounts": accounts, "customers": owners}
