"""Sends hints to a shared broker, from a thread of its own: whoever accepts a mail never waits for a broker."""

import queue
import threading
from contextlib import suppress

from mailgate.jobs import Job
from workers.brokers.answering import Answering
from workers.brokers.hints import SharedBroker, hint

HELD = 1000
"""Hints that wait in this process for a broker that is slow; what finds no room is left to the sweep."""

PAUSE_SECONDS = 1.0
"""Between attempts at a broker that is away."""

IDLE_SECONDS = 5.0
FLUSH_SECONDS = 2.0


class Sender:
    """Enqueue on a shared broker. What that does not take is dropped in the end, and the sweep finds the row."""

    def __init__(self, broker: SharedBroker, *, shown: str) -> None:
        self._broker = broker
        self._answering = Answering(shown, "sending")
        self._waiting: queue.Queue[tuple[Job, int] | None] = queue.Queue(HELD)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hints", daemon=True)

    def start(self) -> None:
        """Begin to send; what was enqueued before waits for it."""
        self._thread.start()

    def stop(self) -> None:
        """Send what waits if that is quick, then end."""
        self._stopping.set()
        with suppress(queue.Full):  # there is more to do than there is time for
            self._waiting.put_nowait(None)
        if self._thread.is_alive():
            self._thread.join(FLUSH_SECONDS)

    def __call__(self, job: Job, row_id: int) -> None:
        """Never waits and never raises."""
        try:
            self._waiting.put_nowait((job, row_id))
        except queue.Full:
            self._answering.no(TimeoutError(f"{HELD} hints wait to be sent"))

    def _run(self) -> None:
        while (waiting := self._next()) is not None:
            try:
                self._broker.enqueue(hint(*waiting))
            except Exception as error:  # noqa: BLE001 - told once; whatever it was, the sweep does the rest
                self._answering.no(error)
                if self._stopping.wait(PAUSE_SECONDS):
                    break
            else:
                self._answering.yes()
        self._broker.close()

    def _next(self) -> tuple[Job, int] | None:
        while True:
            try:
                return self._waiting.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                self._broker.idle()
