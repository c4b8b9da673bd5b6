"""Who of the staff gets a copy of what a colleague sent to a customer."""

from collections.abc import Collection, Sequence

from mailgate.people import Staff


def watchers(
    staff: Sequence[Staff], *, writer_id: int, assignee_id: int | None, wrote: Collection[int]
) -> tuple[Staff, ...]:
    """Whose ticket it is, and who wrote on it before; when there is nobody yet, everybody. Never the writer."""
    interested = {*wrote, *(() if assignee_id is None else (assignee_id,))}
    return tuple(one for one in staff if one.id != writer_id and (not interested or one.id in interested))
