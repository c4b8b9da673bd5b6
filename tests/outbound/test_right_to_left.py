"""A language that is written from right to left, and has more plurals than two: Arabic, as an operator might add it."""

from pathlib import Path

import pytest

from mailgate.language.telling import plural, speaking
from mailgate.letters.kind import Template
from mailgate.outbound.direction import isolated_html, isolated_text
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.templates import Rendered, Templates

ACKNOWLEDGEMENT = """\
Subject: {{ subject | reply_subject(number) }}

شكرًا لك، وصلت رسالتك. رقم تذكرتك هو #{{ number }}.

سيقرؤها أحد العاملين في {{ company | one_line }} ويرد عليك.
{% if left_out_count %}

{{ left_out_count | plural(one="لم نقبل ملفًا واحدًا", two="لم نقبل ملفين", few="لم نقبل {n} ملفات", \
many="لم نقبل {n} ملفًا", other="لم نقبل {n} ملف") }}.
{% endif %}

{% include "actions.md" %}

هل تريد إضافة شيء؟ يكفي أن ترد على هذه الرسالة.
"""
ACTIONS = """\
{% for action in actions %}
- لإغلاق التذكرة اكتب {{ action.body | one_line }} إلى
  {{ action | mail_link }}
{% endfor %}
"""
SAMPLE = SAMPLES[Template.ACKNOWLEDGEMENT][0]
ADDRESS = "support+aeaqscibaewbnwl23fwl4rplem@example.net"
COUNTS = {
    1: "لم نقبل ملفًا واحدًا",
    2: "لم نقبل ملفين",
    3: "لم نقبل 3 ملفات",
    11: "لم نقبل 11 ملفًا",
    100: "لم نقبل 100 ملف",
}


@pytest.fixture
def arabic(tmp_path: Path) -> Templates:
    """Ours, and two files in Arabic."""
    parts = tmp_path / "mail" / "ar" / "parts"
    parts.mkdir(parents=True)
    (parts.parent / "acknowledgement.md").write_text(ACKNOWLEDGEMENT, "utf-8")
    (parts / "actions.md").write_text(ACTIONS, "utf-8")
    return Templates(tmp_path)


def acknowledgement(templates: Templates, left_out_count: int = 0) -> Rendered:
    values = {**SAMPLE, "left_out_count": left_out_count}
    return templates.render(Template.ACKNOWLEDGEMENT, "ar-EG", values, zone="Africa/Cairo")


def test_the_page_and_its_words_run_from_right_to_left(arabic: Templates) -> None:
    mail = acknowledgement(arabic)

    assert mail.problems == ()
    assert '<html lang="ar" dir="rtl">' in mail.html
    assert '<div class="ground" lang="ar" dir="rtl">' in mail.html


def test_addresses_commands_and_numbers_are_isolated(arabic: Templates) -> None:
    mail = acknowledgement(arabic)

    assert '<bdi dir="ltr">#1042</bdi>' in mail.html
    assert '<bdi dir="ltr">!close</bdi>' in mail.html
    assert '<bdi dir="ltr">Example Hosting</bdi>' in mail.html
    assert f'dir="ltr"><bdi dir="ltr">{ADDRESS}</bdi></a>' in mail.html
    assert 'href="mailto:' in mail.html


def test_the_text_part_reads_right_and_its_address_can_be_copied(arabic: Templates) -> None:
    mail = acknowledgement(arabic)

    assert "رقم تذكرتك هو \u2066#1042\u2069." in mail.text
    assert "اكتب \u2066!close\u2069 إلى\n" in mail.text
    assert f"  {ADDRESS}\n" in mail.text


@pytest.mark.parametrize(("count", "words"), COUNTS.items())
def test_each_number_has_the_form_that_it_takes(arabic: Templates, count: int, words: str) -> None:
    assert f"\n{words}.\n" in acknowledgement(arabic, count).text


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 plik"), (2, "2 pliki"), (5, "5 plików"), (12, "12 plików"), (22, "22 pliki")]
)
def test_polish_has_three_forms_and_one_for_parts(count: int, words: str) -> None:
    with speaking("pl", "Europe/Warsaw"):
        assert plural(count, one="{n} plik", few="{n} pliki", many="{n} plików", other="{n} pliku") == words


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("اكتب !add bob@example.org إلى", 'اكتب <bdi dir="ltr">!add bob@example.org</bdi> إلى'),
        ("(https://desk.example.net/kb).", '<bdi dir="ltr">(https://desk.example.net/kb).</bdi>'),
        ("انظر https://desk.example.net/kb.", 'انظر <bdi dir="ltr">https://desk.example.net/kb</bdi>.'),
        ("في 08:01", "في 08:01"),
        ('<b> و "a"', '<bdi dir="ltr">&lt;b&gt;</bdi> و &quot;<bdi dir="ltr">a</bdi>&quot;'),
    ],
)
def test_what_is_typed_in_ascii_is_one_run(words: str, html: str) -> None:
    assert isolated_html(words) == html


def test_lines_in_latin_letters_are_left_alone() -> None:
    text = "Hello,\n!close closes #1042.\n"

    assert isolated_text(text) == text


def test_nothing_changes_for_languages_from_left_to_right(arabic: Templates) -> None:
    mail = arabic.render(Template.ACKNOWLEDGEMENT, "de", SAMPLE)

    assert "<bdi" not in mail.html
    assert "\u2066" not in mail.text
