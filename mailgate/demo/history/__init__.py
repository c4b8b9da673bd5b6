"""Three weeks of the demo's company, so that there is something to look at: lived through by mail, as any day is."""

from datetime import timedelta

from mailgate.demo.history.in_hand import IN_HAND
from mailgate.demo.history.past import Past
from mailgate.demo.history.settled import SETTLED

__all__ = ["BEGAN", "CONVERSATIONS", "Past"]

BEGAN = timedelta(days=21)
"""How long ago the first of it was."""

CONVERSATIONS = (*SETTLED, *IN_HAND)
