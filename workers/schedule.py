"""When the sweep looks: at the start, then every second; of processes that share a broker, in the one that leads."""

import logging
import threading
from collections.abc import Callable
from itertools import count

from mailgate.log_events import LogEvent
from mailgate.wiring import Parts
from store.engine import empty_log, is_busy
from workers.actors import Clock, utc_now

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
SWEEPS_A_CLEARANCE = 60
"""What was erased or overwritten is in the store's log for a minute at most, unless somebody reads all the time."""
CLEARANCE_SECONDS = 0.1
"""Others write meanwhile, and it comes again."""


def always() -> bool:
    """Nobody else sends jobs to the workers of this process."""
    return True


class Schedule:
    """A thread that sends the jobs of all that is due, while this process leads, until it is stopped."""

    def __init__(
        self,
        parts: Parts,
        *,
        clock: Clock = utc_now,
        every_seconds: float = SWEEP_SECONDS,
        leads: Callable[[], bool] = always,
    ) -> None:
        self._parts = parts
        self._leads = leads
        self._clock = clock
        self._every_seconds = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)

    def start(self) -> None:
        """Begin with a look at once."""
        self._thread.start()

    def stop(self) -> None:
        """End after the look that is under way."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        for number in count():
            try:
                if number % SWEEPS_A_CLEARANCE == 0:
                    empty_log(self._parts.engine, within_seconds=CLEARANCE_SECONDS)
                if self._leads():
                    self._parts.sweep(self._clock())
            except Exception as error:
                if is_busy(error):  # for as long as it is: a line each time says it all
                    log.warning(LogEvent.NOT_SWEPT(error=error))
                else:
                    log.exception(LogEvent.SWEEP_FAILED(self._every_seconds))
            if self._stop.wait(self._every_seconds):
                return
