"""Fixtures of real servers; `tests/conftest.py` names this module in `pytest_plugins`.

A missing server skips its tests at a desk and fails them in CI: a silent skip is how a suite rots.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser

from tests.servers.brokers import BROKERS, Broker
from tests.servers.chromium import running_chromium
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.moto import ObjectStore, running_moto
from tests.servers.nsd import NameServer, running_nsd
from tests.servers.postfix import NextHops, Postfix, StartPostfix, start_postfix
from tests.servers.postgresql import Postgresql, running_postgresql
from tests.servers.process import ServerMissing
from tests.servers.provider import ProviderDouble, running_provider
from tests.servers.redis import Redis, running_redis
from tests.servers.spamd import SpamdServer, running_spamd

StartNsd = Callable[[Mapping[str, str]], NameServer]


@contextmanager
def needed() -> Iterator[None]:
    """Around the start of a server: ServerMissing becomes a skip, or a failure when the environment says CI=true."""
    reason = None
    try:
        yield
    except ServerMissing as missing:
        reason = str(missing)
    if reason is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> None:
    """The rights to become another user."""
    with needed():
        if os.geteuid() != 0:
            raise ServerMissing("only root can become another user")


@pytest.fixture(scope="session")
def spamd() -> Iterator[SpamdServer]:
    """One spamd for the whole run; what a test teaches it stays, so teach words that no other test uses."""
    with ExitStack() as running:
        with needed():
            server = running.enter_context(running_spamd())
        yield server


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for the whole run; each test has a user name of its own, and so a mailbox."""
    with ExitStack() as running:
        with needed():
            server = running.enter_context(running_dovecot())
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """One PostgreSQL for the whole run; each test asks for a database of its own."""
    with ExitStack() as running:
        with needed():
            server = running.enter_context(running_postgresql())
        yield server


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """One S3-compatible store for the whole run; each test asks for a bucket of its own."""
    with running_moto() as server:
        yield server


@pytest.fixture
def provider() -> Iterator[ProviderDouble]:
    """A payment provider that knows nobody yet."""
    with running_provider() as double:
        yield double


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    """A Redis of the test's own, which it may stop, fill and empty."""
    with ExitStack() as running:
        with needed():
            server = running.enter_context(running_redis())
        yield server


@pytest.fixture(scope="session")
def running_broker() -> Iterator[Callable[[str], Broker]]:
    """A function that names a broker by its kind, one for the whole run: RabbitMQ takes ten seconds to start."""
    running: dict[str, Broker] = {}
    with ExitStack() as up:

        def of_kind(kind: str) -> Broker:
            if kind not in running:
                with needed():
                    running[kind] = up.enter_context(BROKERS[kind]())
            return running[kind]

        yield of_kind


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest, running_broker: Callable[[str], Broker]) -> Broker:
    """Redis, then RabbitMQ, without a hint of an earlier test. Whoever stops or fills one starts one of his own."""
    server = running_broker(request.param)
    server.lose_everything()
    return server


@pytest.fixture
def postfix() -> Iterator[StartPostfix]:
    """A function that starts a Postfix, as `start_postfix` does; all that it started end with the test."""
    with ExitStack() as running:

        def start(
            *,
            lmtp: Mapping[str, NextHops] | None = None,
            relayhost: str | None = None,
            main_cf: str = "",
            master_cf: str = "",
            port: int | None = None,
        ) -> Postfix:
            with needed():
                server = start_postfix(lmtp=lmtp, relayhost=relayhost, main_cf=main_cf, master_cf=master_cf, port=port)
            running.callback(server.stop)
            return server

        yield start


@pytest.fixture
def nsd() -> Iterator[StartNsd]:
    """A function that starts a name server for zones, as `running_nsd` does; all that it started end with the test."""
    with ExitStack() as running:

        def start(zones: Mapping[str, str]) -> NameServer:
            with needed():
                server = running.enter_context(running_nsd(zones))
            return server  # noqa: RET504 - a return within the block would look as if it could be skipped

        yield start


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of one module. Not longer: while it runs, no other test may run an event loop."""
    with ExitStack() as running:
        with needed():
            browser = running.enter_context(running_chromium())
        yield browser
