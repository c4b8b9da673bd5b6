"""Examine: run checks by their order, root causes first, each by itself and within its time."""

import threading
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mailgate.errors import LookupFailed, Permanent
from mailgate.setup.finding import Finding, Status, fail, skipped, warn
from mailgate.setup.site import Site

SECONDS = 5.0


class UnknownCheck(Permanent):
    """There is no check of this name."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at; `needs` are names of checks that stand before it."""

    name: str
    run: Callable[[Site], Finding]
    needs: tuple[str, ...] = ()
    seconds: float = SECONDS
    mend: Callable[[Site], None] | None = None  # sets right what is safe to set right, for `--fix`
    on_request: bool = False  # takes long or sends mail: only when it is named


@dataclass(frozen=True, slots=True)
class Examined:
    """What a check of this name found."""

    check: str
    finding: Finding


def chosen(checks: Sequence[Check], only: Sequence[str]) -> tuple[Check, ...]:
    """All checks but those on request; with `only` those that it names, and what they need. Raises UnknownCheck."""
    if not only:
        return tuple(check for check in checks if not check.on_request)
    known = {check.name: check for check in checks}
    wanted: set[str] = set()
    waiting = list(only)
    while waiting:
        name = waiting.pop()
        if name not in known:
            raise UnknownCheck(f"there is no check {name!r}; there are {', '.join(known)}")
        if name not in wanted:
            wanted.add(name)
            waiting.extend(known[name].needs)
    return tuple(check for check in checks if check.name in wanted)


def examine(checks: Sequence[Check], site: Site, *, fix: bool = False) -> Iterator[Examined]:
    """Run the checks in their order. Never raises: what a check raises, and that it hangs, is its finding."""
    causes: dict[str, str] = {}  # by the name of what failed or was skipped for it: what failed first
    for check in checks:
        cause = next((causes[need] for need in check.needs if need in causes), None)
        if cause is not None:
            causes[check.name] = cause
            yield Examined(check.name, skipped(f"because of {cause}"))
            continue
        finding = _within_time(check, site)
        if fix and check.mend is not None and finding.status in {Status.WARN, Status.FAIL}:
            finding = _within_time(check, site, check.mend)
        if finding.status is Status.FAIL:
            causes[check.name] = check.name
        yield Examined(check.name, finding)


def shown(examined: Iterator[Examined], only: AbstractSet[str]) -> Iterator[Examined]:
    """With `only` what was asked for, and of what it needs the failures."""
    return (one for one in examined if not only or one.check in only or one.finding.status is Status.FAIL)


def _within_time(check: Check, site: Site, before: Callable[[Site], None] | None = None) -> Finding:
    """Run it in a thread of its own: one that hangs is left behind, and does not keep the program from ending."""
    found: list[Finding] = []

    def work() -> None:
        try:
            if before is not None:
                before(site)
            found.append(check.run(site))
        except LookupFailed as error:
            found.append(warn(f"unknown, the DNS gives no answer: {error}", "see authentication.nameservers"))
        except Exception as error:  # noqa: BLE001 - one broken check must not keep the others from being told
            found.append(fail(f"{type(error).__name__}: {error}", f"mailgate doctor --only {check.name}"))

    thread = threading.Thread(target=work, name=f"check-{check.name}", daemon=True)
    thread.start()
    thread.join(check.seconds)
    return found[0] if found else warn(f"no answer within {check.seconds:g} s")
