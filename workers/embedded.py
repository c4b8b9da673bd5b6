"""A gate that runs in this process: listeners, workers and schedule, from start to drained stop."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from mailgate.config import HostPort, Settings
from mailgate.desks import is_ours
from mailgate.inbound.accept import Acceptance
from mailgate.inbound.clients import ListenerLimits
from mailgate.inbound.smtp import Gate, Listener
from mailgate.jobs import FailPoint, Job, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.mail.envelope import Door
from mailgate.wiring import Parts
from workers import fetching
from workers.actors import Clock, utc_now
from workers.crew import Crew
from workers.fetching import Fetcher, fetchers
from workers.metrics import Monitor
from workers.provider_calls import ProviderCalls

log = logging.getLogger(__name__)

CLIENT_SECONDS = 15.0
"""For clients in the middle of a message; with what the crew takes, SIGTERM to exit takes less than 30 seconds."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A door that is open, and where."""

    door: Door
    host: str
    port: int


class Running:
    """An embedded gate. `start` inside an event loop; `stop` drains it."""

    def __init__(
        self,
        settings: Settings,
        *,
        workers: bool = True,
        does: str = "serve",
        clock: Clock = utc_now,
        fail_point: FailPoint = no_fail_point,
    ) -> None:
        jobs = tuple(Job) if workers else ()
        self._crew = Crew(settings, jobs, does=does, sweeps=workers, clock=clock, fail_point=fail_point)
        self.acceptance: Acceptance = self.parts.acceptance(self._crew.pace.coming, self._crew.hand_over)
        if not self._crew.is_heard:
            self.acceptance.leave_to_sweep()
        self.clock = clock
        self._listeners: list[Listener] = []
        self._monitor: Monitor | None = None
        self._calls: ProviderCalls | None = None
        self._fetchers: Sequence[Fetcher] = ()

    @property
    def parts(self) -> Parts:
        """What doors and workers have in common. Until the start, others may be put in their place."""
        return self._crew.parts

    @parts.setter
    def parts(self, parts: Parts) -> None:
        self._crew.parts = parts

    async def start(self) -> tuple[Listening, ...]:
        """Open the doors; returns where. Raises AlreadyServed, OSError when an address cannot be had."""
        self._crew.take_store()
        self.acceptance.start()
        opened = await self._listen()
        self._fetchers = fetchers(self.parts, self.acceptance, clock=self.clock)
        for one in self._fetchers:
            one.start()
        address = self.parts.settings.metrics.listen
        if address is not None:
            self._monitor = Monitor(self.parts.settings, self.parts.engine, address, clock=self.clock)
            self._monitor.start()
        payments = self.parts.settings.payments
        if payments.webhook_listen is not None and payments.webhook_secret_file is not None:
            self._calls = ProviderCalls(
                self.parts.engine,
                payments.asked.value,
                payments.webhook_listen,
                payments.webhook_secret_file,
                clock=self.clock,
            )
            self._calls.start()
        self._crew.start()
        return opened

    async def stop(self) -> None:
        """Take no more, finish what is in hand, and leave the rest in its rows."""
        await asyncio.gather(
            asyncio.to_thread(fetching.stop, self._fetchers),
            *(listener.stop(grace_seconds=CLIENT_SECONDS) for listener in self._listeners),
        )
        await asyncio.to_thread(self._rest)

    def _rest(self) -> None:
        self.acceptance.stop()
        self._crew.stop()
        if self._monitor is not None:
            self._monitor.stop()
        if self._calls is not None:
            self._calls.stop()
        self._crew.close()

    async def _listen(self) -> tuple[Listening, ...]:
        settings = self.parts.settings
        limits = ListenerLimits(
            max_message_bytes=settings.limits.max_message_bytes,
            max_line_bytes=settings.limits.max_line_bytes,
            max_recipients=settings.limits.max_recipients,
            max_connections=settings.limits.max_connections,
            max_connections_per_address=settings.limits.max_connections_per_address,
            idle_seconds=settings.limits.idle_seconds,
            data_seconds=settings.limits.data_seconds,
        )
        ours: Callable[[str], bool] = partial(_is_ours, settings)
        gate = Gate(self.acceptance, ours, limits, clock=self.clock)
        opened = []
        doors: tuple[tuple[Door, HostPort | None], ...] = (
            (Door.SMTP, settings.smtp.listen),
            (Door.LMTP, settings.lmtp.listen),
        )
        for door, address in doors:
            if address is None:
                continue
            tls = _tls(settings) if door is Door.SMTP else None
            listener = Listener(door, gate, limits, hostname=settings.gate.domain, tls=tls)
            port = await listener.start(address.host, address.port)
            self._listeners.append(listener)
            opened.append(Listening(door, address.host, port))
            log.info(LogEvent.LISTENING(door=door.value, host=address.host, port=port))
        return tuple(opened)


def _is_ours(settings: Settings, address: str) -> bool:
    return is_ours(address, settings.desks, settings.gate.domain)


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.smtp.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.smtp.certificate, settings.smtp.key)
    return context
