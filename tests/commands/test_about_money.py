"""What stands behind commands about money: invoices, days, spans, in the order in which people write them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands import about_money
from mailgate.commands.misread import BadArgument, Fault
from mailgate.commands.place import Place, Where
from mailgate.commands.verb import Argument

PLACE = Place(Where.NEW, datetime(2027, 5, 6, 9, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
NUMBER, DAY = "2027-0031", date(2027, 5, 3)


@pytest.mark.parametrize(
    ("words", "number", "day"),
    [
        ("", "", date(2027, 5, 6)),
        ("3 May", "", DAY),
        ("2027-05-03", "", DAY),
        (NUMBER, NUMBER, date(2027, 5, 6)),
        (f"#{NUMBER}", NUMBER, date(2027, 5, 6)),
        (f"{NUMBER} 3 May", NUMBER, DAY),
        (f"3 May {NUMBER}", NUMBER, DAY),
        (f"{NUMBER} 2027-05-03", NUMBER, DAY),
        (f"{NUMBER}, 3. Mai 2027", NUMBER, DAY),
        (f"invoice {NUMBER} on 3 May", NUMBER, DAY),
        (f"Rechnung Nr. {NUMBER} am 3.5.", NUMBER, DAY),
        (f"Rechnung {NUMBER}", NUMBER, date(2027, 5, 6)),
        ("INV/2027/31 yesterday", "INV/2027/31", date(2027, 5, 5)),
        ("99999", "99999", date(2027, 5, 6)),
    ],
)
def test_an_invoice_and_a_day_stand_in_either_order(words: str, number: str, day: date) -> None:
    assert about_money.invoice_and_day(words, PLACE) == Argument(number, on=day)


def test_today_is_that_of_the_writer() -> None:
    late = Place(Where.NEW, datetime(2027, 5, 6, 23, tzinfo=UTC), ZoneInfo("Pacific/Auckland"))

    assert about_money.invoice_and_day("", late).on == date(2027, 5, 7)


@pytest.mark.parametrize(
    ("words", "number", "days"),
    [
        ("14", "", 14),
        ("14d", "", 14),
        ("14 days", "", 14),
        ("14 Tage", "", 14),
        ("2 weeks", "", 14),
        ("2w", "", 14),
        ("zwei", "zwei", None),
        ("until 20 May", "", 14),
        ("bis zum 20. Mai", "", 14),
        (f"{NUMBER} 14", NUMBER, 14),
        (f"14 {NUMBER}", NUMBER, 14),
        (f"{NUMBER} until 20 May", NUMBER, 14),
        (f"invoice {NUMBER} 7d", NUMBER, 7),
        ("", "", None),
        (NUMBER, NUMBER, None),
    ],
)
def test_time_is_a_number_of_days_or_a_day(words: str, number: str, days: int | None) -> None:
    assert about_money.invoice_and_perhaps_time(words, PLACE) == Argument(number, number=days)


@pytest.mark.parametrize(
    ("reader", "words", "fault"),
    [
        (about_money.invoice, "2027 0031", Fault.INVOICE_BELONGS),
        (about_money.invoice, "2027-0031\u20bd", Fault.INVOICE_BELONGS),
        (about_money.invoice, "x" * 61, Fault.INVOICE_BELONGS),
        (about_money.invoice_and_day, "yesterday by bank", Fault.DAY_BELONGS),
        (about_money.invoice_and_day, "-3", Fault.DAY_BELONGS),
        (about_money.invoice_and_day, "2027-0031 31 April", Fault.DAY_BELONGS),
        (about_money.invoice_and_time, "", Fault.DAYS_BELONG),
        (about_money.invoice_and_time, NUMBER, Fault.DAYS_BELONG),
        (about_money.invoice_and_perhaps_time, "-3", Fault.DAYS_BELONG),
        (about_money.invoice_and_perhaps_time, "0", Fault.DAYS_BELONG),
        (about_money.invoice_and_perhaps_time, "367", Fault.DAYS_BELONG),
        (about_money.invoice_and_perhaps_time, "99999", Fault.DAYS_BELONG),
        (about_money.invoice_and_perhaps_time, "until 3 May", Fault.DAYS_BELONG),
        (about_money.invoice_and_perhaps_time, f"{NUMBER} 0", Fault.DAYS_BELONG),
        (about_money.invoice_and_perhaps_time, "a few days", Fault.DAYS_BELONG),
        (about_money.month, "2027-13", Fault.MONTH_BELONGS),
        (about_money.month, "the other day", Fault.MONTH_BELONGS),
    ],
)
def test_what_is_not_plain_is_refused(reader: Callable[[str, Place], Argument], words: str, fault: Fault) -> None:
    with pytest.raises(BadArgument) as refused:
        reader(words, PLACE)

    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("2027-03", date(2027, 3, 1)),
        ("March", date(2027, 3, 1)),
        ("März 2026", date(2026, 3, 1)),
        ("3/2027", date(2027, 3, 1)),
        ("03.2027", date(2027, 3, 1)),
        ("December", date(2026, 12, 1)),
        ("", date(2027, 4, 1)),
    ],
)
def test_a_month_is_the_last_of_its_name(words: str, first: date) -> None:
    assert about_money.month(words, PLACE) == Argument(on=first)


@pytest.mark.parametrize(
    "reader",
    [
        about_money.invoice, about_money.invoice_and_day, about_money.invoice_and_time,
        about_money.invoice_and_perhaps_time, about_money.month,
    ],
)  # fmt: skip
@given(words=st.text(max_size=80))
def test_whatever_is_written_it_is_read_or_refused(reader: Callable[[str, Place], Argument], words: str) -> None:
    read: Argument | None = None
    with suppress(BadArgument):
        read = reader(words, PLACE)

    assert read is None or isinstance(read, Argument)
    assert read is None or len(read.words) <= len(words)  # a number is a part of what was written, or there is none
