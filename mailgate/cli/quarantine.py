"""`mailgate quarantine`: held and quarantined mail waits here for a person."""

from collections.abc import Callable

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.inbox import COLUMNS, as_row
from mailgate.cli.output import after_option, json_option, limit_option, print_decided, print_rows
from mailgate.flows import review
from mailgate.flows.review import NotHeld
from mailgate.mail.disposition import AWAITING_REVIEW
from store import spool
from store.engine import reading
from store.spool import Accepted

ids_argument = click.argument("mail_ids", metavar="ID...", type=int, nargs=-1, required=True)


@click.group()
def quarantine() -> None:
    """Held mail: list, release, refuse."""


@quarantine.command("list")
@limit_option
@after_option
@json_option
def list_(limit: int | None, after: int, as_json: bool) -> None:
    """Mails that wait for a decision, newest last."""
    with gate(as_json=as_json) as parts, reading(parts.engine) as conn:
        found = spool.listing(conn, dispositions=tuple(AWAITING_REVIEW), after=after, limit=limit)
    print_rows([as_row(one) for one in found], COLUMNS, as_json=as_json)


@quarantine.command()
@ids_argument
@json_option
def release(mail_ids: tuple[int, ...], as_json: bool) -> None:
    """Process these mails after all, as of the date they came; quarantined ones are taught as ham."""
    with gate(as_json=as_json) as parts:

        def decide(mail_id: int) -> Accepted:
            return review.release(
                mail_id,
                engine=parts.engine,
                archive=parts.archive,
                teach=parts.teach,
                enqueue=parts.enqueue,
                now=now(),
            )

        _decide(mail_ids, decide, as_json=as_json)


@quarantine.command()
@ids_argument
@json_option
def refuse(mail_ids: tuple[int, ...], as_json: bool) -> None:
    """End these mails and teach them as spam; their bytes stay in the archive."""
    with gate(as_json=as_json) as parts:

        def decide(mail_id: int) -> Accepted:
            return review.refuse(mail_id, engine=parts.engine, archive=parts.archive, teach=parts.teach, now=now())

        _decide(mail_ids, decide, as_json=as_json)


def _decide(mail_ids: tuple[int, ...], decide: Callable[[int], Accepted], *, as_json: bool) -> None:
    done: list[Accepted] = []
    refusals: list[str] = []
    for mail_id in mail_ids:
        try:
            done.append(decide(mail_id))
        except NotHeld as error:
            refusals.append(str(error))
    rows = [as_row(one) for one in done]
    print_decided(rows, COLUMNS, refusals=refusals, hint="mailgate quarantine list", as_json=as_json)
