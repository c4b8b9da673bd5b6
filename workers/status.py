"""How the gate is doing: queues, listeners, disk and schema, and what needs a person. Looks only, changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import Connection, Engine

from mailgate.config import ImapFolder, Settings
from mailgate.mail.disposition import Disposition
from store import health
from store.billing import former
from store.engine import read_url, reading
from store.health import Health
from store.keeping import serving
from store.migrations import HEAD, current, unfinished
from store.post import folders, processes, smarthosts
from store.post.folders import Remaining
from store.post.outbox import OutState
from store.post.processes import Process
from store.post.smarthosts import Down
from workers.attention import Attention
from workers.billing_status import as_json as billing_face
from workers.billing_status import of_billing
from workers.charges_status import as_json as charges_face
from workers.charges_status import of_charges
from workers.listeners import ListenerState, ask_listeners
from workers.money_status import as_json as money_face
from workers.money_status import of_former, of_money
from workers.servers import ServerState, ask_servers

LATE = timedelta(minutes=5)
"""The sweep looks every second: what is overdue for so long has nobody who works on it."""

REVIEW = timedelta(days=1)
UNDELIVERED = timedelta(hours=4)
"""Greylisting and a restart of the smarthost are over by then; mail servers warn their senders after as long."""

SHOWN_LEFT = 5

ELSEWHERE = frozenset({"broker", "spamd", "archive", "smarthost", "undelivered", "no_smarthost", "imap"})
"""Codes of faults of others: mail is taken in and kept all the same, and no restart of this program helps."""

MEANWHILE = {
    "broker": "mail waits in the store for its workers",
    "spamd": "no mail is checked for spam",
    "archive": "large mails are answered with 451, and those that are here wait",
}


@dataclass(frozen=True, slots=True)
class FolderState:
    """One IMAP folder of the settings."""

    name: str
    fetched_at: datetime | None  # when the last look into it came to its end
    problem: str | None
    problem_since: datetime | None
    left: tuple[Remaining, ...]  # mails on the server that we could not take

    @property
    def is_stuck(self) -> bool:
        """Nothing comes in; else the problem is about what becomes of stored mail."""
        since = self.problem_since
        return self.problem is not None and (not self.fetched_at or not since or self.fetched_at < since)


@dataclass(frozen=True, slots=True)
class Disk:
    """What the store takes, in bytes, and what is left."""

    database: int | None  # None: it is not a file of ours
    archive: int
    free: int


@dataclass(frozen=True, slots=True)
class Status:
    """All of it at one instant. `health` is None when the store has another schema than this version knows."""

    at: datetime
    revision: str | None
    health: Health | None
    listeners: tuple[ListenerState, ...]
    folders: tuple[FolderState, ...]
    smarthosts: tuple[Down, ...]  # that do not answer
    servers: tuple[ServerState, ...]  # that were asked
    processes: tuple[Process, ...]  # that work on the store together; a program that works alone is not among them
    disk: Disk
    serve: bool  # some program has workers for the store
    attention: tuple[Attention, ...]

    @property
    def degraded(self) -> tuple[str, ...]:
        """Codes of the parts that others must mend, each once; their work waits."""
        return tuple(dict.fromkeys(one.code for one in self.attention if one.fault and one.code in ELSEWHERE))

    @property
    def is_healthy(self) -> bool:
        """Mail is taken in, kept and worked on, as far as that is up to us, whatever decisions wait."""
        degraded = self.degraded
        # Workers who cannot hear of mail are late with it, and so are those whose files are away.
        excused = {*degraded, *(("late_in", "late_out") if {"broker", "archive"} & set(degraded) else ())}
        return not any(one.fault and one.code not in excused for one in self.attention)


def look(settings: Settings, engine: Engine, now: datetime, *, listeners: bool = True, servers: bool = True) -> Status:
    """Ask the store, the disk and, unless told not to, listeners and servers. Raises what a store does that is away."""
    with reading(engine) as conn:
        revision = current(conn)
        found = health.read(conn, now) if revision == HEAD else None
        fetched = tuple(_folders(conn, settings)) if revision == HEAD else ()
        silent = smarthosts.listing(conn) if revision == HEAD else ()
        together = processes.present(conn) if revision == HEAD else ()
        elsewhere = former.left(conn, settings.payments.provider) if revision == HEAD else ()
    asked = tuple(ask_listeners(settings)) if listeners else ()
    found_servers = tuple(ask_servers(settings)) if servers else ()
    room = _disk(settings)
    attention = (
        *(_of_schema(revision) if found is None else _of_queues(found, sends=settings.smarthost.address is not None)),
        *(_of_hooks(found.failing_calls) if found else ()),
        *(of_billing(found.billing, now.astimezone(settings.gate.zone).date()) if found else ()),
        *(of_charges(found.charges, now) if found else ()),
        *(of_money(found.money, now.astimezone(settings.gate.zone).date()) if found else ()),
        *of_former(elsewhere, settings.payments),
        *(_of_listener(listener) for listener in asked if not listener.answers),
        *(_of_server(server) for server in found_servers if not server.answers),
        *(one for folder in settings.imap for one in _of_folder(folder, fetched, now)),
        *(one for down in silent for one in _of_smarthost(down, now)),
        *_of_disk(room, settings),
    )
    works = serving.is_taken(settings.store.archive) or any(one.works for one in together)
    return Status(now, revision, found, asked, fetched, silent, found_servers, together, room, works, attention)


def as_json(status: Status) -> Mapping[str, object]:
    """The face that `mailgate status --json` and `/healthz` have in common; its keys are stable."""
    found = status.health
    mails = found.mails if found else {}
    outgoing = found.outgoing if found else {}
    return {
        "at": _instant(status.at),
        "healthy": status.is_healthy,
        "degraded": list(status.degraded),
        "attention": [asdict(one) for one in status.attention],
        "waiting": mails.get(Disposition.WAITING),
        "held": mails.get(Disposition.HELD),
        "quarantined": mails.get(Disposition.QUARANTINED),
        "outbox": {
            state.value.replace("-", "_"): outgoing.get(state)
            for state in (OutState.HELD, OutState.QUEUED, OutState.SENDING, OutState.IN_DOUBT, OutState.FAILED)
        },
        "unsent": found.unsent.number if found else None,
        "oldest_waiting_seconds": _seconds(found.oldest_waiting if found else None),
        "oldest_held_seconds": _seconds(found.oldest_review if found else None),
        "oldest_undelivered_seconds": _seconds(found.oldest_undelivered if found else None),
        "ledger": {
            "checked_at": _instant(found.ledger.checked_at),
            "transactions": found.ledger.transactions,
            "faults": found.ledger.faults,
        }
        if found and found.ledger
        else None,
        "billing": billing_face(found.billing) if found else None,
        "charges": charges_face(found.charges) if found else None,
        "money": money_face(found.money) if found else None,
        "failing_hook_calls": found.failing_calls if found else None,
        "last_in_at": _instant(found.last_in_at if found else None),
        "last_out_at": _instant(found.last_out_at if found else None),
        "listeners": [asdict(listener) for listener in status.listeners],
        "imap": [
            {
                "folder": folder.name,
                "fetched_at": _instant(folder.fetched_at),
                "problem": folder.problem,
                "problem_since": _instant(folder.problem_since),
                "left": [{"uid": mail.uid, "size": mail.size, "reason": mail.left_because} for mail in folder.left],
            }
            for folder in status.folders
        ],
        "smarthosts": [
            {
                "address": down.address,
                "failures": down.failures,
                "since": _instant(down.since),
                "rests_until": _instant(down.rests_until),
                "reason": down.reason,
            }
            for down in status.smarthosts
        ],
        "servers": [asdict(server) for server in status.servers],
        "processes": [
            {"does": one.does, "host": one.host, "pid": one.pid, "begun_at": _instant(one.begun_at)}
            for one in status.processes
        ],
        "serve": status.serve,
        "revision": status.revision,
        "database_bytes": status.disk.database,
        "archive_bytes": status.disk.archive,
        "free_bytes": status.disk.free,
    }


def _of_schema(revision: str | None) -> Iterator[Attention]:
    if (reason := unfinished(revision)) is not None:
        yield Attention("schema", reason, "run it again, or set store.url to a whole store", fault=True)
        return
    message = f"the store has schema {revision or 'none'}, this version of mailgate has {HEAD}"
    newer = revision is not None and revision > HEAD  # they are numbered
    yield Attention("schema", message, "install the newer version" if newer else "mailgate db upgrade", fault=True)


def _of_hooks(failing: int) -> Iterator[Attention]:
    """Mail does not wait for them."""
    if failing:
        message = (
            f"{failing} call{'s' * (failing > 1)} of hooks failed and {'are' if failing > 1 else 'is'} tried again"
        )
        yield Attention("hooks", message, "mailgate hook log --state waiting shows the last answer", fault=False)


def _of_queues(found: Health, *, sends: bool) -> Iterator[Attention]:
    """What the rows call for, faults first."""
    if (late := found.late_in) is not None and late > LATE:
        message = f"mail in has waited {_words(late)} for a worker"
        yield Attention("late_in", message, "start `mailgate serve`, or see its log", fault=True)
    if sends and (late := found.late_out) is not None and late > LATE:
        message = f"mail out has waited {_words(late)} for a worker"
        yield Attention("late_out", message, "start `mailgate serve`, or see its log", fault=True)
    if not sends and found.undelivered:
        message = f"nothing leaves: {found.undelivered} mails are queued and smarthost.address is empty"
        yield Attention("no_smarthost", message, "set smarthost.address", fault=True)
    elif (old := found.oldest_undelivered) is not None and old > UNDELIVERED:
        message = f"a mail has not been delivered for {_words(old)}"
        yield Attention("undelivered", message, "mailgate queue list --state queued shows the last answer", fault=True)
    if (ledger := found.ledger) is not None and ledger.faults:
        more = f" (and {ledger.faults - 1} more)" if ledger.faults > 1 else ""
        message = f"the ledger is not as it was booked: {ledger.first_fault}{more}"
        yield Attention("ledger", message, "mailgate ledger verify names them all", fault=False)
    if found.parked:
        message = f"{found.parked} mails may have been sent or not"
        yield Attention("in_doubt", message, "mailgate queue list --state in-doubt, then retry or cancel", fault=False)
    if found.on_hold:
        message = f"{found.on_hold} mails of ours are on hold"
        yield Attention("on_hold", message, "mailgate queue list --state held, then release or cancel", fault=False)
    if found.unsent.number:
        message = f"{found.unsent.number} answers were not sent within a day, the last for {found.unsent.reason}"
        hint = "see the log (`not sent`) for whose they were; if they were no flood, raise the budgets"
        yield Attention("unsent", message, hint, fault=False)
    if (old := found.oldest_review) is not None and old > REVIEW:
        message = f"held mail has waited {_words(old)} for a decision"
        yield Attention("review", message, "mailgate quarantine list, then release or refuse", fault=False)


def _of_listener(listener: ListenerState) -> Attention:
    message = f"{listener.name} at {listener.address} does not answer: {listener.detail}"
    return Attention("listener", message, "start `mailgate serve`, or see its log", fault=True)


def _of_server(server: ServerState) -> Attention:
    message = f"{server.name} at {server.address} does not answer: {server.detail}"
    return Attention(server.name, message, f"mend it; until then {MEANWHILE[server.name]}", fault=True)


def _of_folder(setting: ImapFolder, fetched: Sequence[FolderState], now: datetime) -> Iterator[Attention]:
    """What a folder calls for, once it has been fetched for the first time."""
    folder = next((one for one in fetched if one.name == setting.name), None)
    if folder is None:
        return
    late = max(LATE, 3 * timedelta(seconds=setting.poll_seconds))
    if folder.is_stuck:
        message = f"nothing is fetched from {folder.name}: {folder.problem}"
        yield Attention("imap", message, "mend it, `mailgate serve` tries again by itself", fault=True)
    elif folder.problem is not None:
        message = f"{folder.name}: {folder.problem}"
        yield Attention("imap_unmarked", message, "mend it on the server, it is tried again by itself", fault=False)
    elif folder.fetched_at is None or now - folder.fetched_at > late:
        seen = "never" if folder.fetched_at is None else f"{_words(now - folder.fetched_at)} ago"
        message = f"{folder.name} was last looked at {seen}"
        yield Attention("imap_late", message, "start `mailgate serve`, or see its log", fault=True)
    if folder.left:
        some = ", ".join(
            f"UID {mail.uid} ({mail.left_because}, {mail.size} bytes)" for mail in folder.left[:SHOWN_LEFT]
        )
        more = "" if len(folder.left) <= SHOWN_LEFT else " and more"
        message = f"{len(folder.left)} mails of {folder.name} were left on the server: {some}{more}"
        hint = "read them there and move them away, or raise limits.max_message_bytes"
        yield Attention("imap_left", message, hint, fault=False)


def _of_smarthost(down: Down, now: datetime) -> Iterator[Attention]:
    """A broken connection is nothing; several attempts over minutes are."""
    if now - down.since > LATE:
        message = f"smarthost {down.address} has not answered for {_words(now - down.since)}: {down.reason}"
        hint = f"mend it, it is tried again by itself; {down.failures} attempts failed so far"
        yield Attention("smarthost", message, hint, fault=True)


def _folders(conn: Connection, settings: Settings) -> Iterator[FolderState]:
    """What the store knows of the folders of the settings; others were fetched once and are not any more."""
    known = {folder.name: folder for folder in folders.listing(conn)}
    for setting in settings.imap:
        folder = known.get(setting.name)
        if folder is not None:
            yield FolderState(folder.name, folder.fetched_at, folder.problem, folder.problem_since, folder.left)


def _of_disk(room: Disk, settings: Settings) -> Iterator[Attention]:
    least = settings.limits.min_free_bytes
    if settings.disk_of_mail is not None and room.free < least:
        message = f"{room.free} bytes are free, less than limits.min_free_bytes = {least}: mail is answered with 452"
        yield Attention("disk", message, f"make room for {settings.disk_of_mail}", fault=True)


def _disk(settings: Settings) -> Disk:
    url = read_url(settings.store.url)
    database = None
    if url.get_backend_name() == "sqlite" and url.database:
        database = sum(_size(Path(url.database + mark)) for mark in ("", "-wal"))
    archive = settings.store.archive
    files = archive.glob("??/*") if archive.exists() else ()
    filled = settings.disk_of_mail or archive
    free = disk_usage(filled if filled.exists() else filled.parent).free
    return Disk(database, sum(map(_size, files)), free)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # an unfinished file, finished meanwhile; a log that was worked off
        return 0


def _seconds(age: timedelta | None) -> int | None:
    return None if age is None else int(age.total_seconds())


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None


def _words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
