"""The mail of ours that an incoming mail answers.

A mail that went back to its writer is none: it holds his own words, and he sends them once more.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, select

from mailgate.letters.kind import GIVING_BACK
from mailgate.mail.address import address_key
from store.schema import outbox

_IS_PARENT = and_(outbox.c.text.is_not(None), outbox.c.template.not_in(sorted(GIVING_BACK)))
_NAMED = select(outbox.c.message_id, outbox.c.text).where(
    outbox.c.message_id.in_(bindparam("the_ids", expanding=True)), _IS_PARENT
)
_LATEST = (
    select(outbox.c.text)
    .where(
        outbox.c.ticket_id == bindparam("the_ticket"),
        outbox.c.to_key == bindparam("the_key"),
        _IS_PARENT,
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)


def text_named(conn: Connection, message_ids: Sequence[str]) -> str | None:
    """The text of the first of these mails that is ours and was composed; None when none is."""
    found = {row.message_id: str(row.text) for row in conn.execute(_NAMED, {"the_ids": list(message_ids)})}
    return next((found[one] for one in message_ids if one in found), None)


def latest_text(conn: Connection, ticket_id: int, address: str) -> str | None:
    """The text of the last mail on a ticket that went to this address."""
    row = conn.execute(_LATEST, {"the_ticket": ticket_id, "the_key": address_key(address)}).first()
    return str(row.text) if row else None
