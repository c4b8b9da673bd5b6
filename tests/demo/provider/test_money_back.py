"""Refunds, disputes and payouts: what leaves again, and the books that tell of it."""

from typing import Any

import pytest
import stripe

from tests.servers.provider import ProviderDouble, Refused


def _paid(provider: ProviderDouble, card: str = "pm_card_visa", amount: int = 10_000, customer: str = "") -> Any:
    calls: Any = provider.client.v1
    anne = customer or provider.customer()
    charge = {"amount": amount, "currency": "eur", "customer": anne, "payment_method": provider.card(anne, card)}
    return calls.payment_intents.create({**charge, "confirm": True, "off_session": True})


def test_refunds_are_never_more_than_the_charge(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    intent = _paid(provider)

    part = calls.refunds.create({"payment_intent": intent.id, "amount": 4000, "metadata": {"refund": "1"}})
    with pytest.raises(stripe.InvalidRequestError, match="greater than") as caught:
        calls.refunds.create({"charge": intent.latest_charge, "amount": 6001})
    rest = calls.refunds.create({"charge": intent.latest_charge})

    assert caught.value.param == "amount"
    assert (part.status, part.metadata["refund"], rest.amount) == ("succeeded", "1", 6000)
    charge = calls.charges.retrieve(intent.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (True, 10_000)
    with pytest.raises(stripe.InvalidRequestError) as over:
        calls.refunds.create({"charge": charge.id, "amount": 1})
    assert over.value.code == "charge_already_refunded"
    assert provider.books()["accounts"]["eur"]["refunded"] == 10_000
    assert [one.id for one in calls.refunds.list({"charge": charge.id}).data] == [rest.id, part.id]


def test_nothing_goes_back_of_what_never_came(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    pending = _paid(provider, "pm_sepa_debit")

    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        calls.refunds.create({"payment_intent": pending.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        calls.refunds.create({"charge": pending.latest_charge})

    assert caught.value.code == "charge_not_refundable"


def test_pending_refund_arrives_or_fails(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    intent = _paid(provider, "pm_card_pendingRefund")
    first, second = (calls.refunds.create({"payment_intent": intent.id, "amount": 1000}).id for _ in range(2))
    assert calls.refunds.retrieve(first).status == "pending"

    provider.end_refund(first, ok=True)
    provider.end_refund(second, ok=False)

    assert calls.refunds.retrieve(first).status == "succeeded"
    failed = calls.refunds.retrieve(second)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert calls.charges.retrieve(intent.latest_charge).amount_refunded == 1000
    assert provider.books()["accounts"]["eur"] == {
        "charged": 10_000,
        "refunded": 1000,
        "disputed": 0,
        "fees": 175,
        "paid_out": 0,
        "balance": 8825,
    }


def test_refund_that_was_called_a_success_comes_back(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    refund = calls.refunds.create({"payment_intent": _paid(provider, "pm_card_refundFail").id})
    assert refund.status == "succeeded"

    provider.end_refund(refund.id, ok=False)

    assert calls.refunds.retrieve(refund.id).status == "failed"
    assert calls.events.list({"type": "refund.failed"}).data[0].data.object.id == refund.id
    assert calls.refunds.create({"charge": refund.charge}).amount == 10_000
    with pytest.raises(Refused):
        provider.end_refund(refund.id, ok=False)


def test_closed_card_takes_nothing_back(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    closed, old = _paid(provider, "pm_card_refundFailed"), _paid(provider, "pm_card_refundRefused")

    refund = calls.refunds.create({"payment_intent": closed.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        calls.refunds.create({"payment_intent": old.id})

    assert (refund.status, refund.failure_reason) == ("failed", "expired_or_canceled_card")
    assert caught.value.code == "charge_not_refundable"
    assert provider.books()["accounts"]["eur"]["refunded"] == 0


def test_dispute_takes_the_money_and_a_fee_until_it_is_won(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    intent = _paid(provider)

    dispute = provider.dispute(intent.id, reason="product_not_received")

    said = calls.disputes.retrieve(dispute)
    taken = said.balance_transactions
    assert (said.status, said.amount, said.reason) == ("needs_response", 10_000, "product_not_received")
    assert [(one.amount, one.fee, one.net) for one in taken] == [(-10_000, 1500, -11_500)]
    assert provider.books()["accounts"]["eur"]["disputed"] == 10_000
    with pytest.raises(stripe.InvalidRequestError) as caught:
        calls.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_disputed"
    provider.end_dispute(dispute, won=True)
    assert [one.amount for one in calls.disputes.retrieve(dispute).balance_transactions] == [-10_000, 10_000]
    assert provider.books()["accounts"]["eur"] | {"balance": 0} == {
        "charged": 10_000,
        "refunded": 0,
        "disputed": 0,
        "fees": 1675,
        "paid_out": 0,
        "balance": 0,
    }
    assert calls.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def test_inquiry_takes_nothing_until_it_is_a_dispute(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    intent, other = _paid(provider), _paid(provider)
    asked, closed = provider.dispute(intent.id, inquiry=True), provider.dispute(other.id, inquiry=True)
    assert calls.disputes.retrieve(asked).status == "warning_needs_response"
    assert provider.books()["accounts"]["eur"]["disputed"] == 0
    calls.refunds.create({"payment_intent": other.id, "amount": 1000})

    provider.play(f"disputes/{asked}/escalate")
    provider.end_dispute(closed, won=False)

    assert [one.amount for one in calls.disputes.retrieve(asked).balance_transactions] == [-10_000]
    assert calls.disputes.retrieve(closed).status == "warning_closed"
    assert provider.books()["accounts"]["eur"]["disputed"] == 10_000


def test_lost_dispute_stays_taken(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    intent = _paid(provider, "pm_card_createDispute")
    [dispute] = calls.disputes.list({"payment_intent": intent.id}).data

    provider.end_dispute(dispute.id, won=False)

    assert provider.books()["accounts"]["eur"]["disputed"] == 10_000
    with pytest.raises(Refused, match="closed"):
        provider.end_dispute(dispute.id, won=True)
    with pytest.raises(Refused, match="cannot be disputed"):
        provider.dispute(intent.id)


def test_payout_takes_all_there_is_and_names_what_it_was(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    first = _paid(provider)
    calls.refunds.create({"payment_intent": first.id, "amount": 3000})
    provider.dispute(_paid(provider, amount=20_000).id, amount=500)

    payout = provider.pay_out()

    said = calls.payouts.retrieve(payout)
    parts = calls.balance_transactions.list({"payout": payout, "limit": 100}).data
    assert (said.status, said.amount) == ("paid", 10_000 - 175 - 3000 + 20_000 - 325 - 500 - 1500)
    assert sum(one.net for one in parts if one.type != "payout") == said.amount
    assert sorted(one.type for one in parts) == ["adjustment", "charge", "charge", "payout", "refund"]
    books = provider.books()["accounts"]["eur"]
    assert (books["paid_out"], books["balance"]) == (said.amount, 0)
    with pytest.raises(Refused, match="nothing to pay out"):
        provider.pay_out()


def test_payout_that_fails_comes_back_and_goes_with_the_next(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    _paid(provider)
    failed = provider.play("payouts", currency="eur")

    provider.play(f"payouts/{failed['id']}/fail")

    assert calls.payouts.retrieve(failed["id"]).failure_code == "account_closed"
    assert provider.books()["accounts"]["eur"]["paid_out"] == 0
    assert calls.payouts.retrieve(provider.pay_out()).amount == failed["amount"]


def test_money_on_its_way_becomes_available(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    _paid(provider)
    assert [(one.amount, one.currency) for one in calls.balance.retrieve().pending] == [(9825, "eur")]

    provider.advance(days=2)

    assert [(one.amount, one.currency) for one in calls.balance.retrieve().available] == [(9825, "eur")]
