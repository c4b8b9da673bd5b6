"""What every command that touches the store begins with: settings read, parts built, errors turned into exit codes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError, StatementError

from mailgate.cli.config import fail as fail_config
from mailgate.cli.context import given
from mailgate.cli.output import EX_CONFIG, EX_DATAERR, EX_TEMPFAIL, fail, record_zone
from mailgate.config import ConfigErrors, Settings, load
from mailgate.errors import MailgateError, Misconfigured, Temporary
from mailgate.jobs import Job
from mailgate.wiring import Parts, build

_NO_SUCH_NUMBER = "nothing has such a number, and no clock such a day"


def settings() -> Settings:
    """The settings of `--config`; mistakes in them end the command with exit code 78."""
    try:
        chosen = load(given().config_path, os.environ)
    except ConfigErrors as errors:
        fail_config(errors)
    record_zone(chosen.gate.zone)
    return chosen


@contextmanager
def gate() -> Iterator[Parts]:
    """The parts of a gate for one command. Its jobs are not sent: a running `serve` sees the rows within a second."""
    chosen = settings()
    with told_errors():
        parts = build(chosen, _no_job)
        try:
            yield parts
        finally:
            parts.close()


@contextmanager
def told_errors() -> Iterator[None]:
    """Turn what mailgate refuses knowingly into one line and an exit code."""
    try:
        yield
    except Temporary as error:
        fail(str(error), code=EX_TEMPFAIL, name=type(error).__name__)
    except Misconfigured as error:
        fail(str(error), code=EX_CONFIG, name=type(error).__name__)
    except MailgateError as error:
        fail(str(error), code=EX_DATAERR, name=type(error).__name__)
    except OverflowError:
        fail(_NO_SUCH_NUMBER, code=EX_DATAERR, name="OutOfRange")
    except StatementError as error:
        if isinstance(error.orig, OverflowError):
            fail(_NO_SUCH_NUMBER, code=EX_DATAERR, name="OutOfRange")
        if not isinstance(error, DBAPIError):
            raise
        reason = " ".join(str(error.orig or error).split())  # PostgreSQL says some things on two lines
        fail(f"the store cannot be used: {reason}", code=EX_TEMPFAIL, name="StoreUnavailable")
    except TimeoutError as error:
        fail(f"the store cannot be used: {error}", code=EX_TEMPFAIL, name="StoreUnavailable")
    except BrokenPipeError:
        sys.exit(0)  # the reader of our output has seen enough


def now() -> datetime:
    """The instant at which the command runs."""
    return datetime.now(UTC)


def _no_job(job: Job, row_id: int) -> None:
    """The sweep of a running `serve` finds the row."""
