"""A staff member's mail: words for a customer, a note, commands, or a new ticket for a customer.

Whatever is not understood goes back to the writer, and then nothing of the mail was done or sent on.
"""

from mailgate.flows.staff.answer.by_hand import NotSaid, say
from mailgate.flows.staff.answer.story import answer

__all__ = ["NotSaid", "answer", "say"]
