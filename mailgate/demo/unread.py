"""Which mails nobody has opened: the memory of the viewer alone, of which the gate knows nothing."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from mailgate.demo.mailboxes import Arrived, Mailboxes


class Unread:
    """Everybody's marks, and who has news since the last thing that was done."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes
        self._read: set[Path] = set()
        self._before = 0

    def is_unread(self, mail: Arrived) -> bool:
        """Nobody has opened it."""
        return mail.path not in self._read

    def read(self, mail: Arrived) -> None:
        """It is open on somebody's screen."""
        self._read.add(mail.path)

    def read_all(self, address: str) -> None:
        """This person has seen all that arrived until now."""
        self._read.update(mail.path for mail in self._mailboxes.of(address))

    def read_before(self, at: datetime) -> None:
        """Whatever arrived before this instant was opened, by everybody."""
        self._read.update(mail.path for mail in self._mailboxes.arrived if mail.at < at)

    def count(self, address: str) -> int:
        """How many mails a person has not opened."""
        return sum(map(self.is_unread, self._mailboxes.of(address)))

    def begin(self) -> None:
        """Something is about to be done: what arrives from now on is news."""
        self._before = len(self._mailboxes.arrived)

    def have_news(self) -> Collection[str]:
        """The addresses to which something came since, that is not open yet."""
        news = filter(self.is_unread, self._mailboxes.arrived[self._before :])
        return frozenset(mail.address for mail in news)
