"""The ladder: what is due of an invoice, on which day; what a consequence needs."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.dunning import Kind, Outcome, Owed, Rules, Warned, ahead, due, ladder, named
from mailgate.billing.period import local_date, local_start
from tests.billing.climbing import Climb

ZONES = (
    "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Pacific/Apia", "Asia/Kolkata", "America/Santiago",
    "Australia/Lord_Howe", "Africa/Cairo", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Beirut", "UTC",
)  # fmt: skip
"""Some change their clocks at midnight, one by half an hour, one is a day ahead of another."""

CHANGES = (
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 9, 6),
    date(2026, 10, 25),
    date(2026, 11, 1),
)
"""Days on which clocks change somewhere."""

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 5, 1, 10, tzinfo=UTC)


def owed(due_on: date = date(2026, 5, 11), issued_at: datetime = NOON, zone: str = "Europe/Berlin") -> Owed:
    """An open invoice for a service that is on."""
    return Owed(due_on, issued_at, ZoneInfo(zone))


def midnight(day: date) -> datetime:
    """In Berlin."""
    return local_start(day, BERLIN)


def test_the_ladder_as_it_is_shipped() -> None:
    steps = [(one.name, one.kind.value, one.day) for one in ladder(Rules())]

    assert steps == [
        ("created", "created", 0),
        ("-3", "reminder", -3),
        ("0", "reminder", 0),
        ("+3", "reminder", 3),
        ("+7", "suspend-warning", 7),
        ("+14", "reminder", 14),
        ("suspend", "suspend", 14),
        ("end-warning", "end-warning", 53),
        ("end", "end", 60),
    ]


@pytest.mark.parametrize(
    ("reminders", "suspend_days", "warned_by"),
    [
        ((-3, 0, 3, 7, 14), 14, "+7"),
        ((-3, 0, 3, 11, 14), 14, "+11"),
        ((-3, 0, 3, 12), 14, "+3"),
        ((-3, 0), 14, "suspend-warning"),
        ((), 4, "suspend-warning"),
        ((7,), 0, None),
    ],
)
def test_the_last_reminder_that_is_early_enough_warns_of_the_suspension(
    reminders: tuple[int, ...], suspend_days: int, warned_by: str | None
) -> None:
    steps = ladder(Rules(reminders, suspend_days))

    warnings = [one.name for one in steps if one.kind is Kind.SUSPEND_WARNING]
    assert warnings == ([] if warned_by is None else [warned_by])
    assert all(1 <= one.day <= suspend_days - 3 for one in steps if one.kind is Kind.SUSPEND_WARNING)


def test_an_invoice_that_nobody_pays_climbs_to_the_end() -> None:
    climb = Climb(owed(), Rules())

    climb.live(midnight(date(2027, 1, 1)))

    assert climb.mails() == [
        ("created", date(2026, 5, 1)),
        ("-3", date(2026, 5, 8)),
        ("0", date(2026, 5, 11)),
        ("+3", date(2026, 5, 14)),
        ("+7", date(2026, 5, 18)),
        ("suspend", date(2026, 5, 25)),
        ("end-warning", date(2026, 7, 3)),
        ("end-watch", date(2026, 7, 9)),
        ("end", date(2026, 7, 10)),
    ]
    assert [one.step for one in climb.did if one.outcome is Outcome.SKIPPED] == ["+14"]  # the suspension says it
    assert climb.look_at is None


def naive(one: Owed, rules: Rules) -> list[tuple[str, date]]:
    """What happens on which date, if each mail arrives on the day on which it is sent: dates alone, no instants."""
    created_on = local_date(one.issued_at + rules.hold, one.zone)
    said = [("created", created_on)]
    early_enough = [day for day in rules.reminders if 1 <= day <= rules.suspend_days - 3]
    warning = early_enough[-1] if early_enough else rules.suspend_days - 3
    suspension = one.due_on + rules.suspend_days * DAY
    for day in sorted({*rules.reminders, *([warning] if rules.suspend_days else [])}):
        on = one.due_on + day * DAY
        if on > created_on and not (rules.suspend_days and on == suspension):
            said.append((named(day) if day in rules.reminders else "suspend-warning", on))
    if rules.suspend_days:
        said.append(("suspend", suspension))
    if rules.suspend_days and rules.terminate_days:
        warned = max(one.due_on + (rules.terminate_days - 7) * DAY, suspension + DAY)
        said += [("end-warning", warned), ("end", warned + 7 * DAY)]
    return sorted(said, key=lambda pair: (pair[1], pair[0] != "suspend"))


def accounts() -> list[tuple[Owed, Rules]]:
    """200 invoices in twelve zones whose ladders lie across days on which clocks change."""
    dice = random.Random(15)
    found = []
    for number in range(200):
        zone = ZONES[number % len(ZONES)]
        due_on = dice.choice(CHANGES) - dice.randint(-4, 62) * DAY
        ahead_of_it = dice.choice((0, 1, 3, 10, 30))
        issued_at = local_start(due_on, ZoneInfo(zone)) - ahead_of_it * DAY + timedelta(minutes=dice.randint(0, 1439))
        rules = Rules(
            reminders=dice.choice(((-3, 0, 3, 7, 14), (-3, 0), (), (0, 1, 2, 3, 4, 5, 6, 7), (-7, 10, 12, 20))),
            suspend_days=dice.choice((14, 14, 21, 5, 0)),
            terminate_days=dice.choice((60, 60, 30, 0)),
            hour=dice.choice((0, 0, 2, 3, 9, 23)),
        )
        found.append((owed(due_on, issued_at, zone), rules))
    return found


def test_two_hundred_accounts_in_twelve_zones_do_what_a_calendar_says() -> None:
    lost = []
    for one, rules in accounts():
        climb = Climb(one, rules)
        climb.live(one.issued_at + 400 * DAY)
        told = [pair for pair in climb.mails() if pair[0] != "end-watch"]
        if told != naive(one, rules):
            lost.append((str(one.zone), one.due_on, rules, told, naive(one, rules)))

    assert lost == []


def test_a_ladder_that_is_looked_at_each_hour_does_the_same_as_one_that_is_looked_at_when_it_asks() -> None:
    for found, rules in [pair for pair in accounts() if pair[1].hour < 12][:36]:
        one = replace(found, issued_at=local_start(local_date(found.issued_at, found.zone), found.zone))
        asked, hourly = Climb(one, rules), Climb(one, rules)

        asked.live(one.issued_at + 120 * DAY)
        for hour in range(24 * 120):
            hourly.look(one.issued_at + timedelta(hours=hour))
            hourly.look(one.issued_at + timedelta(hours=hour))

        assert hourly.mails() == asked.mails()


@given(st.lists(st.integers(0, 24 * 90), min_size=1, max_size=12).map(sorted))
def test_whoever_looks_seldom_sends_some_of_the_mails_in_their_order(hours: list[int]) -> None:
    daily, seldom = Climb(owed(), Rules()), Climb(owed(), Rules())
    daily.live(NOON + 90 * DAY)

    for hour in hours:
        seldom.look(NOON + timedelta(hours=hour))

    order = [
        *(one.name for one in ladder(Rules())[:6]),
        "suspend-warning",
        "suspend",
        "end-warning",
        "end-watch",
        "end",
    ]
    done = [one.step for one in seldom.did if one.outcome is not Outcome.SKIPPED]
    assert sorted(done, key=order.index) == done
    # A warning may come by itself, when the reminder that would have warned was missed.
    assert set(done) - {"suspend-warning", "+14"} <= {step for step, _ in daily.mails()}


def test_after_an_outage_only_the_latest_is_done() -> None:
    climb = Climb(owed(), Rules())
    climb.look(NOON + timedelta(minutes=15))

    climb.look(midnight(date(2026, 5, 20)))

    assert [(one.step, one.outcome.value) for one in climb.did] == [
        ("created", "sent"),
        ("-3", "skipped"),
        ("0", "skipped"),
        ("+3", "skipped"),
        ("+7", "warned"),
    ]


def test_after_three_months_the_first_mail_is_the_warning_and_nothing_ends_for_ten_days() -> None:
    climb = Climb(owed(), Rules())
    back = midnight(date(2026, 8, 20))
    climb.look(back)

    climb.live(back + 30 * DAY)

    first = next(one for one in climb.did if one.outcome is Outcome.WARNED)
    assert first.kind is Kind.SUSPEND_WARNING
    assert climb.mails() == [
        ("+14", date(2026, 8, 20)),
        ("suspend", date(2026, 8, 23)),
        ("end-warning", date(2026, 8, 24)),
        ("end-watch", date(2026, 8, 30)),
        ("end", date(2026, 8, 31)),
    ]


def test_a_clock_that_leaps_ahead_for_an_hour_ends_nothing_even_if_its_warning_was_given() -> None:
    climb = Climb(owed(), Rules())
    climb.live(midnight(date(2026, 7, 4)))
    assert climb.owed.end.delivered_at is not None

    for minutes in range(0, 60, 10):
        climb.look(midnight(date(2026, 10, 4)) + timedelta(minutes=minutes))
    climb.look(midnight(date(2026, 7, 4)) + timedelta(hours=1))
    assert "end" not in climb.owed.done
    climb.live(midnight(date(2026, 9, 1)))

    assert climb.mails()[-1] == ("end", date(2026, 7, 10))


def test_a_clock_that_goes_back_does_nothing_again() -> None:
    climb = Climb(owed(), Rules())
    climb.live(midnight(date(2026, 5, 19)))
    before = list(climb.did)

    for days in range(17):
        climb.look(NOON + days * DAY)

    assert climb.did == before


@pytest.mark.parametrize("delivered_after", [timedelta(seconds=5), timedelta(hours=30), timedelta(days=6)])
def test_a_suspension_comes_three_days_after_its_warning_has_arrived(delivered_after: timedelta) -> None:
    climb = Climb(owed(), Rules(reminders=(0, 11)), deliver=lambda at: at + delivered_after)

    climb.live(midnight(date(2026, 7, 1)))

    suspended_at = next(one.at for one in climb.did if one.kind is Kind.SUSPEND)
    arrived_at = climb.owed.suspension.delivered_at
    assert arrived_at is not None
    assert suspended_at - arrived_at >= timedelta(days=3)
    assert suspended_at - arrived_at < timedelta(days=4, hours=1)


def test_nothing_is_suspended_while_its_warning_has_not_arrived() -> None:
    climb = Climb(owed(), Rules(), deliver=lambda _: None)

    climb.live(midnight(date(2027, 5, 1)))

    assert {one.kind for one in climb.did} == {Kind.CREATED, Kind.REMINDER, Kind.SUSPEND_WARNING}
    assert climb.mails()[-1] == ("+14", date(2026, 5, 25))


def test_a_warning_that_came_back_is_given_anew_once_there_is_somebody_else() -> None:
    climb = Climb(owed(), Rules(), deliver=lambda _: None)
    climb.live(midnight(date(2026, 6, 1)))

    climb.owed = replace(climb.owed, suspension=replace(climb.owed.suspension, may_repeat=True))
    climb.deliver = lambda at: at
    climb.live(midnight(date(2026, 6, 10)))

    assert climb.mails()[-2:] == [("suspend-warning-2", date(2026, 6, 1)), ("suspend", date(2026, 6, 4))]


def test_days_count_where_the_account_is_when_a_day_has_25_hours() -> None:
    """72 hours after midnight of the 24th it is 23 o'clock of the 26th; the 27th was named."""
    one = owed(date(2026, 10, 13), datetime(2026, 10, 1, 12, tzinfo=UTC))
    climb = Climb(one, Rules(reminders=(0, 11)), deliver=lambda at: at)

    climb.live(midnight(date(2026, 11, 1)))

    assert ("+11", date(2026, 10, 24)) in climb.mails()
    assert climb.did[-1].at == midnight(date(2026, 10, 27))


@pytest.mark.parametrize("state", [{"is_open": False, "brings": False}, {"is_open": False}])
def test_of_what_is_settled_in_the_hold_the_invoice_is_still_brought_unless_it_is_void(
    state: dict[str, bool],
) -> None:
    one = replace(owed(), **state)  # type: ignore[arg-type]

    found = due(one, Rules(), now=NOON + timedelta(minutes=15))

    assert (found.mail is not None, found.look_at) == ("brings" not in state, None)


def test_nothing_leaves_within_the_hold() -> None:
    found = due(owed(), Rules(), now=NOON + timedelta(minutes=14, seconds=59))

    assert (found.mail, found.look_at) == (None, NOON + timedelta(minutes=15))


def test_no_reminder_comes_on_the_day_that_brought_the_invoice() -> None:
    today = owed(date(2026, 5, 1))
    climb = Climb(today, Rules())

    climb.live(midnight(date(2026, 5, 5)))

    assert [(one.step, one.outcome.value) for one in climb.did] == [
        ("-3", "skipped"),
        ("0", "skipped"),
        ("created", "sent"),
        ("+3", "reminded"),
    ]


def test_a_promise_stops_the_ladder_and_it_goes_on_where_it_was() -> None:
    climb = Climb(owed(), Rules())
    climb.live(midnight(date(2026, 5, 13)))

    climb.owed = replace(climb.owed, rests_until=date(2026, 5, 20))
    climb.look(midnight(date(2026, 5, 13)))
    looks_at = climb.look_at
    climb.live(midnight(date(2026, 6, 1)))

    assert looks_at == midnight(date(2026, 5, 21))
    assert climb.mails()[3:] == [("+7", date(2026, 5, 21)), ("suspend", date(2026, 5, 25))]


def test_a_promise_stops_a_suspension_that_was_warned_of() -> None:
    climb = Climb(owed(), Rules())
    climb.live(midnight(date(2026, 5, 19)))

    climb.owed = replace(climb.owed, rests_until=date(2026, 5, 30))
    climb.live(midnight(date(2026, 6, 10)))

    assert climb.mails()[-1] == ("suspend", date(2026, 5, 31))


def test_an_account_is_reminded_once_on_a_day() -> None:
    reminded = date(2026, 5, 11)

    found = due(
        replace(owed(), done={"created": NOON, "-3": NOON}), Rules(), now=midnight(reminded), reminded_on=reminded
    )

    assert (found.mail, found.skipped, found.look_at) == (None, (), midnight(date(2026, 5, 12)))


def test_what_was_sold_once_is_reminded_of_and_nothing_is_suspended() -> None:
    climb = Climb(replace(owed(), is_on=False), Rules())

    climb.live(midnight(date(2027, 1, 1)))

    assert [step for step, _ in climb.mails()] == ["created", "-3", "0", "+3", "+7", "+14"]
    assert {one.kind for one in climb.did} == {Kind.CREATED, Kind.REMINDER}


def test_steps_that_the_settings_put_before_those_that_are_done_are_never_sent() -> None:
    climb = Climb(owed(), Rules(reminders=(0, 7)))
    climb.live(midnight(date(2026, 5, 19)))

    climb.rules = Rules(reminders=(-3, 0, 1, 5, 7, 10))
    climb.look(midnight(date(2026, 5, 19)))

    assert [one.step for one in climb.did if one.outcome is Outcome.SKIPPED] == ["-3", "+1", "+5"]
    assert climb.mails()[-1][0] == "+7"


def test_what_is_ahead_is_what_comes() -> None:
    for one, rules in accounts():
        climb = Climb(one, rules)
        climb.live(one.issued_at + timedelta(hours=1))
        today = local_date(one.issued_at + timedelta(hours=1), one.zone)
        told = [(step.name, day) for step, day in ahead(climb.owed, rules, today=today)]
        before = len(climb.mails())
        climb.live(one.issued_at + 400 * DAY)

        came = [pair for pair in climb.mails()[before:] if pair[0] != "end-watch"]
        assert [pair for pair in told if pair in came] == came, (one, rules)


def test_what_is_ahead_of_a_promise_waits_for_its_end() -> None:
    one = replace(owed(), done={"created": NOON}, rests_until=date(2026, 5, 15))

    told = [(step.name, day.isoformat()) for step, day in ahead(one, Rules(), today=date(2026, 5, 7))]

    assert told[:3] == [("+3", "2026-05-16"), ("+7", "2026-05-18"), ("+14", "2026-05-25")]


def test_a_warning_that_was_given_late_puts_the_suspension_off() -> None:
    late = Warned(1, midnight(date(2026, 5, 24)))
    one = replace(owed(), done={"created": NOON, "+7": midnight(date(2026, 5, 24))}, suspension=late)

    told = {step.name: day for step, day in ahead(one, Rules(), today=date(2026, 5, 24))}

    assert told["suspend"] == date(2026, 5, 27)


def test_while_money_is_on_its_way_nothing_is_asked_for_and_each_day_it_is_looked_for_anew() -> None:
    climb = Climb(owed(), Rules())
    climb.live(midnight(date(2026, 5, 13)))

    climb.owed = replace(climb.owed, in_flight=True)
    climb.live(midnight(date(2026, 6, 20)))
    while_it_was = climb.mails()[3:]
    looks_at = climb.look_at
    climb.owed = replace(climb.owed, in_flight=False)
    climb.live(midnight(date(2026, 7, 1)))

    assert while_it_was == []
    assert looks_at == midnight(date(2026, 6, 20))
    assert climb.mails()[3:] == [("+14", date(2026, 6, 20)), ("suspend", date(2026, 6, 23))]


def test_money_on_its_way_stops_a_suspension_that_was_warned_of() -> None:
    warned = Warned(1, midnight(date(2026, 5, 18)))
    late = replace(owed(), done={"created": NOON, "+7": midnight(date(2026, 5, 18))}, suspension=warned)
    today = midnight(date(2026, 6, 1))

    assert due(late, Rules(), now=today).consequence is not None
    assert due(replace(late, in_flight=True), Rules(), now=today).consequence is None


def test_a_new_invoice_is_brought_while_money_is_on_its_way() -> None:
    found = due(replace(owed(), in_flight=True), Rules(), now=midnight(date(2026, 5, 2)))

    assert found.mail is not None
    assert found.mail.name == "created"


def test_a_promise_that_runs_longer_than_money_is_on_its_way_is_kept() -> None:
    resting = replace(owed(), done={"created": NOON}, rests_until=date(2026, 5, 20), in_flight=True)

    assert due(resting, Rules(), now=midnight(date(2026, 5, 13))).look_at == midnight(date(2026, 5, 21))
