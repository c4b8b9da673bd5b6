"""Numbers for monitoring, on a listener of their own: `/metrics` for Prometheus and `/healthz` for probes.

What rows tell is counted from rows at each look, so that it holds over restarts and for mail of other processes (the
pipe, `mailgate due run`). What leaves no row is counted from the log of this process, since its start. The flows know
of neither. There is no login: numbers and settings' addresses are shown, nobody's mail.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import HostPort, Settings
from mailgate.log_events import Happened, LogEvent
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from store import arrivals, health
from store.arrivals import Seen
from store.engine import reading
from workers.attention import Attention
from workers.charges_status import as_json as charges_face
from workers.money_status import gauges as money_gauges
from workers.small_server import SmallServer
from workers.status import Status, as_json, look

log = logging.getLogger(__name__)

SETTLE_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400)

FINAL = tuple(one for one in Disposition if one is not Disposition.WAITING and one not in AWAITING_REVIEW)
"""What stays so. Held mail may yet become something else: it is a gauge, as a counter must never fall."""

_UNAVAILABLE = "503 Service Unavailable"

Answer = tuple[str, str, bytes]
"""Status line, content type, body."""


class Rows(Collector):
    """Metrics that are read from the store at each look."""

    def __init__(self, settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._engine = engine
        self._clock = clock
        self._seen: Seen | None = None
        self._turn = threading.Lock()  # two looks at a time would count an arrival twice
        self._settle = Histogram(
            "mailgate_settle_seconds",
            "From the 250 to the disposition, of mail settled since the first look of this process",
            buckets=SETTLE_SECONDS,
            registry=None,
        )

    def collect(self) -> Iterable[Metric]:
        """All of them; raises what a store that cannot be read raises."""
        status = look(self._settings, self._engine, self._clock(), listeners=False)
        yield _gauge("mailgate_attention", "Things that need a person, see /healthz", len(status.attention))
        yield _degraded(status)
        yield _gauge("mailgate_free_bytes", "Free disk space at the archive", status.disk.free)
        if status.disk.database is not None:
            yield _gauge("mailgate_database_bytes", "Size of the embedded database", status.disk.database)
        yield _gauge("mailgate_archive_bytes", "Size of the archive's files", status.disk.archive)
        if status.health is None:
            return
        yield from _queues(status.health)
        with reading(self._engine) as conn:
            sent = CounterMetricFamily("mailgate_sent", "Mails that the smarthost took, those that bounced too")
            sent.add_metric((), health.sent_ever(conn))
            with self._turn:
                self._seen, settled = arrivals.look(conn, self._seen)
                for seconds in settled:
                    self._settle.observe(seconds)
                accepted = CounterMetricFamily("mailgate_accepted", "Mails on disk, by door", labels=("door",))
                for door, number in self._seen.by_door.items():
                    accepted.add_metric((door,), number)
        yield sent
        yield accepted
        yield from self._settle.collect()

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not look."""
        return ()


class Events(logging.Handler):
    """Counts the events of our log. INFO is what an operator counts (deferred, unscored, refused): here it is."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(logging.INFO)
        self._events = Counter(
            "mailgate_events",
            "Lines of our log since this process began, by event, by what they are about, and by level",
            ("event", "about", "level"),
            registry=registry,
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Count one line, unless it is another program's."""
        if isinstance(record.msg, Happened):
            kind = record.msg.kind
            self._events.labels(kind.event, kind.about, record.levelname.lower()).inc()


class Monitor:
    """The listener. `start` raises OSError when the address cannot be had."""

    def __init__(self, settings: Settings, engine: Engine, address: HostPort, *, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._engine = engine
        self._address = address
        self._clock = clock
        self._registry = CollectorRegistry()
        self._registry.register(Rows(settings, engine, clock))
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._events = Events(self._registry)
        self._server: SmallServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Listen and count; returns the port."""
        host, port = self._address.host, self._address.port
        try:
            self._server = SmallServer(host, port, self._answer)
        except OSError as error:
            raise OSError(f"metrics.listen: {self._address}: {error.strerror or error}") from error
        logging.getLogger().addHandler(self._events)
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()
        taken: int = self._server.server_port
        log.info(LogEvent.LISTENING_METRICS(host=host, port=taken))
        return taken

    def stop(self) -> None:
        """Take no more requests and count no more."""
        logging.getLogger().removeHandler(self._events)
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        try:
            status, content_type, body = self._page(environ)
        except Exception:
            log.exception(LogEvent.NOT_ANSWERED(path=environ.get("PATH_INFO")))
            status, content_type, body = _UNAVAILABLE, "text/plain", b"see the log\n"
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(status, headers)
        return iter(() if environ["REQUEST_METHOD"] == "HEAD" else (body,))

    def _page(self, environ: dict[str, Any]) -> Answer:
        page = (environ["REQUEST_METHOD"] in ("GET", "HEAD")) and environ["PATH_INFO"]
        if page == "/metrics":
            encode, content_type = choose_encoder(environ.get("HTTP_ACCEPT", ""))
            return "200 OK", content_type, encode(self._registry)
        if page == "/healthz":
            try:
                status = look(self._settings, self._engine, self._clock())
            except (OperationalError, TimeoutError) as error:
                return _UNAVAILABLE, "application/json", json.dumps(_without_store(error)).encode() + b"\n"
            body = json.dumps(as_json(status)).encode()
            return "200 OK" if status.is_healthy else _UNAVAILABLE, "application/json", body + b"\n"
        return "404 Not Found", "text/plain", b"/metrics and /healthz, by GET\n"


def _without_store(error: Exception) -> Mapping[str, object]:
    """What can be said while the store is away, with the keys that always are there."""
    cause = getattr(error, "orig", None) or error
    away = Attention("store", f"the store cannot be used: {cause}", "mend store.url or its server", fault=True)
    return {"healthy": False, "degraded": [], "attention": [asdict(away)]}


def _queues(found: health.Health) -> Iterator[Metric]:
    settled = CounterMetricFamily(
        "mailgate_settled", "Mails whose disposition is final, by disposition", labels=("disposition",)
    )
    for one in FINAL:
        settled.add_metric((one.value,), found.mails[one])
    yield settled
    review = GaugeMetricFamily("mailgate_review", "Mails that wait for a person's decision", labels=("disposition",))
    for waits in sorted(AWAITING_REVIEW):
        review.add_metric((waits.value,), found.mails[waits])
    yield review
    outgoing = GaugeMetricFamily("mailgate_outbox", "Mails of ours by state", labels=("state",))
    for state, number in found.outgoing.items():
        outgoing.add_metric((state.value,), number)
    yield outgoing
    yield _gauge("mailgate_waiting", "Accepted mails without a disposition", found.waiting)
    charges = GaugeMetricFamily(
        "mailgate_charges", "Charges of cards: under way, in doubt; declined or refused within a day", labels=("state",)
    )
    for name, number in charges_face(found.charges).items():
        charges.add_metric((name,), number)
    yield charges
    yield _gauge("mailgate_bank_lines", "Lines of the bank that wait for a decision", found.billing.bank_lines)
    money = GaugeMetricFamily("mailgate_money_waiting", "Links to pay by, refunds and chargebacks", labels=("queue",))
    for name, number in money_gauges(found.money).items():
        money.add_metric((name,), number)
    yield money
    ages = (
        ("mailgate_oldest_waiting_seconds", "Age of the oldest of them, 0 for none", found.oldest_waiting),
        ("mailgate_oldest_review_seconds", "How long a decision has waited, 0 for none", found.oldest_review),
        ("mailgate_oldest_undelivered_seconds", "Age of our oldest mail on its way", found.oldest_undelivered),
    )
    for name, words, age in ages:
        yield _gauge(name, words, age.total_seconds() if age else 0)
    instants = (
        ("mailgate_last_in_timestamp_seconds", "When the last mail came in", found.last_in_at),
        ("mailgate_last_out_timestamp_seconds", "When the last mail was sent", found.last_out_at),
    )
    for name, words, at in instants:
        if at is not None:
            yield _gauge(name, words, at.timestamp())


def _degraded(status: Status) -> Metric:
    away = GaugeMetricFamily("mailgate_degraded", "1: a part that others must mend is away", labels=("part",))
    parts = {**{server.name: 0 for server in status.servers}, **dict.fromkeys(status.degraded, 1)}
    for part, value in parts.items():
        away.add_metric((part,), value)
    return away


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
