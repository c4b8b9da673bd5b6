"""A private RabbitMQ on loopback: a node with files, a cookie and a port mapper (epmd) of its own."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel

from mailgate.jobs import Job
from tests.servers.process import (
    LOOPBACK,
    ServerMissing,
    find_program,
    free_port,
    private_directory,
    process_group,
    wait_until_ready,
)
from workers.brokers.hints import queue_of

PROGRAMS = Path("/usr/lib/rabbitmq/bin")  # those in /usr/sbin insist on a user of their own


class RabbitMq:
    """One node; it can be stopped, and started again on its port with what is durable in it."""

    def __init__(self, directory: Path) -> None:
        if not (PROGRAMS / "rabbitmq-server").exists():
            raise ServerMissing("RabbitMQ is not installed; sh tests/servers/install.sh does that on Debian")
        self._directory = directory
        self._epmd_port = free_port()
        self._names, self._running = ExitStack(), ExitStack()
        self._distribution_port = free_port()
        self.port = free_port()

    @property
    def url(self) -> str:
        """Where it listens, for its only user."""
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Come up, with a port mapper that ends with us: the node would start one that outlives it."""
        self._names.close()
        mapper = [find_program("epmd"), "-port", str(self._epmd_port), "-address", LOOPBACK]
        log = self._directory / "log"
        self._names.enter_context(process_group(mapper, log=log, directory=self._directory))
        command = [str(PROGRAMS / "rabbitmq-server")]
        group = process_group(command, log=log, directory=self._directory, environment=self._environment)
        process = self._running.enter_context(group)
        wait_until_ready(process, self._answers, log=log)

    def stop(self) -> None:
        """Be gone; clients find the port closed."""
        self._running.close()
        self._names.close()

    def control(self, *command: str) -> str:
        """What a command of rabbitmqctl prints."""
        program = [str(PROGRAMS / "rabbitmqctl"), "--node", self._node, *command]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self._directory), **self._environment}
        return subprocess.run(program, check=True, capture_output=True, text=True, timeout=120, env=environment).stdout

    @contextmanager
    def channel(self) -> Iterator[BlockingChannel]:
        """A channel of the test's own."""
        connection = pika.BlockingConnection(pika.URLParameters(self.url))
        try:
            yield connection.channel()
        finally:
            connection.close()

    def waiting(self, queue: str) -> int:
        """How many messages wait in a queue; none do in one that is not there."""
        with suppress(pika.exceptions.ChannelClosedByBroker), self.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).method.message_count)
        return 0

    def put(self, queue: str, messages: Sequence[bytes]) -> None:
        """Let these wait behind what is there; the queue takes them in without a word."""
        with self.channel() as channel:
            for message in messages:
                channel.basic_publish("", queue, message)

    def queues(self) -> dict[str, str]:
        """What each queue was declared with, as rabbitmqctl writes it."""
        lines = self.control("--quiet", "list_queues", "--no-table-headers", "name", "arguments").splitlines()
        return dict(line.split("\t", 1) for line in lines)

    def lose_everything(self) -> None:
        """As if it had never been told anything, by a purge of each queue."""
        for job in Job:
            with suppress(pika.exceptions.ChannelClosedByBroker), self.channel() as channel:  # it may not be there
                channel.queue_purge(queue_of(job))

    def fill_up(self) -> None:
        """Take no more: the alarm of a node that has no memory left."""
        self.control("set_vm_memory_high_watermark", "absolute", "1MB")

    def make_room(self) -> None:
        """Take more again."""
        self.control("set_vm_memory_high_watermark", "0.9")

    @property
    def _node(self) -> str:
        return f"mailgate{self.port}@localhost"

    @property
    def _environment(self) -> Mapping[str, str]:
        (self._directory / "plugins").write_text("[].\n")
        return {
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(self._directory / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._directory / "logs"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._directory / "plugins"),
            "RABBITMQ_PID_FILE": str(self._directory / "pid"),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self._epmd_port),
        }

    def _answers(self) -> bool:
        with suppress(pika.exceptions.AMQPError), self.channel():
            return True
        return False


@contextmanager
def running_rabbitmq() -> Iterator[RabbitMq]:
    """Start one, yield it, and end it; raises ServerMissing."""
    with private_directory("rabbitmq") as directory:
        server = RabbitMq(directory)
        server.start()
        try:
            yield server
        finally:
            server.stop()
