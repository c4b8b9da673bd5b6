"""The broker that the settings name, and Enqueue on top of it."""

import logging
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import dramatiq
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Callbacks, CurrentMessage, Middleware, Retries, ShutdownNotifications

from mailgate.config import Workers, read_secret
from mailgate.config.kinds import MEMORY_BROKER
from mailgate.errors import Misconfigured, Temporary
from mailgate.jobs import Enqueue, Job
from mailgate.log_events import LogEvent
from mailgate.toml_text.problems import mask
from workers.brokers.answering import words
from workers.brokers.hints import hint

log = logging.getLogger(__name__)

Brokers = Mapping[Job, dramatiq.Broker]
"""The broker of each job: where each has workers of its own, a broker of its own too, for it knows the workers."""


class UnusableBroker(Misconfigured):
    """No broker can be asked for by this URL. What it says is not repeated: a password may stand in it."""


class BrokerAway(Temporary):
    """The broker did not do what it was asked to, or not in time."""


def is_shared(workers: Workers) -> bool:
    """Workers of other processes hear of jobs; else each process that has workers looks for itself."""
    return workers.broker != MEMORY_BROKER


def shown(workers: Workers) -> str:
    """The broker's URL for logs and people, without the password."""
    return mask(workers.broker)


def connect(workers: Workers) -> Any:
    """The broker at `workers.broker`; one that is away is no error. Raises UnusableBroker, SecretUnavailable.

    A shared one is a SharedBroker, too.
    """
    # No AgeLimit (it drops silently), no TimeLimit (it breaks no blocking call: sockets have timeouts of their own),
    # and no retries by the broker: a job that fails leaves its row, and the sweep looks at rows.
    middleware: list[Middleware] = [Callbacks(), CurrentMessage(), ShutdownNotifications(), Retries(max_retries=0)]
    if not is_shared(workers):
        return StubBroker(middleware=middleware)
    of_redis = workers.broker.startswith("redis")
    try:
        if of_redis:
            from workers.brokers.over_redis import RedisHints

            return RedisHints(_with_password(workers, user=""), middleware, shown=shown(workers))
        from workers.brokers.over_rabbitmq import RabbitmqHints

        return RabbitmqHints(_with_password(workers, user="guest"), middleware, shown=shown(workers))
    except ImportError as error:
        library = "redis" if of_redis else "pika"
        missing = f"workers.broker needs {error.name}, which is not installed: pip install {library}"
        raise UnusableBroker(missing) from None
    except (ValueError, TypeError, ssl.SSLError):
        raise UnusableBroker("workers.broker cannot be read: something in it is no host, port or option") from None


def ask(workers: Workers, *, seconds: float) -> None:
    """Store something at the shared broker and get it back. Raises BrokerAway, and what `connect` raises."""
    broker = connect(workers)
    try:
        broker.ask(seconds=seconds)
    except Exception as error:
        raise BrokerAway(words(error)) from error
    finally:
        broker.close()


def enqueuer(brokers: Brokers) -> Enqueue:
    """Sends jobs to workers of this process, as (name, row id)."""

    def enqueue(job: Job, row_id: int) -> None:
        try:
            brokers[job].enqueue(hint(job, row_id))
        except Exception:
            log.warning(LogEvent.NOT_ENQUEUED(job=job.value, row=row_id), exc_info=True)

    return enqueue


def _with_password(workers: Workers, *, user: str) -> str:
    """The URL with what stands in `password_file`; of this `user` when it names none."""
    if workers.password_file is None:
        return workers.broker
    parts = urlsplit(workers.broker)
    secret = quote(read_secret(workers.password_file), safe="")
    return urlunsplit(parts._replace(netloc=f"{parts.username or user}:{secret}@{parts.netloc.rpartition('@')[2]}"))
