"""One mail that kills the whole gate each time it is read, among a thousand good ones (F15)."""

import signal

import pytest

from mailgate.mail.disposition import Disposition
from tests.crash.choking_gate import DIES_OF
from tests.crash.gates import choking
from tests.crash.ledger import Ledger
from tests.crash.load import Clients, Mail, pouring, text_of
from tests.crash.people import ANNE, CUSTOMERS
from tests.program import Program
from tests.servers.process import wait_until

GOOD = 1000
DEADLY = GOOD // 2  # its place among them
ENVIRONMENT = {
    "MAILGATE_SMARTHOST__ADDRESS": "",  # what a kill does to mails of ours is shown elsewhere
    "TIMES_FASTER": "1",  # no retry is waited for
}
DEATHS = 3


@pytest.mark.alone
def test_a_mail_that_kills_the_gate_is_parked_and_none_of_a_thousand_neighbours_is(
    program: Program, ledger: Ledger
) -> None:
    """Whoever supervises the gate starts it again each time, as systemd would."""
    mails = [_question(number) for number in range(GOOD)]
    deadly = Mail(GOOD, GOOD, ANNE, ANNE.writes("Read me.", headers={"X-Poison": "deadly"}))
    assert DIES_OF in deadly.raw
    mails.insert(DEADLY, deadly)
    with pouring(program, smtp=4, lmtp=2) as clients:
        clients.take(mails)
        deaths = 0
        while _serve_until_settled_or_dead(program, clients, ledger, mails=len(mails)):
            deaths += 1

    [parked] = ledger.outcomes(deadly.raw)
    assert deaths == DEATHS
    assert set(clients.promised) == {mail.raw for mail in mails}
    assert ledger.keeps(clients.promised)
    assert (parked.disposition, parked.reason) == (
        Disposition.HELD,
        "parked: could not be processed in 3 attempts (its worker died each time)",
    )
    assert ledger.effects() == {mail.raw: ["held" if mail is deadly else "opened"] for mail in mails}
    assert ledger.texts_in_tickets() == sorted([text_of(number)] for number in range(GOOD))
    assert ledger.damage() == []


def _serve_until_settled_or_dead(program: Program, clients: Clients, ledger: Ledger, *, mails: int) -> bool:
    """One life of the gate; True when it died."""
    with choking(program, environment=ENVIRONMENT) as gate:
        clients.gate_comes()
        wait_until(
            lambda: not gate.is_running or (len(clients.promised) == mails and not ledger.waiting()),
            what="every mail settled, or the end of the gate",
            within_seconds=120,
        )
        if gate.is_running:
            return False
        clients.gate_goes()
        assert gate.exit_code() == -signal.SIGKILL
        return True


def _question(number: int) -> Mail:
    author = CUSTOMERS[number % len(CUSTOMERS)]
    return Mail(number, number, author, author.writes(text_of(number), subject=f"Matter {number}"))
