"""Redis and RabbitMQ alike: what tests of any broker start, stop, fill and empty."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from tests.servers.rabbitmq import RabbitMq, running_rabbitmq
from tests.servers.redis import Redis, running_redis

Broker = Redis | RabbitMq
StartBroker = Callable[[], AbstractContextManager[Broker]]

BROKERS: Mapping[str, StartBroker] = {"redis": running_redis, "rabbitmq": running_rabbitmq}
