"""Where a staff member's commands are read: what there is to be named in them, and in what we say about them."""

from collections.abc import Mapping

from mailgate.commands.place import Place, Where
from mailgate.flows.story.act import Act
from mailgate.people import Staff


def place_of(act: Act, writer: Staff, where: Where, *, listed: Mapping[int, int] | None = None) -> Place:
    """`listed`: the numbers of the list that is answered, and what they name."""
    gate = act.settings.gate
    return Place(
        where,
        act.now,
        gate.zone,
        staff=act.staff,
        writer=writer,
        listed=listed or {},
        language=gate.language,
    )
