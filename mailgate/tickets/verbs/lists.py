"""What staff may say in an answer to a list: of held mail by its numbers, of the open tickets by their places."""

from mailgate.authority import Action
from mailgate.commands import readers
from mailgate.commands.verb import Table, Verb

_DECIDE = Action.STAFF_COMMAND

RELEASE = Verb(
    "release",
    "release {numbers}",
    "let it in, as of the day it came; several numbers may stand on a line",
    _DECIDE,
    readers.no_more,
)
SPAM = Verb("spam", "spam {number}", "end it, and teach the spam filter", _DECIDE, readers.no_more)
REFUSE = Verb("refuse", "refuse {number}", "end it, and teach nothing", _DECIDE, readers.no_more)
ALLOW = Verb("allow", "allow {number}", "let it in, and what its sender writes from now on", _DECIDE, readers.no_more)
REGISTER = Verb(
    "register", "register {number} Ann Miller", "make its sender a customer, and let it in", _DECIDE, readers.called
)

HELD = Table((RELEASE, SPAM, REFUSE, ALLOW, REGISTER), numbered=True)

MINE = Verb("mine", "{number} mine", "take it", _DECIDE, readers.no_more)
CLOSE = Verb("close", "{number} close", "close it, and tell its customer", _DECIDE, readers.no_more)
WAIT = Verb("wait", "{number} wait 3d", "let it rest for 3 days, 12h, or until a date", _DECIDE, readers.instant)
GIVE = Verb("give", "{number} {colleague}", "give it to a colleague", _DECIDE, readers.colleague)

QUEUE = Table((MINE, CLOSE, WAIT, GIVE), numbered=True, otherwise=GIVE)
