"""Links and checkouts: a payer before a page, and what his paying leaves behind."""

import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest
import stripe

from tests.servers.provider import ProviderDouble, Refused

_LINE = {"price_data": {"currency": "eur", "unit_amount": 2400, "product_data": {"name": "Invoice 7"}}, "quantity": 1}
_DONE = "https://hosting.example/paid"


def _link(provider: ProviderDouble, **more: object) -> Any:
    calls: Any = provider.client.v1
    once = {"restrictions": {"completed_sessions": {"limit": 1}}}
    about = {"metadata": {"invoice": "7"}, "payment_intent_data": {"metadata": {"invoice": "7"}}}
    return calls.payment_links.create({"line_items": [_LINE], **once, **about, **more})


def test_link_is_paid_once(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    link = _link(provider)

    session = provider.pay_link(f"{link.url}?prefilled_email=anne%40customer.example&locale=de", name="Anne Miller")

    assert (session["status"], session["payment_status"], session["amount_total"]) == ("complete", "paid", 2400)
    assert (session["metadata"], session["customer"]) == ({"invoice": "7"}, None)
    assert session["customer_details"]["email"] == "anne@customer.example"
    intent = calls.payment_intents.retrieve(session["payment_intent"])
    assert (intent.status, intent.metadata["invoice"], intent.amount_received) == ("succeeded", "7", 2400)
    over = calls.payment_links.retrieve(link.id)
    assert (over.active, over.restrictions.completed_sessions.count) == (False, 1)
    with pytest.raises(Refused, match="not active"):
        provider.pay_link(link.id)
    listed = calls.checkout.sessions.list({"payment_link": link.id}).data
    assert [one.id for one in listed] == [session["id"]]


def test_declined_payer_has_the_page_still_and_may_take_another_card(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    link = _link(provider)
    session = provider.open_link(link.id)

    with pytest.raises(Refused) as caught:
        provider.pay_session(session, "4000 0000 0000 9995")
    assert (caught.value.status, caught.value.error["decline_code"]) == (402, "insufficient_funds")
    assert calls.checkout.sessions.retrieve(session).status == "open"
    provider.pay_session(session)

    intents = calls.payment_intents.list().data
    assert [intent.status for intent in intents] == ["succeeded"]
    assert [charge.status for charge in calls.charges.list().data] == ["succeeded", "failed"]


def test_page_that_was_open_when_the_link_was_switched_off_can_be_paid(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    link = _link(provider)
    session = provider.open_link(link.id)

    calls.payment_links.update(link.id, {"active": False})

    with pytest.raises(Refused):
        provider.open_link(link.id)
    assert provider.pay_session(session)["payment_status"] == "paid"


def test_of_two_open_pages_of_a_link_only_one_is_paid(provider: ProviderDouble) -> None:
    link = _link(provider)
    first, second = provider.open_link(link.id), provider.open_link(link.id)

    provider.pay_session(second)

    with pytest.raises(Refused, match="over"):
        provider.pay_session(first)
    assert provider.books(by="invoice")["customers"]["7"]["eur"] == {
        "charged": 2400,
        "refunded": 0,
        "disputed": 0,
        "charges": 1,
    }


def test_two_payers_at_the_same_instant_both_pay(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    link = _link(provider)
    first, second = provider.open_link(link.id), provider.open_link(link.id)

    provider.pay_session(first)
    provider.pay_session(second, quick=True)

    complete = calls.checkout.sessions.list({"payment_link": link.id, "status": "complete"}).data
    assert {session.id for session in complete} == {first, second}
    assert calls.payment_links.retrieve(link.id).restrictions.completed_sessions.count == 2
    assert provider.books(by="invoice")["customers"]["7"]["eur"]["charges"] == 2


def test_card_is_saved_with_the_payment_when_the_link_says_so(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    link = _link(provider, payment_intent_data={"setup_future_usage": "off_session"})

    session = provider.pay_link(link.id, email="anne@customer.example")

    cards = calls.payment_methods.list({"customer": session["customer"]}).data
    assert [card.card.last4 for card in cards] == ["4242"]
    again = {"amount": 500, "currency": "eur", "customer": session["customer"], "payment_method": cards[0].id}
    assert calls.payment_intents.create({**again, "confirm": True, "off_session": True}).status == "succeeded"


def test_debit_by_a_link_completes_it_and_is_paid_later(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    session = provider.pay_link(_link(provider).id, "pm_sepa_debit")
    assert (session["status"], session["payment_status"]) == ("complete", "unpaid")

    provider.settle(session["payment_intent"])

    assert calls.checkout.sessions.retrieve(session["id"]).payment_status == "paid"
    assert calls.events.list({"type": "checkout.session.async_payment_succeeded"}).data != []


def test_paypal_pays(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    session = provider.pay_link(_link(provider).id, "pm_paypal", email="anne@customer.example")

    charge = calls.charges.list({"payment_intent": session["payment_intent"]}).data[0]
    assert charge.payment_method_details.type == "paypal"
    with pytest.raises(Refused, match="does not offer"):
        provider.pay_link(_link(provider, payment_method_types=["card"]).id, "pm_paypal")


def test_checkout_lives_from_half_an_hour_to_a_day(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    fields = {"mode": "payment", "success_url": _DONE, "customer": anne, "line_items": [_LINE]}
    now = int(provider.play("clock")["now"])
    for seconds in (20 * 60, 25 * 3600):
        with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
            calls.checkout.sessions.create({**fields, "expires_at": now + seconds})
    session = calls.checkout.sessions.create({**fields, "expires_at": now + 3600})

    provider.advance(seconds=3601)

    assert calls.checkout.sessions.retrieve(session.id).status == "expired"
    assert calls.events.list({"type": "checkout.session.expired"}).data[0].data.object.id == session.id
    with pytest.raises(Refused, match="over"):
        provider.pay_session(session.id)


def test_checkout_that_is_expired_by_us_takes_no_money(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    session = calls.checkout.sessions.create({"mode": "payment", "success_url": _DONE, "line_items": [_LINE]})

    calls.checkout.sessions.expire(session.id)

    with pytest.raises(Refused, match="over"):
        provider.pay_session(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="Only Checkout Sessions"):
        calls.checkout.sessions.expire(session.id)


def test_card_is_given_by_a_checkout_without_a_payment(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    session = calls.checkout.sessions.create(
        {"mode": "setup", "currency": "eur", "success_url": _DONE, "customer": anne, "metadata": {"why": "card"}}
    )

    provider.pay_session(session.url, "pm_card_mastercard")

    saved = calls.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})
    assert (saved.status, saved.payment_status) == ("complete", "no_payment_required")
    card = saved.setup_intent.payment_method
    assert (card.customer, card.card.brand, card.card.last4) == (anne, "mastercard", "4444")


def test_pages_are_for_people(provider: ProviderDouble) -> None:
    link = _link(provider, after_completion={"type": "redirect", "redirect": {"url": f"{provider.url}/"}})

    page = _opened(f"{link.url}?prefilled_email=anne%40customer.example&locale=de")
    thanks = _opened(link.url, card="pm_card_visa", email="anne@customer.example", name="Anne")
    again = _opened(link.url)

    assert "Invoice 7" in page
    assert "Pay EUR 24.00" in page
    assert 'value="anne@customer.example"' in page
    assert "A double of a payment provider" in thanks  # its front page, where the link leads back to
    assert link.id in thanks
    assert "Nothing can be paid here any more" in again


def test_pages_say_that_a_card_was_declined_and_that_there_is_no_such_page(provider: ProviderDouble) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        _opened(_link(provider).url, card="pm_card_chargeDeclined")
    assert "Your card was declined." in caught.value.read().decode()

    with pytest.raises(urllib.error.HTTPError, match="404"):
        _opened(f"{provider.url}/pay/plink_none")


def test_doors_are_shut_to_pages_of_other_sites(provider: ProviderDouble) -> None:
    request = urllib.request.Request(f"{provider.url}/play/reset", data=b"", headers={"Sec-Fetch-Site": "cross-site"})

    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)


def _opened(url: str, **form: str) -> str:
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode() if form else None) as answer:
        body: bytes = answer.read()
        return body.decode()
