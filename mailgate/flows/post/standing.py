"""What is remembered of an address when a mail to it has failed: it is left alone at once, later, or never."""

from datetime import timedelta

from mailgate.flows.story.act import Act
from mailgate.mail.address import address_key
from mailgate.mail.address_failure import AddressFailure, Score
from store import locks
from store.post import suppressions


def remember(act: Act, address: str, reason: str, failure: AddressFailure) -> None:
    """Note the failure, as the settings of `[suppression]` weigh it."""
    rules = act.settings.suppression
    if failure is AddressFailure.DEAD:
        suppressions.add(act.conn, address, reason, since=act.now, until=act.now + timedelta(days=rules.dead_days))
    elif failure is AddressFailure.COUNTS and rules.failures:
        locks.hold(act.conn, (f"suppression {address_key(address)}",))  # none is counted from what another has not seen
        before = suppressions.score(act.conn, address) or Score(0.0, act.now)
        score = before.counted(act.now, half_life=timedelta(days=rules.half_life_days))
        is_enough = score.points > rules.failures - 0.5  # some of them are days old, and weigh a little less
        until = act.now + timedelta(days=rules.failures_days) if is_enough else act.now
        suppressions.count(act.conn, address, reason, score, since=act.now, until=until)
