"""How far a long command has come: count, rate and time to go, on one line that is written over, for people alone."""

import sys
import time

import click

_EVERY_SECONDS = 0.2


class Meter:
    """Shows progress on stderr when that is a terminal."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()
        self._what = ""
        self._began = self._shown = 0.0
        self._first = 0

    def __call__(self, what: str, done: int, of: int | None = None) -> None:
        """So many are done, of so many when that is known."""
        if not self._shows:
            return
        now = time.monotonic()
        if what != self._what:
            self.end()
            self._what, self._began, self._first = what, now, done
        if now - self._shown < _EVERY_SECONDS and done != of:
            return
        self._shown = now
        rate = (done - self._first) / max(now - self._began, 0.001)
        ahead = f" of {of}, {_clock((of - done) / rate)} to go" if of and rate else ""
        click.echo(f"\r\x1b[K{what}: {done}{ahead}, {rate:.0f} a second", err=True, nl=False)

    def end(self) -> None:
        """What is written next begins a line of its own."""
        if self._shows and self._what:
            click.echo(err=True)
            self._what = ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
