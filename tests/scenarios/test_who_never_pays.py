"""A customer who never pays, by the real program: reminded, warned, suspended by a script, heard, restored by money.

Time is that of `mailgate due run --at`. The readers' server is a Dovecot behind a Postfix, and all is seen by what lies
in the customer's mailbox and in the file that the script writes.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.gate import Person, Received
from tests.program import Program, configured
from tests.real_billing.shop import SAMPLE
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix, StartPostfix
from tests.servers.process import wait_until

pytestmark = pytest.mark.server

ANNE = Person("Anne Never", "anne.never@customer.example")
DUE_DAYS_AGO = 15
"""The suspension was yesterday then: a payment that is recorded by hand comes today."""

SCRIPT = """\
#!/bin/sh
# What a panel would be told.
cat >> FILE
echo >> FILE
"""
HOOK = """
[[hook]]
event = "service.*"
command = "COMMAND"
"""


def long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True)
class Company:
    """The program, what its script wrote, and the mailbox of its one customer."""

    program: Program
    behind: Postfix
    dovecot: Dovecot
    file: Path
    due_on: date

    def look(self, at: datetime) -> None:
        """What is due at an instant."""
        self.program.prints("due", "run", "--at", at.isoformat())

    def days(self, since: date, until: date) -> None:
        """The same just after each midnight."""
        for number in range((until - since).days + 1):
            self.look(datetime.combine(since + timedelta(number), time(0, 5), UTC))

    def inbox(self) -> list[Received]:
        """The customer's mailbox, oldest first."""
        wait_until(lambda: not self.behind.queue(), what="all mail delivered")
        user = ANNE.address.partition("@")[0]
        return [Received(raw, "", ANNE.address) for raw in self.dovecot.mails(user)]

    def subjects(self) -> list[str]:
        """Of all that the customer got, without the company's name."""
        return [mail.subject.removesuffix(" – Example Hosting") for mail in self.inbox()]

    def script_wrote(self) -> list[tuple[str, str, str]]:
        """Each call: what happened, to what, and its state."""
        calls = [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []
        return [(one["event"], one["service"]["domain"], one["service"]["state"]) for one in calls]


@pytest.fixture
def company(tmp_path: Path, postfix: StartPostfix, dovecot: Dovecot) -> Company:
    """It sells a year of hosting to Anne, who had paid the year before."""
    behind = postfix(main_cf=dovecot.main_cf, master_cf=dovecot.master_cf)
    program = configured(tmp_path / "gate", {"smarthost": {"address": behind.address, "tls": "none"}})
    script, file = tmp_path / "panel", tmp_path / "panel.log"
    script.write_text(SCRIPT.replace("FILE", str(file)))
    script.chmod(0o755)
    program.config.write_text(program.config.read_text() + HOOK.replace("COMMAND", str(script)))
    due_on = datetime.now(UTC).date() - timedelta(DUE_DAYS_AGO)
    program.prints("catalogue", "import", str(SAMPLE))
    program.prints("customer", "add", ANNE.name, ANNE.address, "--country", "DE")
    program.prints(
        *("service", "add", "--customer", "1", "--sku", "web-m", "--cycle", "yearly", "--domain", "anne.example"),
        *("--start", str(due_on - timedelta(365)), "--paid-through", str(due_on - timedelta(1))),
    )
    return Company(program, behind, dovecot, file, due_on)


def test_who_never_pays_is_warned_suspended_by_a_script_heard_and_restored_by_money(company: Company) -> None:
    due_on, today = company.due_on, datetime.now(UTC).date()
    company.days(due_on - timedelta(11), today - timedelta(1))

    [invoice] = company.program.rows("invoice", "list")
    number, amount = invoice["number"], "EUR\u00a0117.81"
    unpaid = [
        f"Invoice {number}, {amount}, due {long_date(due_on)}",
        f"Reminder: invoice {number}, {amount}, due {long_date(due_on)}",
        f"Due today: invoice {number}, {amount}",
        f"Reminder: invoice {number}, {amount}, was due {long_date(due_on)}",
        f"Web M, anne.example will be suspended on {long_date(due_on + timedelta(14))}",
        "anne.example is suspended",
    ]
    assert company.subjects() == unpaid
    assert company.script_wrote() == [("service.suspend", "anne.example", "suspended")]
    steps = {one["step"]: one for one in company.program.ask("invoice", "show", number)["steps"]}
    assert steps["+7"]["outcome"] == "warned"
    warned, suspended = (datetime.fromisoformat(steps[name]["done_at"]) for name in ("+7", "suspend"))
    assert suspended - warned >= timedelta(days=3)

    # Who is suspended still writes, and is answered.
    question = ANNE.replies(company.inbox()[-1], "I am back from hospital. Can I pay in cash?")
    to = str(company.inbox()[-1].message["Reply-To"])
    company.program.run("receive", "--sender", ANNE.address, "--recipient", to, stdin=question)
    company.look(datetime.now(UTC))
    assert company.subjects()[len(unpaid) :] == ["Re: anne.example is suspended – Example Hosting [#1]"]
    assert company.program.ask("ticket", "show", "1")["desk"] == "billing"

    company.program.prints("payment", "record", number, "117.81", "--method", "cash", "--reference", "desk 1")
    company.look(datetime.now(UTC) + timedelta(hours=1))  # what comes of a command may be taken back for a while
    paid = [f"Receipt: {amount} for invoice {number}", "anne.example is back"]
    assert company.subjects()[len(unpaid) + 1 :] == paid
    assert company.script_wrote()[1:] == [("service.restore", "anne.example", "active")]

    before = company.subjects()
    company.days(today + timedelta(1), today + timedelta(75))  # past the day of its end
    assert company.subjects() == before
    assert len(company.script_wrote()) == 2
    assert company.program.ask("invoice", "show", number)["state"] == "paid"
