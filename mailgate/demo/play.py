"""What the viewer of the demo shows and moves, and the frame of its pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from starlette.responses import Response

from mailgate.demo.clock import DemoClock, TimeMachine
from mailgate.demo.mailboxes import Mailboxes
from mailgate.demo.players import Player, everybody
from mailgate.demo.unread import Unread
from mailgate.wiring import Parts
from store.engine import reading
from store.post import outbox
from store.post.outbox import OutState
from webview.reader import Reader
from webview.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Play:
    """What the viewer shows and moves."""

    parts: Parts
    mailboxes: Mailboxes
    unread: Unread
    clock: DemoClock
    machine: TimeMachine
    smtp_port: int
    word: str
    provider_url: str  # of the double
    rendering: Rendering

    @property
    def root(self) -> str:
        """The path before all pages."""
        return f"/{self.word}"

    def mailbox(self, address: str) -> str:
        """The path of a person's mailbox."""
        return f"{self.root}/{quote(address, safe='@')}/"

    def page(self, template: str, me: Player | None, *, status: int = 200, **values: object) -> Response:
        """A page with the clock on it; `me` is who looks at it."""
        now, zone = self.clock(), self.parts.settings.gate.timezone
        return self.rendering.page(
            template,
            Reader(timezone=zone, at=now),
            status=status,
            root=self.root,
            me=me,
            mailbox=self.mailbox(me.address) if me else None,
            now=now,
            zone=zone,
            due=self.machine.next_item(),
            done=self.machine.last_done,
            unread=self.unread,
            news=self._news(me),
            leaving=self._leaving_soon(),
            **values,
        )

    def _news(self, me: Player | None) -> Sequence[Player]:
        """Who has new mail since the last thing that was done, `me` first."""
        addresses = self.unread.have_news()
        if not addresses:
            return ()
        with reading(self.parts.engine) as conn:
            named = [one for one in everybody(conn) if one.address in addresses]
        return sorted(named, key=lambda one: me is None or one.address != me.address)

    def _leaving_soon(self) -> bool:
        """An answer of staff waits, as long as it can be taken back."""
        with reading(self.parts.engine) as conn:
            held = outbox.listing(conn, states=(OutState.HELD,))
        soon = self.clock() + timedelta(seconds=self.parts.settings.desk_rules.undo_seconds)
        return any(row.due_at is not None and row.due_at <= soon for row in held)
