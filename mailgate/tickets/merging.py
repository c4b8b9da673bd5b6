"""Whether one ticket may be merged into another: for good, and only where nobody gains a reader."""

from mailgate.errors import Permanent
from mailgate.mail.address import address_key
from mailgate.tickets.ticket import Ticket


class CannotMerge(Permanent):
    """These two tickets stay apart."""


def check_merge(source: Ticket, target: Ticket) -> None:
    """Raise CannotMerge, with the way out, unless `source` may become an alias of `target`.

    `target` is the end of its chain, so a circle shows as a ticket that would be merged into itself.
    """
    if source.merged_into is not None:
        raise CannotMerge(f"#{source.id} is merged into #{source.merged_into} already: merge that one")
    if source.id == target.id:
        raise CannotMerge(f"#{source.id} cannot be merged into itself, nor into what was merged into it")
    if source.customer_id != target.customer_id:
        owners = f"#{source.id} is of {_owner(source)}, #{target.id} of {_owner(target)}"
        raise CannotMerge(f"{owners}: each would read the other's mails; answer them apart")
    if source.customer_id is None and _addresses(source) != _addresses(target):
        raise CannotMerge(f"#{source.id} and #{target.id} are of different strangers; answer them apart")


def _owner(ticket: Ticket) -> str:
    return f"customer {ticket.customer_id}" if ticket.customer_id is not None else "nobody who is registered"


def _addresses(ticket: Ticket) -> frozenset[str]:
    return frozenset(address_key(person.address) for person in ticket.participants)
