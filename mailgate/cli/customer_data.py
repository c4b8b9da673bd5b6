"""`mailgate customer export` and `forget`: a customer's data, to take along or to be erased."""

import getpass
from pathlib import Path

import click

from mailgate.billing.period import local_date
from mailgate.cli.backup import told_disk_errors
from mailgate.cli.gate import gate, now
from mailgate.cli.ids import Typed, customer_argument, customer_of
from mailgate.cli.meter import Meter
from mailgate.cli.output import EX_CANTCREAT, EX_USAGE, fail, found_or_fail, json_option, print_object, say
from mailgate.config import Settings
from mailgate.flows.moving import forget as forgetting
from mailgate.flows.moving.export import export as write_export
from mailgate.phrases import phrasebook
from store.engine import reading
from store.keeping import erasure
from store.views import visitors


@click.command()
@customer_argument
@click.option("-o", "--output", "path", type=click.Path(path_type=Path), required=True, help="The zip file to make.")
@json_option
def export(customer: Typed, path: Path) -> None:
    """Write all that a customer is shown into a zip file: JSON, mails as .eml, files. Never notes or Bcc."""
    meter = Meter()
    with gate() as parts, told_disk_errors(), reading(parts.engine) as conn:
        found = customer_of(conn, customer)
        customer_id = found.id
        visitor = found_or_fail(
            visitors.owner(conn, customer_id), f"customer {customer_id}", hint="mailgate customer list"
        )
        if path.exists():
            fail(f"{path} is there already", code=EX_CANTCREAT, hint="name another file")
        sentences = phrasebook(parts.settings.templates.directory).of(visitor.language)
        tell = sentences.told_in(visitor.timezone, at=None)
        done = write_export(conn, parts.archive, found, visitor, path, tell=tell, progress=meter)
    meter.end()
    row = {"customer": customer_id, "file": str(path), "tickets": done.tickets, "mails": done.mails}
    print_object({**row, "files": done.files})


@click.command()
@customer_argument
@click.option("--yes", is_flag=True, help="Do not ask for the name.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@json_option
def forget(customer: Typed, yes: bool, dry_run: bool) -> None:
    """Erase a customer for good: names, addresses, words, mails and files. Numbers, dates, amounts and a mark stay.

    Not while he has services, or documents that the law asks to keep (billing.keep_documents_years).
    """
    with gate() as parts, told_disk_errors():
        years = parts.settings.billing.keep_documents_years
        obstacles = forgetting.documents_to_keep(years, local_date(now(), parts.settings.gate.zone))
        with reading(parts.engine) as conn:
            found = customer_of(conn, customer)
            customer_id = found.id
            forgetting.refuse(conn, found, obstacles=obstacles)
            extent = erasure.measure(conn, customer_id)
        if not (yes or dry_run):
            say(f"{extent.tickets} tickets, {extent.mails_in} mails in, {extent.mails_out} out: for good")
            typed = click.prompt(
                f"Type the name of customer {customer_id} to erase it", default="", show_default=False, err=True
            )
            if typed.strip() != found.name:
                fail("that is not the name; nothing was erased", code=EX_USAGE)
        if not dry_run:
            extent = forgetting.forget(
                parts.engine,
                parts.archive,
                found,
                log_beside=parts.settings.store.archive,
                by=_who(),
                now=now(),
                obstacles=obstacles,
            )
    row = {"customer": customer_id, "dry_run": dry_run, "tickets": extent.tickets, "mails_in": extent.mails_in}
    print_object({**row, "mails_out": extent.mails_out, "files": extent.files})
    if not dry_run:
        _say_what_is_left(parts.settings, is_cleared=extent.is_cleared)


def _say_what_is_left(settings: Settings, *, is_cleared: bool) -> None:
    """What no command of ours can reach: whoever asked to be forgotten will ask about it."""
    if not is_cleared:
        say("the database was being read: its write-ahead log holds old pages until `mailgate serve` clears it")
    say("not reached from here, and yours to clear:")
    say("  backups made before now (`mailgate restore` erases the customer again in what it puts back)")
    say("  mails in the mailboxes of your people; mails of theirs and of others about the customer, on other tickets")
    if settings.imap:
        say(f"  mails on the IMAP server: {', '.join(folder.name for folder in settings.imap)}")
    say("  the logs of your mail server and of the smarthost; mailgate's own has domains and numbers, no addresses")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without that user
        return "unknown"
