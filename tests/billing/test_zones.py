"""Which day it is where: instants and days in every zone, against another library that reads the same rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.period import local_date, local_start, local_time
from tests.billing.asking import ask

ZONES = sorted(name for name in available_timezones() if not name.startswith(("posix", "right", "System")))
YEARS = (2011, 2026, 2036)
"""One of a great change, one of now, and the last but one in which that other library changes its clocks."""

ONE_DAY, ONE_SECOND, QUARTER = timedelta(days=1), timedelta(seconds=1), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Watched:
    """A zone, and what its clocks showed, quarter by quarter, around every change and on a plain day."""

    zone: ZoneInfo
    days: Mapping[date, Sequence[tuple[datetime, datetime]]]  # instant and clock

    def local_dates(self, day: date) -> Iterator[tuple[datetime, date]]:
        """The instants around a day, each with the date that was then."""
        return ((at, clock.date()) for at, clock in self.days[day])

    def first_at(self, wanted: datetime) -> datetime:
        """When the clocks first showed a time; in a gap the clocks of before it go on."""
        seen = self.days[wanted.date()]
        at, clock = next((one for one in seen if one[1] == wanted), None) or max(
            one for one in takewhile(lambda one: one[1] < wanted, seen)
        )
        return at + (wanted - clock)


def _changes(zone: ZoneInfo) -> Iterator[date]:
    """Days in whose course the clock is changed, in UTC."""
    for year in YEARS:
        at, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        offset = at.astimezone(zone).utcoffset()
        while at < last:
            later = at + ONE_DAY
            if (new := later.astimezone(zone).utcoffset()) != offset:
                yield at.date()
            at, offset = later, new


@pytest.fixture(scope="module", params=ZONES)
def watched(request: pytest.FixtureRequest) -> Watched:
    """Each zone by turns."""
    zone, other = ZoneInfo(request.param), tz.gettz(request.param)
    days = {day + n * ONE_DAY for day in _changes(zone) for n in (-1, 0, 1)} | {date(2026, 3, 15)}
    quarters = [n * QUARTER for n in range(-60, 150)]
    midnights = {day: datetime.combine(day, time(), UTC) for day in days}
    return Watched(
        zone,
        {
            day: [(at + n, (at + n).astimezone(other).replace(tzinfo=None, fold=0)) for n in quarters]
            for day, at in midnights.items()
        },
    )


def test_there_are_zones_and_they_change_their_clocks() -> None:
    assert len(ZONES) > 400
    assert len(list(_changes(ZoneInfo("Europe/Berlin")))) == 2 * len(YEARS)


def test_a_day_begins_with_its_first_instant(watched: Watched) -> None:
    for day in watched.days:
        first = next(at for at, on in watched.local_dates(day) if on >= day)

        assert local_start(day, watched.zone) == first
        assert local_start(day, watched.zone).tzinfo is UTC
        assert local_date(first - ONE_SECOND, watched.zone) < day


def test_an_instant_is_on_the_day_that_others_say(watched: Watched) -> None:
    for day in watched.days:
        assert all(local_date(at, watched.zone) == on for at, on in watched.local_dates(day))


def test_a_time_of_day_is_the_first_instant_at_which_clocks_show_it(watched: Watched) -> None:
    for day in watched.days:
        for half_hour in range(48):
            clock = time(half_hour // 2, 30 * (half_hour % 2))
            assert local_time(day, clock, watched.zone) == watched.first_at(datetime.combine(day, clock))


@given(st.sampled_from(ZONES), st.dates(date(1900, 1, 1), date(2500, 1, 1)))
def test_days_follow_one_another(name: str, day: date) -> None:
    zone = ZoneInfo(name)

    start, end = local_start(day, zone), local_start(day + ONE_DAY, zone)

    assert timedelta(0) <= end - start <= timedelta(hours=49)  # a day that was left out, and one that came twice
    assert start == end or local_date(start, zone) == day


@given(st.sampled_from(ZONES), st.integers(-2_208_000_000, 16_725_225_600))
def test_an_instant_is_a_naive_date_behind_the_offset_of_then(name: str, seconds: int) -> None:
    zone, at = ZoneInfo(name), datetime(1970, 1, 1, tzinfo=UTC) + seconds * ONE_SECOND

    offset = zone.utcoffset(at.astimezone(zone))

    assert offset is not None
    assert local_date(at, zone) == (at.replace(tzinfo=None) + offset).date()


@pytest.mark.parametrize(
    ("zone", "day", "at"),
    [
        ("Etc/UTC", "2031-04-01", "2031-04-01T00:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("Asia/Kathmandu", "2026-03-29", "2026-03-28T18:15:00Z"),
        ("Pacific/Kiritimati", "2026-03-29", "2026-03-28T10:00:00Z"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),  # no midnight: 01:00 is the first instant
        ("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z"),  # set back at midnight: the day before is longer
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z"),  # no midnight
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),  # two midnights
        ("America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z"),  # a minute of it, then 23:01 again
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),  # no midnight
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),  # no such day: the next begins
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
    ],
)
def test_where_a_day_begins(zone: str, day: str, at: str) -> None:
    assert ask("local_start", date=day, zone=zone) == {"at": at}


@pytest.mark.parametrize(
    ("zone", "day", "clock", "at"),
    [
        ("Europe/Berlin", "2026-07-01", "08:00", "2026-07-01T06:00:00Z"),
        ("Europe/Berlin", "2026-07-01", "08:00:30", "2026-07-01T06:00:30Z"),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30:00Z"),  # moved on to 03:30
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"),  # the first of two
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45:00Z"),  # half an hour
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T22:00:00Z"),  # moved on by a day
    ],
)
def test_when_a_time_of_day_is(zone: str, day: str, clock: str, at: str) -> None:
    assert ask("local_time", date=day, time=clock, zone=zone) == {"at": at}


@pytest.mark.parametrize(
    ("at", "zone", "plus_days", "day"),
    [
        ("2026-03-29T10:30:00Z", "Pacific/Auckland", 0, "2026-03-29"),
        ("2026-03-29T11:30:00Z", "Pacific/Auckland", 0, "2026-03-30"),
        ("2026-03-30T00:30:00+13:00", "Pacific/Auckland", 0, "2026-03-30"),
        ("2026-03-29T11:30:00Z", "America/Los_Angeles", 0, "2026-03-29"),
        ("2026-03-29T06:59:59Z", "America/Los_Angeles", 0, "2026-03-28"),
        ("2026-03-29T06:59:59.999999999Z", "America/Los_Angeles", 0, "2026-03-28"),
        ("2026-03-29t06:59:59z", "America/Los_Angeles", 0, "2026-03-28"),
        ("2026-12-31T23:30:00-00:00", "Europe/Berlin", 0, "2027-01-01"),
        ("2026-03-28T12:00:00Z", "Europe/Berlin", 1, "2026-03-29"),
        ("2011-12-29T12:00:00Z", "Pacific/Apia", 1, "2011-12-30"),  # calendar days, whether they exist or not
        ("2028-02-28T12:00:00Z", "Etc/UTC", 1, "2028-02-29"),
        ("2028-02-28T12:00:00Z", "Etc/UTC", -59, "2027-12-31"),
    ],
)
def test_which_day_it_is(at: str, zone: str, plus_days: int, day: str) -> None:
    assert ask("local_date", at=at, zone=zone, plus_days=plus_days) == {"date": day}
