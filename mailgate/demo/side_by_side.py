"""One ticket as everybody has it who has mail of it: what a customer never sees stands beside what the staff do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mailgate.demo import letter
from mailgate.demo.item import Item, items_of
from mailgate.demo.mailboxes import Mailboxes
from mailgate.demo.players import Player, everybody
from mailgate.wiring import Parts


@dataclass(frozen=True, slots=True)
class Column:
    """What one person has of a ticket, oldest first, and the path of the page that this person may see."""

    player: Player
    items: Sequence[Item]
    page: str


def columns(number: int, mailboxes: Mailboxes, parts: Parts, conn: Connection) -> Iterator[Column]:
    """Customers first, as everywhere; nobody without a mail of it."""
    for player in everybody(conn):
        items = [item for item in items_of(player.address, mailboxes, parts, conn) if _is_of(item, number)]
        if items:
            path = f"/staff/tickets/{number}" if player.is_staff else f"/tickets/{number}"
            yield Column(player, items[::-1], path)


def _is_of(item: Item, number: int) -> bool:
    if item.accepted is not None:
        return item.accepted.outcome.ticket_id == number
    return item.arrived is not None and letter.ticket_in(item.arrived) == number
