"""Samples of what customers read."""

from collections.abc import Mapping

from mailgate.confirmation import Became, Says
from mailgate.letters.kind import Template
from mailgate.outbound.samples.given import (
    AT,
    CLOSE,
    COMPANY,
    LEFT_OUT,
    REOPEN,
    SIGNATURE,
    STATE,
    STATUS,
    STOP,
    SUBJECT,
    TO_ANNE,
    misread,
    usage,
)
from mailgate.tickets.result import Outcome
from mailgate.tickets.search_query import SearchFault
from mailgate.tickets.verbs.customers import CUSTOMERS

_LINK = "https://desk.example.net/in/1.WyJjb250YWN0Ii.AbC"

_EXPIRED = "[one-time link or code, expired]"

_ADD = CLOSE | {"name": "add", "address": "bob@example.org", "body": "!add bob@example.org"}

_ACKNOWLEDGEMENT = {
    "number": 1042,
    "subject": SUBJECT,
    "company": COMPANY,
    "fixed_subject": False,
    "left_out": [],
    "left_out_count": 0,
    "article": None,
    "proposed": [],
    "actions": [CLOSE],
    **TO_ANNE,
}

_TO_A_STRANGER = {"reader": "", "page": None, "signature": [], "actions": [CLOSE, STATUS, STOP]}

_REPLY = {
    "number": 1042,
    "subject": SUBJECT,
    "text": "Hello Anne,\n\nyour mailbox is larger now. Please:\n\n1. send a mail\n2. look\n\nJane",
    "staff_name": "Jane",
    "company": COMPANY,
    "begins": False,
    "closes": False,
    "actions": [CLOSE],
    **TO_ANNE,
}

_ARTICLE = {
    "title": "What to do when a mailbox is full",
    "url": "https://desk.example.net/kb/full-mailbox",
    "solved": {"to": "support+ab1042@support.example", "subject": "[#1042]", "body": "!close"},
}

# Every line that a receipt may have.
_GIVEN = {
    "ticket": 1042, "mail": 55, "subject": SUBJECT, "title": "Full mailboxes", "state": "answered", "at": AT,
    "address": "bob@example.org", "readers": "anne@example.org, bob@example.org", "url": "https://desk.example.net/",
    "words": "invoice march", "typed": "status:clsoed", "near": "closed", "states": "open, closed", "operator": "after",
    "name": "close", "example": "!close",
}  # fmt: skip

_LINES = [{"says": says.value, "given": _GIVEN} for says in (*Outcome, *SearchFault)]

_RECEIPT = {
    "company": COMPANY,
    "number": 1042,
    "subject": SUBJECT,
    "fixed_subject": False,
    "results": [
        {"says": "closed", "given": {"ticket": 1042}, "lines": [], "question": None},
        {
            "says": "tickets",
            "given": {},
            "lines": [{"says": "ticket", "given": {"ticket": 1042, "state": "closed", "subject": SUBJECT}}],
            "question": None,
        },
    ],
    "misread": [],
    "corrected": None,
    "commands": [],
    "actions": [REOPEN],
    "is_last": False,
    **TO_ANNE,
}

_STATEMENT = [{"says": "add-contact", "given": {"address": "bob@example.org", "ticket": "1042"}}]

_STAFF_STATEMENT = [
    {"says": "commands-on", "given": {"ticket": "1042"}},
    *({"says": "said", "given": {"words": line}} for line in ("!close", "!assign jane")),
]

# Every line that a statement may have.
_STATEMENTS = [
    [
        {
            "says": says.value,
            "given": {
                "address": "bob@example.org",
                "ticket": "1042",
                "subject": SUBJECT,
                "words": "!close",
                "people": "312",
                "customers": "298",
                "minutes": "11",
            },
        }
    ]
    for says in Says
]

# What a receipt may tell of a question.
_QUESTIONS = [
    {
        "says": "",
        "given": {},
        "lines": [],
        "question": {
            "became": became.value,
            "statement": [] if became in (Became.NOT_USED, Became.NOT_OWNER, Became.DECIDED) else _STATEMENT,
            "why": "mail 17 is not held: it is refused, by Bart Jones",
            "open": 3,
            "per_day": 3,
        },
    }
    for became in Became
]

_CONFIRM = {
    "company": COMPANY,
    "number": 1042,
    "subject": SUBJECT,
    "statement": _STATEMENT,
    "cost": "",
    "yes": "yes",
    "no": "no",
    "asked_at": AT,
    "until": "2026-11-23T09:30:00+00:00",
    "by": "Anne Miller",
    "is_asking": True,
    "others": 0,
    "needed": "all",
    "why": "asked",
    "reply_to": "confirm+aeaqscibaewbnwl23fwl4rplem@example.net",
}

_OTHERS = (("Anne Miller", "all"), ("Anne Miller", "first"), (None, "all"), (None, "first"))

_ENDED = {
    "company": COMPANY,
    "number": 1042,
    "subject": SUBJECT,
    "statement": _STATEMENT,
    "became": "expired",
    "by": None,
    "others": 0,
    "needed": "all",
}

_WELCOME = {
    "company": COMPANY,
    "support_address": "support@support.example",
    "sign_in_address": "sign-in@support.example",
    "reader": "Anne Miller",
    "signature": SIGNATURE,
}

TO_CUSTOMERS: Mapping[Template, tuple[Mapping[str, object], ...]] = {
    Template.ACKNOWLEDGEMENT: (
        _ACKNOWLEDGEMENT,
        _ACKNOWLEDGEMENT | {"fixed_subject": True, "left_out_count": 2, **_TO_A_STRANGER},
        _ACKNOWLEDGEMENT | {"left_out": LEFT_OUT, "left_out_count": len(LEFT_OUT)},
        _ACKNOWLEDGEMENT | {"article": _ARTICLE},
        _ACKNOWLEDGEMENT | {"proposed": [_ADD], "actions": []},
    ),
    Template.LEFT_OUT: (
        _ACKNOWLEDGEMENT | {"fixed_subject": True, "left_out_count": 2},
        _ACKNOWLEDGEMENT | {"left_out": LEFT_OUT, "left_out_count": len(LEFT_OUT)},
    ),
    Template.REPLY: (
        _REPLY,
        _REPLY | {"closes": True, "actions": [REOPEN, STOP]},
        _REPLY | {"begins": True, "subject": "Maintenance on Sunday"},
        _REPLY | {"text": f"Please see this page:\n\n{_ARTICLE['url']}\n\nJane", **_TO_A_STRANGER},
    ),
    Template.SIGN_IN: (
        {"company": COMPANY, "link": _LINK, "has_code": False, "code": "", "reader": "Anne Miller"},
        {"company": COMPANY, "link": _LINK, "has_code": True, "code": "K7F3-M2QA", "signature": SIGNATURE},
        {"company": COMPANY, "link": _EXPIRED, "has_code": True, "code": _EXPIRED},
    ),
    Template.CLOSED: (STATE,),
    Template.AUTOCLOSE_WARNING: (STATE | {"close_at": "2026-11-24T21:30:00+00:00", "actions": [CLOSE]},),
    Template.AUTOCLOSED: (STATE,),
    Template.ANNOUNCEMENT: (
        {
            "company": COMPANY,
            "subject": "Maintenance on Sunday",
            "text": "Hello,\n\non Sunday from 2:00 to 4:00 all servers are restarted.",
            "staff_name": "Jane Poole",
        },
    ),
    Template.WELCOME: (_WELCOME,),
    Template.MIGRATED: (_WELCOME,),
    Template.RECEIPT: (
        _RECEIPT,
        _RECEIPT
        | {
            "results": [],
            "misread": [misread("!clsoe", "unknown", correct="!close")],
            "corrected": CLOSE | {"lines": ["!close"]},
            "commands": usage(CUSTOMERS),
        },
        _RECEIPT | {"number": None, "fixed_subject": True, "actions": [], "page": None, "is_last": True},
        _RECEIPT | {"results": [{"says": "tickets", "given": {}, "lines": _LINES, "question": None}]},
        *(_RECEIPT | {"results": [one], "number": None, "fixed_subject": True, "actions": []} for one in _QUESTIONS),
    ),
    Template.COPY: (
        {
            "company": COMPANY,
            "number": 1042,
            "subject": SUBJECT,
            "mail_id": 55,
            "sent_on": AT,
            "text": "Hello Anne,\n\nyour mailbox is larger now.\n\nJane",
        },
    ),
    Template.CONFIRM: (
        _CONFIRM,
        _CONFIRM | {"why": "unclear", "yes": "ja", "no": "nein", "reply_to": _EXPIRED},
        _CONFIRM | {"why": "edited"},
        _CONFIRM | {"why": "replaced", "cost": "EUR 12.00", "number": None, "statement": _STAFF_STATEMENT},
        *(_CONFIRM | {"by": by, "is_asking": False, "others": 1, "needed": needed} for by, needed in _OTHERS),
        *(_CONFIRM | {"number": None, "statement": statement} for statement in _STATEMENTS),
    ),
    Template.CONFIRMED: tuple(
        _ENDED | {"by": by, "needed": needed, "number": number, "became": "done", "others": 1}
        for by, needed in _OTHERS
        for number in (1042, None)
    ),
    Template.NOT_CONFIRMED: (
        _ENDED,
        _ENDED | {"others": 2, "number": None, "statement": _STAFF_STATEMENT},
        _ENDED | {"others": 1, "needed": "first"},
        *(_ENDED | {"became": "refused", "others": 1, "by": by, "needed": needed} for by, needed in _OTHERS),
    ),
    Template.PROPOSAL: (
        {
            "company": COMPANY,
            "number": 1042,
            "subject": SUBJECT,
            "writer": "Dora Miller",
            "proposed": [_ADD],
        },
    ),
    Template.HELD: ({"company": COMPANY},),
}
