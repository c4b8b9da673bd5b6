"""Finding: what one check of the doctor found out, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"  # what it needs has failed, or there is nothing to look at


@dataclass(frozen=True, slots=True)
class Finding:
    """`fix` is the exact command to give, setting to change or record to paste; "" when nothing is wrong."""

    status: Status
    detail: str
    fix: str = ""


def ok(detail: str) -> Finding:
    """As it should be."""
    return Finding(Status.OK, detail)


def warn(detail: str, fix: str = "") -> Finding:
    """It works, but not as well as it should, or it could not be found out."""
    return Finding(Status.WARN, detail, fix)


def fail(detail: str, fix: str) -> Finding:
    """The gate cannot do its work like this."""
    return Finding(Status.FAIL, detail, fix)


def skipped(detail: str) -> Finding:
    """There is nothing to look at."""
    return Finding(Status.SKIPPED, detail)


_WORST = (Status.FAIL, Status.WARN, Status.OK, Status.SKIPPED)


def worst(findings: Sequence[Finding]) -> Finding:
    """Several findings of one check as one: those of the worst kind, told together. There must be one at least."""
    status = next(status for status in _WORST if any(one.status is status for one in findings))
    told = [one for one in findings if one.status is status]
    fixes = dict.fromkeys(one.fix for one in told if one.fix)
    return Finding(status, "; ".join(one.detail for one in told), "; ".join(fixes))
