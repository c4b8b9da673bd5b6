"""What an HTML body shows."""

import pytest

from mailgate.mail.bounds import MAX_QUOTE_MARKS, MAX_TIMES
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


BEHIND_THE_END = [
    (
        "<html><body><p>Warning: sent from outside.</p></body></html>The alarm rings.",
        "Warning: sent from outside.\n\nThe alarm rings.",
    ),
    (
        (
            "<!DOCTYPE html><html><head><style>p{color:red}</style></head><body><div>[EXTERN]</div></body></html>\n"
            "<!DOCTYPE html><html><head><title>Re</title></head><body><div>Den Tarif wechseln.</div></body></html>"
        ),
        "[EXTERN]\nDen Tarif wechseln.",
    ),
    ("<body><p>One</p></body></html><div>Two</div></body></html><ul><li>Three</ul>", "One\n\nTwo\n\n* Three"),
    ("<head><meta charset=utf-8><p>No body tag at all", "No body tag at all"),
    ("<blockquote><html><body>old</body></html>older</blockquote>new", "> old\n> older\n\nnew"),
]


@pytest.mark.parametrize(("source", "text"), BEHIND_THE_END)
def test_what_stands_behind_the_end_of_the_page_is_shown(source: str, text: str) -> None:
    assert html_text(source) == text


PREHEADERS = [
    "display:none",
    "DISPLAY : None !important",
    "visibility:hidden;mso-hide:all",
    "font-size:0px;line-height:0",
    "font-size:1px;color:#ffffff",
    "opacity:0.0",
    "max-height:0;overflow:hidden",
    "height:0px; width:0px; overflow:hidden",
    "width:1px;height:1px;overflow:hidden",
    "position:absolute;left:-9999px",
    "color:#fff;background-color:#FFF",
]


@pytest.mark.parametrize("style", PREHEADERS)
@pytest.mark.parametrize("tag", ["div", "span", "p", "td"])
def test_a_line_for_the_list_of_mails_is_not_shown(style: str, tag: str) -> None:
    hidden = f'<{tag} style="{style}">Your offer <b>waits</b>&zwnj;&nbsp;</{tag}>'
    inner = f"<table><tr>{hidden}</tr></table>" if tag == "td" else hidden

    assert html_text(f"<body>{inner}<p>Dear Anne</p></body>") == "Dear Anne"


def test_what_a_style_sheet_hides_is_not_shown() -> None:
    sheet = ".top, td.pre { display:none !important } #x{max-height:0;overflow:hidden} /* .y{display:none} */"
    screen = "@media (max-width:600px) { .wide { display:none } } .menu{display:none} .menu{display:block}"

    text = html_text(
        f"<style>{sheet}{screen}</style><p class='a top'>no</p><p id=x>no</p><p class=y>a</p><p class=wide>b</p>"
        "<p class=menu>c</p><p class=top style='display:block'>d</p>"
    )

    assert text == "a\n\nb\n\nc\n\nd"


def test_a_style_sheet_hides_what_stands_below_it_however_its_tag_was_shown_above() -> None:
    paragraph = "<p class=x>{}</p>"

    text = html_text(f"{paragraph.format('a')}<style>.x{{display:none}}</style>{paragraph.format('no')}<p>b</p>")

    assert text == "a\n\nb"


def test_a_tag_that_hides_does_so_each_time_it_is_written() -> None:
    hidden = "<div style='display:none'>no</div>"

    assert html_text(f"{hidden}a<div>b{hidden}c</div>{hidden}") == "a\nbc"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a <b", "a <b"),
        ("a <b title='x>y' ", "a"),
        ("a <p>b <i c=d", "a\n\nb <i c=d"),
        ("a <!-- no", "a"),
        ("a </b", "a"),
    ],
)
def test_a_tag_that_is_cut_off_at_the_end_of_all_is_words_if_nothing_ends_it(source: str, text: str) -> None:
    assert html_text(source) == text


SHOWN_ALL_THE_SAME = [
    # How some builders of newsletters get rid of gaps: the words in it have a size again.
    ("<td style='font-size:0px;padding:20px'><div style='font-size:13px'>Words</div></td>", "Words"),
    ("<div style='overflow:hidden;width:600px'>Words</div>", "Words"),
    ("<div style='margin-left:-10px;color:#fff;background-color:#000'>Words</div>", "Words"),
    ("<div style='height:0'>Words</div>", "Words"),
    ("<p style='font-size:0.9em'>Words</p>", "Words"),
    ("<span style='opacity:0.6'>Words</span>", "Words"),
    ("<!--[if !mso]><!--><p>Words</p><!--<![endif]--><!--[if mso]><p>no</p><![endif]-->", "Words"),
    ("<p style='display:none'>no<div>Words</div>", "Words"),  # a block ends a paragraph
    ("<noscript>Words</noscript><noframes><p>no</p></noframes>", "Words"),
    (
        "Write to Anne Ash <anne@ash.example> or see <https://ash.example/a>",
        "Write to Anne Ash <anne@ash.example> or see <https://ash.example/a>",
    ),
    ("<p title=don't>It isn't lost</p>", "It isn't lost"),
    ('<p title="a > b">Words</p>', "Words"),
    ("<title>never ended<p>Words</p>", "Words"),
    ("<div style='white-space: pre-wrap'>one\n  two</div>three", "one\n  two\nthree"),
]


@pytest.mark.parametrize(("source", "text"), SHOWN_ALL_THE_SAME)
def test_what_only_looks_hidden_is_shown(source: str, text: str) -> None:
    assert html_text(source) == text


LINKS = [
    ("<a href='https://shop.example/pay?n=7'>click here</a> now", "click here <https://shop.example/pay?n=7> now"),
    ("see <a href='https://www.ash.example/'>ash.example</a>.", "see ash.example."),
    ("<a href='https://ash.example/x'>https://ash.example/x</a>", "https://ash.example/x"),
    ("<a href='mailto:anne@ash.example?subject=x'>anne@ash.example</a>", "anne@ash.example"),
    ("<a href='mailto:anne@ash.example'>Anne</a>", "Anne <mailto:anne@ash.example>"),
    ("<a href='javascript:x()'>a</a><a href='#top'>b</a><a name=c>c</a>", "abc"),
    ("<a href='https://ash.example/'><img src=x></a>picture", "picture"),
    ("<a href='https://ash.example/z'>Pay </a>by card", "Pay <https://ash.example/z> by card"),
    ("<a href='https://ash.example/z'><div>Pay</div></a>by card", "Pay <https://ash.example/z>\nby card"),
]


@pytest.mark.parametrize(("source", "text"), LINKS)
def test_the_words_of_a_sender_keep_where_their_links_lead(source: str, text: str) -> None:
    message = parse(f"Content-Type: text/html\n\n{source}".encode())

    assert message.own_text == message.reply_text == text
    assert message.text == message.html_text == html_text(source)


TABLES = [
    (
        (
            "<table border=1><tr><th>Name<th>Disk</tr><tr><td><p>ash</p></td><td><p>5 GB</p></td></tr>"
            "<tr><td></td><td>7 GB<br>more</td></tr></table>end"
        ),
        "Name | Disk\nash | 5 GB\n | 7 GB more\n\nend",
    ),
    (
        (
            "<table class=MsoNormalTable border=0><tr><td style='border:solid windowtext 1.0pt'><p>A</p></td>"
            "<td style='border-left:none;border:solid 1pt'><p>B</p></td></tr></table>"
        ),
        "A | B",
    ),
    ("<table><tr><td><p>one</p><p>two</p></td><td>side</td></tr></table>", "one\n\ntwo\n\nside"),
    ("<table><tr><td>From:<td>Bart<tr><td>Sent:<td>Monday</table>", "From: Bart\nSent: Monday"),
    ("<blockquote><table border=1><tr><td>a</td><td>b</td></tr></table></blockquote>c", "> a | b\n\nc"),
]


@pytest.mark.parametrize(("source", "text"), TABLES)
def test_the_rows_of_a_table_are_lines(source: str, text: str) -> None:
    assert html_text(source) == text


@pytest.mark.parametrize("levels", [30, 3_000])
def test_the_marks_of_a_quotation_are_bounded(levels: int) -> None:
    source = "<blockquote>" * levels + "a<br>" * 10_000

    text = html_text(source)

    assert max(map(len, text.split("\n"))) <= 2 * MAX_QUOTE_MARKS + 1
    assert len(text) <= MAX_TIMES * len(source) + 1_000
