"""What each payment provider keeps, whoever it is. What one does not offer, it says at the first call."""

from datetime import UTC, datetime

import pytest

from mailgate.errors import Permanent
from mailgate.payments.provider import ChargeState, Decline, OfferKind, OfferState, RefundState, Unfit
from tests.payments.counter import Counter, back, charge, offer, some_card
from tests.servers.provider import ProviderDouble, Refused


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "ISK", "UGX", "MGA", "HUF", "TWD"])
@pytest.mark.parametrize("minor", [0, 1, 999, 123456, 10**12 + 7])
def test_what_can_be_charged_is_not_more_than_what_is_owed(counter: Counter, currency: str, minor: int) -> None:
    provider = counter.provider

    chargeable = provider.expressible_minor(minor, currency)

    assert 0 <= chargeable <= minor
    assert provider.expressible_minor(chargeable, currency) == chargeable
    least = provider.least_minor(currency)
    assert provider.expressible_minor(least, currency) == least > 0


@pytest.mark.parametrize("currency", ["CLF", "XXX", ""])
def test_what_is_no_currency_for_payments_is_refused_by_name(counter: Counter, currency: str) -> None:
    with pytest.raises(Unfit, match=repr(currency)):
        counter.provider.expressible_minor(100, currency)
    with pytest.raises(Unfit, match=repr(currency)):
        counter.provider.least_minor(currency)


def test_nothing_is_found_by_a_key_that_made_nothing(counter: Counter) -> None:
    assert counter.provider.find_refund("refund-1", charge_id="pi_nothing") is None
    with counter.offered():
        assert counter.provider.find("charge-1", customer_token=counter.anne()) is None


def test_where_nothing_has_happened_there_is_no_news(counter: Counter) -> None:
    for news in (counter.provider.disputes, counter.provider.payouts):
        first = news("")
        second = news(first.cursor)

        assert list(first.items) == list(second.items) == []


def test_a_card_is_forgotten_and_forgotten_again(counter: Counter) -> None:
    counter.provider.forget_card("pm_nobodys")
    with counter.offered():
        card = counter.card()
        counter.provider.forget_card(card.token)
        counter.provider.forget_card(card.token)

        wanted = charge(card)
        with pytest.raises(Permanent):
            counter.provider.confirm(counter.provider.start(wanted), wanted)


def test_the_same_key_is_the_same_customer(counter: Counter) -> None:
    with counter.offered():
        assert counter.anne() == counter.anne()


@pytest.mark.parametrize("kind", [OfferKind.INVOICE, OfferKind.PAY, OfferKind.DEPOSIT, OfferKind.CARD])
def test_the_same_key_is_the_same_link(counter: Counter, kind: OfferKind) -> None:
    amount_minor = 0 if kind is OfferKind.CARD else 1190
    with counter.offered():
        first = counter.provider.offer(offer(kind, amount_minor))
        again = counter.provider.offer(offer(kind, amount_minor))
        other = counter.provider.offer(offer(kind, amount_minor, key="offer-2"))

        assert first == again
        assert first.id != other.id
        assert first.url.startswith("http")
        assert (first.expires_at is None) is (kind is OfferKind.INVOICE)
        assert counter.provider.look_offer(first.id).state is OfferState.OPEN


@pytest.mark.parametrize("kind", [OfferKind.INVOICE, OfferKind.PAY, OfferKind.CARD])
def test_a_link_that_is_closed_takes_no_money_and_stays_closed(counter: Counter, kind: OfferKind) -> None:
    with counter.offered() as payers:
        link = counter.provider.offer(offer(kind, 0 if kind is OfferKind.CARD else 1190))
        counter.provider.close_offer(link.id)
        counter.provider.close_offer(link.id)

        with pytest.raises(Refused):
            pay(payers, kind, link.id)
        seen = counter.provider.look_offer(link.id)
        assert (seen.state, seen.charges, seen.card) == (OfferState.CLOSED, (), None)


def test_a_page_that_is_open_when_its_link_is_closed_takes_no_money(counter: Counter) -> None:
    with counter.offered() as payers:
        link = counter.provider.offer(offer())
        page = payers.open_link(link.id)
        counter.provider.close_offer(link.id)

        with pytest.raises(Refused):
            payers.pay_session(page)
        assert counter.provider.look_offer(link.id).state is OfferState.CLOSED


@pytest.mark.parametrize("kind", [OfferKind.INVOICE, OfferKind.PAY, OfferKind.DEPOSIT])
def test_a_link_is_paid_once_and_says_what_came(counter: Counter, kind: OfferKind) -> None:
    with counter.offered() as payers:
        link = counter.provider.offer(offer(kind))
        pay(payers, kind, link.id)
        with pytest.raises(Refused):
            pay(payers, kind, link.id)

        seen = counter.provider.look_offer(link.id)
        counter.provider.close_offer(link.id)
        assert seen.state is counter.provider.look_offer(link.id).state is OfferState.COMPLETED
        (paid,) = seen.charges
        assert (paid.state, paid.amount_minor, paid.currency) == (ChargeState.SUCCEEDED, 1190, "EUR")
        assert paid == counter.provider.look(paid.id)
        assert paid.received_at is not None
        assert seen.card is None  # nobody agreed to be charged again


def test_a_payer_who_is_declined_at_a_link_may_try_another_card(counter: Counter) -> None:
    with counter.offered() as payers:
        link = counter.provider.offer(offer())
        with pytest.raises(Refused):
            payers.pay_link(link.id, card="pm_card_chargeDeclined")
        assert counter.provider.look_offer(link.id).state is OfferState.OPEN

        payers.pay_link(link.id)
        assert [one.state for one in counter.provider.look_offer(link.id).charges] == [ChargeState.SUCCEEDED]


@pytest.mark.parametrize("ok", [True, False])
def test_what_is_paid_at_a_link_and_takes_days_is_told_until_it_is_final(counter: Counter, *, ok: bool) -> None:
    with counter.offered() as payers:
        link = counter.provider.offer(offer())
        payers.pay_link(link.id, card="pm_sepa_debit")

        (under_way,) = counter.provider.look_offer(link.id).charges
        assert (under_way.state, under_way.received_at) == (ChargeState.PROCESSING, None)

        payers.settle(under_way.id, ok=ok)
        final = counter.provider.look(under_way.id)
        assert final.state is (ChargeState.SUCCEEDED if ok else ChargeState.DECLINED)
        assert (final.received_at is not None) is ok
        assert final.method == "sepa-debit"
        assert final.card is None


@pytest.mark.parametrize("kind", [OfferKind.INVOICE, OfferKind.PAY, OfferKind.CARD])
def test_a_card_that_is_saved_by_a_link_can_be_charged(counter: Counter, kind: OfferKind) -> None:
    with counter.offered() as payers:
        token = "" if kind is OfferKind.INVOICE else counter.anne()
        amount_minor = 0 if kind is OfferKind.CARD else 1190
        link = counter.provider.offer(offer(kind, amount_minor, customer_token=token, saves_card=True))
        pay(payers, kind, link.id, "pm_card_mastercard")

        card = counter.provider.look_offer(link.id).card
        assert card is not None
        assert (card.brand, card.last4) == ("mastercard", "4444")
        assert card.expires_on is not None
        assert card.expires_on > datetime.now(UTC).date()
        assert card.customer_token == (token or card.customer_token)
        wanted = charge(card)
        seen = counter.provider.confirm(counter.provider.start(wanted), wanted)
        assert seen.state is ChargeState.SUCCEEDED
        assert seen.card == card


def test_a_charge_moves_no_money_before_it_is_confirmed_and_then_once(counter: Counter) -> None:
    with counter.offered() as bank:
        wanted = charge(counter.card())

        first, again = counter.provider.start(wanted), counter.provider.start(wanted)
        assert first == again
        assert counter.provider.look(first).state is ChargeState.MADE
        assert taken(counter) == 0

        seen = counter.provider.confirm(first, wanted)
        assert counter.provider.confirm(first, wanted) == seen == counter.provider.look(first)
        bank.advance(hours=25)  # their memory of keys ends
        assert counter.provider.confirm(first, wanted) == seen
        assert (seen.state, seen.amount_minor, seen.currency) == (ChargeState.SUCCEEDED, 1190, "EUR")
        assert seen.fee_minor > 0
        assert seen.fee_currency
        assert taken(counter) == 1190


def test_nobody_charges_a_card_that_is_not_there(counter: Counter) -> None:
    with pytest.raises(Permanent):
        counter.provider.start(charge(some_card()))


def test_a_charge_is_found_by_its_key_among_others(counter: Counter) -> None:
    with counter.offered():
        card = counter.card()
        ids = {key: counter.provider.start(charge(card, key=key)) for key in ("charge-1", "charge-2", "charge-3")}

        for key, charge_id in ids.items():
            assert counter.provider.find(key, customer_token=card.customer_token) == charge_id
        assert counter.provider.find("charge-4", customer_token=card.customer_token) is None


@pytest.mark.parametrize(
    ("card", "state", "decline", "code"),
    [
        ("pm_card_chargeDeclined", ChargeState.DECLINED, Decline.SOFT, "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", ChargeState.DECLINED, Decline.SOFT, "insufficient_funds"),
        ("pm_card_chargeDeclinedProcessingError", ChargeState.DECLINED, Decline.SOFT, "processing_error"),
        ("pm_card_visa_chargeDeclinedLostCard", ChargeState.DECLINED, Decline.HARD, "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", ChargeState.DECLINED, Decline.HARD, "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", ChargeState.DECLINED, Decline.HARD, "expired_card"),
        (
            "pm_card_authenticationRequired",
            ChargeState.WANTS_CUSTOMER,
            Decline.AUTHENTICATION,
            "authentication_required",
        ),
    ],
)
def test_a_decline_is_an_answer_and_says_what_it_means(
    counter: Counter, card: str, state: ChargeState, decline: Decline, code: str
) -> None:
    with counter.offered():
        wanted = charge(counter.card(card))
        charge_id = counter.provider.start(wanted)

        seen = counter.provider.confirm(charge_id, wanted)

        assert (seen.state, seen.decline, seen.code) == (state, decline, code)
        assert counter.provider.look(charge_id) == seen
        assert counter.provider.confirm(charge_id, wanted) == seen
        assert taken(counter) == 0


def test_a_declined_charge_is_not_tried_again_when_their_memory_of_its_key_has_ended(counter: Counter) -> None:
    with counter.offered() as bank:
        card = counter.card("pm_card_chargeDeclinedInsufficientFunds")
        wanted = charge(card)
        charge_id = counter.provider.start(wanted)
        declined = counter.provider.confirm(charge_id, wanted)

        bank.advance(hours=25)
        bank.card_does(card.token, "pays")

        assert counter.provider.confirm(charge_id, wanted) == declined
        assert taken(counter) == 0


def test_a_charge_that_is_cancelled_takes_no_money_and_one_that_has_taken_it_says_so(counter: Counter) -> None:
    with counter.offered():
        wanted = charge(counter.card())
        charge_id = counter.provider.start(wanted)

        assert counter.provider.cancel(charge_id).state is ChargeState.CANCELLED
        assert counter.provider.cancel(charge_id).state is ChargeState.CANCELLED
        assert counter.provider.confirm(charge_id, wanted).state is ChargeState.CANCELLED
        assert taken(counter) == 0

        paid = counter.charged(key="charge-2")
        assert counter.provider.cancel(paid.id) == paid


@pytest.mark.parametrize(
    ("minor", "currency"),
    [(1200, "JPY"), (12340, "KWD"), (1500, "ISK"), (40000, "UGX"), (123400, "MGA"), (50000, "HUF")],
)
def test_a_currency_of_other_decimals_comes_and_goes_whole(counter: Counter, minor: int, currency: str) -> None:
    with counter.offered():
        paid = counter.charged(minor, currency)
        assert (paid.amount_minor, paid.currency) == (minor, currency)

        refund = counter.provider.refund(back(paid.id, minor, currency))
        assert (refund.amount_minor, refund.currency) == (minor, currency)
        assert counter.provider.look(paid.id).refunded_minor == minor


@pytest.mark.parametrize(
    ("minor", "currency"), [(12345, "KWD"), (123456, "MGA"), (0, "EUR"), (-1, "EUR"), (100, "CLF")]
)
def test_what_cannot_be_expressed_is_never_charged_as_something_else(
    counter: Counter, minor: int, currency: str
) -> None:
    with counter.offered():
        card = counter.card()
        with pytest.raises(Unfit):
            counter.provider.start(charge(card, minor, currency))
        with pytest.raises(Unfit):
            counter.provider.offer(offer(OfferKind.INVOICE, minor, currency))


def test_less_than_the_least_is_not_charged(counter: Counter) -> None:
    with counter.offered():
        card = counter.card()
        least = counter.provider.least_minor("EUR")
        with pytest.raises(Unfit):
            counter.provider.start(charge(card, least - 1))

        assert counter.charged(least, key="charge-2").state is ChargeState.SUCCEEDED


def test_a_refund_goes_back_once_and_never_more_than_came(counter: Counter) -> None:
    with counter.offered():
        paid = counter.charged()

        first = counter.provider.refund(back(paid.id, 1000))
        again = counter.provider.refund(back(paid.id, 1000))
        assert first == again == counter.provider.look_refund(first.id)
        assert (first.state, first.amount_minor, first.currency) == (RefundState.SUCCEEDED, 1000, "EUR")

        above = counter.provider.refund(back(paid.id, 191, key="refund-2"))
        assert (above.state, above.id) == (RefundState.REFUSED, "")
        assert above.code
        rest = counter.provider.refund(back(paid.id, 190, key="refund-3"))
        nothing_left = counter.provider.refund(back(paid.id, 1, key="refund-4"))
        assert (rest.state, nothing_left.state) == (RefundState.SUCCEEDED, RefundState.REFUSED)
        assert counter.provider.look(paid.id).refunded_minor == 1190


def test_a_refund_is_found_by_its_key(counter: Counter) -> None:
    with counter.offered():
        paid = counter.charged()
        made = [counter.provider.refund(back(paid.id, 100, key=key)) for key in ("refund-1", "refund-2")]

        found = [counter.provider.find_refund(key, charge_id=paid.id) for key in ("refund-1", "refund-2", "refund-3")]
        assert found == [*made, None]


@pytest.mark.parametrize(
    ("card", "at_once", "ends", "finally_"),
    [
        ("pm_card_pendingRefund", RefundState.PENDING, True, RefundState.SUCCEEDED),
        ("pm_card_pendingRefund", RefundState.PENDING, False, RefundState.FAILED),
        ("pm_card_refundFail", RefundState.SUCCEEDED, False, RefundState.FAILED),
        ("pm_card_refundFailed", RefundState.FAILED, None, RefundState.FAILED),
        ("pm_card_refundRefused", RefundState.REFUSED, None, None),
    ],
)
def test_how_a_refund_stands_is_followed_to_its_end(
    counter: Counter, card: str, at_once: RefundState, ends: bool | None, finally_: RefundState | None
) -> None:
    with counter.offered() as bank:
        wanted = charge(counter.card(card))
        paid = counter.provider.confirm(counter.provider.start(wanted), wanted)

        refund = counter.provider.refund(back(paid.id, 1190))
        assert refund.state is at_once
        if ends is not None:
            bank.end_refund(refund.id, ok=ends)
        if finally_ is not None:
            seen = counter.provider.look_refund(refund.id)
            assert seen.state is finally_
            assert bool(seen.code) is (finally_ is RefundState.FAILED)


@pytest.mark.parametrize("won", [True, False])
def test_a_chargeback_is_heard_of_when_it_comes_and_when_it_ends(counter: Counter, *, won: bool) -> None:
    with counter.offered() as bank:
        before = counter.charged(key="charge-0")
        bank.dispute(before.id)
        first = counter.provider.disputes("")
        assert [one.charge_id for one in first.items] == [before.id]

        paid = counter.charged(key="charge-1")
        dispute_id = bank.dispute(paid.id, reason="fraudulent")
        news = counter.provider.disputes(first.cursor)
        (opened,) = news.items
        assert opened == counter.provider.dispute(dispute_id)
        assert (opened.id, opened.charge_id, opened.state) == (dispute_id, paid.id, "open")
        assert (opened.currency, opened.amount_minor, opened.reason) == ("EUR", 1190, "fraudulent")
        assert opened.fee_minor > 0
        assert opened.fee_currency

        bank.end_dispute(dispute_id, won=won)
        ended = counter.provider.disputes(news.cursor)
        assert [(one.id, one.state) for one in ended.items] == [(dispute_id, "won" if won else "lost")]
        assert list(counter.provider.disputes(ended.cursor).items) == []
        assert [one.id for one in counter.provider.disputes("").items][-1] == dispute_id


def test_a_payout_is_heard_of_until_it_has_arrived_or_failed(counter: Counter) -> None:
    with counter.offered() as bank:
        counter.charged()
        cursor = counter.provider.payouts("").cursor
        bank.advance(days=8)

        payout_id = bank.pay_out()

        news = counter.provider.payouts(cursor)
        (seen,) = news.items
        assert (seen.id, seen.currency, seen.has_arrived, seen.has_failed) == (payout_id, "EUR", True, False)
        assert 0 < seen.amount_minor < 1190  # less what they keep

        counter.charged(key="charge-2")
        bank.advance(days=8)
        other_id = str(bank.play("payouts", currency="eur")["id"])
        under_way = counter.provider.payouts(news.cursor)
        assert [(one.id, one.has_arrived, one.has_failed) for one in under_way.items] == [(other_id, False, False)]
        bank.play(f"payouts/{other_id}/fail")
        (failed,) = counter.provider.payouts(under_way.cursor).items
        assert (failed.id, failed.has_arrived, failed.has_failed) == (other_id, False, True)


def test_whose_account_it_is_can_be_told(counter: Counter) -> None:
    with counter.offered():
        facts = counter.provider.facts()

        assert facts.account
        assert not facts.is_live


def pay(payers: ProviderDouble, kind: OfferKind, link_id: str, card: str = "pm_card_visa") -> None:
    """Somebody pays by a link of any kind."""
    if kind is OfferKind.INVOICE:
        payers.pay_link(link_id, card=card)
    else:
        payers.pay_session(link_id, card=card)


def taken(counter: Counter) -> int:
    """What was taken in euros, by their own books."""
    assert counter.double is not None
    return int(counter.double.books()["accounts"].get("eur", {}).get("charged", 0))
