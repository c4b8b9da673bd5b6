"""`mailgate mail`: the archive of sent mail, each as it went out."""

import sys

import click

from mailgate.cli.gate import gate
from mailgate.cli.output import (
    EX_DATAERR,
    after_option,
    fail,
    found_or_fail,
    instant,
    json_option,
    limit_option,
    print_object,
    print_rows,
)
from mailgate.cli.queue import as_row as queue_row
from store.engine import reading
from store.post import outbox
from store.post.outbox import Outgoing, OutState

COLUMNS = ("id", "sent_at", "template", "to", "subject")


@click.group()
def mail() -> None:
    """The archive of sent mail."""


@mail.command("list")
@click.option("--customer", type=int, metavar="ID")
@limit_option
@after_option
@json_option
def list_(customer: int | None, limit: int | None, after: int) -> None:
    """Sent mails, newest last."""
    with gate() as parts, reading(parts.engine) as conn:
        found = outbox.listing(conn, states=(OutState.SENT,), customer_id=customer, after=after, limit=limit)
    print_rows([_row(one) for one in found], COLUMNS)


@mail.command()
@click.argument("mail_id", metavar="ID", type=int)
@click.option("--raw", is_flag=True, help="The exact bytes that went out, on stdout.")
@json_option
def show(mail_id: int, raw: bool) -> None:
    """One mail of ours; before it was sent too, once it is composed."""
    with gate() as parts, reading(parts.engine) as conn:
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
    return {**queue_row(one), "sent_at": instant(one.sent_at), "text": one.text, "files": files}
