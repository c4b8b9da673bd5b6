"""`mailgate quarantine`: held and quarantined mail waits here for a person."""

from datetime import datetime
from functools import partial
from typing import Protocol

import click
from sqlalchemy import Connection

from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import NUMBER
from mailgate.cli.inbox import COLUMNS, as_row
from mailgate.cli.output import after_option, json_option, limit_option, print_decided, print_rows, utc_option
from mailgate.flows.story import review
from mailgate.flows.story.review import NotHeld
from mailgate.mail.disposition import AWAITING_REVIEW
from store.engine import reading, transaction
from store.post import spool
from store.post.spool import Accepted

_BY = "the command line"

ids_argument = click.argument("mail_ids", metavar="ID...", type=NUMBER, nargs=-1, required=True)


@click.group(cls=Group)
def quarantine() -> None:
    """Held mail: list, release, refuse."""


@quarantine.command("list")
@limit_option
@after_option
@utc_option
@json_option
def list_(limit: int | None, after: int) -> None:
    """Mails that wait for a decision, newest last."""
    with gate() as parts, reading(parts.engine) as conn:
        found = spool.listing(conn, dispositions=tuple(AWAITING_REVIEW), after=after, limit=limit)
    print_rows([as_row(one) for one in found], COLUMNS)


@quarantine.command()
@ids_argument
@utc_option
@json_option
def release(mail_ids: tuple[int, ...]) -> None:
    """Process these mails after all, as of the date they came; quarantined ones are taught as ham."""
    _decide(mail_ids, partial(review.release, by=_BY))


@quarantine.command()
@ids_argument
@utc_option
@json_option
def refuse(mail_ids: tuple[int, ...]) -> None:
    """End these mails and teach them as spam; their bytes stay in the archive."""
    _decide(mail_ids, partial(review.refuse, by=_BY, is_spam=True))


class _Decide(Protocol):
    def __call__(self, conn: Connection, spool_id: int, /, *, now: datetime) -> object: ...


def _decide(mail_ids: tuple[int, ...], decide: _Decide) -> None:
    done: list[Accepted] = []
    refusals: list[str] = []
    with gate() as parts:
        for mail_id in mail_ids:
            try:
                with transaction(parts.engine) as conn:
                    decide(conn, mail_id, now=now())
                    shown = spool.show(conn, mail_id)
                    assert shown is not None
                    done.append(shown)
            except NotHeld as error:
                refusals.append(str(error))
    rows = [as_row(one) for one in done]
    print_decided(rows, COLUMNS, refusals=refusals, hint="mailgate quarantine list")
