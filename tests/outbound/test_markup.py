"""Data in Markdown: whatever it is, it shows as it was written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.outbound.markup import Data, to_html
from mailgate.outbound.plain_text import readable
from mailgate.outbound.template_source import TemplateSource
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
    data = Data()

    html = to_html(f"words before\n\n{data.mark(line)}\n\nwords behind", data)

    assert re.findall(r"<[^>]*>", html) == ["<p>", "</p>"] * 3
    assert shown(html).split("\n")[1][1:] == line.expandtabs().rstrip()


def test_line_breaks_are_kept_and_a_blank_line_makes_a_paragraph() -> None:
    data = Data()

    html = to_html(data.mark("one\r\ntwo\n   three\n\n \n\nfour"), data)

    assert html == "<p>one<br />\ntwo<br />\n\u00a0\u00a0\u00a0three</p>\n<p>four</p>\n"


def test_data_inside_a_list_item_stays_in_it() -> None:
    data = Data()

    html = to_html(f"- {data.mark('# one' + chr(10) + '- two')}\n- three", data)

    assert html == "<ul>\n<li># one<br />\n- two</li>\n<li>three</li>\n</ul>\n"


@given(st.text(alphabet=st.one_of(st.sampled_from("#*_-+=<>[]()!`~\\|&.: \t\n1a"), st.characters())))
def test_any_text_becomes_paragraphs_and_line_breaks_only(text: str) -> None:
    data = Data()

    html = to_html(data.mark(text), data)

    assert set(re.findall(r"<[^>]*>", html)) <= {"<p>", "</p>", "<br />"}
    assert "".join(shown(html).split()) == "".join(readable(text).split())


def body(source: str, **values: object) -> str:
    """The HTML of a template with this body."""
    return TemplateSource(f"Subject: x\n\n{source}").render(values)[2]


def test_the_same_template_shows_the_data_of_each_mail() -> None:
    source = TemplateSource("Subject: x\n\nTo {{ name }}, about *{{ topic }}*")

    anne = source.render({"name": "Anne", "topic": "(disks)"})[2]
    bart = source.render({"name": "Bart <b>", "topic": "a_b"})[2]

    assert anne == "<p>To Anne, about <em>(disks)</em></p>\n"
    assert bart == "<p>To Bart &lt;b&gt;, about <em>a_b</em></p>\n"


def test_what_a_template_sets_for_later_keeps_its_data() -> None:
    html = body("{% set greeting %}Hello {{ name }}{% endset %}{{ greeting }}!", name="Anne & Bart")

    assert html == "<p>Hello Anne &amp; Bart!</p>\n"


def test_a_constant_of_a_template_is_shown_in_each_mail() -> None:
    source = TemplateSource("Subject: x\n\n{{ 'a < b' }} {{ name }}")

    shown_to = [source.render({"name": name})[2] for name in ("Anne", "Bart")]

    assert shown_to == ["<p>a &lt; b Anne</p>\n", "<p>a &lt; b Bart</p>\n"]


def test_data_stands_in_code_as_it_is() -> None:
    html = body("write `{{ words }}`\n\n```\n{{ words }}\n```\n", words="!close *now*")

    assert html == "<p>write <code>!close *now*</code></p>\n<pre><code>!close *now*\n</code></pre>\n"


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://desk.example.net/a_b?c=d&e=*f*", "https://desk.example.net/a_b?c=d&amp;e=*f*"),
        ('https://desk.example.net/"><script>', "https://desk.example.net/%22%3E%3Cscript%3E"),
        ("https://desk.example.net/a b", "https://desk.example.net/a%20b"),
        ("javascript:alert(1)", ""),
        (" JavaScript:alert(1)", ""),
        ("data:text/html,hello", ""),
    ],
)
def test_a_link_to_what_data_says_leads_nowhere_but_to_pages_and_mails(url: str, href: str) -> None:
    assert body("[page]({{ url }})", url=url) == f'<p><a href="{href}">page</a></p>\n'


def test_a_number_looks_like_a_mark_to_nobody() -> None:
    data = Data()
    mark = data.mark("secret")
    forged = re.sub(r"[0-9a-f]{16}", "0123456789abcdef", mark)

    assert to_html(data.mark(f"{forged} z0z"), data) == f"<p>{forged} z0z</p>\n"
