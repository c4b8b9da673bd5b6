"""Which money settles what: oldest due first, and a credit note at first what it credits."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.payment.allocation import Allocated, Allocation, OpenInvoice, allocate

MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))
OPEN = (OpenInvoice(3, MAY, 300), OpenInvoice(2, MARCH, 100), OpenInvoice(1, APRIL, 200), OpenInvoice(4, MARCH, 50))


@pytest.mark.parametrize(
    ("amount", "settled", "excess"),
    [
        (0, [], 0),
        (60, [(2, 60)], 0),
        (100, [(2, 100)], 0),
        (151, [(2, 100), (4, 50), (1, 1)], 0),
        (650, [(2, 100), (4, 50), (1, 200), (3, 300)], 0),
        (651, [(2, 100), (4, 50), (1, 200), (3, 300)], 1),
    ],
)
def test_money_goes_to_what_is_due_first(amount: int, settled: list[tuple[int, int]], excess: int) -> None:
    assert allocate(amount, OPEN) == Allocated(tuple(Allocation(*one) for one in settled), excess)


def test_a_credit_note_goes_first_to_the_invoices_whose_lines_it_credits() -> None:
    found = allocate(420, OPEN, credited={3, 99})

    assert found.by_invoice == {3: 300, 2: 100, 4: 20}


def test_without_an_open_invoice_all_is_left() -> None:
    assert allocate(5, [OpenInvoice(1, MARCH, 0)]) == Allocated((), 5)


INVOICES = st.lists(
    st.builds(
        OpenInvoice,
        st.integers(1, 99),
        st.integers(0, 9).map(lambda days: MARCH + timedelta(days)),
        st.integers(0, 500),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(st.integers(0, 2000), INVOICES)
def test_nothing_is_lost_and_nothing_is_paid_twice(amount: int, invoices: list[OpenInvoice]) -> None:
    found = allocate(amount, invoices)

    still_open = {one.id: one.open_minor for one in invoices}
    assert sum(found.by_invoice.values()) + found.excess_minor == amount
    assert len(found.by_invoice) == len(found.allocations)
    assert all(0 < minor <= still_open[invoice_id] for invoice_id, minor in found.by_invoice.items())
    assert found.excess_minor == max(0, amount - sum(still_open.values()))
