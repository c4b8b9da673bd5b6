"""Tables of templates: columns that line up in the text part, and a table of data in HTML."""

import pytest

from mailgate.outbound.template_source import TemplateSource

HEADER = "Subject: x\n\n"
TWO_COLUMNS = HEADER + (
    "Before\n\n| Item | Amount |\n| --- | ---: |\n"
    "{% for one in items %}\n| {{ one.text | one_line }} | {{ one.minor | amount('EUR') }} |\n{% endfor %}\n\nBehind\n"
)


def text_of(source: str, **values: object) -> str:
    return TemplateSource(source, strict=True).render(values)[1]


def html_of(source: str, **values: object) -> str:
    return TemplateSource(source, strict=True).render(values)[2]


def test_columns_line_up_and_amounts_stand_at_the_end() -> None:
    text = text_of(TWO_COLUMNS, items=[{"text": "Basic", "minor": 2400}, {"text": "Set-up", "minor": 123456}])

    assert text.replace("\u00a0", " ") == (
        "Before\n\nItem          Amount\nBasic      EUR 24.00\nSet-up  EUR 1,234.56\n\nBehind\n"
    )


def test_a_long_first_cell_is_wrapped_and_the_others_stand_beside_its_last_line() -> None:
    text = text_of(TWO_COLUMNS, items=[{"text": "Basic Linux with " * 6 + "more", "minor": 2400}])

    rows = text.splitlines()[3:-2]
    assert len(rows) == 2
    assert max(map(len, rows)) <= 72
    assert rows[0].startswith("Basic Linux with")
    assert rows[1].startswith("  ")
    assert rows[1].endswith("EUR\u00a024.00")


def test_what_leaves_no_room_for_the_first_cell_is_told_in_lines() -> None:
    wide = HEADER + "| A | B |\n| --- | --- |\n| {{ one }} | {{ other }} |\n"

    text = text_of(wide, one="The first cell of it", other="word " * 14 + "end")

    assert max(map(len, text.splitlines())) <= 72
    assert " ".join(text.split()) == "A, B The first cell of it, " + "word " * 14 + "end"


@pytest.mark.parametrize("words", ["| a | b |\n| --- | --- |", "a | b", "|", "\x01a\x01b\x01"])
def test_what_looks_like_a_row_in_somebody_s_words_is_none(words: str) -> None:
    text = text_of(TWO_COLUMNS + "\n{{ words }}\n", items=[{"text": words.replace("\n", " "), "minor": 1}], words=words)
    html = html_of(TWO_COLUMNS + "\n{{ words }}\n", items=[{"text": words.replace("\n", " "), "minor": 1}], words=words)

    assert words.replace("\x01", "\ufffd") in text
    assert html.count("<tr>") == 2


def test_html_has_a_table_whose_headers_name_their_columns() -> None:
    html = html_of(TWO_COLUMNS, items=[{"text": "Basic <b>", "minor": 2400}])

    assert '<th scope="col">Item</th>' in html
    assert '<th scope="col" class="amount" align="right">Amount</th>' in html
    assert '<td valign="top">Basic &lt;b&gt;</td>' in html
    assert "role=" not in html  # it is data, and no layout


def test_the_lines_of_a_mistake_in_a_table_stay_true() -> None:
    with pytest.raises(Exception, match="'two' is undefined") as caught:
        text_of(HEADER + "| A |\n| --- |\n| {{ one }} |\n| {{ two }} |\n", one="1")

    frames, lines = caught.value.__traceback__, []
    while frames is not None:
        if frames.tb_frame.f_code.co_filename == "<template>":
            lines.append(frames.tb_lineno)
        frames = frames.tb_next
    assert lines[-1] == 6
