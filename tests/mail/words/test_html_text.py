"""What an HTML body shows."""

import pytest

from mailgate.mail.parse import parse
from mailgate.mail.words.html_text import html_text

SHOWN = [
    ("<p>One</p><p>Two <b>bold</b>\n words</p>", "One\n\nTwo bold words"),
    ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
    ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
    ("<ul><li>a</li><li>b</li></ul><ol><li>c<li>d</ol>", "* a\n* b\n\n1. c\n2. d"),
    ("<table><tr><td>Total</td><td>5.00</td></tr><tr><td>Tax</td><td>1.00</td></tr></table>", "Total 5.00\nTax 1.00"),
    ("<pre>a  b\n  c</pre>d", "a  b\n  c\n\nd"),
    ("a&nbsp;&lt;b&gt; &amp;lt; &eacute;", "a <b> &lt; é"),
    ("<title>t</title><style>p{}</style><script>x()</script><!-- c -->a<p style='display: none'>no</p>", "a"),
    ("<p hidden>no</p>yes<template>no</template>", "yes"),
    ("<a href='https://x.example/'>link</a> <img src='http://track.example/' alt='pixel'>", "link"),
    ("a<blockquote>b<br>c<blockquote>d</blockquote></blockquote>e", "a\n>\n> b\n> c\n> >\n> > d\n\ne"),
    ("<svg/onload=alert(1)><form action=x>a</form><meta http-equiv=refresh>", "a"),
    ("plain & simple < text", "plain & simple < text"),
    ("<?xml version='1.0' encoding='utf-16'?><p>x</p>", "x"),
    ("   \n", ""),
    ("<img src='x'>", ""),
]


@pytest.mark.parametrize(("source", "text"), SHOWN)
def test_html_is_shown_as_text(source: str, text: str) -> None:
    assert html_text(source) == text


def test_the_line_that_leads_a_quote_in_is_quoted_too() -> None:
    lead_in = "<div class='gmail_attr'>On Monday Bart wrote:<br></div>"
    source = f"Yes.<div class='gmail_quote'>{lead_in}<blockquote>Is it?</blockquote></div>"

    lines = html_text(source).split("\n")

    assert [line for line in lines if not line.startswith(">")] == ["Yes."]


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "blockquote", "p><a", "ul><li"])
def test_a_text_below_thousands_of_tags_is_not_lost(tag: str) -> None:
    assert "deep" in html_text(f"<{tag}>" * 20_000 + "deep")


def test_a_page_without_words_shows_its_title() -> None:
    assert (
        html_text("<html><head><title>Your &amp; my\n bill</title></head><body><table></table></body>")
        == "Your & my bill"
    )
    assert html_text("<html><head><title>Bill</title></head><body>Paid</body>") == "Paid"


@pytest.mark.parametrize(
    "mark",
    [
        '<div id="divRplyFwdMsg"><b>Xyz:</b> Bart<br><b>Abc:</b> Monday</div>',
        '<div id="x_divRplyFwdMsg"><b>Xyz:</b> Bart</div>',
        '<div id="appendonsend"></div><hr><p>Xyz: Bart</p>',
        '<span id="OLK_SRC_BODY_SECTION"><p>Xyz: Bart</p></span>',
        '<table class="OutlookMessageHeader"><tr><td>Xyz: Bart</td></tr></table>',
        '<hr id="zwchr" data-marker="__DIVIDER__"><p>Xyz: Bart</p>',
        '<hr id="stopSpelling">Xyz: Bart',
        '<div class="yahoo_quoted"><div>Xyz: Bart</div></div>',
        '<div class="moz-cite-prefix">Xyz Bart:</div>',
        '<div class="protonmail_quote">Xyz Bart</div>',
        '<blockquote type="cite">Xyz Bart</blockquote>',
    ],
)
def test_history_is_found_by_the_marks_of_mail_programs_in_any_language(mark: str) -> None:
    source = f"<p>It works.</p>{mark}"
    message = parse(f"Content-Type: text/html\n\n{source}".encode())

    assert message.reply_text == "It works."
    assert "Bart" in message.text
    assert message.text == message.html_text == html_text(source)
    assert "\ufdd0" not in message.text


def test_a_message_that_is_all_history_stays_whole() -> None:
    message = parse(b'Content-Type: text/html\n\n<div id="divRplyFwdMsg">Bart</div><p>Read this.</p>')

    assert message.reply_text == message.text == "Bart\n\nRead this."
