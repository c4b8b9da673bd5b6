"""Tables of services and balances: words of other systems are understood, and what is wrong is named by its place."""

from datetime import date

import pytest

from mailgate.billing.offer.product import Kind
from mailgate.flows.moving.service_table import ServiceRow, read_balances, read_services
from mailgate.flows.moving.table import BadTable

HEADER = "customer,external_id,sku,name,price,cycle,paid_through,domain,state,start,options,parent,kind,tax_included\n"


def only(line: str, header: str = HEADER) -> ServiceRow:
    table = read_services((header + line + "\n").encode())
    assert table.faults == ()
    [row] = table.rows
    return row


def test_a_line_is_read_with_all_that_it_says() -> None:
    row = only(
        'C-1,S-1,,Old Plan,"7,50",Annually,31.03.2026,Shop.Example,Suspended,2020-04-01,mailboxes=60; domains=2,S-0,'
        "domain,yes"
    )

    assert (row.customer, row.external_id, row.sku, row.name, row.price) == ("C-1", "S-1", None, "Old Plan", "7.50")
    assert (row.months, row.paid_through, row.start_on) == (12, date(2026, 3, 31), date(2020, 4, 1))
    assert (row.domain, row.is_suspended, row.options) == ("shop.example", True, {"mailboxes": 60, "domains": 2})
    assert (row.parent, row.kind, row.tax_included) == ("S-0", Kind.DOMAIN, True)


def test_what_it_does_not_say_is_left_open() -> None:
    row = only("C-1,small,monthly,2026-03-31", "customer,sku,cycle,paid_through\n")

    assert (row.external_id, row.name, row.price, row.currency, row.domain) == (None, "", None, None, "")
    assert (row.is_suspended, row.start_on, row.options, row.parent) == (False, None, {}, None)
    assert (row.kind, row.tax_included) == (None, None)


@pytest.mark.parametrize(
    ("word", "months"),
    [("monthly", 1), ("Quarterly", 3), ("Semi-Annually", 6), ("semi annually", 6), ("SemiAnnually", 6),
     ("half-yearly", 6), ("Annually", 12), ("yearly", 12), ("Biennially", 24), ("triennial", 36), ("One Time", 0),
     ("onetime", 0)],
)  # fmt: skip
def test_a_cycle_has_our_word_or_that_of_another_system(word: str, months: int) -> None:
    assert only(f"C-1,small,{word},2026-03-31", "customer,sku,cycle,paid_through\n").months == months


def test_what_has_ended_there_is_counted_and_left_out() -> None:
    lines = "".join(
        f"C-1,,small,,,monthly,2026-03-31,{state}.example,{state},,,,,\n"
        for state in ("Cancelled", "Terminated", "Fraud", "active")
    )

    table = read_services((HEADER + lines).encode())

    assert (len(table.rows), table.ended, table.faults) == (1, 3, ())


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (",S-1,small,,,monthly,2026-03-31,,,,,,,", "customer", "it is empty"),
        ('"1,23E+11",S-1,small,,,monthly,2026-03-31,,,,,,,', "customer", "a spreadsheet has rounded it"),
        ("C-1,S-1,,Old Plan,,monthly,2026-03-31,,,,,,,", "price", "a name and a price of its own"),
        ("C-1,S-1,,,7.50,monthly,2026-03-31,,,,,,,", "name", "a sku of the catalogue"),
        ("C-1,S-1,small,,,weekly,2026-03-31,,,,,,,", "cycle", "there is monthly"),
        ("C-1,S-1,small,,,monthly,,,,,,,,", "paid_through", "it is empty"),
        ("C-1,S-1,small,,,monthly,3/4/2026,,,,,,,", "paid_through", "write it as 2026-12-31"),
        ("C-1,S-1,small,,,monthly,2026-02-30,,,,,,,", "paid_through", "it is no day"),
        ("C-1,S-1,small,,,monthly,2026-03-31,,asleep,,,,,", "state", "none of active, suspended"),
        ("C-1,S-1,small,,,monthly,2026-03-31,,pending,,,,,", "state", "none of active, suspended"),
        ("C-1,S-1,small,,,monthly,2026-03-31,,,yesterday,,,,", "start", "it is no day"),
        ("C-1,S-1,small,,,monthly,2026-03-31,,,,60 mailboxes,,,", "options", "mailboxes=60"),
        ("C-1,S-1,small,,,monthly,2026-03-31,,,,,,add-on,", "kind", "none of hosting, domain, other"),
        ("C-1,S-1,small,,,monthly,2026-03-31,,,,,,,perhaps", "tax_included", "neither yes nor no"),
        ('C-1,S-1,small,"a\nb",,monthly,2026-03-31,,,,,,,', "name", "contains a line break"),
    ],
)
def test_a_cell_that_cannot_be_is_named_with_line_and_column(line: str, column: str, reason: str) -> None:
    good = "C-1,S-{},small,,,monthly,2026-03-31,,,,,,,\n"

    table = read_services((HEADER + good.format(8) + line + "\n" + good.format(9)).encode())

    [fault] = table.faults
    assert (fault.line, fault.column) == (3, column)
    assert reason in fault.reason
    assert [row.external_id for row in table.rows] == ["S-8", "S-9"]


def test_all_that_is_wrong_is_named_at_once() -> None:
    table = read_services((HEADER + ",,small,,,weekly,soon,,asleep,,,,,\nC-1,,,,,monthly,x,,,,,,,\n").encode())

    assert [(fault.line, fault.column) for fault in table.faults] == [
        (2, "customer"), (2, "cycle"), (2, "paid_through"), (2, "state"), (3, "name"), (3, "paid_through"),
    ]  # fmt: skip


def test_the_same_service_twice_is_named_and_two_alike_need_ids() -> None:
    alike = "C-1,{},small,,,monthly,2026-03-31,,,,,,,\n"

    same = read_services((HEADER + alike.format("S-1") + alike.format("S-1")).encode())
    without = read_services((HEADER + alike.format("") + alike.format("")).encode())
    apart = read_services((HEADER + alike.format("S-1") + alike.format("S-2")).encode())

    assert [(fault.line, fault.column, fault.reason) for fault in same.faults] == [
        (3, "external_id", "line 2 has the same service")
    ]
    assert [fault.reason for fault in without.faults] == [
        "line 2 has the same service: give both an external_id of their own"
    ]
    assert (apart.faults, len(apart.rows)) == ((), 2)


@pytest.mark.parametrize("raw", [b"", b"customer,cycle\n", b"customer,cycle,paid_through,cycle\n"])
def test_a_file_that_is_no_such_table_is_refused(raw: bytes) -> None:
    with pytest.raises(BadTable):
        read_services(raw)


def test_balances_are_read_and_each_is_there_once_for_a_currency() -> None:
    text = "customer;currency;amount\nC-1;eur;12,50\nC-1;USD;3.00\nC-1;EUR;1.00\nC-2;Euro;1\n;EUR;1\n"

    table = read_balances(text.encode())

    assert [(row.customer, row.currency, row.amount) for row in table.rows] == [
        ("C-1", "EUR", "12.50"), ("C-1", "USD", "3.00"),
    ]  # fmt: skip
    assert [(fault.line, fault.column) for fault in table.faults] == [(4, "customer"), (5, "currency"), (6, "customer")]
    assert table.faults[0].reason == "line 2 has a balance in EUR already"
