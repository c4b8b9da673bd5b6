"""A line in two statements: booked once where they overlap, and never lost where it was paid twice."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mailgate.billing.payment.bank import EntryState
from mailgate.billing.payment.beside import Span, beside
from tests.billing.statements import Books, Pays, Says, camt
from tests.flows.billing.banking import bank_balance, bring, lines, reasons
from tests.flows.billing.trade import Trade


def of(reference: str, count: int = 1, *, since: str = "0", entry_reference: int = 0) -> Says:
    """A statement of so many equal payments of 5.00, without a reference of the bank's."""
    pays = [Pays(name="Anne", reference=reference, text="May")]
    numbers = range(entry_reference, entry_reference + count) if entry_reference else [0] * count
    return Says([Books("5.00", pays, entry_reference=f"{one}" if one else "") for one in numbers], opening=since)


def test_two_equal_payments_of_a_day_in_one_statement_are_both_booked_and_once(
    trade: Trade, bill: tuple[str, str]
) -> None:
    for again in range(3):
        # The number of an entry is of its statement alone: a copy may count otherwise.
        done = bring(trade, raw=camt(of(bill[1], 2, entry_reference=1 + again)))
        assert sum(done.states.values()) == (0 if again else 2)

    assert bank_balance(trade) == 1000
    assert trade.invoice(bill[0]).open_minor == 190


def test_a_statement_of_the_whole_day_has_what_those_before_it_had(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, raw=camt(of(bill[1])))
    whole = bring(trade, raw=camt(of(bill[1], 2)))
    late = bring(trade, raw=camt(of(bill[1], since="5.00")))

    assert (whole.known, whole.states) == (1, {EntryState.BOOKED: 1})
    assert (late.known, late.states) == (1, {})
    assert bank_balance(trade) == 1000


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_an_equal_payment_in_the_statement_behind_is_proposed_once_whatever_comes_first(
    trade: Trade, bill: tuple[str, str], order: Sequence[int]
) -> None:
    parts = [of(bill[1], since="0"), of(bill[1], since="5.00"), of(bill[1], since="10.00")]

    for number in order:
        bring(trade, raw=camt(parts[number]))
    for number in (*order, *reversed(order)):
        assert not bring(trade, raw=camt(parts[number])).states
        assert not bring(trade, raw=camt(parts[number], version=2)).states

    found = [one.state for one in lines(trade)]
    assert len(found) == 3
    assert found.count(EntryState.PROPOSED) + found.count(EntryState.BOOKED) == 3
    assert found[0] is EntryState.BOOKED
    assert bank_balance(trade) == 500 * found.count(EntryState.BOOKED)
    assert reasons(trade) == [["reference", "twice"]]


def test_what_a_bank_has_marked_with_its_own_reference_is_told_apart_by_it(trade: Trade, bill: tuple[str, str]) -> None:
    def marked(mark: str, since: str) -> bytes:
        one = of(bill[1], since=since)
        return camt(replace(one, entries=[replace(one.entries[0], bank_reference=mark)]))

    for mark, since in (("B1", "0"), ("B2", "5.00"), ("B1", "10.00")):
        bring(trade, raw=marked(mark, since))

    assert [one.state for one in lines(trade)] == [EntryState.BOOKED, EntryState.BOOKED]
    assert bank_balance(trade) == 1000


def test_two_that_are_alike_behind_one_are_both_proposed(trade: Trade, bill: tuple[str, str]) -> None:
    bring(trade, raw=camt(of(bill[1])))
    bring(trade, raw=camt(of(bill[1], 2, since="5.00")))
    again = bring(trade, raw=camt(of(bill[1], 2, since="5.00"), version=3))

    assert [one.state for one in lines(trade)] == [EntryState.BOOKED, EntryState.PROPOSED, EntryState.PROPOSED]
    assert again.known == 2


@pytest.mark.parametrize(
    ("between", "found"),
    [
        ((10, 20), {1, 3, 4}),
        ((0, 20), {3, 4}),
        ((0, 10), {2, 3, 4}),
        ((20, 25), {1, 2, 4}),
        ((7, 7), set()),
        ((50, 60), set()),
    ],
)
def test_statements_beside_one_lead_from_balance_to_balance(between: tuple[int, int], found: set[int]) -> None:
    known = [Span(1, 0, 10), Span(2, 10, 20), Span(3, 20, 25), Span(4, 25, 30), Span(5, 20, 20)]

    assert beside(between, known) == found
