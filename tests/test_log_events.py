"""The events of the log: documented by name and fields, and given by every call what they take."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from mailgate.log_events import LogEvent

ROOT = Path(__file__).parents[1]
ROOMS = ("mailgate", "store", "workers", "webview")
DOCUMENTED = (ROOT / "docs/events.md").read_text("utf-8")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}

Keys = tuple[str, ...]


def keys_of(event: LogEvent) -> Keys:
    """What stands in braces in its line, each once: "" for a word that is no field."""
    return tuple(dict.fromkeys(key for _, key, _, _ in Formatter().parse(event.line) if key is not None))


def fields_of(event: LogEvent) -> Keys:
    """The keys that have a name."""
    return tuple(filter(None, keys_of(event)))


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each call in our rooms, with its place."""
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def event_in(call: ast.Call) -> LogEvent | None:
    """The event, when the call is `LogEvent.NAME(…)`."""
    of_us = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == LogEvent.__name__
    return LogEvent[call.func.attr] if of_us and isinstance(call.func, ast.Attribute) else None


def test_events_and_their_fields_are_those_that_operators_read_of() -> None:
    documented = [row.split(" | ", 1) for row in DOCUMENTED.splitlines() if row.startswith("| `")]

    names = [(event.strip("| `"), tuple(fields.strip("| ").replace("`", "").split())) for event, fields in documented]
    assert names == sorted({(event.event, fields_of(event)) for event in LogEvent})


def test_a_line_begins_with_its_event_and_goes_on_with_what_it_is_about() -> None:
    named = [event for event in LogEvent if event is not LogEvent.SETTING]

    assert [event for event in named if not event.line.startswith(event.event)] == []
    assert [event for event in LogEvent if event.about != "".join(fields_of(event)[:1])] == []


def test_every_event_that_is_logged_gets_the_values_of_its_line() -> None:
    given = [
        (place, event, len(call.args), {str(word.arg).rstrip("_") for word in call.keywords})
        for place, call in calls()
        if (event := event_in(call))
    ]

    assert len(given) >= len(LogEvent) - len({LogEvent.HINDERED, LogEvent.NOT_FETCHED})  # one line chooses between them
    assert [
        (place, event)
        for place, event, words, fields in given
        if fields != set(fields_of(event)) or words != event.line.count("{}") + event.line.count("{:")
    ] == []


def test_every_line_of_ours_is_an_event() -> None:
    lines = [
        (place, call.args[call.func.attr == "log"])
        for place, call in calls()
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "log" and call.func.attr in LEVELS
    ]

    assert len(lines) > len(LogEvent) / 2
    assert [place for place, said in lines if not ast.unparse(said).startswith(("LogEvent.", "event("))] == []


def test_an_event_in_the_log_is_its_words_with_its_values() -> None:
    happened = LogEvent.PARKED_OUTBOX(outbox=7, reply="554 5.0.0 {no}")

    assert str(happened) == "parked outbox=7 reply='554 5.0.0 {no}': `mailgate queue retry|cancel 7` decides"
    assert happened.fields == {"outbox": 7, "reply": "554 5.0.0 {no}"}


def test_a_field_may_be_called_as_python_calls_something_of_its_own() -> None:
    assert str(LogEvent.UIDS_CHANGED(folder="INBOX", from_=1, to=2)) == "uids changed folder=INBOX from=1 to=2"
