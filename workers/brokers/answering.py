"""Whether a broker answers, as one thread sees it: told when that changes, not with each attempt."""

import logging
import threading

from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)


class Answering:
    """Hears how each attempt ended. `doing` says which use of the broker it is about."""

    def __init__(self, broker: str, doing: str) -> None:
        self._broker = broker
        self._doing = doing
        self._lock = threading.Lock()
        self._away = False

    def yes(self) -> None:
        """It did what was asked."""
        if self._away and self._turned(away=False):
            log.info(LogEvent.BROKER_BACK(broker=self._broker, doing=self._doing))

    def no(self, error: Exception) -> None:
        """It did not."""
        if not self._away and self._turned(away=True):
            log.warning(LogEvent.BROKER_AWAY(broker=self._broker, doing=self._doing, error=words(error)))

    def _turned(self, *, away: bool) -> bool:
        with self._lock:
            turned, self._away = self._away is not away, away
            return turned


def words(error: BaseException) -> str:
    """What an error of a broker's client says; they wrap one another, and some say nothing but their name."""
    while True:
        inner = error.args[0] if error.args else None
        inner = getattr(inner, "exception", inner)
        if not isinstance(inner, BaseException):
            return f"{type(error).__name__}: {error}".removesuffix(": ")
        error = inner
