"""Samples of the lists that staff get to decide on, and of what comes of their answers."""

from collections.abc import Mapping

from mailgate.billing.payment.bank import Reason
from mailgate.letters.kind import Template
from mailgate.outbound.samples.block import ANNE
from mailgate.outbound.samples.given import AT, COMPANY, SUBJECT, TO, misread, usage
from mailgate.tickets.result import Decided
from mailgate.tickets.verbs.lists import BANK, HELD, QUEUE, TOMORROW


def _ready(*lines: str) -> list[Mapping[str, object]]:
    return [{"label": line, "to": "support+k7f3@example.net", "subject": f"Re: {line}", "body": line} for line in lines]


_HELD_USAGE = usage(HELD)


def _listed(number: int, author: str, subject: str, reason: str) -> Mapping[str, object]:
    return {
        "id": number,
        "received_at": AT,
        "author": author,
        "subject": subject,
        "reason": reason,
        "words": "Do you offer managed servers with daily backups?\nWe have three of them.",
        "page": f"https://desk.example.net/staff/inbox/{number}",
        "decisions": _ready(f"release {number}", f"refuse {number}", f"spam {number}"),
    }


_QUEUE_USAGE = usage(QUEUE)

_QUEUED = [
    {
        "number": 1042,
        "subject": SUBJECT,
        "customer": "Anne Miller",
        "waits": 187_200,
        "assignee": "Jane",
        "priority": "",
        "page": "https://desk.example.net/staff/tickets/1042",
        "decisions": _ready("1 mine", "1 close", "1 wait 3d"),
    },
    {"number": 1031, "subject": "DNS change", "customer": "", "waits": 2_400, "assignee": "", "priority": ""},
]

_UNPAID = [
    {
        "customer": "Anne Miller",
        "number": "2027-0031",
        "until": "2027-03-21",
        "is_claimed": True,
        "page": "https://desk.example.net/staff/customers/12",
    },
    {"customer": "Miller & Sons", "number": "", "until": "2027-03-21", "is_claimed": False, "page": None},
]

_KINDS = ("invoice", "charge", "mail", "warning", "suspension", "end", "held-account", "held-invoice")

_COMING = [
    {
        "kind": kind,
        "customer": "Anne Miller",
        "page": "https://desk.example.net/staff/customers/12" if kind != "mail" else None,
        "minor": 0 if kind == "held-account" else 1178,
        "currency": "EUR",
        "invoices": "" if kind in ("invoice", "held-account") else "2027-0031",
        "is_new": kind == "invoice",
        "decisions": _ready(f"hold {place}", f"skip {place}"),
    }
    for place, kind in enumerate(_KINDS, start=1)
]

_TOMORROW = {
    "company": COMPANY,
    "day": "2026-11-24",
    "invoices": 2,
    "invoiced": [{"currency": "EUR", "minor": 118_740}, {"currency": "USD", "minor": 4_900}],
    "charges": 1,
    "charged": [{"currency": "EUR", "minor": 1178}],
    "mails": 3,
    "suspensions": 1,
    "ends": 1,
    "ending": 2,
    "new": 1,
    "is_first": False,
    "more": 0,
    "waits": False,
    "reminds": False,
    "items": _COMING,
    "usage": usage(TOMORROW),
}

_NO_SUMS = {"invoices": 0, "invoiced": [], "charges": 0, "charged": [], "suspensions": 0, "ends": 0, "ending": 0}

_OF_ALL = (Decided.MISREAD, Decided.NO_DECISION)
_DECISION = {
    "mail": 17,
    "address": "ann@example.org",
    "name": "Ann Miller",
    "customer": 12,
    "why": "mail 4 is not held",
    "line": 3,
    "invoice": "2027-0031",
    "what": "invoice",
    "day": "2026-11-24",
    "by": "Jane",
}
_DECISIONS = [
    {"says": one.value, "given": {**_DECISION, "ticket": 1042, "to": "Jane", "subject": SUBJECT, "until": AT}}
    for one in Decided
    if one not in _OF_ALL
]

_DECIDED = {
    "company": COMPANY,
    "done": _DECISIONS,
    "obstacle": None,
    "misread": [],
    "corrected": None,
    "usage": _HELD_USAGE,
}

_BANK: dict[str, object] = {
    "company": COMPANY,
    "lines": [],
    "more": 0,
    "returned": [],
    "unbalanced": [],
    "usage": usage(BANK),
    "page": None,
}


def _bank_line(number: int, *candidates: Mapping[str, object], payer: str = "Anne Miller") -> dict[str, object]:
    return {
        "id": number,
        "booked_on": "2027-03-12",
        "amount_minor": 2400,
        "currency": "EUR",
        "payer": payer,
        "text": "Invoice 2027-0031",
        "candidates": candidates,
        "decisions": _ready(f"match {number} 2027-0031", f"ignore {number}"),
    }


def _candidate(*reasons: Reason, invoice: str = "2027-0031") -> Mapping[str, object]:
    return {"customer": "Anne Miller", "invoice": invoice, "reasons": [one.value for one in reasons]}


_BANK_LINES = [
    _bank_line(3, _candidate(Reason.NUMBER, Reason.AMOUNT)),
    _bank_line(4, *(_candidate(one) for one in Reason)),
    _bank_line(5, _candidate(Reason.NAME, invoice="")),
    _bank_line(6, payer="") | {"text": "", "amount_minor": -2400},
]
_BANK_RETURNED = [_bank_line(7) | {"amount_minor": -2400, "customer": "Anne Miller"}]
_BANK_UNBALANCED = [
    {"file": "march.xml", "account": "DE02 1203 0000 0000 2020 51"},
    {"file": "april.xml", "account": ""},
]

LISTS: Mapping[Template, tuple[Mapping[str, object], ...]] = {
    Template.HELD_ALERT: tuple(
        {
            "company": COMPANY,
            "more": more,
            "mails": [
                _listed(number, "Cris <cris@example.net>", "Offer", "not a registered address") for number in held
            ],
            "daily": daily,
            "usage": _HELD_USAGE,
            "filed": [_listed(number, ANNE, "Automatic reply: Invoice", "auto-replied") for number in filed],
            "filed_more": more,
        }
        for held, more, daily, filed in (
            ([17], 0, False, []),
            ([17, 18], 3, False, []),
            ([17, 18], 0, True, [19]),
            ([], 1, True, [19, 20]),
        )
    ),
    Template.BANK_LINES: (
        _BANK | {"lines": _BANK_LINES, "more": 2, "page": "https://desk.example.net/staff/bank"},
        _BANK | {"lines": _BANK_LINES[:1]},
        _BANK | {"lines": _BANK_LINES[3:], "returned": _BANK_RETURNED, "unbalanced": _BANK_UNBALANCED},
        _BANK | {"returned": _BANK_RETURNED},
        _BANK | {"unbalanced": _BANK_UNBALANCED},
    ),
    Template.TOMORROW: (
        _TOMORROW,
        _TOMORROW | {"waits": True, "reminds": True, "more": 12},
        _TOMORROW | _NO_SUMS | {"mails": 1, "is_first": True, "new": 1, "items": _COMING[2:3]},
        _TOMORROW | _NO_SUMS | {"mails": 0, "new": 0, "items": _COMING[6:]},
        _TOMORROW | {"invoices": 1, "charges": 3, "mails": 1, "suspensions": 2, "ends": 2, "ending": 1, "more": 1},
    ),
    Template.QUEUE: (
        {
            "company": COMPANY,
            "tickets": _QUEUED,
            "numbers": [1042, 1031],
            "longest": 187_200,
            "is_ranked": False,
            "unpaid": _UNPAID,
            "more": False,
            "usage": _QUEUE_USAGE,
        },
        {
            "company": COMPANY,
            "tickets": _QUEUED,
            "numbers": [1042, 1031],
            "longest": 187_200,
            "is_ranked": False,
            "more": True,
            "usage": _QUEUE_USAGE,
        },
        {
            "company": COMPANY,
            "tickets": [one | {"priority": "urgent"} for one in _QUEUED],
            "numbers": [1042, 1031],
            "longest": 187_200,
            "is_ranked": True,
            "more": False,
            "usage": _QUEUE_USAGE,
        },
        {
            "company": COMPANY,
            "tickets": [],
            "numbers": [],
            "longest": 0,
            "is_ranked": False,
            "more": False,
            "usage": _QUEUE_USAGE,
        },
    ),
    Template.DECIDED: (
        _DECIDED,
        _DECIDED
        | {
            "done": [],
            "obstacle": {"says": "misread", "given": {"count": 2}},
            "misread": [
                misread("spam 4 now", "nothing-more", example="spam 4"),
                misread("spam 9", "not-listed", number="9"),
            ],
        },
        _DECIDED
        | {
            "done": [],
            "obstacle": {"says": "no-decision", "given": {}},
            "misread": [misread("relase 3", "unknown", correct="release 3")],
            "corrected": {"to": TO, "subject": "Re: 2 held mails", "body": "release 3", "lines": ["release 3"]},
        },
    ),
}
