"""Checks of the machine: settings, time zone, templates, directories, secrets, disk."""

import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage
from zoneinfo import ZoneInfoNotFoundError

from mailgate.config import SecretUnavailable, Verify, read_secret
from mailgate.outbound.templates import built_in_directory
from mailgate.setup.finding import Finding, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from mailgate.setup.words.library import Library
from mailgate.setup.words.mistakes import mistakes

OTHERS = stat.S_IRWXG | stat.S_IRWXO
WARN_FREE, FAIL_FREE = 0.15, 0.05

# What locks and shared memory of SQLite's WAL cannot be trusted on; see proc(5) and mount(8).
REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "gpfs", "ocfs2", "9p", "ncpfs"}
    | {"fuse.sshfs", "fuse.glusterfs", "fuse.s3fs"}
)


def config(site: Site) -> Finding:
    """The settings have been read; whether they are meant so."""
    chosen = site.settings
    odd = [f"no effect yet: {words}" for words in chosen.unbuilt()]
    if chosen.authentication.verify is Verify.NONE:
        odd.append('authentication.verify = "none": whoever writes a From address is believed')
    if odd:
        return warn("; ".join(odd), f"edit {site.config_path}")
    return ok(str(site.config_path))


def time_zone(site: Site) -> Finding:
    """The machine knows the zone of the settings."""
    name = site.settings.gate.timezone
    try:
        now = site.now().astimezone(site.settings.gate.zone)
    except ZoneInfoNotFoundError:
        return fail(f"no data for {name}", "apt-get install tzdata")
    offset = now.utcoffset() or timedelta()
    return ok(f"{name}, now {now:%H:%M}, {offset / timedelta(hours=1):+g} h")


def templates(site: Site) -> Finding:
    """Every mail can be worded, and so can all else, with the operator's own words in front."""
    problems = mistakes(Library(built_in_directory(), site.settings.templates.directory))
    return fail("; ".join(problems), "mailgate template check") if problems else ok("no mistakes")


def directories(site: Site) -> Finding:
    """The data is there, ours, and closed to everybody else."""
    return worst([*(_directory(path) for path in site.directories), *(_closed(path) for path in _files(site))])


def close_directories(site: Site) -> None:
    """Make the directories that are missing, and take from others what they may do with our data."""
    for path in site.directories:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (*site.directories, *_files(site)):
        _close(path)


def secrets(site: Site) -> Finding:
    """Passwords and keys that settings name can be read, by us alone."""
    found = [_secret(path) for path in _passwords(site)]
    if (key := site.settings.smtp.key) is not None:
        found.append(_closed(key))
    return worst(found) if found else skipped("the settings name none")


def close_secrets(site: Site) -> None:
    """Take from others what they may do with passwords and keys."""
    key = site.settings.smtp.key
    for path in (*_passwords(site), *((key,) if key else ())):
        _close(path)


def disk(site: Site) -> Finding:
    """There is room for mail."""
    least = site.settings.limits.min_free_bytes
    return worst([_room(path, least) for path in site.directories])


def file_system(site: Site) -> Finding:
    """The store is on a disk of this machine: SQLite's locks do not hold over a network."""
    if site.database is None:
        return skipped("the store is a database server")
    kind = kind_of_file_system(site.database.parent, site.mounts.read_text("utf-8", "replace"))
    if kind in REMOTE:
        fix = "move the store to a disk of this machine and set store.url"
        return fail(f"{site.database.parent} is on {kind}, where SQLite's locks and its WAL are not safe", fix)
    return ok(kind or "unknown, no such mount")


def kind_of_file_system(path: Path, mounts: str) -> str | None:
    """The type of the innermost mount around a path, by the text of /proc/self/mounts; the last one counts."""
    found: tuple[int, str] | None = None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        if path.resolve().is_relative_to(point) and (found is None or len(point.parts) >= found[0]):
            found = len(point.parts), fields[2]
    return found[1] if found else None


def _directory(path: Path) -> Finding:
    if not path.is_dir():
        return fail(f"{path} is not there", f"mkdir -p -m 700 {path}")
    owner, me = path.stat().st_uid, os.geteuid()
    if me not in {owner, 0}:
        return fail(f"{path} belongs to user {owner}, not to {me}, who runs this", f"chown -R {me} {path}")
    if me == 0 and owner != 0:
        return worst([_closed(path), ok(f"of user {owner}; run the gate as that user")])
    return _closed(path)


def _closed(path: Path) -> Finding:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return fail(f"{path}: {error.strerror}", f"ls -l {path}")
    if mode & OTHERS:
        return fail(f"{path} is open to other users: mode {stat.S_IMODE(mode):o}", f"chmod go= {path}")
    return ok(f"{path} {stat.S_IMODE(mode):o}")


def _files(site: Site) -> Iterator[Path]:
    """The files of the database; those of the archive are behind its directory."""
    if site.database is not None:
        yield from (path for mark in ("", "-wal", "-shm") if (path := Path(f"{site.database}{mark}")).exists())


def _passwords(site: Site) -> tuple[Path, ...]:
    settings = site.settings
    first = settings.smarthost.password_file
    others = (
        settings.workers.password_file,
        *(one.password_file for one in settings.fallback_smarthost),
        *(one.password_file for one in settings.imap),
        *(one.secret_file for one in settings.hook),
        settings.s3.access_key_file,
        settings.s3.secret_key_file,
        settings.payments.secret_key_file,
        settings.payments.webhook_secret_file,
    )
    return tuple(dict.fromkeys(filter(None, (first, *others))))


def _secret(path: Path) -> Finding:
    try:
        read_secret(path)
    except SecretUnavailable as error:
        return fail(str(error), f"put the password alone into {path}, mode 600")
    return _closed(path)


def _close(path: Path) -> None:
    if path.exists():
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)


def _room(path: Path, least: int) -> Finding:
    while not path.exists():
        path = path.parent
    usage = disk_usage(path)
    share, words = usage.free / usage.total, f"{path}: {usage.free >> 20} MiB free"
    fix = f"make room on the disk of {path}"
    if usage.free < least:
        return fail(f"{words}, less than limits.min_free_bytes: mail is answered with 452", fix)
    if share < FAIL_FREE:
        return fail(f"{words}, {share:.0%}", fix)
    return warn(f"{words}, {share:.0%}", fix) if share < WARN_FREE else ok(f"{words}, {share:.0%}")
