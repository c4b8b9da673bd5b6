"""A private Redis on loopback that keeps nothing on disk; it can be stopped, and started again on its port."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis

from tests.servers.process import (
    LOOPBACK,
    find_program,
    free_port,
    port_answers,
    private_directory,
    process_group,
    wait_until_ready,
)


class Redis:
    """One server and its port; `client` is for what a test wants to see or to break."""

    def __init__(self, directory: Path, *, password: str = "") -> None:
        self._program = find_program("redis-server")
        self._directory = directory
        self._password = password
        self._running = ExitStack()
        self.port = free_port()
        self.client = redis.Redis(host=LOOPBACK, port=self.port, password=password or None)

    @property
    def url(self) -> str:
        """Where its first database is; without the password."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Come up, empty."""
        options = ["--port", str(self.port), "--bind", LOOPBACK, "--save", "", "--dir", str(self._directory)]
        if self._password:
            options += ["--requirepass", self._password]
        log = self._directory / "log"
        group = process_group([self._program, *options], log=log, directory=self._directory)
        process = self._running.enter_context(group)
        wait_until_ready(process, lambda: port_answers(self.port, request=b"PING\r\n", begins=self._answer), log=log)

    def stop(self) -> None:
        """Be gone; clients find the port closed."""
        self._running.close()

    def waiting(self, queue: str) -> int:
        """How many hints wait in a queue of dramatiq's."""
        found = self.client.llen(f"dramatiq:{queue}")
        assert isinstance(found, int)
        return found

    def put(self, queue: str, messages: Sequence[bytes]) -> None:
        """Let these wait behind what is there."""
        self.client.rpush(f"dramatiq:{queue}", *messages)

    def lose_everything(self) -> None:
        """As if it had never been told anything."""
        self.client.flushall()

    def fill_up(self) -> None:
        """Take no more."""
        self.client.config_set("maxmemory", 1)

    def make_room(self) -> None:
        """Take more again."""
        self.client.config_set("maxmemory", 0)

    @property
    def _answer(self) -> bytes:
        return b"-NOAUTH" if self._password else b"+PONG"


@contextmanager
def running_redis(*, password: str = "") -> Iterator[Redis]:
    """Start one, yield it, and end it; raises ServerMissing."""
    with private_directory("redis") as directory:
        server = Redis(directory, password=password)
        server.start()
        try:
            yield server
        finally:
            server.client.close()
            server.stop()
