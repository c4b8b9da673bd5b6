"""Check of hooks: their programs can be run, and nobody has to be told that calls fail."""

import os
from pathlib import Path

from mailgate.config import Hook
from mailgate.setup.finding import Finding, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from store.post import hook_calls


def hooks(site: Site) -> Finding:
    """Each program is there, and what was told last was taken. Nobody is called: `mailgate hook try` does that."""
    configured = site.settings.hook
    if not configured:
        return skipped("the settings name none")
    with site.reading() as conn:
        tallies = hook_calls.tallies(conn)
        failing = hook_calls.count_failing(conn)
    found = [_program(hook) for hook in configured if hook.command]
    if failing:
        found.append(warn(f"{failing} of their calls failed so far", "mailgate hook log --state waiting"))
    done = sum(tally.done for tally in tallies.values())
    return worst([*found, ok(f"{len({hook.key for hook in configured})} of them, {done} calls taken")])


def _program(hook: Hook) -> Finding:
    path = Path(hook.program)
    if not path.is_file():
        return fail(f"{path} is not there", f"put it there, or take its [[hook]] out: {hook.event}")
    if not os.access(path, os.X_OK):
        return fail(f"{path} may not be run", f"chmod 755 {path}")
    return ok(f"{path} can be run")
