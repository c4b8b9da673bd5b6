"""What samples of several kinds of mail are given."""

from mailgate.commands.verb import Table
from mailgate.tickets.files import Unwanted

COMPANY = "Example Hosting"

SUBJECT = "No mail since Monday"

AT = "2026-11-22T09:30:00+00:00"

LEFT_OUT = [
    {"name": "setup.exe", "size": 2_048_000, "reason": "", "why": why.value, "given": {"ending": "exe", "most": 20}}
    for why in Unwanted
]

TO = "support+aeaqscibaewbnwl23fwl4rplem@example.net"

CLOSE = {"name": "close", "to": TO, "subject": f"Re: {SUBJECT} [#1042]", "body": "!close"}

STATUS = CLOSE | {"name": "status", "body": "!status"}

STOP = CLOSE | {"name": "stop", "body": "!stop"}

REOPEN = CLOSE | {"name": "reopen", "body": "!reopen"}

SIGNATURE = ["Example Hosting GmbH, Hauptstr. 1, 10115 Berlin"]

TO_ANNE = {"reader": "Anne Miller", "page": "https://desk.example.net/tickets/1042", "signature": SIGNATURE}

STATE = {"number": 1042, "subject": SUBJECT, "company": COMPANY, "actions": [REOPEN], **TO_ANNE}


def usage(table: Table) -> list[object]:
    """What can be written, as templates are given it."""
    named = {"number": "3", "numbers": "3 7", "colleague": "jane", "day": "2026-12-24"}
    return [{"name": verb.name, "example": verb.example.format_map(named)} for verb in table.verbs]


def misread(line: str, fault: str, *, correct: str | None = None, example: str | None = None, **given: str) -> object:
    """A line that was not understood."""
    return {"line": line, "fault": fault, "given": given, "correct": correct, "example": example}


MONEY: dict[str, object] = {
    "number": "2027-0031", "numbers": "2027-0031, 2027-0032", "account": "Miller & Sons", "currency": "EUR",
    "open_minor": 2400, "total_minor": 123450, "amount_minor": 2400, "is_taxed": False, "due": "2027-03-15",
    "issued": "2027-03-05", "rests": "2027-03-22", "on": "2027-03-14", "until": "2027-03-21", "again": "2028-01-04",
    "product": "Business Linux", "name": "example.org", "domain": "example.com", "state": "active", "cycle": "monthly",
    "ends": "", "days": 30, "most": 14, "left": 1, "entry": "payment", "more": 7,
    "balance_minor": -1250, "first": "2027-03-01", "last": "2027-03-31", "url": "https://desk.example.net/invoices",
    "card": "Visa 4242", "words": "fifty",
}  # fmt: skip
"""Of a line about money, whatever it says."""
