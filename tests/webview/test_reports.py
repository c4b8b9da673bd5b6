"""The staff's figures: pictures that say what their tables say, drawn from what happened."""

import gzip
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate import Gate, Person
from tests.webview.company import Company
from tests.webview.test_crawl import MAX_GZIP
from tests.webview.test_long_lists import add_tickets
from tests.webview.web import Web
from webview.drawing import NARROW, WIDE, Canvas
from webview.pictures import Dot, Pair, Span, dots, pairs, spans
from webview.scales import Logarithm, round_top, three_between

SVG = "{http://www.w3.org/2000/svg}"
counts = st.integers(0, 10_000)
canvases = st.sampled_from([WIDE, NARROW])
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(str(picture).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def table_rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table of a section."""
    section = page.split(f'<h2 id="{heading}">')[1].split("</section>", maxsplit=1)[0]
    rows = re.findall(r'<tr role="row">(?:(?!</tr>).)*role="cell"(?:(?!</tr>).)*</tr>', section, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in rows
    ]


def boxes(picture: ET.Element, kind: str = "*") -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of the bars of a picture."""
    found = []
    for bar in picture.findall(f"{SVG}g/{SVG}rect"):
        if kind in ("*", bar.get("class")):
            left, top, width, height = (float(bar.get(name) or "nan") for name in ("x", "y", "width", "height"))
            found.append((left, top, left + width, top + height))
    return found


def words_at(picture: ET.Element) -> list[str]:
    return [one.text or "" for one in picture.findall(f".//{SVG}text")]


@given(st.lists(st.builds(Pair, names, counts, counts, st.just("2 Mar")), max_size=40), canvases)
def test_bars_of_any_days_stay_inside_their_picture(days: list[Pair], canvas: Canvas) -> None:
    picture = parsed(pairs("Title", "Conclusion", days, legend=("opened", "closed"), canvas=canvas))

    bars = boxes(picture)
    assert len(bars) == sum(bool(day.up) + bool(day.down) for day in days)
    for left, top, right, bottom in bars:
        assert 0 <= top <= bottom <= canvas.height + 0.2
        assert 0 <= left <= right <= canvas.width + 0.2


@given(st.lists(st.builds(Dot, names, st.floats(0, 10_000), st.just("/staff/tickets/1")), max_size=40), canvases)
def test_dots_of_any_values_stay_inside_their_picture(things: list[Dot], canvas: Canvas) -> None:
    picture = parsed(dots("Title", "Conclusion", things, canvas=canvas))

    circles = picture.findall(f"{SVG}a/{SVG}circle")
    assert len(circles) == len(things)
    assert all(0 <= float(circle.get("cx") or "nan") <= canvas.width for circle in circles)


@given(st.lists(st.builds(Span, names, st.floats(0, 100), st.floats(100, 1000)), max_size=12), canvases)
def test_spans_of_any_weeks_are_drawn_inside_their_picture(weeks: list[Span], canvas: Canvas) -> None:
    picture = parsed(spans("Title", "Conclusion", weeks, legend=("half", "most"), canvas=canvas))

    assert len(boxes(picture, "usual")) == len(weeks)
    assert all(0 <= top <= bottom <= canvas.height for _, top, _, bottom in boxes(picture))


def test_three_lines_have_numbers_and_the_last_day_its_date() -> None:
    days = [Pair(f"{day} Mar", day % 8, 3, f"{day} Mar") for day in range(1, 31)]

    for canvas in (WIDE, NARROW):
        picture = parsed(pairs("Title", "Conclusion", days, legend=("opened", "closed"), canvas=canvas))

        said = words_at(picture)
        dates = [word for word in said if word.endswith("Mar")]
        lines = [line.get("d") for line in picture.findall(f".//{SVG}path")]
        assert [word for word in said if word.isdigit()] == ["8", "0", "8"]
        assert len(set(lines)) == 3
        assert said[:2] == ["opened", "closed"]
        assert dates[0] == "30 Mar"
        assert len(dates) >= 4


def test_a_bar_is_as_high_as_its_number_on_the_scale() -> None:
    picture = parsed(pairs("Title", "Conclusion", [Pair("", 8, 2), Pair("", 4, 8)], legend=("", "")))

    heights = [round(bottom - top, 1) for _, top, _, bottom in boxes(picture)]

    assert heights == [heights[0], heights[0] / 4, heights[0] / 2, heights[0]]


@given(st.integers(1, 10**7))
def test_the_top_of_a_scale_is_round_and_not_far_above_the_highest_number(most: int) -> None:
    top = round_top(most)

    assert most <= top <= 2 * most
    assert len(str(top).rstrip("0")) == 1


@given(st.lists(st.floats(0, 10_000), max_size=20))
def test_all_times_lie_between_the_first_and_the_last_of_three_lines(hours: list[float]) -> None:
    first, middle, last = three_between(hours)

    assert first < middle < last
    assert all(first <= one <= last for one in hours if one >= 1 / 60)
    scale = Logarithm(first, last)
    assert [scale(one) for one in (first, last)] == [0, 1]
    assert all(0 <= scale(one) <= 1 for one in hours)


def test_what_a_picture_shows_cannot_be_markup() -> None:
    picture = dots("<b>", "&", [Dot("<script>", 1, '"><script>')], tell=lambda hours: "<i>")

    assert "<script>" not in picture
    assert "<i>" not in picture
    assert parsed(picture).findtext(f"{SVG}desc") == "&"


@pytest.mark.parametrize("days", [30, 90])
def test_a_picture_of_a_quarter_is_light(days: int) -> None:
    busy = [
        Pair(f"{day} Mar: {day * 7 % 23} opened, {day * 5 % 19} closed", day * 7 % 23, day * 5 % 19, f"{day} Mar")
        for day in range(1, days + 1)
    ]

    drawn = pairs("Opened and closed", "Many.", busy, legend=("opened", "closed"))

    assert len(drawn) < (6_000 if days == 30 else 18_000)


def test_the_figures_are_those_of_what_happened(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("One.", subject="One"))
    gate.later(hours=2)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!close\nDone."))
    gate.deliver(anne.writes("Two.", subject="Two"))
    gate.later(minutes=30)

    page = web.signed_in(bart).get("/staff/reports").text

    assert "1 customer waits for an answer, the longest for 30 minutes." in page
    assert "In 30 days 2 tickets were opened and 1 closed." in page
    assert "half of the tickets were answered within 2 hours, nine of ten within 2 hours." in page
    assert table_rows(page, "keeping-up")[0] == ["2 Mar 2026", "2", "1"]
    assert table_rows(page, "answering")[0] == ["2 Mar 2026", "1", "1", "2 hours", "2 hours"]
    assert table_rows(page, "queue")[0][0] == "2"


def test_a_page_of_reports_is_light_when_many_wait(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    add_tickets(gate, 120, subject="Something that is broken, number")
    gate.later(hours=30)

    page = web.signed_in(bart).get("/staff/reports")

    assert page.text.count('<svg class="picture"') == 6
    assert len(gzip.compress(page.content)) <= MAX_GZIP


def test_a_desk_without_tickets_says_so(web: Web, bart: Person) -> None:
    page = web.signed_in(bart).get("/staff/reports").text

    assert "Nobody waits for an answer." in page
    assert "No ticket was answered in this time." in page


def test_a_customer_finds_no_reports(company: Company) -> None:
    assert company.web.signed_in(company.story.anne).get("/staff/reports").status_code == 404
