"""A link that signs a person of the demo in; the pages send a new one by mail."""

from datetime import datetime

from mailgate.flows.client.sign_in import contact_link, staff_link
from mailgate.flows.story.act import Act
from mailgate.mail.link_token import CONSOLE
from mailgate.wiring import Parts
from store import people
from store.engine import transaction


def sign_in_link(parts: Parts, address: str, *, now: datetime) -> str:
    """The URL, for a staff member or a contact that is registered; the doorway keeps it good however time is moved."""
    with transaction(parts.engine) as conn:
        act = Act.begin(conn, parts.settings, now)
        member = people.staff_with(conn, address)
        if member is not None:
            return staff_link(act, member.id, CONSOLE)
        return contact_link(act, people.contacts_with(conn, address)[0].id, CONSOLE)
