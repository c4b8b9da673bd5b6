"""The links of a mail that begin a letter: found in its text, which stays what it is, and revived in its HTML."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from mailgate.demo.draft import revived, with_links

TEXTS = st.lists(st.sampled_from(["mailto:a@b.example?body=x", "http://c.example/", "<", ">", '"', "&amp;", " ", "."]))


def form(link: str) -> str | None:
    return f"/write?{link}" if link.startswith("mailto:") else None


@given(TEXTS.map("".join) | st.text())
def test_a_text_with_links_reads_as_before(text: str) -> None:
    shown = str(with_links(text, form))

    assert html.unescape(re.sub(r'<a href="[^"]*">|</a>', "", shown)) == html.unescape(html.escape(text))


def test_the_stop_behind_a_link_is_not_part_of_it() -> None:
    shown = str(with_links("Write (mailto:a@b.example?body=x). Thank you", form))

    assert '<a href="/write?mailto:a@b.example?body=x">mailto:a@b.example?body=x</a>). Thank you' in shown


def test_a_link_that_was_kept_leads_out_of_the_frame_and_another_nowhere() -> None:
    shown = revived('<m-a href="/write">Write</m-a> <m-a title="x">Nothing</m-a>')

    assert shown.count("<a ") == 1
    assert '<a target="_top" href="/write">Write</a>' in shown


def test_links_in_links_end_where_the_inner_one_begins() -> None:
    shown = revived('<m-a href="/1">one <m-a href="/2">two</m-a></m-a>')

    assert re.findall(r'<a target="_top" href="([^"]*)">', shown) == ["/1", "/2"]
