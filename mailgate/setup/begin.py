"""Begin: make a gate: its settings, its store, its first staff member, and files for what stands around it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailgate.config import Settings, load
from mailgate.config.shipped import filled_in, shipped_text
from mailgate.desks import sending_domains
from mailgate.errors import Permanent
from mailgate.people import Staff
from mailgate.setup import signing
from mailgate.setup.answers import settings_of
from mailgate.setup.snippets import Place, Snippet, snippets
from mailgate.setup.zone_file import dkim_record
from store import people, signing_keys
from store.engine import connect, reading, transaction
from store.migrations import upgrade
from store.signing_keys import KeyState

CONFIG, SNIPPETS = "config.toml", "setup"


class AlreadyThere(Permanent):
    """Settings that would be lost."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was made."""

    config: Path
    staff: Staff
    snippets: tuple[Snippet, ...]
    settings: Settings

    @property
    def files(self) -> tuple[Path, ...]:
        """Where the snippets were written."""
        return tuple(self.config.parent / SNIPPETS / one.name for one in self.snippets)


def refuse_if_there(directory: Path, *, replace: bool) -> None:
    """Raises AlreadyThere where settings are that must not be replaced."""
    if (directory / CONFIG).exists() and not replace:
        raise AlreadyThere(f"{directory / CONFIG} is there already")


def begin(
    answers: Mapping[str, str], place: Place, *, replace: bool, environ: Mapping[str, str], now: datetime
) -> Begun:
    """Make all of it; the answers have been checked. An existing store is migrated and kept, whatever `replace` says.

    `environ` overrides settings, as for every command. What was made before a failure stays: a second call goes on.

    Raises AlreadyThere, and OSError where nothing can be written.
    """
    config = place.directory / CONFIG
    refuse_if_there(place.directory, replace=replace)
    place.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(config, filled_in(shipped_text(), settings_of(answers)), 0o600)
    settings = load(config, environ)
    engine = connect(settings.store.url)  # first: it makes the directory around both, closed to others
    try:
        settings.store.archive.mkdir(mode=0o700, parents=True, exist_ok=True)
        upgrade(engine)
        with transaction(engine) as conn:
            staff = people.staff_with(conn, answers["staff-email"]) or people.add_staff(
                conn, answers["staff-name"], answers["staff-email"], now=now
            )
        signing.make_ready(engine, rotate=False, now=now)
        with reading(engine) as conn:
            published = [key for key in signing_keys.listing(conn) if key.state is not KeyState.RETIRED]
    finally:
        engine.dispose()
    domains = sending_domains(settings.desks, settings.gate.domain)
    records = [dkim_record(key.selector, domain, key.record) for domain in domains for key in published]
    begun = Begun(config, staff, snippets(settings, place, records), settings)
    (place.directory / SNIPPETS).mkdir(mode=0o700, exist_ok=True)
    for path, snippet in zip(begun.files, begun.snippets, strict=True):
        _write(path, snippet.text, snippet.mode)
    return begun


def _write(path: Path, text: str, mode: int) -> None:
    """Under another name first: a full disk must not leave half of it in place of what was there."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.chmod(mode)  # os.open's is narrowed by the umask
    unfinished.replace(path)
