"""By which numbers a list is answered."""

from collections.abc import Mapping, Sequence


def of_held(mail_ids: Sequence[int]) -> Mapping[int, int]:
    """Held mail is listed by its own numbers; so are lines of a bank."""
    return dict(zip(mail_ids, mail_ids, strict=True))


def of_queue(numbers: Sequence[int]) -> Mapping[int, int]:
    """Tickets are listed by their places, from 1."""
    return dict(enumerate(numbers, 1))
