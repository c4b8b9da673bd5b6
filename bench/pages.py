"""Pages of 50 rows: rate and p99 of the staff's list of tickets, against a bare page of the same rows."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from bench.databases import url_of
from bench.generate import Size
from bench.growth import SMALL, large_size, mails_of, store_of
from bench.program import Failed, Serving, bare, report, sending, serve
from bench.results import PAGE_BUSY, PAGE_GROWTH, PAGE_IDLE, PAGES, Goal, Result, Turns, left_out
from bench.run import Run, tell
from mailgate.mail.address_token import Key
from mailgate.mail.link_token import LinkPurpose, LinkToken, Viewer, seal_link
from store import keys, people
from store.engine import connect, reading

PATH = "/staff/?state=all"
COOKIE = "mg"
CONNECTIONS, SECONDS = 16, 4.0
MAILS_A_SECOND = 50.0
USUAL = Size(tickets=10_000, messages=50_000)


def pages(run: Run) -> Iterator[Result]:
    """Idle, while 50 mails a second come in, and on a large store against a small one."""
    if find_spec("webview.app") is None:
        yield left_out("pages", "page of 50 rows", "the web view is not there yet (webview.app)")
        return
    directory = store_of(run, Size(max(150, run.much(USUAL.tickets)), max(750, run.much(USUAL.messages))))
    with serve(directory) as serving, bare("bench.web_server", "bare", str(directory)) as peer, web(serving) as port:
        yield from _idle(run, port, peer, session(directory))
        yield _busy(run, serving, port, peer, session(directory))
    yield from _growth(run)


def _idle(run: Run, port: int, peer: int, cookie: str) -> Iterator[Result]:
    tell("pages: idle")
    ours: list[Mapping[str, Any]] = []
    bare: list[Mapping[str, Any]] = []

    def reading(found: list[Mapping[str, Any]], place: int, session: str = "") -> float:
        found.append(read(place, cookie=session, seconds=seconds(run)))
        return float(found[-1]["per_second"])

    turns = run.in_turns(lambda _: reading(ours, port, cookie), lambda _: reading(bare, peer))
    size = ours[-1]["page_bytes"] / 1024
    words = f"{turns.words()}, {size:.0f} KiB a page"
    yield Result("pages", "page of 50 rows, requests a second", words, turns.ratio, PAGES, turns.as_details())
    yield _tail("p99 idle", Turns([one["p99_ms"] for one in ours], [one["p99_ms"] for one in bare]), PAGE_IDLE)


def _busy(run: Run, serving: Serving, port: int, peer: int, cookie: str) -> Result:
    """The same mails come into the gate while the bare page is read: it shows what they cost a page anyway."""

    def tail(place: int, session: str, seed: str) -> float:
        tell(f"pages: while {MAILS_A_SECOND:g} mails a second come in, {seed}")
        mails = mails_of(serving.directory, int(MAILS_A_SECOND * (seconds(run) + 1.5)), f"pages.{seed}")
        smtp = serving.ports["smtp"]
        with sending(serving.directory, smtp, mails, connections=5, rate=MAILS_A_SECOND) as client:
            found = float(read(place, cookie=session, seconds=seconds(run))["p99_ms"])
            report(client)
        serving.wait_settled()
        return found

    turns = run.in_turns(
        lambda number: tail(port, cookie, f"ours.{number}"), lambda number: tail(peer, "", f"bare.{number}")
    )
    return _tail(f"p99 while {MAILS_A_SECOND:g} mails a second come in", turns, PAGE_BUSY)


def _growth(run: Run) -> Iterator[Result]:
    size = large_size(run)
    with ExitStack() as stack:
        ports, cookies = {}, {}
        for name, filling in (("large", size), ("small", SMALL)):
            directory = store_of(run, filling)
            ports[name] = stack.enter_context(bare("bench.web_server", "ours", str(directory)))
            cookies[name] = session(directory)

        def tail(name: str) -> float:
            return float(read(ports[name], cookie=cookies[name], seconds=seconds(run))["p99_ms"])

        turns = run.in_turns(lambda _: tail("large"), lambda _: tail("small"))
    what = f"page p99 with {size.tickets:,} tickets, {size.messages:,} messages / with {SMALL.tickets}"
    yield Result("pages", what, turns.words(" ms", "small"), turns.ratio, PAGE_GROWTH, turns.as_details())


@contextmanager
def web(serving: Serving) -> Iterator[int]:
    """The port of the gate's own web view, beside its listeners and workers; else one in a process of its own."""
    if "web" in serving.ports:
        yield serving.ports["web"]
        return
    tell("pages: `serve` opens no door=web yet, so the web view runs apart")
    with bare("bench.web_server", "ours", str(serving.directory)) as port:
        yield port


def session(directory: Path) -> str:
    """The cookie of a staff member who is signed in."""
    engine = connect(url_of(directory), read_only=True)
    with reading(engine) as conn:
        someone = people.list_staff(conn)[0]
        key = Key(*keys.signing(conn))
    engine.dispose()
    expires_at = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    token = LinkToken(LinkPurpose.SESSION, Viewer.STAFF, someone.id, epoch=0, nonce="bench", expires_at=expires_at)
    return f"{COOKIE}={seal_link(token, key)}"


def read(
    port: int, *paths: str, seconds: float, cookie: str = "", connections: int = CONNECTIONS, least: int = 0
) -> Mapping[str, Any]:
    """Read pages over and over, the staff's list unless others are named, and each so often at `least`.

    Raises Failed when something else came.
    """
    options = ["--cookie", cookie, "--connections", str(connections), "--seconds", str(seconds), "--least", str(least)]
    command = [sys.executable, "-m", "bench.page_client", str(port), *(paths or (PATH,)), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise Failed(f"no page: {done.stderr.strip().splitlines()[-1]}")
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def seconds(run: Run) -> float:
    """How long the pages are read in one turn."""
    return 0.5 if run.quick else SECONDS


def _tail(what: str, p99: Turns, goal: Goal) -> Result:
    """The goal is about milliseconds; what the machine has to do with them, the bare page tells."""
    words = f"{p99.words(' ms')}, {p99.ratio:.1f} times"
    return Result("pages", what, words, median(p99.ours), goal, p99.as_details())
