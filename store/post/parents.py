"""The mail of ours that an incoming mail answers.

A mail that went back to its writer is none: it holds his own words, and he sends them once more.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, literal, select, union_all

from mailgate.letters.kind import GIVING_BACK
from mailgate.mail.address import address_key
from store.schema import outbox

_IS_PARENT = and_(outbox.c.text.is_not(None), outbox.c.template.not_in(sorted(GIVING_BACK)))
_NAMED = select(outbox.c.message_id, outbox.c.text).where(
    outbox.c.message_id.in_(bindparam("the_ids", expanding=True)), _IS_PARENT
)
_LATEST = (
    select(literal(None), outbox.c.text)
    .where(
        outbox.c.ticket_id == bindparam("the_ticket"),
        outbox.c.to_key == bindparam("the_key"),
        _IS_PARENT,
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_EITHER = union_all(_NAMED, select(_LATEST.subquery()))


def text_of(conn: Connection, message_ids: Sequence[str], ticket_id: int | None, address: str) -> str | None:
    """The text of the first of these mails that is ours and was composed.

    Where none is, that of the last mail on the ticket that went to this address, if a ticket is given; else None.
    """
    query = _NAMED if ticket_id is None else _EITHER
    if not message_ids and ticket_id is None:
        return None
    given = {"the_ids": list(message_ids), "the_ticket": ticket_id, "the_key": address_key(address)}
    found = {row.message_id: str(row.text) for row in conn.execute(query, given)}
    return next((found[one] for one in (*message_ids, None) if one in found), None)
