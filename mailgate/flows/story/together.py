"""Stories of several threads that come at the same moment are told in one transaction, and wait for one disk."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from sqlalchemy import Connection, Engine

from mailgate.jobs import Computing, alone
from store.engine import transact

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MOST = 16
"""In one transaction, so that no other writer waits for long."""


@dataclass(slots=True)
class _Waiting(Generic[Asked, Answer]):
    """What one thread has asked for. It sleeps until that was told, or until it is to tell what waits."""

    asked: Asked
    answer: Answer | None = None
    was_told: bool = False
    is_over: bool = False  # whether its group was told or not
    sleep: threading.Lock = field(default_factory=threading.Lock)


class Together(Generic[Asked, Answer]):
    """Asks one story for what several threads want, in the order in which they came.

    `story` answers for each in the same order. When it fails nothing of it has been done, and each thread tells its own
    part alone: who asked for what fails hears of it, and nobody else.

    The first to come tells what waits by the time it is its turn to compute, and whoever came meanwhile is next: under
    load the groups grow by themselves, and who comes alone waits for nobody.
    """

    def __init__(
        self,
        engine: Engine,
        story: Callable[[Connection, Sequence[Asked]], Sequence[Answer]],
        *,
        durable: bool = True,
        computing: Computing = alone,
    ) -> None:
        self._engine, self._story, self._durable, self._computing = engine, story, durable, computing
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting[Asked, Answer]] = deque()
        self._is_led = False  # somebody tells, or is about to

    @property
    def waiting(self) -> int:
        """Threads whose part nobody has begun to tell."""
        return len(self._waiting)

    def __call__(self, asked: Asked) -> Answer:
        """The answer; raises what the story raises."""
        mine = _Waiting[Asked, Answer](asked)
        mine.sleep.acquire()
        with self._lock:
            self._waiting.append(mine)
            leads, self._is_led = not self._is_led, True
        if not leads:
            mine.sleep.acquire()  # released by who told it, or left it to this one
        if (not mine.is_over and self._lead(mine)) or mine.was_told:
            return cast("Answer", mine.answer)
        with self._computing:
            return self._told([asked])[0]

    def _lead(self, mine: _Waiting[Asked, Answer]) -> bool:
        """Tell all that wait, the first of whom this thread is; False: they are to be told one by one."""
        group: list[_Waiting[Asked, Answer]] = []
        try:
            with self._computing:
                with self._lock:
                    group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
                for one, answer in zip(group, self._told([one.asked for one in group]), strict=True):
                    one.answer, one.was_told = answer, True
        except Exception:
            if len(group) < 2:
                raise
        finally:
            self._hand_over(mine, group)
        return mine.was_told

    def _hand_over(self, mine: _Waiting[Asked, Answer], group: Sequence[_Waiting[Asked, Answer]]) -> None:
        """Wake those who were told, or were not, and the next to lead."""
        with self._lock:
            if not group:
                self._waiting.remove(mine)  # its turn did not come
            following = self._waiting[0] if self._waiting else None
            self._is_led = following is not None
        for one in group:
            one.is_over = True
        for one in (*group, *([following] if following else ())):
            if one is not mine:
                one.sleep.release()

    def _told(self, asked: Sequence[Asked]) -> Sequence[Answer]:
        return transact(self._engine, lambda conn: self._story(conn, asked), durable=self._durable)
