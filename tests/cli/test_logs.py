"""The log: one event, one line, in text and in JSON, whatever a stranger's values hold."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mailgate.cli.logs import INDENT, configure
from mailgate.config import HostPort, Log, LogFormat, LogLevel
from mailgate.log_events import LogEvent

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

    log.info(LogEvent.SENT(outbox=7, to=value, reply="250 OK"))

    [line] = written().splitlines()
    assert line.isprintable()


def test_a_line_in_text_keeps_the_words_of_every_language(written: Callable[[], str]) -> None:
    configure(Log())

    log.warning(LogEvent.DEFERRED(outbox=7, attempt=1, next="noon", reply="später, 后来"))

    line = " WARNING mailgate.flows.post.deliver deferred outbox=7 attempt=1 next=noon reply='später, 后来'\n"
    assert written().endswith(line)


def test_every_further_line_of_a_traceback_is_indented(written: Callable[[], str]) -> None:
    configure(Log())

    try:
        raise ValueError(HOSTILE[0])
    except ValueError:
        log.exception(LogEvent.FAILED_OUTBOX(outbox=7, attempt=1))

    first, *others = written().splitlines()
    assert first.endswith("ERROR mailgate.flows.post.deliver failed outbox=7 attempt=1")
    assert any(line.strip().startswith("ValueError: …@customer.example") for line in others)
    assert all(line.startswith(INDENT) for line in others)


def test_a_traceback_in_json_is_part_of_its_one_line(written: Callable[[], str]) -> None:
    configure(Log(format=LogFormat.JSON))

    try:
        raise ValueError(HOSTILE[0])
    except ValueError:
        log.exception(LogEvent.FAILED_OUTBOX(outbox=7, attempt=1))

    [line] = parsed(written())
    assert line["traceback"].startswith("Traceback")
    assert HOSTILE[0].replace("anne@", "…@") in line["traceback"]


def test_a_line_in_json_has_its_pairs_as_fields(written: Callable[[], str]) -> None:
    configure(Log(format=LogFormat.JSON))

    log.warning(LogEvent.UNSCORED(reason="x forged=1", spamd=HostPort("::1", 783), error=OSError("gone")))

    [line] = parsed(written())
    assert (line["level"], line["logger"], line["event"]) == ("warning", "mailgate.flows.post.deliver", "unscored")
    assert line["message"] == "unscored reason=\"x forged=1\" spamd=[::1]:783 error=OSError('gone')"
    assert line["fields"] == {"reason": "x forged=1", "spamd": "[::1]:783", "error": "OSError('gone')"}


def test_numbers_are_numbers_in_json_and_what_there_is_not_is_null(written: Callable[[], str]) -> None:
    configure(Log(format=LogFormat.JSON))

    log.info(LogEvent.SETTLED(spool=7, disposition="held", ticket=None))

    [line] = parsed(written())
    assert line["message"] == "settled spool=7 disposition=held ticket=None"
    assert line["fields"] == {"spool": 7, "disposition": "held", "ticket": None}


def test_words_that_are_no_field_stand_in_the_line_alone(written: Callable[[], str]) -> None:
    configure(Log(format=LogFormat.JSON))

    log.info(LogEvent.SIGNED_IN("staff=2 {by} 100%s", by="link"))

    [line] = parsed(written())
    assert (line["event"], line["message"]) == ("signed in", "signed in staff=2 {by} 100%s by=link")
    assert line["fields"] == {"by": "link"}


def test_lines_of_other_programs_have_no_event_of_ours(written: Callable[[], str]) -> None:
    configure(Log(format=LogFormat.JSON))

    logging.getLogger("mail.log").warning("refused recipient=%r", "anne")

    [line] = parsed(written())
    assert (line["event"], line["message"], "fields" in line) == ("other", "refused recipient='anne'", False)


def test_the_level_says_what_is_shown(written: Callable[[], str]) -> None:
    configure(Log(level=LogLevel.WARNING))

    log.info(LogEvent.STOPPING())
    log.warning(LogEvent.LEASE_LOST(spool=8))

    assert [line.partition("deliver ")[2] for line in written().splitlines()] == ["lease lost spool=8"]


NAMED = {
    "anne@customer.example": "…@customer.example",
    "550 5.1.1 <anne.miller@customer.example>: unknown": "550 5.1.1 <…@customer.example>: unknown",
    "prvs=1a2b=anne@customer.example": "…@customer.example",
    "anne=customer.example@lists.example": "…@lists.example",
    '"anne miller"@customer.example': "…@customer.example",
    "anné@kunde.example und bo@kunde.example": "…@kunde.example und …@kunde.example",
    "12 @ noon, @anne": "12 @ noon, @anne",
}


@pytest.mark.parametrize("value", NAMED)
@pytest.mark.parametrize("style", list(LogFormat))
def test_of_a_mail_address_the_log_has_the_domain_alone(
    written: Callable[[], str], style: LogFormat, value: str
) -> None:
    configure(Log(format=style))

    log.info(LogEvent.SENT(outbox=7, to="bart@hosting.example", reply=value))
    log.warning(LogEvent.POSTPONED_SPOOL(spool=7, error=ValueError(value)))
    logging.getLogger("another").warning("what it says: %s", value)

    told = written()
    assert not any(name in told for name in ("anne.miller", "anne@", "anne miller", "anné"))
    assert "to=…@hosting.example" in told
    if style is LogFormat.JSON:
        assert parsed(told)[0]["fields"] == {"outbox": 7, "to": "…@hosting.example", "reply": NAMED[value]}
    else:
        assert f"reply={NAMED[value]!r}" in told


def test_an_error_says_what_it_is_in_the_log(written: Callable[[], str]) -> None:
    configure(Log())

    log.warning(LogEvent.POSTPONED_SPOOL(spool=7, error=ValueError("no key for anne@customer.example")))

    assert written().endswith("postponed spool=7 error=ValueError('no key for …@customer.example')\n")
