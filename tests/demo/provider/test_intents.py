"""Payment and setup intents: through their states, and no way back."""

from typing import Any

import pytest
import stripe

from tests.servers.provider import ProviderDouble, Refused

_CHARGE = {"amount": 1000, "currency": "eur"}
_AWAY = {**_CHARGE, "confirm": True, "off_session": True}


def test_intent_is_made_then_confirmed_then_final(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    card = provider.card(anne)

    made = calls.payment_intents.create(
        {**_CHARGE, "customer": anne, "payment_method": card, "metadata": {"charge": "7"}}
    )
    assert (made.status, provider.books()["accounts"]) == ("requires_confirmation", {})
    done = calls.payment_intents.confirm(
        made.id, {"off_session": True, "expand": ["latest_charge.balance_transaction"]}
    )

    assert (done.status, done.amount_received, done.latest_charge.paid) == ("succeeded", 1000, True)
    assert (done.latest_charge.balance_transaction.fee, done.latest_charge.balance_transaction.net) == (40, 960)
    assert done.latest_charge.metadata["charge"] == "7"
    for again in (calls.payment_intents.confirm, calls.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            again(made.id)
        assert caught.value.code == "payment_intent_unexpected_state"
        assert _intent_of(caught.value)["status"] == "succeeded"


def test_declined_intent_is_tried_again_with_another_card(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    poor, rich = provider.card(anne, does="insufficient_funds"), provider.card(anne)
    made = calls.payment_intents.create({**_CHARGE, "customer": anne, "payment_method": poor})
    with pytest.raises(stripe.CardError):
        calls.payment_intents.confirm(made.id, {"off_session": True})
    assert calls.payment_intents.retrieve(made.id).last_payment_error.decline_code == "insufficient_funds"

    done = calls.payment_intents.confirm(made.id, {"off_session": True, "payment_method": rich})

    assert (done.status, done.last_payment_error) == ("succeeded", None)
    charges = calls.charges.list({"payment_intent": made.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


def test_card_that_wants_its_owner_is_declined_without_him(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    card = provider.card(anne, "pm_card_authenticationRequired")

    with pytest.raises(stripe.CardError) as caught:
        calls.payment_intents.create({**_AWAY, "customer": anne, "payment_method": card})

    assert caught.value.code == "authentication_required"
    intent = _intent_of(caught.value)
    assert intent["status"] == "requires_payment_method"
    with_him = {"payment_method": card, "return_url": "https://hosting.example"}
    asked = calls.payment_intents.confirm(intent["id"], with_him)
    assert (asked.status, asked.next_action.type) == ("requires_action", "redirect_to_url")
    with pytest.raises(Refused):
        provider.authenticate(intent["id"], ok=False)
    assert calls.payment_intents.retrieve(intent["id"]).status == "requires_payment_method"
    calls.payment_intents.confirm(intent["id"], with_him)
    assert provider.authenticate(intent["id"])["status"] == "succeeded"


def test_card_that_was_authenticated_when_saved_pays_without_its_owner(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    where = {"success_url": "https://hosting.example", "customer": anne}
    page = calls.checkout.sessions.create({"mode": "setup", "currency": "eur", **where})
    with pytest.raises(Refused, match="authenticate"):
        provider.pay_session(page.id, "pm_card_authenticationRequiredOnSetup", owner=False)
    provider.pay_session(page.id, "pm_card_authenticationRequiredOnSetup")
    saved = calls.setup_intents.retrieve(calls.checkout.sessions.retrieve(page.id).setup_intent)

    paid = calls.payment_intents.create({**_AWAY, "customer": anne, "payment_method": saved.payment_method})

    assert paid.status == "succeeded"


@pytest.mark.parametrize(
    ("card", "ok", "end"),
    [
        ("pm_sepa_debit", None, "succeeded"),
        ("pm_sepa_debit_fails", None, "requires_payment_method"),
        ("pm_sepa_debit", False, "requires_payment_method"),
    ],
)
def test_debit_takes_days(provider: ProviderDouble, card: str, ok: bool | None, end: str) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    made = calls.payment_intents.create({**_AWAY, "customer": anne, "payment_method": provider.card(anne, card)})
    assert (made.status, calls.charges.retrieve(made.latest_charge).status) == ("processing", "pending")
    with pytest.raises(stripe.InvalidRequestError):
        calls.payment_intents.cancel(made.id)

    provider.settle(made.id, ok=ok)

    over = calls.payment_intents.retrieve(made.id)
    assert over.status == end
    assert ("eur" in provider.books()["accounts"]) == (end == "succeeded")


def test_search_finds_by_metadata_after_a_while_and_a_list_at_once(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    provider.pace(search_lag=60)
    made = calls.payment_intents.create({**_CHARGE, "customer": anne, "metadata": {"charge": "7"}})
    calls.payment_intents.create({**_CHARGE, "metadata": {"charge": "77"}})

    def found() -> list[str]:
        query = "metadata['charge']:'7' AND status:\"requires_payment_method\""
        return [intent.id for intent in calls.payment_intents.search({"query": query}).data]

    assert found() == []
    assert [intent.id for intent in calls.payment_intents.list({"customer": anne}).data] == [made.id]
    provider.advance(seconds=61)
    assert found() == [made.id]
    with pytest.raises(stripe.InvalidRequestError):
        calls.payment_intents.search({"query": "everything"})


def test_lists_come_in_pages(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    made = [calls.payment_intents.create(_CHARGE).id for _ in range(25)]

    first = calls.payment_intents.list({"limit": 10})

    assert (len(first.data), first.has_more) == (10, True)
    assert [intent.id for intent in first.auto_paging_iter()] == made[::-1]
    back = calls.payment_intents.list({"limit": 3, "ending_before": made[3]})
    assert [intent.id for intent in back.data] == [made[6], made[5], made[4]]
    with pytest.raises(stripe.InvalidRequestError):
        calls.payment_intents.list({"limit": 101})


def _intent_of(error: stripe.StripeError) -> dict[str, Any]:
    assert isinstance(error.json_body, dict)
    intent: dict[str, Any] = error.json_body["error"]["payment_intent"]
    return intent
