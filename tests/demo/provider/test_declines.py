"""What a card does when it is charged while its owner is not there, as the real one answers it."""

import pytest
import stripe

from mailgate.demo.provider.things.who.cards import DECLINES
from tests.servers.provider import ProviderDouble


@pytest.mark.parametrize(
    ("does", "code", "advice"),
    [
        ("generic_decline", "card_declined", "try_again_later"),
        ("insufficient_funds", "card_declined", "try_again_later"),
        ("do_not_honor", "card_declined", "try_again_later"),
        ("card_velocity_exceeded", "card_declined", "try_again_later"),
        ("processing_error", "processing_error", "try_again_later"),
        ("lost_card", "card_declined", "do_not_try_again"),
        ("stolen_card", "card_declined", "do_not_try_again"),
        ("pickup_card", "card_declined", "do_not_try_again"),
        ("expired_card", "expired_card", "confirm_card_data"),
        ("incorrect_cvc", "incorrect_cvc", "confirm_card_data"),
        ("authentication_required", "authentication_required", None),
    ],
)
def test_declined_card_leaves_an_intent_that_waits_for_another(
    provider: ProviderDouble, does: str, code: str, advice: str | None
) -> None:
    anne = provider.customer()
    card = provider.card(anne, does=does)

    with pytest.raises(stripe.CardError) as caught:
        provider.client.v1.payment_intents.create(
            {
                "amount": 1000,
                "currency": "eur",
                "customer": anne,
                "payment_method": card,
                "confirm": True,
                "off_session": True,
            }
        )

    body = caught.value.json_body
    assert isinstance(body, dict)
    error = body["error"]
    intent = provider.client.v1.payment_intents.retrieve(error["payment_intent"]["id"])
    charge = provider.client.v1.charges.retrieve(error["charge"])
    assert (caught.value.http_status, error["code"], error["decline_code"]) == (402, code, does)
    assert error.get("advice_code") == advice
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert (charge.status, charge.paid, charge.failure_code, charge.payment_intent) == (
        "failed",
        False,
        code,
        intent.id,
    )
    assert provider.books()["accounts"] == {}


def test_every_decline_is_one_that_a_card_can_be_told(provider: ProviderDouble) -> None:
    card = provider.card(provider.customer())

    for does in DECLINES:
        provider.card_does(card, does)

    with pytest.raises(Exception, match="must be one of"):
        provider.card_does(card, "sulks")
