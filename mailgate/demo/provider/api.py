"""The table of what may be called under `/v1/`."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import account, events
from mailgate.demo.provider.things.money import charges, disputes, intents, ledger, payouts, refunds
from mailgate.demo.provider.things.offers import checkout, links
from mailgate.demo.provider.things.who import customers, methods, setups
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, Refusal

Do = Callable[[State, Fields, str], Object]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One of them; `*` in the path is an id."""

    method: str
    path: str
    do: Do


ENDPOINTS = (
    Endpoint("GET", "/v1/account", account.retrieve),
    Endpoint("GET", "/v1/balance", account.balance),
    Endpoint("POST", "/v1/customers", customers.create),
    Endpoint("GET", "/v1/customers", customers.listed),
    Endpoint("GET", "/v1/customers/search", customers.search),
    Endpoint("GET", "/v1/customers/*", customers.retrieve),
    Endpoint("POST", "/v1/customers/*", customers.update),
    Endpoint("DELETE", "/v1/customers/*", customers.delete),
    Endpoint("GET", "/v1/customers/*/payment_methods", methods.listed),
    Endpoint("GET", "/v1/payment_methods", methods.listed),
    Endpoint("GET", "/v1/payment_methods/*", methods.retrieve),
    Endpoint("POST", "/v1/payment_methods/*/attach", methods.attach),
    Endpoint("POST", "/v1/payment_methods/*/detach", methods.detach),
    Endpoint("POST", "/v1/setup_intents", setups.create),
    Endpoint("GET", "/v1/setup_intents", setups.listed),
    Endpoint("GET", "/v1/setup_intents/*", setups.retrieve),
    Endpoint("POST", "/v1/setup_intents/*/confirm", setups.confirm),
    Endpoint("POST", "/v1/setup_intents/*/cancel", setups.cancel),
    Endpoint("POST", "/v1/payment_intents", intents.create),
    Endpoint("GET", "/v1/payment_intents", intents.listed),
    Endpoint("GET", "/v1/payment_intents/search", intents.search),
    Endpoint("GET", "/v1/payment_intents/*", intents.retrieve),
    Endpoint("POST", "/v1/payment_intents/*", intents.update),
    Endpoint("POST", "/v1/payment_intents/*/confirm", intents.confirm),
    Endpoint("POST", "/v1/payment_intents/*/cancel", intents.cancel),
    Endpoint("GET", "/v1/charges", charges.listed),
    Endpoint("GET", "/v1/charges/search", charges.search),
    Endpoint("GET", "/v1/charges/*", charges.retrieve),
    Endpoint("GET", "/v1/balance_transactions", ledger.listed),
    Endpoint("GET", "/v1/balance_transactions/*", ledger.retrieve),
    Endpoint("POST", "/v1/payment_links", links.create),
    Endpoint("GET", "/v1/payment_links", links.listed),
    Endpoint("GET", "/v1/payment_links/*", links.retrieve),
    Endpoint("POST", "/v1/payment_links/*", links.update),
    Endpoint("GET", "/v1/payment_links/*/line_items", links.line_items),
    Endpoint("POST", "/v1/checkout/sessions", checkout.create),
    Endpoint("GET", "/v1/checkout/sessions", checkout.listed),
    Endpoint("GET", "/v1/checkout/sessions/*", checkout.retrieve),
    Endpoint("POST", "/v1/checkout/sessions/*/expire", checkout.expire),
    Endpoint("GET", "/v1/checkout/sessions/*/line_items", checkout.line_items),
    Endpoint("POST", "/v1/refunds", refunds.create),
    Endpoint("GET", "/v1/refunds", refunds.listed),
    Endpoint("GET", "/v1/refunds/*", refunds.retrieve),
    Endpoint("POST", "/v1/refunds/*", refunds.update),
    Endpoint("POST", "/v1/refunds/*/cancel", refunds.cancel),
    Endpoint("GET", "/v1/disputes", disputes.listed),
    Endpoint("GET", "/v1/disputes/*", disputes.retrieve),
    Endpoint("POST", "/v1/disputes/*/close", disputes.close),
    Endpoint("GET", "/v1/payouts", payouts.listed),
    Endpoint("GET", "/v1/payouts/*", payouts.retrieve),
    Endpoint("GET", "/v1/events", events.listed),
    Endpoint("GET", "/v1/events/*", events.retrieve),
)
_COMPILED = tuple((each, re.compile(each.path.replace("*", "([^/]+)"))) for each in ENDPOINTS)


def found(method: str, path: str) -> tuple[Do, str]:
    """What is done by this call, and to which id. Raises Refusal where nothing is."""
    for endpoint, pattern in _COMPILED:
        match = pattern.fullmatch(path) if endpoint.method == method else None
        if match is not None:
            return endpoint.do, match[1] if pattern.groups else ""
    message = f"Unrecognized request URL ({method}: {path}). The double does not know it, whatever the real one does."
    raise Refusal(404, "invalid_request_error", message, is_kept=False)
