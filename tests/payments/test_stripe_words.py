"""What is said to Stripe, and what comes back: nothing of a card but token, brand, last four digits and expiry."""

import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from mailgate.payments.provider import Card, OfferKind, OfferState
from mailgate.payments.stripe.reading import charge_seen
from tests.payments.counter import Counter, back, charge, offer
from tests.servers.provider import ProviderDouble

NUMBERS = ("4242424242424242", "5555555555554444", "378282246310005")


def test_an_invoices_link_is_paid_once_says_whose_it_is_and_leaves_the_ways_to_pay_to_the_account(
    stripe_counter: Counter, provider: ProviderDouble
) -> None:
    link = stripe_counter.provider.offer(offer(OfferKind.INVOICE, 1500, "ISK"))

    (call,) = provider.calls("POST /v1/payment_links")
    sent = call["parameters"]
    assert call["key"] == "offer-1"
    assert "payment_method_types" not in str(sent)  # the account says which, PayPal among them
    assert sent["line_items[0][price_data][unit_amount]"] == "150000"
    assert sent["line_items[0][price_data][currency]"] == "isk"
    assert sent["line_items[0][price_data][product_data][name]"] == "Invoice 2027-0031"
    assert sent["restrictions[completed_sessions][limit]"] == "1"
    assert sent["after_completion[redirect][url]"] == "https://gate.example/payment-done"
    for mark in ("metadata", "payment_intent_data[metadata]"):
        assert sent[f"{mark}[mailgate]"] == "offer-1"
        assert sent[f"{mark}[customer]"] == "7"
    assert parse_qs(urlsplit(link.url).query) == {"prefilled_email": ["anne@customer.example"], "locale": ["de"]}


def test_a_page_that_is_asked_for_now_is_the_known_customers(stripe_counter: Counter, provider: ProviderDouble) -> None:
    anne = stripe_counter.anne()
    stripe_counter.provider.offer(offer(OfferKind.CARD, 0, customer_token=anne))
    stripe_counter.provider.offer(offer(OfferKind.PAY, key="offer-2"))

    setup, payment = (call["parameters"] for call in provider.calls("POST /v1/checkout/sessions"))
    assert (setup["mode"], setup["customer"]) == ("setup", anne)
    assert (payment["mode"], payment["customer_email"]) == ("payment", "anne@customer.example")
    assert payment["locale"] == "de"
    assert payment["success_url"] == "https://gate.example/payment-done"


@pytest.mark.parametrize("kind", [OfferKind.INVOICE, OfferKind.PAY, OfferKind.DEPOSIT])
def test_without_pages_of_ours_the_payer_sees_the_providers_own_thanks(
    stripe_counter: Counter, provider: ProviderDouble, kind: OfferKind
) -> None:
    link = stripe_counter.provider.offer(offer(kind, return_url=""))

    (call,) = provider.calls("POST /v1/")
    assert call["path"] == "/v1/payment_links"
    assert not any(name.startswith("after_completion") for name in call["parameters"])
    assert stripe_counter.provider.look_offer(link.id).state is OfferState.OPEN


def test_without_pages_of_ours_a_card_can_be_given(stripe_counter: Counter) -> None:
    link = stripe_counter.provider.offer(offer(OfferKind.CARD, 0, return_url=""))

    assert stripe_counter.provider.look_offer(link.id).state is OfferState.OPEN


def test_a_charge_is_made_first_and_confirmed_without_naming_the_card_again(
    stripe_counter: Counter, provider: ProviderDouble
) -> None:
    paid = stripe_counter.charged()

    made, confirmed = provider.calls("POST /v1/payment_intents")
    assert (made["key"], confirmed["key"]) == ("charge-1", "charge-1-confirm")
    assert made["parameters"]["metadata[mailgate]"] == "charge-1"
    assert "confirm" not in made["parameters"]
    assert "payment_method" not in confirmed["parameters"]
    assert confirmed["path"] == f"/v1/payment_intents/{paid.id}/confirm"


@pytest.mark.parametrize("brand", ["pm_card_visa", "pm_card_mastercard", "pm_card_amex"])
def test_nothing_of_a_card_comes_back_but_what_may_be_kept(
    stripe_counter: Counter, provider: ProviderDouble, brand: str
) -> None:
    counter = stripe_counter
    given = counter.provider.offer(offer(OfferKind.CARD, 0, customer_token=counter.anne()))
    provider.pay_session(given.id, card=brand)
    card = counter.provider.look_offer(given.id).card
    assert card is not None
    wanted = charge(card)
    paid = counter.provider.confirm(counter.provider.start(wanted), wanted)
    provider.dispute(paid.id)

    heard = (
        counter.provider.look_offer(given.id),
        paid,
        counter.provider.look(paid.id),
        counter.provider.refund(back(paid.id, 100)),
        counter.provider.disputes(""),
    )
    cards = [one for thing in heard for one in values(thing) if isinstance(one, Card)]
    assert set(cards) == {card}
    assert {field.name for field in fields(Card)} == {"token", "customer_token", "brand", "last4", "expires_on"}
    texts = [str(one) for thing in heard for one in values(thing) if not is_dataclass(one)]
    assert not any(re.search(r"\d{12}", text) for text in texts)
    assert not any(number in repr(heard) for number in NUMBERS)
    assert "fingerprint" not in repr(heard)


def test_what_is_told_of_a_card_beyond_that_is_dropped() -> None:
    card = {
        "brand": "visa",
        "last4": "4242",
        "exp_month": 2,
        "exp_year": 2028,
        "fingerprint": "Xt5EWLLDS7FJjR1c",
        "iin": "424242",
        "issuer": "Some Bank",
        "number": "4242424242424242",
        "cvc": "123",
    }
    details = {"type": "card", "card": card}
    billing = {"name": "Anne Example", "address": {"postal_code": "12345"}}

    seen = charge_seen(
        {
            "id": "pi_1",
            "status": "succeeded",
            "amount": 1190,
            "currency": "eur",
            "created": 1_800_000_000,
            "customer": "cus_1",
            "payment_method": "pm_1",
            "latest_charge": {"payment_method_details": details, "billing_details": billing, "created": 1_800_000_000},
        }
    )

    assert seen.card == Card("pm_1", "cus_1", "visa", "4242", date(2028, 2, 29))
    for secret in ("Xt5EWLLDS7FJjR1c", "Some Bank", "4242424242424242", "123", "Anne"):
        assert secret not in repr(seen)


def test_the_sdk_is_loaded_by_the_first_call_and_not_by_every_command() -> None:
    program = "import sys, mailgate.wiring, mailgate.payments.stripe; print('stripe' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert done.stdout == "False\n"


def values(thing: object) -> list[object]:
    """A value with all that is in it, whatever it is made of."""
    if is_dataclass(thing):
        return [thing, *(one for field in fields(thing) for one in values(getattr(thing, field.name)))]
    if isinstance(thing, list | tuple):
        return [one for part in thing for one in values(part)]
    return [thing]
