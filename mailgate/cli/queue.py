"""`mailgate queue`: outgoing mail, and what a person may decide about it."""

from collections.abc import Callable

import click
from sqlalchemy import Connection

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import NUMBER
from mailgate.cli.output import after_option, json_option, limit_option, print_decided, print_rows, utc_option
from store.engine import reading, transaction
from store.post import outbox
from store.post.outbox import Outgoing, OutState

COLUMNS = ("id", "state", "template", "to", "attempts", "next_attempt_at", "last_reply", "subject")

ids_argument = click.argument("mail_ids", metavar="ID...", type=NUMBER, nargs=-1, required=True)


@click.group(cls=Group)
def queue() -> None:
    """Outgoing mail."""


@queue.command("list")
@click.option("--state", type=click.Choice([state.value for state in OutState]), help="Only those in this state.")
@limit_option
@after_option
@utc_option
@json_option
def list_(state: str | None, limit: int | None, after: int) -> None:
    """Outgoing mails in every state, newest last."""
    chosen = (OutState(state),) if state else ()
    with gate() as parts, reading(parts.engine) as conn:
        found = outbox.listing(conn, states=chosen, after=after, limit=limit)
    print_rows([as_row(one) for one in found], COLUMNS)


@queue.command()
@ids_argument
@utc_option
@json_option
def retry(mail_ids: tuple[int, ...]) -> None:
    """Send mails now that failed, wait, were cancelled or are in doubt."""
    _move(mail_ids, lambda conn, mail_id: outbox.retry(conn, mail_id, now=now()), "sent or under way")


@queue.command()
@ids_argument
@utc_option
@json_option
def cancel(mail_ids: tuple[int, ...]) -> None:
    """Never send mails that are held, queued or in doubt."""
    _move(mail_ids, outbox.cancel, "no longer waiting")


@queue.command()
@ids_argument
@utc_option
@json_option
def hold(mail_ids: tuple[int, ...]) -> None:
    """Keep queued mails until they are released."""
    _move(mail_ids, outbox.hold, "no longer waiting")


@queue.command()
@ids_argument
@utc_option
@json_option
def release(mail_ids: tuple[int, ...]) -> None:
    """Send held mails now."""
    _move(mail_ids, lambda conn, mail_id: outbox.release(conn, mail_id, now=now()), "not held")


def as_row(one: Outgoing) -> dict[str, object]:
    """The JSON face of an outgoing mail."""
    return {
        "id": one.id,
        "template": one.notice.template.value,
        "to": [one.notice.to_address],
        "subject": one.subject,
        "state": one.state.value,
        "attempts": one.attempts,
        "next_attempt_at": one.due_at if one.state in outbox.UNFINISHED else None,
        "last_reply": one.last_reply,
        "message_id": one.message_id,
        "customer": one.notice.customer_id,
        "ticket": one.notice.ticket_id,
        "reverse_path": one.reverse_path,
        "created_at": one.created_at,
    }


def _move(mail_ids: tuple[int, ...], move: Callable[[Connection, int], bool], why_not: str) -> None:
    done: list[Outgoing] = []
    refusals: list[str] = []
    with gate() as parts:
        for mail_id in mail_ids:
            with transaction(parts.engine) as conn:
                moved = move(conn, mail_id)
                row = outbox.show(conn, mail_id)
            if moved and row:
                done.append(row)
            else:
                refusals.append(
                    f"mail {mail_id} is {why_not}: it is {row.state.value}" if row else f"there is no mail {mail_id}"
                )
    rows = [as_row(one) for one in done]
    print_decided(rows, COLUMNS, refusals=refusals, hint="mailgate queue list")
