"""`mailgate due`: what is due at an instant, and doing it. The operator's cron and the tests' clock."""

from datetime import UTC, datetime

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.output import EX_USAGE, fail, json_option, print_object, print_rows, utc_option, wants_json
from mailgate.flows.due import due as due_at
from store.engine import reading

at_option = click.option("--at", "at_text", metavar="T", help="An RFC 3339 instant; by default now.")


@click.group(invoke_without_command=True, cls=Group)
@at_option
@utc_option
@json_option
@click.pass_context
def due(ctx: click.Context, at_text: str | None) -> None:
    """List what is due at T, without doing it."""
    if ctx.invoked_subcommand is not None:
        return
    at = _instant(at_text)
    with gate() as parts, reading(parts.engine) as conn:
        items = due_at(conn, settings=parts.settings, at=at, delivering=bool(parts.smarthosts))
    rows = [{"kind": item.kind.value, "object": item.object, "due_at": item.due_at} for item in items]
    print_rows(rows, ("kind", "object", "due_at"))


@due.command()
@at_option
@json_option
def run(at_text: str | None) -> None:
    """Do everything that is due at T, once, here and now; prints how many of each kind."""
    at = _instant(at_text)
    with gate() as parts:
        done = parts.run_due(at)
    if wants_json() or done:
        print_object(done)


def _instant(text: str | None) -> datetime:
    if text is None:
        return now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is no instant", code=EX_USAGE, hint="such as 2026-03-01T09:00:00Z", name="usage")
    return at if at.tzinfo else at.replace(tzinfo=UTC)
