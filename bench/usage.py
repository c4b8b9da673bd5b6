"""What processes use of the machine, as Linux tells it in /proc: processor time, and memory."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

_TICKS = os.sysconf("SC_CLK_TCK")


def has_proc() -> bool:
    """There is a /proc to look into."""
    return Path("/proc/self/status").exists()


def mebibytes(pid: int, line: str) -> float:
    """A line of a process's status, such as VmRSS (resident pages, the shared ones too) or VmHWM (their peak)."""
    found = re.search(rf"{line}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


@dataclass(slots=True)
class Cores:
    """How many cores each kind of process kept busy, on average of some time; `others`: all else on the machine."""

    busy: dict[str, float] = field(default_factory=dict)

    def words(self) -> str:
        """For people: where it ends."""
        used = ", ".join(f"{kind} {cores:.2f}" for kind, cores in self.busy.items())
        return f"of {os.cpu_count()} cores: {used}"


@contextmanager
def cores(kinds: Mapping[str, list[int]]) -> Iterator[Cores]:
    """Watch these processes, by kind, with all their children, during the block; filled at its end."""
    found = Cores()
    before, of_all, begin = {kind: _seconds(pids) for kind, pids in kinds.items()}, _seconds_of_all(), perf_counter()
    yield found
    taken = perf_counter() - begin
    for kind, pids in kinds.items():
        found.busy[kind] = (_seconds(pids) - before[kind]) / taken
    found.busy["others"] = max(0.0, (_seconds_of_all() - of_all) / taken - sum(found.busy.values()))


def _seconds(pids: list[int]) -> float:
    """Of these processes and their children, those too that have ended."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                numbers = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            parent, user, system, ended_user, ended_system = (int(numbers[place]) for place in (1, 11, 12, 13, 14))
            if int(entry.name) in pids:
                total += user + system + ended_user + ended_system
            elif parent in pids:
                total += user + system
    return total / _TICKS


def _seconds_of_all() -> float:
    """All that the cores did but wait."""
    user, nice, system, _idle, _waiting, *more = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:9])
    return (user + nice + system + sum(more)) / _TICKS
