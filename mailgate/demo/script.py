"""What `mailgate demo --script` plays: a story of support, and a year of money in a company of its own."""

import asyncio
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from mailgate.demo.double import NotPaid
from mailgate.demo.mailboxes import Arrived
from mailgate.demo.playground import OpenWeb, Say, playground
from mailgate.demo.steps import NotSeen, Steps
from mailgate.demo.story import Story
from mailgate.demo.telling import told
from mailgate.demo.year.scene import Scene
from mailgate.demo.year.told import BEGINS, Year
from mailgate.errors import MailgateError


async def play_story(directory: Path, open_web: OpenWeb, say: Say, *, tells_mails: bool = False) -> None:
    """The story without a terminal; `tells_mails`: with each mail that is written or arrives. Raises NotSeen."""
    tell = _teller(say, tells_mails=tells_mails)
    arrived = _arrived(tell)
    async with playground(directory, open_web, undo_seconds=1, told=arrived, with_viewer=False) as place:
        story = Story(place.running.parts, place.mailboxes, place.ports.smtp, say, tell)
        await story.play()


async def play_year(directory: Path, say: Say, *, tells_mails: bool = False) -> None:
    """A year of money, from the first order to books that agree; `tells_mails` as above. Raises NotSeen."""
    tell = _teller(say, tells_mails=tells_mails)
    arrived = _arrived(tell)
    async with playground(directory, _no_web, undo_seconds=0, told=arrived, opens_at=BEGINS) as place:
        steps = Steps(say, lambda: f"{place.clock():%Y-%m-%d}")
        try:
            await asyncio.to_thread(Year(Scene(place, steps, tell)).play)
        except (MailgateError, NotPaid) as error:
            raise NotSeen(f"not done after step {steps.count}: {error}") from error


def _no_web(_running: object, _around: object) -> None:
    """The year is told by mail alone."""


def _teller(say: Say, *, tells_mails: bool) -> Callable[[EmailMessage], None]:
    def tell(mail: EmailMessage) -> None:
        if tells_mails:
            say(told(mail))

    return tell


def _arrived(tell: Callable[[EmailMessage], None]) -> Callable[[Arrived], None]:
    def arrived(mail: Arrived) -> None:
        tell(mail.message)

    return arrived
