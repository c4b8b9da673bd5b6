"""What a mail says of something: a sentence for each outcome, command and reason, in each language with its words."""

import re
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import pytest

from mailgate.commands.verb import Verb
from mailgate.confirmation import Became, Says
from mailgate.letters.kind import Template
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.samples.given import MONEY
from mailgate.outbound.templates import built_in_directory
from mailgate.tickets.acts import Deed
from mailgate.tickets.context import Fact
from mailgate.tickets.files import Unwanted
from mailgate.tickets.money_said import MoneySaid
from mailgate.tickets.refused import Refused, english
from mailgate.tickets.result import Decided, Done, Outcome, item
from mailgate.tickets.search_query import SearchFault
from mailgate.tickets.verbs.customers import CUSTOMERS
from mailgate.tickets.verbs.lists import BANK, HELD, QUEUE, TOMORROW
from mailgate.tickets.verbs.staff import STAFF
from tests.outbound.notices import TEMPLATES

PARTS = sorted(built_in_directory().glob("mail/*/parts"))
SAMPLE = SAMPLES[Template.RECEIPT][0]
GIVEN: dict[str, object] = {
    "ticket": 1042, "mail": 55, "subject": "Disk", "title": "Disks", "state": "closed",
    "at": "2026-11-22T09:30:00+00:00", "address": "bob@example.org", "readers": "anne@example.org", "url": "https://desk.example.net/",
    "words": "invoice", "typed": "status:clsoed", "near": "closed", "states": "open, closed", "operator": "after",
}  # fmt: skip


def language(parts: Path) -> str:
    return parts.parent.name


def receipt(parts: Path, line: dict[str, object]) -> str:
    result = dict[str, object](says="tickets", given={}, lines=[line], question=None)
    rendered = TEMPLATES.render(Template.RECEIPT, language(parts), {**SAMPLE, "results": [result], "actions": []})
    assert rendered.problems == ()
    said = re.search(r"(?m)^- (.+)$", rendered.text)
    assert said
    return said[1]


@pytest.mark.parametrize("says", [*(one for one in Outcome if one is not Outcome.COMMAND), *SearchFault, *MoneySaid])
@pytest.mark.parametrize("parts", PARTS, ids=language)
def test_every_outcome_has_its_sentence(parts: Path, says: StrEnum) -> None:
    said = receipt(parts, {"says": says.value, "given": MONEY if isinstance(says, MoneySaid) else GIVEN})

    assert len(said) > 5
    assert not re.search(r"[{}]", said)


@pytest.mark.parametrize("verb", CUSTOMERS.verbs, ids=lambda verb: verb.name)
@pytest.mark.parametrize("parts", PARTS, ids=language)
def test_every_command_of_customers_has_its_meaning(parts: Path, verb: Verb) -> None:
    said = receipt(parts, {"says": "command", "given": {"name": verb.name, "example": verb.example}})

    example, _, meaning = said.partition(": ")
    assert example == verb.example
    assert len(meaning) > 5


@pytest.mark.parametrize(
    ("part", "known"),
    [
        ("outcome.md", {*Outcome, *SearchFault} - {Outcome.COMMAND}),
        ("money.md", set(MoneySaid)),
        ("command.md", {verb.name for verb in CUSTOMERS.verbs}),
        ("staff-command.md", {verb.name for verb in STAFF.verbs}),
        ("decision.md", {verb.name for table in (HELD, QUEUE, BANK, TOMORROW) for verb in table.verbs}),
        ("statement.md", set(Says)),
        ("unwanted.md", set(Unwanted)),
        ("done.md", set(Done)),
        ("refused.md", set(Refused)),
        ("decided.md", set(Decided)),
        ("deed.md", {one.name.lower().replace("_", "-") for one in Deed}),
    ],
)
@pytest.mark.parametrize("parts", PARTS, ids=language)
def test_no_sentence_is_left_that_nothing_says(parts: Path, part: str, known: set[str]) -> None:
    assert set(re.findall(r'(?m)^  "([a-z -]+)":', (parts / part).read_text("utf-8"))) == known


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"why": "ending", "given": {"ending": "exe"}}, "Dateien mit der Endung .exe nehmen wir nicht an"),
        ({"why": "too-large", "given": {"most": 26_214_400}}, "zusammen waren die Dateien der Mail größer als 26,2 MB"),
        ({"reason": "its kind is not known"}, "its kind is not known"),  # of an older version
    ],
)
def test_why_a_file_is_left_out_is_told_in_the_language_of_the_mail(file: dict[str, object], said: str) -> None:
    missing = {"name": "setup.exe", "size": 100, **file}
    values = {**SAMPLES[Template.LEFT_OUT][1], "left_out": [missing], "left_out_count": 1}

    rendered = TEMPLATES.render(Template.LEFT_OUT, "de", values)

    assert f"- setup.exe: {said}\n" in rendered.text
    assert rendered.problems == ()


@pytest.mark.parametrize("parts", PARTS, ids=language)
def test_every_end_of_a_question_has_words(parts: Path) -> None:
    assert set(re.findall(r'became == "([a-z-]+)"', (parts / "question.md").read_text("utf-8"))) == set(Became)


@pytest.mark.parametrize("parts", PARTS, ids=language)
def test_an_instant_in_a_receipt_is_told_as_its_reader_tells_it(parts: Path) -> None:
    said = receipt(parts, {"says": "opened-at", "given": {"at": "2026-11-30T08:01:00+00:00"}})

    assert {"en": "Opened: Mon 30 Nov, 08:01", "de": "Eröffnet: Mo. 30. Nov., 08:01"}.get(language(parts), said) == said


def test_words_of_a_writer_cannot_fill_in_a_sentence() -> None:
    [english] = [parts for parts in PARTS if language(parts) == "en"]

    said = receipt(english, {"says": "found", "given": {"words": "{url} {0.__class__}"}})

    assert said == "This was found for: {url} {0.__class__}"


def test_a_receipt_that_an_older_version_has_queued_keeps_its_sentences() -> None:
    old = [{"words": "Ticket #1 is closed now.", "lines": ["#1, closed: Disk"], "question": None}]
    commands = [{"name": "close", "example": "!close", "meaning": "close the ticket"}]

    rendered = TEMPLATES.render(Template.RECEIPT, "en", {**SAMPLE, "results": old, "commands": commands})

    assert "Ticket #1 is closed now.\n\n- #1, closed: Disk\n" in rendered.text
    assert "- !close: close the ticket" in rendered.text
    assert rendered.problems == ()


@pytest.mark.parametrize("parts", PARTS, ids=language)
def test_every_line_of_the_block_for_staff_has_words(parts: Path) -> None:
    written = (parts / "context.md").read_text("utf-8")
    plain = set(re.findall(r'(?m)^  "([a-z-]+)":', written))

    assert plain.isdisjoint(built := set(re.findall(r'line\.says == "([a-z-]+)"', written)))
    assert plain | built == set(Fact)


def test_a_block_that_an_older_version_has_queued_keeps_its_lines() -> None:
    values = {**SAMPLES[Template.NOTIFICATION][0], "context": ["Written by Anne", "All of it: https://a.example/"]}

    rendered = TEMPLATES.render(Template.NOTIFICATION, "en", values)

    assert "\n-- \nWritten by Anne\nAll of it: https://a.example/\n" in rendered.text
    assert rendered.problems == ()


@pytest.mark.parametrize("why", Refused)
def test_every_reason_has_its_english_for_the_command_line(why: Refused) -> None:
    given = dict.fromkeys(("most", "line", "people", "first", "address", "why", "words", "per_day"), "x")

    assert english(item(why, **given)).endswith((".", "x"))


def test_no_sentence_goes_on_below_a_part_that_ends_a_line() -> None:
    """A line break behind a tag is dropped, so that the words on both sides of it would be one."""
    glued = [
        f"{path.relative_to(built_in_directory())}: {line}"
        for path in sorted(built_in_directory().rglob("*.md"))
        for line, below in pairwise(path.read_text().splitlines())
        if re.search(r"[^\s%}]\{% include [^%]+%\}$", line) and re.match(r"[^\s{]", below)
    ]

    assert glued == []
