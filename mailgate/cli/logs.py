"""Logging as the settings say: one event, one line, on stderr; text or JSON.

No value can begin a line of its own, and no line names a person: of a mail address it has the domain alone.
"""

import json
import logging
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from mailgate.cli.visible import CONTROL, visible
from mailgate.config import Log, LogFormat
from mailgate.log_events import Happened

# The part before the @ of a mail address: it names a person, and the log outlives what is erased. In a line it ends at
# `=`, where a key ends; in a value it may hold one.
_PERSON = re.compile(r"""(?:"[^"\n]{1,64}"|[^\s<>"'(),;:=\[\]{}@\\]++)@(?=[^\s@]*[A-Za-z0-9])""")
_PERSON_IN_VALUE = re.compile(r"""(?:"[^"\n]{1,64}"|[^\s<>"'(),;:\[\]{}@\\]++)@(?=[^\s@]*[A-Za-z0-9])""")
_SOMEBODY = "…@"

INDENT = "    "


class TextLines(logging.Formatter):
    """One line an event. Only a traceback has more, and those are indented: what is not indented begins an event."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line; an exception's words, too, may be a stranger's."""
        record.message = _message(record)
        record.asctime = self.formatTime(record)
        more = [self.formatException(record.exc_info)] if record.exc_info else []
        lines = [line for text in (*more, record.stack_info or "") for line in _unnamed(text).splitlines()]
        return "\n".join(visible(line) for line in (self.formatMessage(record), *(INDENT + line for line in lines)))


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, event, message, its pairs as `fields`, and the traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        happened = record.msg if isinstance(record.msg, Happened) else None
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": happened.kind.event if happened else "other",  # a line of another program's
            "message": _message(record),
        }
        if happened and happened.fields:
            line["fields"] = {key: _nobody(_plain(value)) for key, value in happened.fields.items()}
        if record.exc_info:
            line["traceback"] = _unnamed(self.formatException(record.exc_info))
        written = json.dumps(line, ensure_ascii=False)
        return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def configure(log: Log) -> None:
    """Send the log of the whole process to stderr. Called once, by the programs that run on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log.format is LogFormat.JSON else TextLines())
    level = logging.getLevelNamesMapping()[log.level.value.upper()]
    handler.setLevel(level)
    # What is counted does not depend on what is shown: the metrics see INFO at any `log.level`.
    logging.basicConfig(level=min(level, logging.INFO), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("dramatiq").setLevel(logging.WARNING)


def _message(record: logging.LogRecord) -> str:
    """The words of a line, without the local-parts of addresses."""
    if isinstance(record.msg, Happened):
        return _unnamed(str(_without_people(record.msg)))
    return _unnamed(record.getMessage())


def _without_people(happened: Happened) -> Happened:
    return Happened(happened.kind, happened.words, {key: _nobody(value) for key, value in happened.fields.items()})


def _nobody(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return _PERSON_IN_VALUE.sub(_SOMEBODY, value) if isinstance(value, str) else _Unnamed(value)


@dataclass(frozen=True, slots=True, repr=False)
class _Unnamed:
    """An error, mostly: what it says of itself, without the local-parts of addresses."""

    value: object

    def __str__(self) -> str:
        return _unnamed(str(self.value))

    def __repr__(self) -> str:
        return _unnamed(repr(self.value))


def _unnamed(text: str) -> str:
    return _PERSON.sub(_SOMEBODY, text)


def _plain(value: object) -> object:
    """Numbers stay numbers, and an error says what it is."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return repr(value) if isinstance(value, BaseException) else str(value)
