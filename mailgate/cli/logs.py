"""Logging as the settings say: one event, one line, on stderr; text or JSON."""

import json
import logging
import sys
from datetime import UTC, datetime

from mailgate.config import Log, LogFormat


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(log: Log) -> None:
    """Send the log of the whole process to stderr. Called once, by the programs that run on."""
    handler = logging.StreamHandler(sys.stderr)
    if log.format is LogFormat.JSON:
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=log.level.value.upper(), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("dramatiq").setLevel(logging.WARNING)
