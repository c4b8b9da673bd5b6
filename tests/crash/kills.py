"""Kills at every step: where, at which pace the mails come, and what must hold after all of them."""

from collections.abc import Callable, Collection

from tests.crash.ledger import Ledger
from tests.program import Serving
from tests.servers.process import wait_until

EVERY_PLACE = (
    "accept.before-commit",
    "accept.committed",
    "receive.checked",
    "receive.before-commit",
    "receive.committed",
    "deliver.composed",
    "deliver.before-data",
    "deliver.after-dot",
)


def one_by_one(dying: Serving, ledger: Ledger) -> Callable[[], None]:
    """What waits between two mails; else all of them are received in one group, which passes each place once."""

    def done_with_it() -> bool:
        return not (dying.is_running and ledger.waiting())

    return lambda: wait_until(done_with_it, what="the mail settled or the program dead")


def assert_promises_kept(ledger: Ledger, promised: dict[bytes, int], mails: Collection[bytes]) -> None:
    """Each mail has its 250, its bytes and its ticket; what was written left, and its copies are the same bytes."""
    copies = ledger.copies_sent()
    assert set(promised) == set(mails)
    assert ledger.keeps(promised)
    assert ledger.effects() == {raw: ["opened"] for raw in mails}
    assert ledger.messages_in_tickets() == [1] * len(mails)
    assert set(copies) == ledger.queued()
    assert len(set(ledger.sent)) == len(copies)
    assert ledger.left_open() == set()
