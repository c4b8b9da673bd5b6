"""What staff may say in an answer to a list: of mail and bank lines by numbers, of tickets and bills by places."""

from mailgate.authority import Action
from mailgate.commands import about_money, readers
from mailgate.commands.verb import Table, Verb

_DECIDE = Action.STAFF_COMMAND

RELEASE = Verb("release", "release {numbers}", _DECIDE, readers.no_more)
SPAM = Verb("spam", "spam {number}", _DECIDE, readers.no_more)
REFUSE = Verb("refuse", "refuse {number}", _DECIDE, readers.no_more)
ALLOW = Verb("allow", "allow {number}", _DECIDE, readers.no_more)
REGISTER = Verb("register", "register {number} Ann Miller", _DECIDE, readers.called)

HELD = Table((RELEASE, SPAM, REFUSE, ALLOW, REGISTER), numbered=True)

MINE = Verb("mine", "{number} mine", _DECIDE, readers.no_more)
CLOSE = Verb("close", "{number} close", _DECIDE, readers.no_more)
WAIT = Verb("wait", "{number} wait 3d", _DECIDE, readers.instant)
GIVE = Verb("give", "{number} {colleague}", _DECIDE, readers.colleague)

QUEUE = Table((MINE, CLOSE, WAIT, GIVE), numbered=True, otherwise=GIVE)

MATCH = Verb("match", "match {number} 2027-0031", _DECIDE, about_money.invoice)
IGNORE = Verb("ignore", "ignore {number}", _DECIDE, readers.no_more)

BANK = Table((MATCH, IGNORE), numbered=True)
HOLD = Verb("hold", "hold {numbers}", _DECIDE, readers.no_more)
SKIP = Verb("skip", "skip {number}", _DECIDE, readers.no_more)
RESUME = Verb("resume", "resume {number}", _DECIDE, readers.no_more)
GO = Verb("go", "go", _DECIDE, readers.no_more)

TOMORROW = Table((HOLD, SKIP, RESUME, GO), numbered=True, of_all=frozenset({GO}))
