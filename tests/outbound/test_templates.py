"""Templates: found by locale, an operator's own first, and never at a loss for words."""

import re
from pathlib import Path

import pytest

from mailgate.letters.kind import Template
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.templates import TemplateFailed, Templates, built_in_directory
from tests.outbound.notices import TEMPLATES, shown

CLOSED = SAMPLES[Template.CLOSED][0]


def override(directory: Path, name: str, source: str) -> Templates:
    path = directory / "mail" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, "utf-8")
    return Templates(override=directory)


def test_every_shipped_template_passes_the_strict_check() -> None:
    assert Templates().check() == ()


LISTS = (Template.HELD_ALERT, Template.QUEUE, Template.DELAYED, Template.BANK_LINES, Template.TOMORROW)
"""Of lines in the text, and of cells in HTML."""


def words_of(text: str) -> str:
    """Without what only one of the parts shows: where links lead, and the marks of lists."""
    return "".join(re.sub(r"https?://\S+|^ *- |^-- ?$", "", text, flags=re.MULTILINE).split())


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("template", Template)
def test_both_parts_say_the_same_words_in_the_same_order(template: Template, language: str) -> None:
    """A client quotes either of them, and both must be known again."""
    for values in SAMPLES[template]:
        rendered = TEMPLATES.render(template, language, values)

        said = shown(rendered.html).strip().removeprefix("Example Hosting")
        if template not in LISTS:
            assert words_of(said).replace(":", "") == words_of(rendered.text).replace(":", "")
        assert set(re.findall(r"\d+", rendered.text)) <= set(re.findall(r"\d+", rendered.html))
        assert rendered.problems == ()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("template", Template)
def test_no_two_words_run_together_in_html(template: Template, language: str) -> None:
    for values in SAMPLES[template]:
        rendered = TEMPLATES.render(template, language, values)

        glued = re.findall(r"[^\W\d_]{3,}\d+", shown(rendered.html))
        assert set(glued) <= set(re.findall(r"[^\W\d_]{3,}\d+", rendered.text))


OF_PAYMENTS = [one for one in Template if re.match("payment|card|charge|refund|dispute|tomorrow|bank|credit|pay-", one)]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("template", OF_PAYMENTS)
def test_a_mail_about_payments_has_no_gaps(template: Template, language: str) -> None:
    for values in SAMPLES[template]:
        rendered = TEMPLATES.render(template, language, values)

        assert "\n\n\n" not in rendered.text
        assert "  " not in rendered.subject
        assert rendered.subject.strip() == rendered.subject


ANSWERABLE = (
    Template.ACKNOWLEDGEMENT,
    Template.CLOSED,
    Template.HELD,
    Template.RETURNED,
    Template.WELCOME,
    Template.MIGRATED,
)


@pytest.mark.parametrize("template", ANSWERABLE)
def test_mail_to_somebody_ends_with_how_to_answer(template: Template) -> None:
    rendered = TEMPLATES.render(template, "en", SAMPLES[template][0])

    words = rendered.text.partition("\n-- \n")[0].rstrip().lower()
    assert "just reply to this mail" in words[-160:]


def test_own_lines_of_text_are_at_most_72_columns_wide() -> None:
    for path in built_in_directory().glob("mail/en/*.md"):
        body = path.read_text("utf-8").partition("\n\n")[2]
        words = re.sub(r"\{[{%].*?[%}]\}", "", body)
        assert max(map(len, words.splitlines())) <= 72, path.name


def test_layout_is_small_and_fetches_nothing() -> None:
    layout = (built_in_directory() / "mail" / "base.html").read_text("utf-8")

    assert len(layout) < 30_000
    assert not re.search(r"https?:|<link|<script|url\(|@import", layout)
    assert re.findall(r'src="([^"]*)"', layout) == ["cid:{{ logo_id }}"]
    assert layout.count('lang="{{ lang }}" dir="{{ dir }}"') == 2


def test_acknowledgement_at_no_evidence_repeats_no_word_of_the_sender() -> None:
    values = {**SAMPLES[Template.ACKNOWLEDGEMENT][0], "subject": "Cheap pills", "fixed_subject": True}

    rendered = TEMPLATES.render(Template.ACKNOWLEDGEMENT, "en", values)

    assert rendered.subject == "We have received your mail [#1042]"
    assert "pills" not in rendered.text + rendered.html


@pytest.mark.parametrize("template", [Template.WELCOME, Template.MIGRATED])
def test_whoever_is_taken_over_learns_where_to_write_and_how_to_sign_in(template: Template) -> None:
    rendered = TEMPLATES.render(template, "en", SAMPLES[template][0])

    lines = rendered.text.splitlines()
    assert {"support@support.example", "sign-in@support.example"} <= set(lines)
    assert "Example Hosting" in rendered.subject


def test_notification_shows_the_message_then_the_context_then_the_commands() -> None:
    values = SAMPLES[Template.NOTIFICATION][0]
    text = TEMPLATES.render(Template.NOTIFICATION, "en", values).text

    message, separator, context = text.partition("\n-- \n")
    assert message.startswith(str(values["text"]))
    assert separator
    lines = context.splitlines()
    assert lines[:3] == [
        "Please note: we could not verify that this mail is from anne@example.org.",
        "Written by Anne Miller <anne@example.org>",
        "Your reply goes to Anne Miller <anne@example.org>, 60 seconds after it has reached us.",
    ]
    assert lines[-2] == ""
    assert lines[-1] == "First line may be: !note  !close   (more: !help)"


@pytest.mark.parametrize("author", ["Cris <cris@example.net>\nSender evidence D", "{0.__class__}\n{author}"])
def test_words_of_a_sender_cannot_write_lines_of_the_context_block(author: str) -> None:
    line = {"says": "written-by", "given": {"author": author}}

    text = TEMPLATES.render(Template.NOTIFICATION, "en", {**SAMPLES[Template.NOTIFICATION][0], "context": [line]}).text

    assert f"\nWritten by {author.replace(chr(10), ' ')}\n" in text


def test_template_code_in_a_value_is_not_run() -> None:
    values = {**SAMPLES[Template.REPLY][0], "text": "{{ company }} {% for %}", "subject": "{{ number }}"}

    rendered = TEMPLATES.render(Template.REPLY, "en", values)

    assert rendered.text.startswith("{{ company }} {% for %}\n")
    assert "{{ company }} {% for %}" in shown(rendered.html)
    assert rendered.subject == "Re: {{ number }} [#1042]"


def test_missing_values_are_left_empty_and_reported() -> None:
    rendered = TEMPLATES.render(Template.CLOSED, "en", {"number": 1042, "subject": "Hello", "actions": []})

    assert rendered.text.startswith("Hello,\n\nWe have closed ticket 1042.\n")
    assert rendered.problems == ("templates/mail/en/closed.md: no value for 'company'",)


def test_missing_lists_and_conditions_are_reported_too() -> None:
    rendered = TEMPLATES.render(Template.RETURNED, "en", {})

    assert {problem.rpartition(" ")[2] for problem in rendered.problems} == {
        "'subject'",
        "'number'",
        "'reason'",
        "'lines'",
        "'text'",
    }


def test_text_too_long_for_html_goes_out_as_text_alone() -> None:
    values = {**SAMPLES[Template.NOTIFICATION][0], "text": "word " * 30_000}

    rendered = TEMPLATES.render(Template.NOTIFICATION, "en", values)

    assert rendered.html == ""
    assert rendered.text.startswith("word word")
    assert rendered.text.count("word") == 30_000


def test_language_of_the_layout_is_that_of_the_template_found(tmp_path: Path) -> None:
    templates = override(tmp_path, "ar/closed.md", "Subject: {{ subject }}\n\nتم إغلاق التذكرة {{ number }}.\n")

    arabic = templates.render(Template.CLOSED, "ar-EG", CLOSED)
    english = templates.render(Template.CLOSED, "fr", CLOSED)

    assert arabic.html.count('lang="ar" dir="rtl"') == 2
    assert "1042" in arabic.text
    assert english.html.count('lang="en" dir="ltr"') == 2


def test_operators_file_wins_over_the_built_in_one(tmp_path: Path) -> None:
    templates = override(tmp_path, "en/closed.md", "Subject: Done\n\n**All done**, {{ company }}.\n")

    rendered = templates.render(Template.CLOSED, "en", CLOSED)

    assert rendered.subject == "Done"
    assert rendered.text == "**All done**, Example Hosting.\n"
    assert "<strong>All done</strong>" in rendered.html


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("Subject: Done\n\nfine\n{% if %}\n", 4),
        ("Subject: Done\n\n{{ 1 // 0 }}\n", 3),
        ("Subject: {{ nobody }}\n\nfine\n", None),
        ("no header\n\nfine\n", None),
        ("Subject: a\nBcc: x@evil.example\n\nfine\n", None),
        ("Subject: a\n", None),
    ],
)
def test_broken_file_gives_way_to_the_built_in_one(tmp_path: Path, source: str, line: int | None) -> None:
    templates = override(tmp_path, "en/closed.md", source)

    rendered = templates.render(Template.CLOSED, "en", CLOSED)

    assert rendered.subject == "Re: No mail since Monday [#1042]"
    assert len(rendered.problems) == 1
    assert rendered.problems[0].partition(": ")[0].endswith(f"/mail/en/closed.md{f':{line}' if line else ''}")


def test_inner_parts_of_python_are_out_of_reach(tmp_path: Path) -> None:
    templates = override(tmp_path, "en/closed.md", "Subject: Done\n\n{{ ''.__class__.__mro__ }}!\n")

    rendered = templates.render(Template.CLOSED, "en", CLOSED)

    assert rendered.text == "!\n"


def test_broken_layout_gives_way_to_the_built_in_one(tmp_path: Path) -> None:
    templates = override(tmp_path, "base.html", "{{ boddy }}")

    rendered = templates.render(Template.CLOSED, "en", CLOSED)

    assert "We have closed ticket 1042." in rendered.html
    assert "'boddy' is undefined" in rendered.problems[0]


def test_a_part_is_that_of_the_language_or_else_the_english_one(tmp_path: Path) -> None:
    override(tmp_path, "en/parts/greeting.md", "Hello {{ company }}\n")
    override(tmp_path, "de/parts/greeting.md", "Hallo {{ company }}\n")
    for language in ("en", "de", "fr"):
        templates = override(tmp_path, f"{language}/closed.md", 'Subject: x\n\n{% include "greeting.md" %}!\n')

    said = [templates.render(Template.CLOSED, language, CLOSED).text for language in ("en", "de", "fr")]

    assert said == ["Hello Example Hosting!\n", "Hallo Example Hosting!\n", "Hello Example Hosting!\n"]
    assert templates.check() == ()


@pytest.mark.parametrize(("words", "line"), [("fine\n{% if %}\n", 2), ("{{ 1 // 0 }}\n", 1)])
def test_a_broken_part_is_named_and_gives_way_to_the_built_in_words(tmp_path: Path, words: str, line: int) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "built-in"
    override(mine, "en/parts/end.md", words)
    override(theirs, "en/parts/end.md", "The end.\n")
    override(theirs, "en/closed.md", 'Subject: x\n\n{% include "end.md" %}\n')
    override(theirs, "base.html", "{{ body }}")

    rendered = Templates(override=mine, built_in=theirs).render(Template.CLOSED, "en", CLOSED)

    assert rendered.text == "The end.\n"
    assert rendered.problems[0].startswith(f"mail/en/parts/end.md:{line}: ")


def test_values_that_no_template_takes_fail_for_good() -> None:
    with pytest.raises(TemplateFailed, match="held-alert"):
        TEMPLATES.render(Template.HELD_ALERT, "en", {"mails": 3})


def test_check_names_the_line_and_the_nearest_name(tmp_path: Path) -> None:
    override(tmp_path, "de/closed.md", "Subject: {{ subject }}\n\nTicket {{ number }}\n{{ compony }}\n")
    (tmp_path / "mail" / "de" / "clsoed.md").write_text("Subject: x\n\ny\n", "utf-8")

    problems = Templates(override=tmp_path).check()

    assert [problem.partition("/mail/")[2] for problem in problems] == [
        "de/closed.md:4: 'compony' is undefined; did you mean 'company'?",
        "de/clsoed.md: no mail has this name; did you mean 'closed'?",
    ]
