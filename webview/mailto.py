"""Where the mails go that a page has ready for its visitor."""

from datetime import date, timedelta

from mailgate.mail.address import Mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, seal

TOKEN_LIFETIME = timedelta(days=60)


def ticket_address(desk: Mailbox, purpose: Purpose, number: int, person_id: int, key: Key, *, today: date) -> str:
    """The signed address that an answer of this person to this ticket goes to."""
    token = AddressToken(purpose, number, person_id, today + TOKEN_LIFETIME)
    return f"{desk.local_part}+{seal(token, key)}@{desk.domain}"
