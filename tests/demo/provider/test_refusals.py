"""What the real one refuses is refused here: keys, fields, amounts."""

from collections.abc import Mapping
from typing import Any

import pytest
import stripe

from tests.servers.provider import ProviderDouble


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc", "pk_test_abc", "abc", "sk_test_old_expired"])
def test_only_test_keys_are_taken(provider: ProviderDouble, key: str) -> None:
    client = stripe.StripeClient(key, base_addresses={"api": provider.url}, max_network_retries=0)

    with pytest.raises(stripe.AuthenticationError) as caught:
        client.v1.customers.create({"name": "Anne"})

    assert caught.value.http_status == 401
    assert provider.client.v1.customers.list().data == []


@pytest.mark.parametrize(
    ("currency", "amount", "code"),
    [
        ("eur", 50, None),
        ("eur", 49, "amount_too_small"),
        ("usd", 49, "amount_too_small"),
        ("gbp", 30, None),
        ("gbp", 29, "amount_too_small"),
        ("czk", 1499, "amount_too_small"),
        ("huf", 17_499, "amount_too_small"),
        ("huf", 17_501, None),
        ("twd", 2001, None),
        ("jpy", 50, None),
        ("jpy", 49, "amount_too_small"),
        ("mga", 5001, None),
        ("kwd", 1230, None),
        ("kwd", 1234, "parameter_invalid_integer"),
        ("bhd", 1001, "parameter_invalid_integer"),
        ("isk", 50_000, None),
        ("isk", 50_050, "parameter_invalid_integer"),
        ("ugx", 500_001, "parameter_invalid_integer"),
        ("eur", 0, "amount_too_small"),
        ("eur", -100, "parameter_invalid_integer"),
        ("eur", 99_999_999, None),
        ("eur", 100_000_000, "amount_too_large"),
        ("clf", 10_000, ""),
        ("xxx", 10_000, ""),
    ],
)
def test_amounts_by_currency(provider: ProviderDouble, currency: str, amount: int, code: str | None) -> None:
    calls: Any = provider.client.v1
    line = {"price_data": {"currency": currency, "unit_amount": amount, "product_data": {"name": "x"}}, "quantity": 1}
    for room, fields in (
        (calls.payment_intents, {"amount": amount, "currency": currency}),
        (calls.payment_links, {"line_items": [line]}),
    ):
        if code is None:
            assert room.create(fields).currency == currency
        else:
            with pytest.raises(stripe.InvalidRequestError) as caught:
                room.create(fields)
            assert caught.value.http_status == 400
            assert caught.value.code == (code or None) or amount < 0


_CHARGE = {"amount": 1000, "currency": "eur"}


@pytest.mark.parametrize(
    ("path", "fields", "code", "param"),
    [
        ("payment_intents", {"amount": 1000}, "parameter_missing", "currency"),
        ("payment_intents", {"currency": "eur"}, "parameter_missing", "amount"),
        ("payment_intents", {"amount": "ten", "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ("payment_intents", {**_CHARGE, "amuont": 1}, "parameter_unknown", "amuont"),
        ("payment_intents", {**_CHARGE, "off_session": True}, None, "off_session"),
        ("payment_intents", {**_CHARGE, "customer": "cus_x"}, "resource_missing", "customer"),
        ("payment_intents", {**_CHARGE, "payment_method": "pm_x"}, "resource_missing", "payment_method"),
        ("payment_intents", {**_CHARGE, "confirm": True, "payment_method": "pm_card_visa"}, None, "return_url"),
        ("payment_intents", {**_CHARGE, "metadata": {"k" * 41: "v"}}, None, "metadata"),
        ("payment_intents", {**_CHARGE, "metadata": {"k": "v" * 501}}, None, "metadata"),
        (
            "payment_intents",
            {"amount": 1000, "currency": "usd", "payment_method": "pm_sepa_debit"},
            None,
            "payment_method",
        ),
        ("customers", {"email": "anne"}, "email_invalid", "email"),
        ("payment_links", {"currency": "eur"}, "parameter_missing", "line_items"),
        ("checkout/sessions", {"mode": "setup", "currency": "eur"}, "parameter_missing", "success_url"),
        ("checkout/sessions", {"mode": "setup", "success_url": "https://x"}, "parameter_missing", "currency"),
        ("checkout/sessions", {"mode": "lottery", "success_url": "https://x"}, None, "mode"),
        ("refunds", {"charge": "ch_x"}, "resource_missing", "charge"),
        ("refunds", {"amount": 5}, "parameter_missing", "charge"),
    ],
)
def test_fields(
    provider: ProviderDouble, path: str, fields: Mapping[str, object], code: str | None, param: str
) -> None:
    client: Any = provider.client

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.raw_request("post", f"/v1/{path}", **fields)

    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, code, param)


@pytest.mark.parametrize(
    "path", ["customers/cus_x", "payment_intents/pi_x", "payment_links/plink_x", "refunds/re_x", "lotteries/lo_x"]
)
def test_what_is_not_there_is_not_found(provider: ProviderDouble, path: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        provider.client.raw_request("get", f"/v1/{path}")

    assert caught.value.http_status == 404


def test_cards_of_others_and_cards_that_were_taken_off_pay_nothing(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne, bart = provider.customer(), provider.customer("bart@customer.example")
    card = provider.card(anne)

    def refused(**more: object) -> str:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            calls.payment_intents.create({**_CHARGE, "payment_method": card, **more})
        return str(caught.value.user_message)

    assert "belongs to the Customer" in refused()
    assert "No such PaymentMethod" in refused(customer=bart)
    calls.payment_methods.detach(card)
    assert "may not be used again" in refused(customer=anne)


def test_card_that_was_not_saved_pays_once(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    confirmed = {**_CHARGE, "confirm": True, "return_url": "https://hosting.example"}
    first = calls.payment_intents.create({**confirmed, "payment_method": "pm_card_visa"})

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        calls.payment_intents.create({**confirmed, "payment_method": first.payment_method})


def test_declined_card_is_not_saved(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()

    with pytest.raises(stripe.CardError):
        calls.payment_methods.attach("pm_card_visa_chargeDeclinedLostCard", {"customer": anne})
    calls.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": anne})

    cards = calls.payment_methods.list({"customer": anne}).data
    assert [card.card.last4 for card in cards] == ["0341"]
    with pytest.raises(stripe.CardError):
        calls.payment_intents.create(
            {**_CHARGE, "customer": anne, "payment_method": cards[0].id, "confirm": True, "off_session": True}
        )
