"""The staff's figures: pictures that say what their tables say, drawn from what happened."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate import Gate, Person
from tests.webview.company import Company
from tests.webview.web import Web
from webview import pictures
from webview.pictures import Dot, Pair, Span

SVG = "{http://www.w3.org/2000/svg}"
counts = st.integers(0, 10_000)
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


@given(st.lists(st.builds(Pair, names, counts, counts), max_size=40))
def test_bars_of_any_days_stay_inside_their_picture(days: list[Pair]) -> None:
    picture = parsed(pictures.pairs("Title", "Conclusion", days, ends=("many opened", "many closed")))

    bars = picture.findall(f"{SVG}g/{SVG}rect")
    assert len(bars) == sum(bool(day.up) + bool(day.down) for day in days)
    for bar in bars:
        top, height, left, width = (float(bar.get(name) or "nan") for name in ("y", "height", "x", "width"))
        assert 0 <= top <= top + height <= pictures.HEIGHT + 0.2
        assert 0 <= left <= left + width <= pictures.WIDTH + 0.2


@given(st.lists(st.builds(Dot, names, st.floats(0, 10_000), st.just("/staff/tickets/1")), max_size=40))
def test_dots_of_any_values_stay_inside_their_picture(things: list[Dot]) -> None:
    picture = parsed(pictures.dots("Title", "Conclusion", things, ends=("now", "long")))

    circles = picture.findall(f"{SVG}a/{SVG}circle")
    assert len(circles) == len(things)
    assert all(0 <= float(circle.get("cx") or "nan") <= pictures.WIDTH for circle in circles)


@given(st.lists(st.builds(Span, names, st.floats(0, 100), st.floats(100, 1000)), max_size=12))
def test_spans_of_any_weeks_are_drawn(weeks: list[Span]) -> None:
    picture = parsed(pictures.spans("Title", "Conclusion", weeks, words=[week.name for week in weeks]))

    assert len(picture.findall(f"{SVG}g/{SVG}rect[@class='usual']")) == len(weeks)


def test_what_a_picture_shows_cannot_be_markup() -> None:
    picture = pictures.dots("<b>", "&", [Dot("<script>", 1, '"><script>')], ends=("<i>", "<i>"))

    assert "<script>" not in picture
    assert "<i>" not in picture
    assert parsed(picture).findtext(f"{SVG}desc") == "&"


@pytest.mark.parametrize("days", [30, 90])
def test_a_picture_of_a_quarter_is_light(days: int) -> None:
    busy = [
        Pair(f"{day} Mar: {day * 7 % 23} opened, {day * 5 % 19} closed", day * 7 % 23, day * 5 % 19)
        for day in range(1, days + 1)
    ]

    assert len(pictures.pairs("Opened and closed", "Many.", busy, ends=("22 opened", "18 closed"))) < (
        6_000 if days == 30 else 18_000
    )


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


def test_a_desk_without_tickets_says_so(web: Web, bart: Person) -> None:
    page = web.signed_in(bart).get("/staff/reports").text

    assert "Nobody waits for an answer." in page
    assert "No ticket was answered in this time." in page


def test_a_customer_finds_no_reports(company: Company) -> None:
    assert company.web.signed_in(company.story.anne).get("/staff/reports").status_code == 404
