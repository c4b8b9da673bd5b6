"""The table for people, the JSON for programs, and the facts of the machine that explain both."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.results import Result
from bench.run import Run, tell

COLUMNS = ("what", "measured", "ratio", "goal", "floor", "verdict")


def machine() -> Mapping[str, object]:
    """What the figures depend on; no name of the host."""
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "load": round(os.getloadavg()[0], 2),
    }


def warn_of_load(facts: Mapping[str, object]) -> None:
    """Others at work on the machine make the figures worse, and not evenly."""
    load, cores = facts["load"], facts["cores"]
    if isinstance(load, float) and isinstance(cores, int) and load > cores / 4:
        tell(f"the machine is not idle (load {load} on {cores} cores): look at ratios only, and run again later")


def table(results: Sequence[Result]) -> str:
    """Aligned columns, a line for each result."""
    rows = [COLUMNS, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def save(path: Path, results: Sequence[Result], run: Run, facts: Mapping[str, object]) -> None:
    """Everything that is known of this run."""
    content = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {**facts, "load_after": round(os.getloadavg()[0], 2)},
        "options": {"rounds": run.rounds, "quick": run.quick, "tickets": run.tickets, "messages": run.messages},
        "results": [{**asdict(result), "verdict": result.verdict} for result in results],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _row(result: Result) -> tuple[str, ...]:
    goal = result.goal
    value = f"{result.value:.2f}" if result.value is not None else ""
    limits = (f"{goal.goal:g}", f"{goal.floor:g}") if goal else ("", "")
    return (f"{result.part}: {result.what}", result.measured, value, *limits, result.verdict.value)


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
