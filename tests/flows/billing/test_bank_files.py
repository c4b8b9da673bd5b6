"""A bank's file comes in: what is sure is booked once, and everything else waits for people, with reasons."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.payment.bank import EntryState, Reason
from mailgate.billing.payment.bank_line import BadStatement
from mailgate.billing.service import State
from mailgate.flows.billing.bank import deciding
from mailgate.flows.billing.money.resting import suspend_unpaid
from mailgate.letters.kind import Template
from store.billing import bank, services
from store.billing.in_flight import in_flight
from store.billing.kept import erase_words
from store.engine import reading, transaction
from store.post import outbox
from tests.billing.statements import Books, Pays, Says, camt
from tests.flows.billing.banking import balance, bank_balance, bring, lines, mails, match, paid, proposals, reasons
from tests.flows.billing.trade import Trade, d, noon


def test_a_reference_of_ours_is_sure_and_booked_with_its_day_and_key(trade: Trade, bill: tuple[str, str]) -> None:
    number, reference = bill

    done = bring(trade, paid("11.90", reference, name="Somebody Else"))

    (line,) = lines(trade)
    assert (done.lines, done.states, done.returned) == (1, {EntryState.BOOKED: 1}, 0)
    assert trade.invoice(number).state is DocumentState.PAID
    assert (line.state, line.why) == (EntryState.BOOKED, f"names invoice {number} by its reference")
    assert bank_balance(trade) == 1190
    assert mails(trade) == [Template.PAYMENT_RECEIPT]


@pytest.mark.parametrize("shape", ["{}", "Danke! {} Anne", "ref {} vom 02.04.2026"])
def test_a_reference_in_the_text_is_as_sure(trade: Trade, bill: tuple[str, str], shape: str) -> None:
    number, reference = bill
    blanks = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))

    bring(trade, paid("11.90", text=shape.format(blanks)))

    assert trade.invoice(number).state is DocumentState.PAID


def test_less_is_booked_and_leaves_the_rest_due(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, paid("5.00", bill[1]))

    assert trade.invoice(bill[0]).open_minor == 690
    assert mails(trade) == [Template.PAYMENT_PARTIAL]


def test_more_is_booked_and_the_rest_is_credit_and_the_payer_is_told(
    trade: Trade, anne: int, bill: tuple[str, str]
) -> None:
    bring(trade, paid("20.00", bill[1]))

    assert (trade.invoice(bill[0]).open_minor, trade.has_credit(anne)) == (0, 810)
    assert mails(trade) == [Template.PAYMENT_RECEIPT]


def test_paid_twice_is_credit_and_the_payer_is_told_which_invoice_it_was_for(
    trade: Trade, anne: int, bill: tuple[str, str]
) -> None:
    bring(trade, paid("11.90", bill[1]), Books("11.90", [Pays(reference=bill[1])], on="2026-04-03"))

    assert trade.has_credit(anne) == 1190
    assert mails(trade) == [Template.PAYMENT_RECEIPT, Template.CREDIT_ADDED]
    with reading(trade.engine) as conn:
        assert outbox.listing(conn)[-1].notice.values["meant"] == bill[0]


def test_money_for_a_void_invoice_is_credit(trade: Trade, anne: int, bill: tuple[str, str]) -> None:
    trade.void(bill[0], on="2026-04-02")

    bring(trade, paid("11.90", bill[1]))

    assert (trade.invoice(bill[0]).state, trade.has_credit(anne)) == (DocumentState.VOID, 1190)
    assert mails(trade)[-1] is Template.CREDIT_ADDED


def test_the_same_file_again_changes_nothing(trade: Trade, bill: tuple[str, str]) -> None:
    entries = (
        paid("11.90", bill[1]),
        paid("3.00", text="hello"),
        paid("3.00", text="hello"),
        paid("4.00", mark="DBIT"),
    )
    first = bring(trade, *entries)
    before = lines(trade)

    again = bring(trade, *entries, on="2026-04-09")

    assert (first.lines, first.known, again.lines, again.known) == (4, 0, 4, 4)
    assert sum(again.states.values()) == 0
    assert lines(trade) == before
    assert bank_balance(trade) == 1190


def test_files_that_overlap_have_each_line_once(trade: Trade) -> None:
    first, second, third = (
        Books(amount, [Pays(text="x")], on=on)
        for amount, on in (("1", "2026-04-01"), ("2", "2026-04-02"), ("3", "2026-04-03"))
    )

    bring(trade, first, second)
    done = bring(trade, second, third)

    assert [line.amount_minor for line in lines(trade)] == [100, 200, 300]
    assert (done.known, done.states) == (1, {EntryState.PROPOSED: 1})


def test_a_bank_reference_tells_lines_apart_and_knows_them_again_in_other_words(trade: Trade) -> None:
    same = [Books("1", [Pays(text="x")], bank_reference=one) for one in ("A1", "A2")]

    bring(trade, *same)
    done = bring(trade, Books("1", [Pays(text="other words")], bank_reference="A2"))

    assert (len(lines(trade)), done.known) == (2, 1)


def test_a_batch_is_a_line_for_each_payment(trade: Trade, anne: int, bill: tuple[str, str]) -> None:
    bob = trade.customer("Bob")
    _, (other,) = trade.add(bob, "small", on="2026-04-01")
    batch = Books(
        "26.80",
        [
            Pays("11.90", "Anne", reference=bill[1]),
            Pays("11.90", "Bob", text=trade.invoice(other.number).reference),
            Pays("3.00", "Somebody", text="for fun"),
        ],
        bank_reference="B7",
    )

    bring(trade, batch)

    assert [(line.amount_minor, line.state.value) for line in lines(trade)] == [
        (1190, "booked"), (1190, "booked"), (300, "proposed"),
    ]  # fmt: skip
    assert trade.invoice(other.number).state is DocumentState.PAID


def test_a_number_in_the_text_and_the_amount_are_reasons_and_not_sure(
    trade: Trade, anne: int, bill: tuple[str, str]
) -> None:
    bring(trade, paid("11.90", text=f"Rechnung {bill[0]}", name="anne"))

    assert trade.invoice(bill[0]).open_minor == 1190
    assert reasons(trade) == [["number", "name", "amount"]]
    assert proposals(trade)[0].customer_id == anne
    assert mails(trade) == []


def test_amount_and_payer_alone_are_proposed(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, paid("11.90", name="ANNE"))

    assert reasons(trade) == [["name", "amount"]]


def test_the_account_that_paid_before_is_known_again(trade: Trade, anne: int, bill: tuple[str, str]) -> None:
    account = "DE75512108001245126199"
    bring(trade, paid("1.00", bill[1], iban=account))

    bring(trade, paid("10.90", iban=account, text="the rest"), on="2026-04-04")

    assert reasons(trade) == [["account", "amount"]]


def test_two_invoices_in_one_line_are_two_candidates(trade: Trade, anne: int, bill: tuple[str, str]) -> None:
    _, (other,) = trade.add(anne, "large", on="2026-04-01")

    bring(trade, paid("47.60", text=f"{bill[1]} {trade.invoice(other.number).reference}"))

    assert trade.invoice(bill[0]).open_minor == 1190
    assert [Reason.SEVERAL.value in each for each in reasons(trade)] == [True, True]


def test_another_currency_is_proposed_with_the_reason(trade: Trade, anne: int, bill: tuple[str, str]) -> None:
    raw = camt(Says([Books("11.90", [Pays(reference=bill[1])], currency="USD")], currency="USD"))

    bring(trade, raw=raw)

    assert trade.invoice(bill[0]).open_minor == 1190
    assert reasons(trade) == [["reference", "other-currency"]]
    with pytest.raises(deciding.NoMatch, match="nothing is converted"):
        match(trade, bill[0])


def test_an_unknown_payer_is_proposed_without_a_candidate_and_staff_match_it(
    trade: Trade, bill: tuple[str, str]
) -> None:
    bring(trade, paid("11.90", name="Nobody", text="thanks"))
    before = proposals(trade)

    done = match(trade, bill[0])

    assert before == []
    assert (done.state, done.why, done.decided_by) == (EntryState.BOOKED, f"for invoice {bill[0]}", "Bart")
    assert trade.invoice(bill[0]).state is DocumentState.PAID
    assert mails(trade) == [Template.PAYMENT_RECEIPT]
    with pytest.raises(deciding.NoMatch, match="booked already"):
        match(trade, bill[0])


def test_a_line_is_kept_as_credit(trade: Trade, anne: int) -> None:
    bring(trade, paid("11.90", name="Nobody"))

    with trade.deal(anne, "2026-04-05") as deal:
        deciding.match_customer(deal, 1)

    assert trade.has_credit(anne) == 1190
    assert mails(trade) == [Template.CREDIT_ADDED]


def test_an_ignored_line_may_still_be_matched(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, paid("11.90", name="Nobody"))
    with transaction(trade.engine) as conn:
        deciding.ignore(conn, 1, reason="a test", by="Bart", now=noon(d("2026-04-05")))
    ignored = lines(trade)[0]

    match(trade, bill[0])

    assert (ignored.state, ignored.why) == (EntryState.IGNORED, "a test")
    assert lines(trade)[0].state is EntryState.BOOKED


def test_nothing_is_asked_of_whom_a_line_is_proposed_for_until_somebody_decides(
    trade: Trade, anne: int, bill: tuple[str, str]
) -> None:
    bob = trade.customer("Bob")
    bring(trade, paid("11.90", name="ANNE"))
    with reading(trade.engine) as conn:
        before = in_flight(conn, (anne, bob))

    match(trade, bill[0])

    assert before == {anne}
    with reading(trade.engine) as conn:
        assert in_flight(conn, (anne, bob)) == set()


def test_what_went_out_is_nobodys_payment(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, paid("11.90", bill[1], mark="DBIT"))

    assert [(line.amount_minor, line.state, line.why) for line in lines(trade)] == [
        (-1190, EntryState.IGNORED, "went out")
    ]
    assert trade.invoice(bill[0]).open_minor == 1190


def test_money_that_comes_late_brings_the_service_back(trade: Trade, anne: int) -> None:
    service, (invoice,) = trade.add(anne, "small", on="2026-04-01")
    with trade.deal(anne, "2026-04-16") as deal:
        suspend_unpaid(deal, services.get(deal.conn, service.id))

    bring(trade, paid("11.90", trade.invoice(invoice.number).reference), on="2026-04-20")

    assert trade.service(service).state is State.ACTIVE
    assert mails(trade) == [Template.PAYMENT_RECEIPT, Template.SERVICE_RESTORED]


def test_a_rest_of_cents_is_written_off_as_a_difference(trade: Trade, bill: tuple[str, str]) -> None:
    billing = replace(trade.settings.billing, write_off_below="0.05")
    trade.settings = replace(trade.settings, billing=billing)

    bring(trade, paid("11.85", bill[1]))

    assert trade.invoice(bill[0]).state is DocumentState.PAID
    assert balance(trade, "expenses:differences") == 5
    assert mails(trade) == [Template.PAYMENT_RECEIPT]


def test_a_rest_of_one_cent_more_stays_due(trade: Trade, bill: tuple[str, str]) -> None:
    trade.settings = replace(trade.settings, billing=replace(trade.settings.billing, write_off_below="0.05"))

    bring(trade, paid("11.84", bill[1]))

    assert trade.invoice(bill[0]).open_minor == 6


def test_a_file_that_does_not_add_up_is_imported_and_said_so(trade: Trade, bill: tuple[str, str]) -> None:
    raw = camt(Says([paid("11.90", bill[1])], opening="100.00", closing="150.00"))

    done = bring(trade, raw=raw)

    assert not done.is_balanced
    assert trade.invoice(bill[0]).state is DocumentState.PAID
    with reading(trade.engine) as conn:
        (statement,) = bank.untold(conn)[1]
    assert (statement.balanced, statement.opening_minor, statement.closing_minor) == (False, 10_000, 15_000)


def test_a_look_alone_writes_nothing(trade: Trade, bill: tuple[str, str]) -> None:
    done = bring(trade, paid("11.90", bill[1]), paid("3.00"), writes=False)

    assert done.states == {EntryState.BOOKED: 1, EntryState.PROPOSED: 1}
    assert lines(trade) == ()
    assert trade.invoice(bill[0]).open_minor == 1190


def test_what_stands_before_a_mistake_is_done_and_the_rest_comes_with_the_next_file(
    trade: Trade, bill: tuple[str, str]
) -> None:
    good = camt(Says([paid("11.90", bill[1]), paid("3.00")]))
    bad = good.replace(b">3.00<", b">3,00<")

    with pytest.raises(BadStatement, match="no amount in EUR"):
        bring(trade, raw=bad)
    bring(trade, raw=good)

    assert trade.invoice(bill[0]).state is DocumentState.PAID
    assert [line.amount_minor for line in lines(trade)] == [1190, 300]
    assert bank_balance(trade) == 1190


def test_the_same_statement_twice_in_a_file_is_one_and_pages_of_one_go_on(trade: Trade) -> None:
    once = Says([paid("3.00", text="x"), paid("3.00", text="x")])

    bring(trade, raw=camt(once, once))
    twice = len(lines(trade))
    bring(trade, raw=camt(Says([paid("4.00", text="x")], page=1), Says([paid("4.00", text="x")], page=2)))

    assert (twice, len(lines(trade))) == (2, 4)


def test_two_who_import_at_once_book_each_line_once(trade: Trade, anne: int) -> None:
    references = [trade.invoice(trade.add(anne, "small", on="2026-04-01")[1][0].number).reference for _ in range(6)]
    entries = [*(paid("11.90", one) for one in references), *(paid("1", text=f"{number}") for number in range(20))]
    raws = [camt(Says(entries)), camt(Says(entries[::-1]))]

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda raw: bring(trade, raw=raw), raws))

    assert sum((one.states for one in done), Counter()) == {EntryState.BOOKED: 6, EntryState.PROPOSED: 20}
    assert sum(one.known for one in done) == 26
    assert bank_balance(trade) == 6 * 1190


def test_of_a_forgotten_customer_no_line_has_a_word(trade: Trade, anne: int, bill: tuple[str, str]) -> None:
    trade.customer("Bob")
    bring(
        trade,
        paid("11.90", bill[1], name="Anne Miller", iban="DE75512108001245126199", text="from Anne"),
        paid("1.00", name="Anne", text="Anne again", end_to_end="A-7"),
        paid("2.00", name="Somebody", text="for Bob"),
    )

    with transaction(trade.engine) as conn:
        erase_words(conn, anne, mark="(erased)")

    first, second, third = lines(trade)
    assert {one.payer for one in (first, second)} == {"(erased)"}
    assert {(one.payer_account, one.end_to_end, one.text) for one in (first, second)} == {("", "", "")}
    assert (third.payer, third.text) == ("Somebody", "for Bob")


def test_more_lines_than_go_in_one_transaction(trade: Trade, anne: int) -> None:
    references: Sequence[str] = [
        trade.invoice(trade.add(anne, "small", on="2026-04-01")[1][0].number).reference for _ in range(20)
    ]

    done = bring(trade, *(paid("11.90", one) for one in references), *(paid("1", text=f"{n}") for n in range(600)))

    assert done.states == {EntryState.BOOKED: 20, EntryState.PROPOSED: 600}
    assert bank_balance(trade) == 20 * 1190
