"""`mailgate due`: what is due at an instant, and doing it. The operator's cron and the tests' clock."""

from datetime import UTC, datetime

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_USAGE, fail, instant, json_option, print_object, print_rows
from mailgate.flows.due import due as due_at
from store.engine import reading

at_option = click.option("--at", "at_text", metavar="T", help="An RFC 3339 instant; by default now.")


@click.group(invoke_without_command=True)
@at_option
@json_option
@click.pass_context
def due(ctx: click.Context, at_text: str | None, as_json: bool) -> None:
    """List what is due at T, without doing it."""
    if ctx.invoked_subcommand is not None:
        return
    at = _instant(at_text, as_json)
    with gate(as_json=as_json) as parts, reading(parts.engine) as conn:
        items = due_at(conn, settings=parts.settings, at=at, delivering=parts.smarthost is not None)
    rows = [{"kind": item.kind.value, "object": item.object, "due_at": instant(item.due_at)} for item in items]
    print_rows(rows, ("kind", "object", "due_at"), as_json=as_json)


@due.command()
@at_option
@json_option
def run(at_text: str | None, as_json: bool) -> None:
    """Do everything that is due at T, once, here and now; prints how many of each kind."""
    at = _instant(at_text, as_json)
    with gate(as_json=as_json) as parts:
        done = parts.run_due(at)
    if as_json or done:
        print_object(done, as_json=as_json)


def _instant(text: str | None, as_json: bool) -> datetime:
    if text is None:
        return now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(
            f"{text!r} is no instant", code=EX_USAGE, hint="such as 2026-03-01T09:00:00Z", name="usage", as_json=as_json
        )
    return at if at.tzinfo else at.replace(tzinfo=UTC)
