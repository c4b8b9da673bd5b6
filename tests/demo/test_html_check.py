"""The check of a mail's HTML: each habit of a client is met where it is, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.demo.html_check import GMAIL_CLIPS_BYTES, GMAIL_STYLES, HABITS, check
from tests.demo.place import ANN, BOB, Place

PLAIN = '<p style="color: #333; margin: 0">Hello <a href="https://a.example/">there</a></p><img src="cid:1" alt="us">'


def mail(html: str, *, with_text: bool = True) -> bytes:
    text = "--p\r\nContent-Type: text/plain\r\n\r\nHello\r\n" if with_text else ""
    head = "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=p\r\n\r\n"
    return f"{head}{text}--p\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--p--\r\n".encode()


def found(raw: bytes) -> dict[str, int]:
    checked = check(raw)
    assert checked is not None
    return {one.habit.what: one.times for one in checked}


EXAMPLES = {
    "over 102 kB": "<p>" + "x" * GMAIL_CLIPS_BYTES,
    "script": "<script>1</script>",
    "form": "<form></form>",
    "video, sound, frame or plug-in": "<iframe></iframe>",
    "drawing (SVG) in the HTML": "<svg></svg>",
    "image within the HTML (data:)": '<img alt="" src="DATA:image/png;base64,AA">',
    "image of another site": '<img alt="" src="//a.example/x.png">',
    "image without words for it (alt)": '<img src="cid:1">',
    "style sheet of another site": '<link rel="stylesheet" href="https://a.example/x.css">',
    "style element over 8,192 characters": f"<style>p {{ margin: 0 }}{' ' * GMAIL_STYLES}</style>",
    "position": '<p style="POSITION:absolute">',
    "flex or grid": "<style>p { color: red; display: inline-flex }</style>",
    "background image": '<p style="background: red url(cid:1)">',
    "greatest width": '<table style="margin: 0; max-width: 600px"></table>',
    "round corners": "<style>/* display: grid */ .a{border-radius:4px}</style>",
    "dark colours of its own": "<style>@media (prefers-color-scheme: dark) { p { color: white } }</style>",
}


@pytest.mark.parametrize("what", EXAMPLES)
def test_a_habit_is_met_by_what_it_is_about_and_by_nothing_else(what: str) -> None:
    assert found(mail(PLAIN + EXAMPLES[what])) == {what: 1}


def test_every_habit_has_an_example() -> None:
    assert {habit.what for habit in HABITS} == {*EXAMPLES, "no text part"}


def test_plain_html_beside_a_text_has_nothing_to_tell_and_without_one_it_has() -> None:
    assert found(mail(PLAIN)) == {}
    assert found(mail(PLAIN, with_text=False)) == {"no text part": 1}


def test_words_about_styles_are_no_styles() -> None:
    assert found(mail(f"{PLAIN}<p>position: absolute; max-width: 3px</p>")) == {}


def test_what_is_lost_stands_first_and_each_is_counted() -> None:
    checked = check(mail('<p style="position: fixed"><script></script><script></script>'))

    assert checked is not None
    assert [(one.habit.what, one.times) for one in checked] == [("script", 2), ("position", 1)]


def test_a_mail_without_html_has_no_check() -> None:
    assert check(b"Content-Type: text/plain\r\n\r\n<script>\r\n") is None


@given(st.text(st.sampled_from("<>/!-&;:{}=\"' abstyle\x00")))
def test_whatever_stands_there_it_is_read(html: str) -> None:
    assert check(mail(html)) is not None


def test_nothing_that_our_mails_say_is_lost_and_the_page_says_so(place: Place) -> None:
    place.write(ANN, "Since Monday every mail comes back.")
    place.mail_with(BOB, "Since Monday")

    for who in (ANN, BOB):
        [arrived] = place.demo.mailboxes.of(who)
        checked = check(arrived.raw)
        page = place.get(f"{who}/in-1?view=check")

        assert checked is not None
        assert [one.habit.what for one in checked if one.habit.loses] == []
        assert "Nothing that it says is lost" in page
        assert all(one.habit.what in page for one in checked)
