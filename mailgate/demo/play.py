"""What the viewer of the demo shows and moves, and the frame of its pages."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from mailgate.demo.clock import DemoClock, TimeMachine
from mailgate.demo.mailboxes import Mailboxes
from mailgate.demo.players import Player
from mailgate.wiring import Parts
from webview.reader import Reader
from webview.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Play:
    """What the viewer shows and moves."""

    parts: Parts
    mailboxes: Mailboxes
    clock: DemoClock
    machine: TimeMachine
    smtp_port: int
    word: str
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
            **values,
        )
