"""Route: the smarthosts in the order of the settings; the first that does not rest gets the mail."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from mailgate.flows.post import rest
from mailgate.flows.post.rest import Turn
from mailgate.outbound.pool import Pool


@dataclass(slots=True)
class Route:
    """The way of one mail: with whom it has its turn now, and whom it may turn to when that one does not answer."""

    engine: Engine
    now: datetime
    left: list[Pool]  # that were not asked yet
    turns: ExitStack
    with_whom: tuple[Pool, Turn] | None = None
    again_at: list[datetime] = field(default_factory=list)  # when the rest of those ends that failed

    def go_on(self, conn: Connection) -> bool:
        """Have a turn with the next that does not rest, in a write transaction; False when there is none."""
        while self.left:
            smarthost = self.left.pop(0)
            turn = rest.begin(conn, self.engine, smarthost.address, self.now)
            if turn is not None:
                self.turns.callback(turn.end)
                self.with_whom = smarthost, turn
                return True
        return False

    @property
    def smarthost(self) -> Pool:
        """Whose turn it is."""
        assert self.with_whom is not None
        return self.with_whom[0]

    def answered(self) -> None:
        """It was there, whatever it said."""
        assert self.with_whom is not None
        self.with_whom[1].answered = True

    def failed(self, reason: str) -> datetime:
        """It was not, and rests; returns when the first of those that failed is worth another try."""
        assert self.with_whom is not None
        self.again_at.append(self.with_whom[1].failed(reason))
        return min(self.again_at)


@contextmanager
def route(engine: Engine, smarthosts: Sequence[Pool], now: datetime) -> Iterator[Route]:
    """The way of one mail, at its beginning; all its turns end with it."""
    with ExitStack() as turns:
        yield Route(engine, now, list(smarthosts), turns)
