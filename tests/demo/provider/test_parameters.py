"""No field is taken that the SDK's version of the API does not have: the double is not kinder than the real one."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from stripe import params
from stripe.params import checkout

from mailgate.demo.provider import api
from mailgate.demo.provider.state import State
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Refusal

_PARAMETERS: dict[str, Any] = {
    "POST /v1/customers": params.CustomerCreateParams,
    "POST /v1/setup_intents": params.SetupIntentCreateParams,
    "POST /v1/setup_intents/*/confirm": params.SetupIntentConfirmParams,
    "POST /v1/payment_intents": params.PaymentIntentCreateParams,
    "POST /v1/payment_intents/*": params.PaymentIntentUpdateParams,
    "POST /v1/payment_intents/*/confirm": params.PaymentIntentConfirmParams,
    "POST /v1/payment_intents/*/cancel": params.PaymentIntentCancelParams,
    "POST /v1/payment_links": params.PaymentLinkCreateParams,
    "POST /v1/payment_links/*": params.PaymentLinkUpdateParams,
    "POST /v1/checkout/sessions": checkout.SessionCreateParams,
    "POST /v1/refunds": params.RefundCreateParams,
    "GET /v1/customers": params.CustomerListParams,
    "GET /v1/payment_methods": params.PaymentMethodListParams,
    "GET /v1/payment_intents": params.PaymentIntentListParams,
    "GET /v1/charges": params.ChargeListParams,
    "GET /v1/balance_transactions": params.BalanceTransactionListParams,
    "GET /v1/payment_links": params.PaymentLinkListParams,
    "GET /v1/checkout/sessions": checkout.SessionListParams,
    "GET /v1/refunds": params.RefundListParams,
    "GET /v1/disputes": params.DisputeListParams,
    "GET /v1/payouts": params.PayoutListParams,
    "GET /v1/events": params.EventListParams,
}
_OLD = {"source", "card", "payment_method_types"}
_EVERYTHING = {name for each in _PARAMETERS.values() for name in each.__annotations__} - {"expand"} | _OLD


@pytest.mark.parametrize("call", _PARAMETERS)
def test_fields_that_the_sdk_does_not_have_are_refused(call: str) -> None:
    known = set(_PARAMETERS[call].__annotations__)

    taken = set(_taken(call, _EVERYTHING))

    assert taken - known == set()
    assert taken & known != set()


def _taken(call: str, names: Iterable[str]) -> Iterator[str]:
    [endpoint] = [each for each in api.ENDPOINTS if f"{each.method} {each.path}" == call]
    for name in names:
        try:
            endpoint.do(State(), Fields({name: "1"}), "")
        except Refusal as refusal:
            if refusal.error.get("code") == "parameter_unknown":
                continue
        yield name
