"""Data in Markdown: whatever it is, it shows as it was written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.outbound.markup import escape_markdown, to_html
from mailgate.outbound.plain_text import readable
from tests.outbound.notices import shown


@pytest.mark.parametrize(
    "line",
    [
        "# x",
        "1. y",
        "12) y",
        "- z",
        "+ z",
        "* z",
        "> quoted",
        "***",
        "---",
        "-- ",
        "=====",
        "```",
        "~~~ python",
        "<script>alert(1)</script>",
        "<!-- x -->",
        "<https://evil.example/>",
        "    code",
        "\tcode",
        "[a](javascript:alert(1))",
        "![a](https://evil.example/pixel.png)",
        "[a]: https://evil.example/",
        "*a* **b** _c_ `d` ~~e~~",
        "&amp; &copy; &#65;",
        "| a | b |",
        "back\\slash\\",
        "\\# x",
        "two  blanks   and more",
        "https://desk.example.net/staff/tickets/1042?a_b=c&d=e_f#g",
        "\u3000wide blank",
    ],
)
def test_text_like_markup_shows_literally(line: str) -> None:
    html = to_html(f"words before\n\n{escape_markdown(line)}\n\nwords behind")

    assert re.findall(r"<[^>]*>", html) == ["<p>", "</p>"] * 3
    assert shown(html).split("\n")[1][1:] == line.expandtabs().rstrip()


def test_line_breaks_are_kept_and_a_blank_line_makes_a_paragraph() -> None:
    html = to_html(escape_markdown("one\r\ntwo\n   three\n\n \n\nfour"))

    assert html == "<p>one<br />\ntwo<br />\n\u00a0\u00a0\u00a0three</p>\n<p>four</p>\n"


def test_data_inside_a_list_item_stays_in_it() -> None:
    html = to_html(f"- {escape_markdown('# one' + chr(10) + '- two')}\n- three")

    assert html == "<ul>\n<li># one<br />\n- two</li>\n<li>three</li>\n</ul>\n"


@given(st.text(alphabet=st.one_of(st.sampled_from("#*_-+=<>[]()!`~\\|&.: \t\n1a"), st.characters())))
def test_any_text_becomes_paragraphs_and_line_breaks_only(text: str) -> None:
    html = to_html(escape_markdown(text))

    assert set(re.findall(r"<[^>]*>", html)) <= {"<p>", "</p>", "<br />"}
    assert "".join(shown(html).split()) == "".join(readable(text).split())
