"""`mailgate inbox`: every accepted mail and what became of it."""

import sys

import click

from mailgate.cli.gate import gate
from mailgate.cli.group import Group
from mailgate.cli.ids import Typed, accepted_of, mail_argument
from mailgate.cli.output import (
    after_option,
    found_or_fail,
    instant,
    json_option,
    limit_option,
    print_object,
    print_rows,
    utc_option,
)
from mailgate.mail.disposition import Disposition
from mailgate.mail.route import read_route
from store.engine import reading
from store.post import spool
from store.post.spool import Accepted

COLUMNS = ("id", "received_at", "disposition", "ticket", "author", "subject", "reason")


@click.group(cls=Group)
def inbox() -> None:
    """Every accepted mail and what became of it."""


@inbox.command("list")
@click.option(
    "--disposition", type=click.Choice([one.value for one in Disposition]), help="Only those of which this became."
)
@limit_option
@after_option
@utc_option
@json_option
def list_(disposition: str | None, limit: int | None, after: int) -> None:
    """Accepted mails, newest last."""
    chosen = (Disposition(disposition),) if disposition else ()
    with gate() as parts, reading(parts.engine) as conn:
        found = spool.listing(conn, dispositions=chosen, after=after, limit=limit)
    print_rows([as_row(one) for one in found], COLUMNS)


@inbox.command()
@mail_argument
@click.option("--raw", is_flag=True, help="The exact bytes that came, on stdout.")
@utc_option
@json_option
def show(mail: Typed, raw: bool) -> None:
    """One accepted mail, named by id or Message-ID."""
    with gate() as parts, reading(parts.engine) as conn:
        mail_id = accepted_of(conn, mail)
        found = found_or_fail(spool.show(conn, mail_id), f"mail {mail_id}", hint="mailgate inbox list")
        if raw:
            sys.stdout.buffer.write(parts.archive.load(conn, found.sha256))
            return
        route = read_route(parts.archive.load(conn, found.sha256))
    hops = [f"{hop.came_from or '?'} -> {hop.by or '?'} {instant(hop.at) or ''}".strip() for hop in route]
    print_object({**as_row(found), "route": hops})


def as_row(one: Accepted) -> dict[str, object]:
    """The JSON face of an accepted mail."""
    outcome = one.outcome
    return {
        "id": one.id,
        "received_at": one.received_at,
        "door": one.door.value,
        "peer": one.peer,
        "reverse_path": one.reverse_path,
        "forward_paths": list(one.forward_paths),
        "author": outcome.author,
        "subject": outcome.subject,
        "message_id": outcome.message_id,
        "disposition": outcome.disposition.value,
        "reason": outcome.reason,
        "ticket": outcome.ticket_id,
        "evidence": outcome.evidence.level.value if outcome.evidence else None,
        "evidence_reasons": list(outcome.evidence.reasons) if outcome.evidence else [],
        "spam_score": outcome.spam_score,
        "size": one.size,
        "sha256": one.sha256,
        "attempts": one.attempts,
        "last_error": one.last_error,
        "decided_by": one.decided_by,
    }
