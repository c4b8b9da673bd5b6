"""What a log line says: which event, and the values of its `key=value` pairs. Both come from the words in the code."""

import logging
import re

_EVENT = re.compile(r"([a-z-]+(?:,? [a-z-]+){0,7})(?= \w+=| %|[:;,]|\Z)")
_PLACEHOLDER = re.compile(r"(?:(?P<key>\w+)=)?\"?%(?:%|[-#0 +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa])")

OURS = frozenset({"mailgate", "store", "workers", "webview"})


def event(record: logging.LogRecord) -> str:
    """The words that a line of ours begins with, "other" where there are none: `deferred`, `not accepted`.

    Read from the words in the code, before anybody's values are put into them: there are only so many.
    """
    found = _EVENT.match(str(record.msg))
    return found[1] if found and record.name.partition(".")[0] in OURS else "other"


def fields(record: logging.LogRecord) -> dict[str, object]:
    """The values of the pairs by their keys, numbers as numbers; whatever a value holds, it cannot add a pair."""
    if not isinstance(record.args, tuple):
        return {}
    placeholders = [found for found in _PLACEHOLDER.finditer(str(record.msg)) if found[0] != "%%"]
    pairs = zip(placeholders, record.args, strict=False)
    return {found["key"]: _plain(value) for found, value in pairs if found["key"]}


def about(record: logging.LogRecord) -> str:
    """The first key, which tells what the event is about: `recipient` of `refused recipient=…`."""
    found = next((found["key"] for found in _PLACEHOLDER.finditer(str(record.msg)) if found["key"]), None)
    return found or ""


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return repr(value) if isinstance(value, BaseException) else str(value)
