"""Everything that is answered has the shape that the SDK's typed classes give it, whatever has happened to it."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from mailgate.demo.provider.things.who.cards import DECLINES, MAGIC
from tests.demo.provider.sdk_types import ERROR_CODES, misfits
from tests.servers.provider import ProviderDouble, Refused

_LINE = {"price_data": {"currency": "eur", "unit_amount": 2400, "product_data": {"name": "Invoice 7"}}, "quantity": 1}
_LISTS = (
    "/v1/customers",
    "/v1/setup_intents",
    "/v1/payment_intents",
    "/v1/charges",
    "/v1/balance_transactions",
    "/v1/payment_links",
    "/v1/checkout/sessions",
    "/v1/refunds",
    "/v1/disputes",
    "/v1/payouts",
    "/v1/events",
)


def test_all_that_is_answered_is_what_the_sdk_knows(provider: ProviderDouble) -> None:
    everything_happens(provider)

    kinds, wrong = set(), []
    for thing in _all(provider):
        kinds.add(thing["object"])
        wrong += misfits(thing)
    assert wrong == []
    assert kinds == {
        "balance_transaction",
        "charge",
        "checkout.session",
        "customer",
        "dispute",
        "event",
        "item",
        "payment_intent",
        "payment_link",
        "payment_method",
        "payout",
        "refund",
        "setup_intent",
    }


def test_each_state_of_everything_was_seen(provider: ProviderDouble) -> None:
    everything_happens(provider)

    seen = {(thing["object"], thing["status"]) for thing in _all(provider) if "status" in thing}
    assert seen >= {
        ("payment_intent", "requires_payment_method"),
        ("payment_intent", "requires_confirmation"),
        ("payment_intent", "requires_action"),
        ("payment_intent", "processing"),
        ("payment_intent", "succeeded"),
        ("payment_intent", "canceled"),
        ("setup_intent", "requires_payment_method"),
        ("setup_intent", "succeeded"),
        ("charge", "failed"),
        ("charge", "pending"),
        ("charge", "succeeded"),
        ("checkout.session", "complete"),
        ("checkout.session", "expired"),
        ("checkout.session", "open"),
        ("refund", "failed"),
        ("refund", "pending"),
        ("refund", "succeeded"),
        ("dispute", "lost"),
        ("dispute", "needs_response"),
        ("dispute", "warning_needs_response"),
        ("dispute", "won"),
        ("payout", "failed"),
        ("payout", "in_transit"),
        ("payout", "paid"),
    }


def test_codes_of_declines_are_of_the_sdks_table() -> None:
    assert {decline.code for decline in DECLINES.values()} <= ERROR_CODES


def test_a_shape_that_is_wrong_is_found(provider: ProviderDouble) -> None:
    customer = _answer(provider, f"/v1/customers/{provider.customer()}")

    del customer["livemode"]
    customer |= {"created": "today", "hobby": "chess", "tax_exempt": "perhaps", "metadata": {"a": 1}}

    assert len(misfits(customer)) == 5


def everything_happens(provider: ProviderDouble) -> None:
    """A history with everything in it."""
    calls: Any = provider.client.v1
    anne = provider.customer(house="1")
    intents = [_charged(provider, anne, name) for name in MAGIC]
    paid = {name: intent for name, intent in zip(MAGIC, intents, strict=True) if intent is not None}
    for name in ("pm_sepa_debit", "pm_sepa_debit_fails"):
        provider.settle(paid[name])
    for name in ("pm_card_visa", "pm_card_pendingRefund", "pm_card_refundFail", "pm_card_refundFailed", "pm_paypal"):
        refund = calls.refunds.create({"payment_intent": paid[name], "amount": 100, "reason": "duplicate"})
        if name == "pm_card_refundFail":
            provider.end_refund(refund.id, ok=False)
    pending = calls.refunds.create({"payment_intent": paid["pm_card_pendingRefund"]})
    provider.end_refund(pending.id, ok=True)
    provider.end_dispute(provider.dispute(paid["pm_card_visa"]), won=True)
    provider.end_dispute(provider.dispute(paid["pm_card_amex"], reason="product_not_received", amount=200), won=False)
    _at_the_pages(provider, anne)
    waiting = calls.payment_intents.create({"amount": 900, "currency": "eur", "customer": anne})
    calls.payment_intents.update(waiting.id, {"amount": 950})
    calls.payment_intents.cancel(waiting.id, {"cancellation_reason": "abandoned"})
    asked = calls.payment_intents.create(
        {"amount": 900, "currency": "eur", "customer": anne, "payment_method": "pm_card_authenticationRequired"}
    )
    calls.payment_intents.confirm(asked.id, {"return_url": "https://hosting.example/paid"})
    provider.authenticate(asked.id)
    for _ in range(3):
        calls.payment_intents.create(
            {
                "amount": 90_000,
                "currency": "eur",
                "payment_method": "pm_card_visa",
                "off_session": True,
                "confirm": True,
            }
        )
    failing = provider.play("payouts", currency="eur")["id"]
    provider.play(f"payouts/{failing}/fail")
    provider.pay_out()
    provider.dispute(paid["pm_card_mastercard"])
    provider.play(f"disputes/{provider.dispute(paid['pm_card_visa_debit'], inquiry=True)}/escalate")
    provider.play(f"cards/{provider.card(anne)}", expires="2033-03")
    calls.customers.delete(provider.customer("cris@customer.example"))


def _charged(provider: ProviderDouble, customer: str, card: str) -> str | None:
    try:
        intent = provider.client.v1.payment_intents.create(
            {
                "amount": 1200,
                "currency": "eur",
                "customer": customer,
                "payment_method": provider.card(customer, card),
                "confirm": True,
                "off_session": True,
            }
        )
    except stripe.CardError:
        return None
    return str(intent.id)


def _at_the_pages(provider: ProviderDouble, customer: str) -> None:
    calls: Any = provider.client.v1
    link = calls.payment_links.create(
        {
            "line_items": [_LINE],
            "restrictions": {"completed_sessions": {"limit": 2}},
            "after_completion": {"type": "redirect", "redirect": {"url": "https://hosting.example/paid"}},
            "payment_intent_data": {"setup_future_usage": "off_session", "metadata": {"invoice": "7"}},
        }
    )
    with pytest.raises(Refused):
        provider.pay_link(link.id, "pm_card_visa_chargeDeclined")
    provider.pay_link(link.id, "pm_card_threeDSecure2Required", email="bart@customer.example", name="Bart")
    late = provider.pay_link(link.id, "pm_sepa_debit")
    provider.settle(late["payment_intent"])
    where = {"success_url": "https://hosting.example/paid", "customer": customer}
    setup = calls.checkout.sessions.create({"mode": "setup", "currency": "eur", **where})
    with pytest.raises(Refused):
        provider.pay_session(setup.id, "pm_card_chargeDeclined")
    provider.pay_session(setup.id, "pm_card_authenticationRequiredOnSetup")
    payment = calls.checkout.sessions.create({"mode": "payment", "line_items": [_LINE], **where})
    provider.pay_session(payment.id)
    over = calls.checkout.sessions.create({"mode": "payment", "line_items": [_LINE], **where})
    provider.advance(hours=25)
    assert calls.checkout.sessions.retrieve(over.id).status == "expired"
    calls.checkout.sessions.create({"mode": "payment", "line_items": [_LINE], **where})


def _all(provider: ProviderDouble) -> Iterator[dict[str, Any]]:
    """Each thing as it is, and as it was when an event told of it."""
    for path in _LISTS:
        for thing in _whole_list(provider, path):
            yield thing
            if thing["object"] == "event":
                yield thing["data"]["object"]
            if thing["object"] in ("payment_link", "checkout.session"):
                yield from _answer(provider, f"{path}/{thing['id']}/line_items")["data"]
            if thing["object"] == "customer" and "deleted" not in thing:
                yield from _answer(provider, f"{path}/{thing['id']}/payment_methods?limit=100")["data"]


def _whole_list(provider: ProviderDouble, path: str) -> Iterator[dict[str, Any]]:
    after, has_more = "", True
    while has_more:
        page = _answer(provider, f"{path}?limit=100{after}")
        yield from page["data"]
        has_more = page["has_more"]
        after = f"&starting_after={page['data'][-1]['id']}" if page["data"] else ""


def _answer(provider: ProviderDouble, path: str) -> dict[str, Any]:
    response = provider.client.raw_request("get", path)
    answer: dict[str, Any] = response.data
    return answer
