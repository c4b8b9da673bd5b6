"""`mailgate sign-in-link`: a link into the web view, for development and support."""

import logging

import click

from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_DATAERR, fail, json_option, print_object, wants_json
from mailgate.flows.client.sign_in import contact_link, staff_link
from mailgate.flows.story.act import Act
from mailgate.log_events import LogEvent
from mailgate.mail.link_token import CONSOLE
from store import people
from store.engine import transaction

log = logging.getLogger(__name__)


@click.command("sign-in-link")
@click.argument("email")
@json_option
def sign_in_link(email: str) -> None:
    """Print a link that opens the pages of a customer's contact or of a staff member, for 30 minutes."""
    with gate() as parts:
        with transaction(parts.engine) as conn:
            act = Act.begin(conn, parts.settings, now())
            member = people.staff_with(conn, email)
            contacts = people.contacts_with(conn, email)
            if member is not None:
                url = staff_link(act, member.id, CONSOLE)
            elif contacts:
                latest = max(contacts, key=lambda contact: (contact.active_at, contact.id))
                url = contact_link(act, latest.id, CONSOLE)
            else:
                fail(f"{email} is registered nowhere", code=EX_DATAERR, hint="mailgate customer list, or staff list")
        log.warning(LogEvent.SIGN_IN_LINK_MADE(for_=email))
    if wants_json():
        print_object({"url": url})
    else:
        click.echo(url)  # bare, for `xdg-open "$(mailgate sign-in-link …)"`
