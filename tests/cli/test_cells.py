"""What people read on a terminal: words, times and amounts of values, and tables that fit."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.cli.cells import Named, is_empty, laid_out, table_of, title, told, width_of

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 7, 1, 22, 30, 59, 123456, tzinfo=UTC)


def lines(*rows: dict[str, object], columns: tuple[str, ...], room: int | None = None) -> list[str]:
    return laid_out(table_of(rows, columns, BERLIN), room)


def test_a_table_has_names_local_minutes_and_amounts_in_their_currency() -> None:
    anne = {"id": 7, "customer": Named(3, "Anne"), "updated_at": AT, "total_minor": 1190, "currency": "EUR"}
    bart = {"id": 12, "customer": Named(4, "Bart Jones"), "updated_at": None, "total_minor": -5, "currency": "JPY"}

    assert lines(anne, bart, columns=("id", "customer", "updated_at", "total_minor", "currency")) == [
        "ID  CUSTOMER    UPDATED           TOTAL  CURRENCY",
        " 7  Anne        2026-07-02 00:30  11.90  EUR",
        "12  Bart Jones                       -5  JPY",
    ]


def test_one_object_has_the_id_beside_the_name_the_zone_and_the_currency() -> None:
    row = {"customer": Named(3, "Anne"), "opened_at": AT, "total_minor": 1190, "currency": "EUR", "late": False}

    assert told(row, BERLIN) == {
        "customer": "Anne (3)",
        "opened": "2026-07-02 00:30 CEST",
        "total": "11.90 EUR",
        "currency": "EUR",
        "late": "no",
    }


def test_an_amount_of_which_no_currency_is_known_is_told_in_minor_units_by_name() -> None:
    assert told({"total_minor": 1190, "currency": None}, UTC) == {"total minor": "1190"}
    assert lines({"total_minor": 1190}, columns=("total_minor",)) == ["TOTAL MINOR", "       1190"]


def test_lists_and_tables_within_a_value_are_told_in_words() -> None:
    row = {
        "options": {"mailboxes": 10, "set_up": None},
        "contacts": [{"name": "Anne", "roles": ["owner", "invoice"]}, {"name": "Bart", "at": AT}],
        "freed": (1, 2),
    }

    assert told(row, UTC) == {
        "options": "mailboxes 10",
        "contacts": "name Anne, roles owner, invoice; name Bart, at 2026-07-01 22:30",
        "freed": "1, 2",
    }


def test_nothing_of_a_stranger_reaches_the_terminal_as_a_command() -> None:
    [_, line] = lines({"subject": "a\x1b[31m\nb\u202ec\x9b"}, columns=("subject",))

    assert line == r"a\x1b[31m b\u202ec\x9b"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("next_due_on", "next due"),
        ("total_minor", "total minor"),
        ("received_at", "received"),
        ("id", "id"),
        ("at", "at"),
    ],
)
def test_a_key_is_told_without_its_unit(key: str, words: str) -> None:
    assert title(key) == words


def test_nothing_to_tell_is_no_value_and_not_zero() -> None:
    values: list[object] = [None, "", [], (), {}, 0, False, "0", [0]]

    assert [is_empty(value) for value in values] == [True] * 5 + [False] * 4


def test_the_widest_words_are_cut_at_the_width_of_the_terminal_and_numbers_never() -> None:
    row = {"id": 123456789, "author": "Anne <anne@customer.example>", "subject": "No mail since Monday", "at": AT}
    columns = ("id", "at", "author", "subject")

    assert lines(row, columns=columns, room=60)[1] == "123456789  2026-07-02 00:30  Anne <anne@cu…  No mail since …"
    assert lines(row, columns=columns)[1].endswith("Anne <anne@customer.example>  No mail since Monday")
    assert lines(row, columns=columns, room=10)[1] == "123456789  2026-07-02 00:30  Anne <a…  No mail…"


def test_wide_characters_take_two_places() -> None:
    head, wide, narrow = lines({"name": "日本語", "x": "1"}, {"name": "abc", "x": "2"}, columns=("name", "x"))

    assert (head, wide, narrow) == ("NAME    X", "日本語  1", "abc     2")
    assert lines({"name": "日本語" * 9}, columns=("name",), room=10)[1] == "日本語日…"


@given(
    st.lists(
        st.fixed_dictionaries({"a": st.text(max_size=40), "b": st.text(max_size=40), "n": st.integers()}), min_size=1
    ),
    st.integers(min_value=20, max_value=90),
)
def test_any_words_fit_where_they_can(rows: list[dict[str, object]], room: int) -> None:
    whole, cut = laid_out(table_of(rows, ("a", "b"), UTC), None), laid_out(table_of(rows, ("a", "b"), UTC), room)

    assert len(whole) == len(cut) == len(rows) + 1
    assert all(width_of(line) <= room for line in cut)
    if all(width_of(line) <= room for line in whole):
        assert whole == cut
