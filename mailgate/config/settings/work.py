"""Who does the work, how much of it is done unasked, and what is logged of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from mailgate.config import kinds
from mailgate.config.kinds import one_of


class LogFormat(StrEnum):
    """How a log line is written."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The least level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does the work of the jobs."""

    broker: kinds.BrokerUrl = kinds.MEMORY_BROKER
    password_file: kinds.OptionalFile = None
    threads: Annotated[int, kinds.whole(1, 256)] = 4  # that send


@dataclass(frozen=True, slots=True)
class Budgets:
    """How much the gate writes by itself, and takes from one source. From the fifth on, 0 is no limit."""

    acknowledgements_per_address_hour: kinds.Count = 5
    acknowledgements_per_address_day: kinds.Count = 10
    receipts_per_address_hour: kinds.Positive = 20
    receipts_per_address_day: kinds.Count = 100
    automatic_answers_per_domain_hour: kinds.Count = 50
    automatic_answers_per_hour: kinds.Count = 500
    held_notices_per_hour: kinds.Count = 20
    returned_per_staff_hour: kinds.Count = 20
    staff_money_questions_per_day: kinds.Positive = 50
    tickets_per_sender_hour: kinds.Count = 60
    tickets_per_sender_day: kinds.Count = 200
    tickets_per_unverified_sender_hour: kinds.Count = 10
    tickets_of_strangers_per_hour: kinds.Count = 100
    mails_per_ticket_hour: kinds.Count = 60
    machine_mails_per_ticket_hour: kinds.Count = 20
    held_alert_minutes: kinds.Count = 60


@dataclass(frozen=True, slots=True)
class Log:
    """What is logged and how."""

    format: Annotated[LogFormat, one_of(LogFormat)] = LogFormat.TEXT
    level: Annotated[LogLevel, one_of(LogLevel)] = LogLevel.INFO
