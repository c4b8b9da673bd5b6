"""The log: one event, one line, in text and in JSON, whatever a stranger's values hold."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mailgate.cli.logs import INDENT, configure
from mailgate.config import Log, LogFormat, LogLevel

HOSTILE = (
    "anne@customer.example\n2026-03-02 09:00:00,000 ERROR mailgate.flows.post.deliver undelivered outbox=1",
    "a\rb",
    "\x1b[2J\x1b[31mred",
    "one\x85two\u2028three\u2029four\x0bfive\x1cseven",
    "\u202eelpmaxe.remotsuc@enna",
    "half \udc80 of a pair",
    "\x7f\x9b31m",
)

log = logging.getLogger("mailgate.flows.post.deliver")


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What was logged to stderr; the test run's own logging is put back at the end."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers = []
    yield lambda: capsys.readouterr().err
    root.handlers = handlers
    root.setLevel(level)


def parsed(text: str) -> list[dict[str, Any]]:
    """Each line as JSON, a line being what any program takes for one."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("style", list(LogFormat))
def test_a_value_cannot_begin_a_line_nor_reach_the_terminal(
    written: Callable[[], str], style: LogFormat, value: str
) -> None:
    configure(Log(format=style))

    log.info("sent outbox=%d to=%s reply=%r", 7, value, "250 OK")

    [line] = written().splitlines()
    assert line.isprintable()


def test_a_line_in_text_keeps_the_words_of_every_language(written: Callable[[], str]) -> None:
    configure(Log())

    log.warning("deferred outbox=%d reply=%s", 7, "später, 后来")

    assert written().endswith(" WARNING mailgate.flows.post.deliver deferred outbox=7 reply=später, 后来\n")


def test_every_further_line_of_a_traceback_is_indented(written: Callable[[], str]) -> None:
    configure(Log())

    try:
        raise ValueError(HOSTILE[0])
    except ValueError:
        log.exception("failed outbox=%d", 7)

    first, *others = written().splitlines()
    assert first.endswith("ERROR mailgate.flows.post.deliver failed outbox=7")
    assert any(line.strip().startswith("ValueError: anne@customer.example") for line in others)
    assert all(line.startswith(INDENT) for line in others)


def test_a_traceback_in_json_is_part_of_its_one_line(written: Callable[[], str]) -> None:
    configure(Log(format=LogFormat.JSON))

    try:
        raise ValueError(HOSTILE[0])
    except ValueError:
        log.exception("failed outbox=%d", 7)

    [line] = parsed(written())
    assert line["traceback"].startswith("Traceback")
    assert HOSTILE[0] in line["traceback"]


def test_a_line_in_json_has_its_pairs_as_fields(written: Callable[[], str]) -> None:
    configure(Log(format=LogFormat.JSON))

    log.warning('unscored reason="%s" outbox=%d took=%.1f error=%r at=%d%%', "x forged=1", 7, 0.5, OSError("gone"), 9)

    [line] = parsed(written())
    assert (line["level"], line["logger"], line["event"]) == ("warning", "mailgate.flows.post.deliver", "unscored")
    assert line["message"] == "unscored reason=\"x forged=1\" outbox=7 took=0.5 error=OSError('gone') at=9%"
    assert line["fields"] == {"reason": "x forged=1", "outbox": 7, "took": 0.5, "error": "OSError('gone')", "at": 9}


@pytest.mark.parametrize(
    ("words", "event"),
    [
        ("refused recipient=%r", "refused"),
        ("not accepted: archive error=%r", "not accepted"),
        ("sweep failed; the next comes in %g s", "sweep failed"),
        ("refused sign-in form of another site network=%s", "refused sign-in form of another site"),
        ("signed in %s by=%s", "signed in"),
        ("stopping", "stopping"),
        ("%s", "other"),
        ("Cris wrote: stopping", "other"),
    ],
)
def test_an_event_is_named_by_the_words_before_its_values(written: Callable[[], str], words: str, event: str) -> None:
    configure(Log(format=LogFormat.JSON))

    log.handle(log.makeRecord(log.name, logging.INFO, "", 0, words, (7,) * words.count("%"), None))

    assert [line["event"] for line in parsed(written())] == [event]


def test_lines_of_other_programs_have_no_event_of_ours(written: Callable[[], str]) -> None:
    configure(Log(format=LogFormat.JSON))

    logging.getLogger("mail.log").warning("refused")

    assert parsed(written())[0]["event"] == "other"


def test_the_level_says_what_is_shown(written: Callable[[], str]) -> None:
    configure(Log(level=LogLevel.WARNING))

    log.info("sent outbox=%d", 7)
    log.warning("deferred outbox=%d", 8)

    assert [line.partition("deliver ")[2] for line in written().splitlines()] == ["deferred outbox=8"]
