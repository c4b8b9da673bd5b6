"""`mailgate hook`: programs that hear of what happens, and the calls to them."""

from collections.abc import Callable, Sequence

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import NUMBER
from mailgate.cli.output import (
    EX_DATAERR,
    EX_USAGE,
    after_option,
    fail,
    json_option,
    limit_option,
    print_decided,
    print_rows,
    utc_option,
)
from mailgate.config import Hook
from mailgate.flows.story.call_hooks import Happened, call_hooks
from mailgate.hooks import HookEvent
from mailgate.wiring import Parts
from store.engine import reading, transaction
from store.post import hook_calls
from store.post.hook_calls import Call, CallState, Tally

HOOKS = ("key", "name", "events", "signed", "waiting", "failed", "done")
CALLS = ("id", "state", "hook", "event", "about", "attempts", "next_attempt_at", "last_reply", "created_at")


@click.group(cls=Group)
def hook() -> None:
    """Programs of yours that hear of what happens: a command, or a url that is called."""


@hook.command("list")
@json_option
def list_() -> None:
    """The hooks of the settings, and how their calls went."""
    with gate() as parts:
        configured = parts.settings.hook
        with reading(parts.engine) as conn:
            tallies = hook_calls.tallies(conn)
    by_key: dict[str, list[Hook]] = {}
    for one in configured:
        by_key.setdefault(one.key, []).append(one)
    rows = []
    for key, entries in by_key.items():
        tally = tallies.get(key, Tally())
        rows.append(
            {
                "key": key,
                "name": entries[0].name,
                "events": [one.event for one in entries],
                "signed": entries[0].secret_file is not None,
                "waiting": tally.waiting,
                "failed": tally.failed,
                "done": tally.done,
            }
        )
    print_rows(rows, HOOKS)


@hook.command()
@click.option("--state", type=click.Choice([state.value for state in CallState]), help="Only those in this state.")
@limit_option
@after_option
@utc_option
@json_option
def log(state: str | None, limit: int | None, after: int) -> None:
    """Calls of the last 90 days and what came of them, newest last."""
    chosen = (CallState(state),) if state else ()
    with gate() as parts, reading(parts.engine) as conn:
        found = hook_calls.listing(conn, states=chosen, after=after, limit=limit)
    print_rows([_row(one) for one in found], CALLS)


@hook.command()
@click.argument("call_ids", metavar="ID...", type=NUMBER, nargs=-1)
@click.option("--all", "all_", is_flag=True, help="All that wait or were given up.")
@utc_option
@json_option
def retry(call_ids: tuple[int, ...], all_: bool) -> None:
    """Call again at once: what waits, was given up, or whose hook was not there.

    What waits for its day, such as the end of a service, is called by its number alone.
    """
    if bool(call_ids) == all_:
        fail("name the calls, or --all", code=EX_USAGE, hint="mailgate hook log")
    with gate() as parts:
        if all_:
            with reading(parts.engine) as conn:
                open_ = hook_calls.listing(conn, states=(CallState.WAITING, CallState.FAILED))
            call_ids = tuple(one.id for one in open_ if one.not_before is None or one.not_before <= now())
        done, refusals = _decide(parts, call_ids, hook_calls.retry)
    print_decided([_row(one) for one in done], CALLS, refusals=[] if all_ else refusals, hint="mailgate hook log")


@hook.command()
@click.argument("call_ids", metavar="ID...", type=NUMBER, nargs=-1, required=True)
@utc_option
@json_option
def cancel(call_ids: tuple[int, ...]) -> None:
    """Make these calls no more: the removal of a service that was cancelled by mistake. `retry` brings one back."""
    with gate() as parts:
        done, refusals = _decide(parts, call_ids, hook_calls.drop)
    print_decided([_row(one) for one in done], CALLS, refusals=refusals, hint="mailgate hook log")


def _decide(parts: Parts, call_ids: Sequence[int], decide: Callable[..., bool]) -> tuple[list[Call], list[str]]:
    """The calls that it was done with, as they are then, and why not with each of the others."""
    done: list[Call] = []
    refusals: list[str] = []
    for call_id in call_ids:
        with transaction(parts.engine) as conn:
            is_done = decide(conn, call_id, now=now())
            call = hook_calls.find(conn, call_id)
        if call is None:
            refusals.append(f"there is no call {call_id}")
        elif is_done:
            done.append(call)
        elif call.state is CallState.DROPPED:
            refusals.append(f"call {call_id} is not made any more")
        else:
            refusals.append(f"call {call_id} was taken already" if call.ended_at else f"call {call_id} is under way")
    return done, refusals


@hook.command("try")
@click.argument("name")
@utc_option
@json_option
def try_(name: str) -> None:
    """Call a hook now, with the event "ping", and say what came of it. NAME is its name or key in `hook list`."""
    with gate() as parts:
        meant = {one.key: one for one in parts.settings.hook if name in (one.name, one.key)}
        if not meant:
            there = ", ".join(sorted({one.name for one in parts.settings.hook})) or "none"
            fail(f"no hook is called {name!r}: there is {there}", code=EX_DATAERR, hint="mailgate hook list")
        calls: list[int] = []
        for key in meant:
            with transaction(parts.engine) as conn:
                calls.extend(
                    call_hooks(
                        conn,
                        parts.settings,
                        HookEvent.PING,
                        [Happened("ping", None, {})],
                        now=now(),
                        only=key,
                    )
                )
        for number in calls:
            parts.call_hook(number, now())
        with reading(parts.engine) as conn:
            found = [one for number in calls if (one := hook_calls.find(conn, number))]
    print_rows([_row(one) for one in found], CALLS)
    failed = [one for one in found if one.state is not CallState.DONE]
    if failed:
        fail(f"{failed[0].hook_name} did not take it: {failed[0].last_reply}", code=EX_DATAERR)


def _row(one: Call) -> dict[str, object]:
    """The JSON face of a call."""
    return {
        "id": one.id,
        "state": one.state.value,
        "hook": one.hook_name,
        "hook_key": one.hook_key,
        "event": one.event,
        "event_id": one.event_id,
        "about": one.subject,
        "customer": one.customer_id,
        "attempts": one.attempts,
        "next_attempt_at": one.due_at,
        "last_reply": one.last_reply,
        "body": one.body,
        "created_at": one.created_at,
        "ended_at": one.ended_at,
    }
