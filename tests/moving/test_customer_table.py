"""A table of customers: what spreadsheets do to it is undone, and what is wrong is named with its place."""

import pytest

from mailgate.desks import AddressIsOurs
from mailgate.flows.moving.customer_table import CustomerRow, read_table
from mailgate.flows.moving.table import BadTable

HEADER = "external_id,name,email\n"


def refuse(address: str) -> None:
    if address.endswith("@support.example"):
        raise AddressIsOurs(f"{address} is an address of the gate")


def rows(text: str | bytes) -> tuple[CustomerRow, ...]:
    raw = text if isinstance(text, bytes) else text.encode()
    table = read_table(raw, refuse_address=refuse)
    assert table.faults == ()
    return table.rows


@pytest.mark.parametrize(
    "raw",
    [
        b"external_id,name,email\n7,Anne,anne@customer.example\n",
        b"\xef\xbb\xbfexternal_id,name,email\r\n7,Anne,anne@customer.example\r\n",
        b"external_id;name;email\r\n7;Anne;anne@customer.example\r\n;;\r\n",
        b"sep=;\r\nexternal_id;name;email\r\n7;Anne;anne@customer.example\r\n",
        b"External-ID, Name , EMAIL\n 7 ,Anne, anne@customer.example \n\n",
        b'"external_id","name","email"\n"7","Anne","anne@customer.example"\n',
        "external_id\tname\temail\n7\tAnne\tanne@customer.example\n".encode("utf-16"),
        "external_id,name,email\n7,Anne\u00a0,anne@customer.example\n".encode(),
    ],
)
def test_the_habits_of_spreadsheets_make_no_difference(raw: bytes) -> None:
    [row] = rows(raw)

    assert (row.external_id, row.name, row.email) == ("7", "Anne", "anne@customer.example")


def test_leading_zeros_that_are_kept_by_a_formula_are_kept() -> None:
    [row] = rows(HEADER + '"=""007""",Anne,anne@customer.example\n')

    assert row.external_id == "007"


def test_what_the_table_does_not_say_is_left_open() -> None:
    [row] = rows("external_id,name,email,country,currency\n7,Anne,anne@customer.example,de,\n")

    assert (row.country, row.currency, row.timezone, row.language) == ("DE", None, None, None)


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("7,Anne,anne", "email", "not a mail address: 'anne'"),
        ('7,Anne,"a@b.example>\r\nRCPT TO:<c@d"', "email", "address contains a line break"),
        ('7,"Anne\nBcc: x",anne@customer.example', "name", "it contains a line break"),
        ("7,Anne,bounce@support.example", "email", "is an address of the gate"),
        ("7,A\0nne,anne@customer.example", "name", "control character"),
        (",Anne,anne@customer.example", "external_id", "it is empty"),
        ("7,,anne@customer.example", "name", "it is empty"),
        ("7,Anne,", "email", "it is empty"),
        ('"1,23E+11",Anne,anne@customer.example', "external_id", "a spreadsheet has rounded it"),
        ("7,Anne,anne@customer.example,Germany", "country", "no country code"),
        ("7,Anne,anne@customer.example,,Euro", "currency", "it is no currency code of ISO 4217: did you mean EUR?"),
        ("7,Anne,anne@customer.example,,XTS", "currency", "no currency code"),
        ("7,Anne,anne@customer.example,,,Mars/North", "timezone", "no time zone"),
        ("7,Anne,anne@customer.example,,,../etc/passwd", "timezone", "no time zone"),
        ("7,Anne,anne@customer.example,,,Europe/Berlni", "timezone", "did you mean Europe/Berlin?"),
        ("7,Anne,anne@customer.example,,,,deutsch?", "language", "no language"),
        ("7,Anne,anne@customer.example,,,,xx", "language", "it is no language, such as en or pt-BR"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_line_and_column(line: str, column: str, reason: str) -> None:
    text = f"external_id,name,email,country,currency,timezone,language\n6,Bo,bo@x.example\n{line}\n8,Cy,cy@x.example\n"

    table = read_table(text.encode(), refuse_address=refuse)

    [fault] = table.faults
    assert (fault.line, fault.column) == (3, column)
    assert reason in fault.reason
    assert [row.external_id for row in table.rows] == ["6", "8"]


def test_lines_are_those_that_an_editor_shows() -> None:
    text = 'sep=,\nexternal_id,name,email,note\n7,Anne,anne@customer.example,"two\nlines"\n8,Bo,bo\n'

    table = read_table(text.encode(), refuse_address=refuse)

    assert [(fault.line, fault.value) for fault in table.faults] == [(5, "bo")]
    assert table.ignored == ("note",)


def test_the_same_id_twice_is_named_with_both_lines() -> None:
    table = read_table((HEADER + "7,A,a@x.example\n7,B,b@x.example\n").encode(), refuse_address=refuse)

    [fault] = table.faults
    assert (fault.line, fault.reason) == (3, "line 2 has it already")


def test_more_values_than_columns_are_a_fault() -> None:
    table = read_table((HEADER + "7,Miller, Anne,anne@customer.example\n").encode(), refuse_address=refuse)

    assert [fault.reason for fault in table.faults] == ["4 values for 3 columns"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no column external_id, name, email"),
        (b"id,name\n1,x\n", "no column external_id, email"),
        (b"external_id,name,name,email\n", "the column name is there twice"),
        (HEADER.encode() + b"7,M\xfcller,a@x.example\n", "line 2 is not UTF-8"),
        (HEADER.encode() + b'7,"Anne,a@x.example\n', "line 2 is no CSV"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(BadTable, match=reason):
        read_table(raw, refuse_address=refuse)
