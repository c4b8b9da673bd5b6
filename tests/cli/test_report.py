"""The staff's figures on the command line: the numbers of the page, drawn in the terminal or into a file."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.cli.bars import bar, spans
from tests.gate import Person
from tests.program import Program, configured

ANNE = Person("Anne Miller", "anne@customer.example")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Three tickets of today: one answered, one closed."""
    program = configured(tmp_path_factory.mktemp("report") / "gate", {"gate": {"timezone": "UTC"}})
    program.ask("customer", "add", ANNE.name, ANNE.address)
    program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
    for number in range(3):
        raw = ANNE.writes(f"It is broken, {number}.")
        program.run("receive", "--sender", "x@y.example", "--recipient", "support@support.example", stdin=raw)
    program.ask("due", "run")
    program.ask("ticket", "reply", "1", "--as", "bart", "--text", "We look at it.")
    program.ask("ticket", "close", "2")
    program.ask("due", "run", "--at", (datetime.now(UTC) + timedelta(minutes=2)).isoformat())
    return program


def test_tickets_are_counted_by_day(desk: Program) -> None:
    days = desk.rows("report", "tickets", "--days", "3")

    assert [set(one) for one in days] == [{"day", "opened", "closed"}] * 3
    assert (sum(one["opened"] for one in days), sum(one["closed"] for one in days)) == (3, 1)
    assert len(desk.rows("report", "tickets")) == 30


def seconds_to_answer(desk: Program, number: str) -> int:
    """By the ticket's own history."""
    shown = json.loads(desk.prints("ticket", "show", number, "--json"))
    times = [one["at"] for one in shown["entries"] if one["kind"] == "message"]
    asked, answered = map(datetime.fromisoformat, times)
    return round((answered - asked).total_seconds())


def test_first_answers_are_measured_by_week(desk: Program) -> None:
    *_, week = desk.rows("report", "response")

    assert (week["answered"], week["unanswered"]) == (1, 2)
    assert week["half_within_seconds"] == week["nine_of_ten_within_seconds"] == seconds_to_answer(desk, "1")


def test_the_table_says_what_it_comes_to(desk: Program) -> None:
    said, _, table = desk.prints("report", "tickets", "--days", "2").decode().partition("\n\n")

    assert said == "Opened and closed, the last 2 days. In 2 days 3 tickets were opened and 1 closed."
    assert table.splitlines()[0].split() == ["DAY", "OPENED", "CLOSED"]


def test_what_is_drawn_stands_beside_the_numbers(desk: Program) -> None:
    *_, today = desk.prints("report", "tickets", "--days", "2", "--plot").decode().splitlines()
    *_, week = desk.prints("report", "response", "--plot").decode().splitlines()

    _day, opened, drawn_opened, closed, drawn_closed = today.split()
    assert (opened, closed) == ("3", "1")
    assert len(drawn_opened) == pytest.approx(3 * len(drawn_closed), abs=2)
    assert week.rstrip().endswith("●")


def test_a_picture_is_written_once(desk: Program) -> None:
    path = desk.directory / "response.svg"

    done = desk.run("report", "response", "--plot", str(path), "--json")
    again = desk.run("report", "response", "--plot", str(path), "--json")

    assert (done.exit_code, len(json.loads(done.stdout))) == (0, 8)
    picture = ET.fromstring(path.read_text())
    assert picture.tag == f"{SVG}svg"
    assert picture.find(f"{SVG}style") is not None
    assert len(picture.findall(f"{SVG}g/{SVG}rect[@class='usual']")) == 1
    assert (again.exit_code, json.loads(again.stdout)["error"]["message"]) == (73, f"{path} is there already")


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("--plot", "tickets.png"), 64, "tickets.png would not be a picture that is drawn here"),
        (("--plot", "nowhere/at/all.svg"), 73, "nowhere/at/all.svg cannot be written: "),
    ],
)
def test_a_picture_that_cannot_be_made_is_refused(
    desk: Program, words: tuple[str, ...], code: int, reason: str
) -> None:
    done = desk.run("report", "tickets", *words, "--json")

    assert done.exit_code == code
    assert json.loads(done.stdout)["error"]["message"].startswith(reason)
    assert not Path(words[1]).exists()


@given(st.lists(st.floats(0, 1e9), min_size=1), st.integers(1, 100))
def test_bars_of_any_values_have_room_and_can_be_seen(values: list[float], room: int) -> None:
    for value in values:
        drawn = bar(value, max(values), room)
        assert len(drawn) <= room
        assert bool(drawn) == (value > 0)


@given(
    st.lists(st.none() | st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)).map(lambda two: (min(two), max(two)))),
    st.integers(10, 100),
)
def test_spans_of_any_times_have_room_and_keep_their_order(values: list[tuple[float, float] | None], room: int) -> None:
    drawn = spans(values, room)

    assert [bool(one) for one in drawn] == [value is not None for value in values]
    assert all(len(one) <= room for one in drawn)
    places = sorted((value[0], one.index("●")) for value, one in zip(values, drawn, strict=True) if value)
    assert [place for _, place in places] == sorted(place for _, place in places)
