"""A hundred mails written to break a reader among three hundred good ones, through a running gate (F15)."""

import random
import re
from collections import Counter

from mailgate.mail.disposition import Disposition
from store.engine import reading
from store.post import spool
from store.post.spool import Accepted
from tests.crash.gates import choking
from tests.crash.ledger import Ledger
from tests.crash.load import Mail, pouring, text_of
from tests.crash.people import CUSTOMERS
from tests.crash.poison import is_choking, poison
from tests.program import Program
from tests.servers.process import wait_until

GOOD, POISON = 300, 100


def test_poison_is_kept_and_set_aside_and_its_neighbours_never_notice(program: Program, ledger: Ledger) -> None:
    """Its fast clock also sends the jobs of all waiting rows again, each second: none has two effects (F08)."""
    good = [_question(number) for number in range(GOOD)]
    bad = poison(POISON, begin=GOOD)
    mails = [*good, *bad]
    random.Random(1).shuffle(mails)
    with choking(program) as gate, pouring(program, smtp=4, lmtp=2) as clients:
        clients.gate_comes()
        clients.take(mails)
        wait_until(lambda: len(clients.promised) == len(mails), what="a 250 for each mail")
        wait_until(ledger.is_quiet, what="all mail settled and sent")
        alive = gate.is_running
        log = gate.log.read_text(errors="replace")

    rows = {mail.number: _row(ledger, clients.promised[mail.raw]) for mail in mails}
    assert alive
    assert ledger.keeps(clients.promised)
    assert {(rows[mail.number].outcome.disposition, rows[mail.number].attempts) for mail in good} == {("opened", 1)}
    assert [text for text in ledger.texts_in_tickets() if text[0].startswith("Question ")] == sorted(
        [text_of(number)] for number in range(GOOD)
    )
    readable = {rows[mail.number].outcome.disposition for mail in bad if not is_choking(mail)}
    assert readable <= {Disposition.OPENED, Disposition.HELD}
    assert {rows[mail.number].attempts for mail in bad if not is_choking(mail)} == {1}
    parked = {mail.number for mail in bad if (rows[mail.number].outcome.reason or "").startswith("parked")}
    assert parked == {mail.number for mail in bad if is_choking(mail)}
    failures = {int(spool_id) for spool_id in re.findall(r" ERROR .* (?:failed|parked) spool=(\d+)", log)}
    assert failures == {rows[number].id for number in parked}
    assert ledger.copies_sent() == Counter(ledger.queued())
    assert (ledger.left_open(), ledger.damage()) == (set(), [])


def _question(number: int) -> Mail:
    author = CUSTOMERS[number % len(CUSTOMERS)]
    return Mail(number, number, author, author.writes(text_of(number), subject=f"Matter {number}"))


def _row(ledger: Ledger, spool_id: int) -> Accepted:
    with reading(ledger.engine) as conn:
        found = spool.show(conn, spool_id)
    assert found is not None
    return found
