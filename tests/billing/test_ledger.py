"""What is booked for each event, that it balances, and the digests that chain it."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import (
    BANK,
    CASH,
    CREDIT,
    DIFFERENCES,
    RECEIVABLE,
    REFUNDS,
    is_account,
    provider,
    tax,
)
from mailgate.billing.ledger.chain import FIRST, canonical, chained
from mailgate.billing.ledger.events import Sale, Whose
from mailgate.billing.ledger.kinds import SIDES, Kind
from mailgate.billing.ledger.transaction import BadTransaction, Line, Posting, Transaction, booked, fold

ANNE = Whose(12, date(2026, 3, 2), "EUR")
DOCUMENT = "d" * 64
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STRIPE = provider("Stripe")
SALE = Sale({"hosting": 1000, "domain": 500}, {"VAT 19 %": 285}, DOCUMENT)

BOOKED: Mapping[Kind, tuple[Transaction, str, list[tuple[object, ...]]]] = {
    Kind.INVOICE: (
        events.invoice(7, ANNE, SALE),
        "invoice:7",
        [
            (RECEIVABLE, 1785, 12, 7),
            ("income:hosting", -1000), ("income:domain", -500), ("liabilities:tax:vat-19", -285),
        ],
    ),
    Kind.CREDIT_NOTE: (
        events.credit_note(8, ANNE, SALE, against={7: 1000, 9: 85}),
        "credit-note:8",
        [
            ("income:hosting", 1000), ("income:domain", 500), ("liabilities:tax:vat-19", 285),
            (RECEIVABLE, -1000, 12, 7), (RECEIVABLE, -85, 12, 9), (CREDIT, -700, 12),
        ],
    ),
    Kind.VOID: (
        events.void(8, ANNE, SALE, invoice_id=7, returned_minor=85),
        "void:8",
        [
            ("income:hosting", 1000), ("income:domain", 500), ("liabilities:tax:vat-19", 285),
            (RECEIVABLE, -1700, 12, 7), (CREDIT, -85, 12),
        ],
    ),
    Kind.PAYMENT: (
        events.payment(3, ANNE, amount_minor=2000, into=BANK, allocations={7: 1785, 9: 15}),
        "payment:3",
        [(BANK, 2000), (RECEIVABLE, -1785, 12, 7), (RECEIVABLE, -15, 12, 9), (CREDIT, -200, 12)],
    ),
    Kind.DEPOSIT: (
        events.deposit(3, ANNE, amount_minor=2000, into=CASH), "deposit:3", [(CASH, 2000), (CREDIT, -2000, 12)]
    ),
    Kind.SETTLE: (
        events.settle(5, ANNE, invoice_id=7, amount_minor=300),
        "settle:5",
        [(CREDIT, 300, 12), (RECEIVABLE, -300, 12, 7)],
    ),
    Kind.OPENING: (
        events.opening(3, ANNE, amount_minor=500),
        "opening:3",
        [("equity:opening-balances", 500), (CREDIT, -500, 12)],
    ),
    Kind.GIFT: (events.gift(2, ANNE, amount_minor=500), "gift:2", [("expenses:gifts", 500), (CREDIT, -500, 12)]),
    Kind.WRITE_OFF: (
        events.write_off(6, ANNE, invoice_id=7, amount_minor=3, cost=DIFFERENCES),
        "write-off:6",
        [(DIFFERENCES, 3), (RECEIVABLE, -3, 12, 7)],
    ),
    Kind.REFUND: (
        events.refund(4, ANNE, amount_minor=700, by=STRIPE), "refund:4", [(REFUNDS, 700), (STRIPE, -700)]
    ),
    Kind.REFUND_FAILED: (
        events.refund_failed(4, ANNE, amount_minor=700, out_of=CREDIT, by=STRIPE),
        "refund-failed:4",
        [(CREDIT, -700, 12), (STRIPE, 700)],
    ),
    Kind.SET_ASIDE: (
        events.set_aside(4, ANNE, amount_minor=700), "set-aside:4", [(CREDIT, 700, 12), (REFUNDS, -700)]
    ),
    Kind.REFUND_KEPT: (
        events.refund_kept(4, ANNE, amount_minor=700), "refund-kept:4", [(REFUNDS, 700), (CREDIT, -700, 12)]
    ),
    Kind.DISPUTE: (
        events.dispute(1, ANNE, amount_minor=2000, allocations={7: 1785}, fee_minor=1500, provider=STRIPE),
        "dispute:1",
        [(RECEIVABLE, 1785, 12, 7), (RECEIVABLE, 215, 12), ("expenses:fees", 1500), (STRIPE, -3500)],
    ),
    Kind.FEE: (
        events.fee(5, ANNE, amount_minor=48, provider="assets:stripe"),
        "fee:5",
        [("expenses:fees", 48), ("assets:stripe", -48)],
    ),
    Kind.DISPUTE_WON: (
        events.dispute_won(1, ANNE, amount_minor=2000, allocations={7: 2000}, fee_minor=0, provider=STRIPE),
        "dispute-won:1",
        [(RECEIVABLE, -2000, 12, 7), (STRIPE, 2000)],
    ),
    Kind.DISPUTE_FEE: (
        events.dispute_fee(1, ANNE, amount_minor=1500, provider=STRIPE),
        "dispute-fee:1",
        [("expenses:fees", 1500), (STRIPE, -1500)],
    ),
    Kind.DISPUTE_FEE_BACK: (
        events.dispute_fee(1, ANNE, amount_minor=1500, provider=STRIPE, is_back=True),
        "dispute-fee-back:1",
        [("expenses:fees", -1500), (STRIPE, 1500)],
    ),
    Kind.PAYOUT: (
        events.payout(5, on_date=ANNE.on_date, currency="EUR", amount_minor=9000, provider=STRIPE),
        "payout:5",
        [(BANK, 9000), (STRIPE, -9000)],
    ),
    Kind.PAYOUT_FAILED: (
        events.payout(
            5, on_date=ANNE.on_date, currency="EUR", amount_minor=9000, provider=STRIPE, has_failed=True
        ),
        "payout-failed:5",
        [(BANK, -9000), (STRIPE, 9000)],
    ),
    Kind.RETURNED: (
        events.returned(9, ANNE, amount_minor=2000, out_of=BANK, allocations={7: 1500}, credit_minor=400),
        "returned:9",
        [(RECEIVABLE, 1500, 12, 7), (CREDIT, 400, 12), (RECEIVABLE, 100, 12), (BANK, -2000)],
    ),
    Kind.UNSETTLED: (
        events.unsettled(6, ANNE, invoice_id=7, amount_minor=300),
        "unsettled:6",
        [(RECEIVABLE, 300, 12, 7), (CREDIT, -300, 12)],
    ),
    Kind.OWED_PAID: (
        events.owed_paid(41, ANNE, amount_minor=215), "owed-paid:41", [(CREDIT, 215, 12), (RECEIVABLE, -215, 12)]
    ),
    Kind.OWED_GIVEN_UP: (
        events.owed_given_up(41, ANNE, amount_minor=215),
        "owed-given-up:41",
        [("expenses:write-offs", 215), (RECEIVABLE, -215, 12)],
    ),
}  # fmt: skip


def test_every_kind_of_event_has_its_row() -> None:
    assert set(BOOKED) == set(SIDES) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_an_event_is_booked_as_its_row_says(kind: Kind) -> None:
    transaction, key, expected = BOOKED[kind]

    assert (transaction.key, transaction.kind) == (key, kind.value)
    assert [(one.account, one.amount_minor, one.customer_id, one.invoice_id) for one in transaction.postings] == [
        (*one, None, None)[:4] for one in expected
    ]
    assert bool(transaction.document_sha256) is (kind in (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.VOID))


def test_a_credit_note_may_leave_its_rest_to_be_refunded() -> None:
    note = events.credit_note(8, ANNE, SALE, against={}, refunds_minor=1700)

    assert note.postings[-2:] == (Posting(REFUNDS, -1700), Posting(CREDIT, -85, 12))


def test_of_a_dispute_credit_is_taken_first_and_what_was_sent_back_is_owed_without_an_invoice() -> None:
    lost = events.dispute(
        1, ANNE, amount_minor=2000, allocations={7: 1000}, credit_minor=700, fee_minor=0, provider=STRIPE
    )

    assert lost.postings == (
        Posting(RECEIVABLE, 1000, 12, 7), Posting(RECEIVABLE, 300, 12), Posting(CREDIT, 700, 12), Posting(STRIPE, -2000)
    )  # fmt: skip


def test_an_invoice_that_comes_to_nothing_is_booked_without_postings() -> None:
    free = events.invoice(7, ANNE, Sale({"hosting": 0}, {"VAT": 0}, DOCUMENT))

    assert (free.key, free.postings) == ("invoice:7", ())


def test_amounts_on_two_names_of_one_account_are_one_posting() -> None:
    sale = events.invoice(7, ANNE, Sale({"hosting": 100}, {"VAT": 19, "vat": -19, "State tax": 5}, ""))

    assert [(one.account, one.amount_minor) for one in sale.postings] == [
        (RECEIVABLE, 105), ("income:hosting", -100), ("liabilities:tax:state-tax", -5),
    ]  # fmt: skip


def test_a_voided_invoice_leaves_nothing_open_and_its_payment_as_credit() -> None:
    balances = fold(
        (
            events.invoice(7, ANNE, SALE),
            events.payment(3, ANNE, amount_minor=85, into=BANK, allocations={7: 85}),
            events.void(8, ANNE, SALE, invoice_id=7, returned_minor=85),
        )
    )

    assert {line.account: minor for line, minor in balances.items() if minor} == {BANK: 85, CREDIT: -85}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Posting("assets:bank", 0),
        lambda: Posting("bank", 1),
        lambda: Posting("assets:bank  ", 1),
        lambda: Posting("assets:bank", 1, customer_id=12),
        lambda: Posting(CREDIT, 1),
        lambda: booking(Posting(BANK, 1)),
        lambda: booking(Posting(BANK, 1), Posting(CREDIT, -1, 13)),
        lambda: events.invoice(7, ANNE, Sale({"hosting": -5}, {}, DOCUMENT)),
        lambda: events.payment(3, ANNE, amount_minor=-5, into=BANK, allocations={}),
        lambda: events.payment(3, ANNE, amount_minor=5, into=BANK, allocations={7: 6}),
        lambda: events.payment(3, ANNE, amount_minor=5, into=BANK, allocations={7: -1}),
        lambda: events.settle(3, ANNE, invoice_id=7, amount_minor=0),
        lambda: events.void(8, ANNE, SALE, invoice_id=7, returned_minor=1786),
    ],
)  # fmt: skip
def test_what_no_ledger_may_have_is_not_made(make: object) -> None:
    assert callable(make)

    with pytest.raises(BadTransaction):
        make()


def booking(*postings: Posting) -> Transaction:
    return Transaction("gift:1", "gift", ANNE.on_date, 12, "EUR", "gift", 1, postings)


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("VAT", "liabilities:tax:vat"),
        ("NY sales tax (8.875 %)", "liabilities:tax:ny-sales-tax-8-875"),
        ("消費税", "liabilities:tax:消費税"),
        ("MwSt.  ermäßigt; :tag", "liabilities:tax:mwst-ermäßigt-tag"),
        ("½", "liabilities:tax:1-2"),
        (" % ", "liabilities:tax:other"),
    ],
)
def test_a_name_becomes_a_part_of_an_account_that_every_program_reads(name: str, account: str) -> None:
    assert tax(name) == account
    assert is_account(account)


def test_balances_are_sums_by_account_customer_and_currency() -> None:
    in_yen = Whose(13, ANNE.on_date, "JPY")

    balances = fold(
        (events.gift(1, ANNE, amount_minor=500), events.gift(2, in_yen, amount_minor=7), *(BOOKED[Kind.SETTLE][:1]))
    )

    assert balances == {
        Line("expenses:gifts", None, "EUR"): 500,
        Line(CREDIT, 12, "EUR"): -200,
        Line("expenses:gifts", None, "JPY"): 7,
        Line(CREDIT, 13, "JPY"): -7,
        Line(RECEIVABLE, 12, "EUR"): -300,
    }


def test_the_digest_can_be_reckoned_by_hand_from_what_is_shown() -> None:
    one = booked(3, BOOKED[Kind.SETTLE][0], now=NOON)

    content = (
        '{"booked_at":"2026-03-02T12:00:00.000000+00:00","currency":"EUR","customer":12,"date":"2026-03-02",'
        '"document":"","entries":[["liabilities:credit",300,12,null],["assets:receivable",-300,12,7]],'
        '"id":3,"key":"settle:5","kind":"settle","object":["allocation",5]}'
    )
    assert canonical(one) == content.encode()
    assert list(json.loads(content)) == sorted(json.loads(content))
    assert chained(FIRST, one) == sha256(b"0" * 64 + content.encode()).hexdigest()


def test_whatever_is_changed_changes_the_digest() -> None:
    one = booked(3, BOOKED[Kind.INVOICE][0], now=NOON)
    changes: dict[str, object] = {
        "id": 4, "key": "invoice:8", "kind": "void", "on_date": date(2026, 3, 1), "currency": "USD", "customer_id": 13,
        "booked_at": NOON.replace(microsecond=1), "object_kind": "quote", "object_id": 8, "document_sha256": "e" * 64,
        "entries": one.entries[::-1],
    }  # fmt: skip

    digests = {chained(FIRST, one._replace(**{field: value})) for field, value in changes.items()}  # type: ignore[arg-type]

    assert set(changes) == set(one._fields)
    assert len({*digests, chained(FIRST, one), chained("1" * 64, one)}) == len(changes) + 2
