"""Programs of the operator's that hear of what happens."""

import hashlib
import shlex
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from mailgate.config import kinds
from mailgate.hooks import GROUPS, HookEvent, is_meant
from mailgate.toml_text.problems import BadValue, nearest

_EVENTS = (*(event.value for event in HookEvent if event is not HookEvent.PING), *GROUPS)


def _event(raw: str) -> str:
    if raw not in _EVENTS:
        raise BadValue(f'"{raw}" is no event: there is {", ".join(_EVENTS)}', nearest(raw, _EVENTS))
    return raw


def _command(raw: str) -> str:
    try:
        words = shlex.split(raw)
    except ValueError:
        raise BadValue(f'"{raw}" has a quotation mark without its end') from None
    if words and not words[0].startswith("/"):
        raise BadValue(f'"{words[0]}" is not a whole path: no shell looks for it, write /usr/local/bin/{words[0]}')
    return raw


@dataclass(frozen=True, slots=True)
class Hook:
    """One `[[hook]]`: a command or a url, and the event or group of events that it hears of."""

    event: Annotated[str, kinds.text(_event)]
    command: Annotated[str, kinds.text(_command)] = ""
    url: kinds.OptionalHookUrl = ""
    secret_file: kinds.OptionalFile = None
    timeout_seconds: Annotated[float, kinds.number(0.1, 300)] = 10.0

    @property
    def key(self) -> str:
        """What is called, as its calls know it: many an address holds a secret, and none is kept with them."""
        return hashlib.sha256((self.url or self.command).encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """What people know it by: the program, or the host."""
        if self.url:
            return urlsplit(self.url).hostname or self.url
        return self.program.rpartition("/")[2]

    @property
    def program(self) -> str:
        """The path of the program of a command; "" for a url."""
        return shlex.split(self.command)[0] if self.command else ""

    def hears(self, event: HookEvent) -> bool:
        """Is it to be told?"""
        return is_meant(self.event, event)
