"""`mailgate mail`: the archive of sent mail, each as it went out."""

import sys

import click

from mailgate.cli.gate import gate
from mailgate.cli.group import Group
from mailgate.cli.ids import Typed, customer_option, mail_argument, only_of, outgoing_of
from mailgate.cli.output import (
    EX_DATAERR,
    after_option,
    fail,
    found_or_fail,
    json_option,
    limit_option,
    print_object,
    print_rows,
    utc_option,
)
from mailgate.cli.queue import as_row as queue_row
from store.engine import reading
from store.post import outbox
from store.post.outbox import Outgoing, OutState

COLUMNS = ("id", "sent_at", "template", "to", "subject")


@click.group(cls=Group)
def mail() -> None:
    """The archive of sent mail."""


@mail.command("list")
@customer_option
@limit_option
@after_option
@utc_option
@json_option
def list_(customer: Typed | None, limit: int | None, after: int) -> None:
    """Sent mails, newest last."""
    with gate() as parts, reading(parts.engine) as conn:
        found = outbox.listing(
            conn, states=(OutState.SENT,), customer_id=only_of(conn, customer), after=after, limit=limit
        )
    print_rows([_row(one) for one in found], COLUMNS)


@mail.command()
@mail_argument
@click.option("--raw", is_flag=True, help="The exact bytes that went out, on stdout.")
@utc_option
@json_option
def show(mail: Typed, raw: bool) -> None:
    """One mail of ours, named by id or Message-ID; before it was sent too, once it is composed."""
    with gate() as parts, reading(parts.engine) as conn:
        mail_id = outgoing_of(conn, mail)
        found = found_or_fail(outbox.show(conn, mail_id), f"mail {mail_id}", hint="mailgate mail list")
        if raw:
            if found.sha256 is None:
                hint = "its first delivery does that"
                fail(f"mail {mail_id} is not composed yet", code=EX_DATAERR, hint=hint)
            sys.stdout.buffer.write(parts.archive.load(conn, found.sha256))
            return
    print_object(_row(found))


def _row(one: Outgoing) -> dict[str, object]:
    files = [file.filename for file in one.notice.attachments]
    return {**queue_row(one), "sent_at": one.sent_at, "text": one.text, "files": files}
