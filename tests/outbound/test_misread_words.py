"""What is said of a line that was not understood: a sentence for each reason, in each language that has its words."""

import re
from pathlib import Path

import pytest

from mailgate.commands.misread import Fault
from mailgate.letters.kind import Template
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.templates import built_in_directory
from tests.outbound.notices import TEMPLATES

WORDS = sorted(built_in_directory().glob("mail/*/parts/misread.md"))
GIVEN = {
    "words": "not now", "most": "20", "count": "41", "other": "!close", "roles": "invoice",
    "people": "Jane <jane@x.example>", "day": "2026-03-09", "days": "366", "number": "9", "command": "!order",
    "names": "domain",
}  # fmt: skip
SAMPLE = SAMPLES[Template.DECIDED][1]


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.parts[-3])
def test_every_reason_has_its_sentence(path: Path, fault: Fault) -> None:
    item = {"line": "!x", "fault": fault.value, "given": GIVEN, "correct": None, "example": None}

    rendered = TEMPLATES.render(Template.DECIDED, path.parts[-3], {**SAMPLE, "misread": [item]})

    said = re.search(r"(?m)^- !x: (.+)$", rendered.text)
    assert rendered.problems == ()
    assert said
    assert len(said[1]) > 5
    assert not re.search(r"[{}]", said[1])


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.parts[-3])
def test_no_sentence_is_left_without_its_reason(path: Path) -> None:
    assert set(re.findall(r'(?m)^  "([a-z-]+)":', path.read_text("utf-8"))) == set(Fault)


def test_words_of_a_writer_cannot_fill_in_a_sentence() -> None:
    given = {"words": "{most} {0.__class__}"}
    item = {"line": "!assign {x}", "fault": "no-colleague", "given": given, "correct": None, "example": None}

    rendered = TEMPLATES.render(Template.DECIDED, "en", {**SAMPLE, "misread": [item]})

    assert "- !assign {x}: nobody on the staff is called {most} {0.__class__}." in rendered.text


@pytest.mark.parametrize("template", [Template.DECIDED, Template.RETURNED, Template.RECEIPT])
def test_a_mail_that_an_older_version_has_queued_keeps_its_reasons(template: Template) -> None:
    old = [{"line": "!clsoe", "reason": "there is no such command", "nearest": "!close"}]
    sample = next(one for one in SAMPLES[template] if one["misread"])
    values = {name: value for name, value in sample.items() if name not in {"misread", "corrected"}}

    rendered = TEMPLATES.render(template, "en", {**values, "misread" if template is Template.RECEIPT else "lines": old})

    assert "- !clsoe: there is no such command." in rendered.text
    assert rendered.problems == ()


def test_the_corrected_mail_can_be_sent_as_it_stands() -> None:
    rendered = TEMPLATES.render(Template.DECIDED, "en", SAMPLES[Template.DECIDED][2])

    assert "Did you mean release 3?" in rendered.text
    assert "body=release%203" in rendered.html
