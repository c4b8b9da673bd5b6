"""Sample values of every template, each branch of it at least once: for `template check`, previews and tests.

They are also the list of what each template is given; strings are plain text, whatever stands in them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mailgate.commands.verb import Table
from mailgate.confirmation import Became, Says
from mailgate.letters.kind import Template
from mailgate.tickets.files import Unwanted
from mailgate.tickets.result import Outcome
from mailgate.tickets.search_query import SearchFault
from mailgate.tickets.verbs.customers import CUSTOMERS
from mailgate.tickets.verbs.lists import HELD, QUEUE
from mailgate.tickets.verbs.staff import STAFF

_COMPANY = "Example Hosting"
_SUBJECT = "No mail since Monday"
_AT = "2026-11-22T09:30:00+00:00"
_ANNE = "Anne Miller <anne@example.org>"

_LINK = "https://desk.example.net/in/1.WyJjb250YWN0Ii.AbC"

_DONE = "Your answer was taken back: the customer does not get it."

_LEFT_OUT = [
    {"name": "setup.exe", "size": 2_048_000, "reason": "", "why": why.value, "given": {"ending": "exe", "most": 20}}
    for why in Unwanted
]

_TO = "support+aeaqscibaewbnwl23fwl4rplem@example.net"
_CLOSE = {"name": "close", "to": _TO, "subject": f"Re: {_SUBJECT} [#1042]", "body": "!close"}
_REOPEN = _CLOSE | {"name": "reopen", "body": "!reopen"}
_ADD = _CLOSE | {"name": "add", "address": "bob@example.org", "body": "!add bob@example.org"}


def _usage(table: Table) -> list[object]:
    named = {"number": "3", "numbers": "3 7", "colleague": "jane", "day": "2026-12-24"}
    return [{"name": verb.name, "example": verb.example.format_map(named)} for verb in table.verbs]


def _misread(line: str, fault: str, *, correct: str | None = None, example: str | None = None, **given: str) -> object:
    return {"line": line, "fault": fault, "given": given, "correct": correct, "example": example}


_ACKNOWLEDGEMENT = {
    "number": 1042,
    "subject": _SUBJECT,
    "company": _COMPANY,
    "fixed_subject": False,
    "left_out": [],
    "left_out_count": 0,
    "article": None,
    "proposed": [],
    "actions": [_CLOSE],
}

_ARTICLE = {
    "title": "What to do when a mailbox is full",
    "url": "https://desk.example.net/kb/full-mailbox",
    "solved": {"to": "support+ab1042@support.example", "subject": "[#1042]", "body": "!close"},
}

# Every line that a receipt may have.
_GIVEN = {
    "ticket": 1042, "mail": 55, "subject": _SUBJECT, "title": "Full mailboxes", "state": "answered", "at": _AT,
    "address": "bob@example.org", "readers": "anne@example.org, bob@example.org", "url": "https://desk.example.net/",
    "words": "invoice march", "typed": "status:clsoed", "near": "closed", "states": "open, closed", "operator": "after",
    "name": "close", "example": "!close",
}  # fmt: skip
_LINES = [{"says": says.value, "given": _GIVEN} for says in (*Outcome, *SearchFault)]

_RECEIPT = {
    "company": _COMPANY,
    "number": 1042,
    "subject": _SUBJECT,
    "fixed_subject": False,
    "results": [
        {"says": "closed", "given": {"ticket": 1042}, "lines": [], "question": None},
        {"says": "tickets", "given": {}, "lines": _LINES, "question": None},
    ],
    "misread": [],
    "corrected": None,
    "commands": [],
    "actions": [_REOPEN],
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
            "given": {"address": "bob@example.org", "ticket": "1042", "subject": _SUBJECT, "words": "!close"},
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
    "company": _COMPANY,
    "number": 1042,
    "subject": _SUBJECT,
    "statement": _STATEMENT,
    "cost": "",
    "yes": "yes",
    "no": "no",
    "asked_at": _AT,
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
    "company": _COMPANY,
    "number": 1042,
    "subject": _SUBJECT,
    "statement": _STATEMENT,
    "became": "expired",
    "by": None,
    "others": 0,
    "needed": "all",
}

_STATE = {"number": 1042, "subject": _SUBJECT, "company": _COMPANY, "actions": [_REOPEN]}

_COMMANDS = [{"label": line, "to": "support+k7f3@example.net", "body": line} for line in ("!note", "!close")]

_NOTIFICATION = {
    "company": _COMPANY,
    "number": 1042,
    "subject": _SUBJECT,
    "text": "Hello,\n\nsince Monday every mail to info@ comes back:\n\n    mailbox full <info@example.org>\n\nAnne",
    "attachments": [{"name": "bounce.txt", "size": 2048}, {"name": "screen.png", "size": 88_210}],
    "left_out": [],
    "left_out_count": 0,
    "mail_id": 17,
    "context": [
        f"Written by {_ANNE}",
        "Please note: unverified sender",
        "Your reply goes to Anne Miller <anne@example.org>, 60 s after we get it.",
        "Ticket #1042, open, desk support   https://desk.example.net/staff/tickets/1042",
        "Sender evidence D: aligned DKIM",
    ],
    "commands": _COMMANDS,
}

_RETURNED = {
    "company": _COMPANY,
    "number": 1042,
    "subject": _SUBJECT,
    "reason": "Two lines were not understood.",
    "misread": [
        _misread("!clsoe", "unknown", correct="!close"),
        _misread("!wait soon", "no-time", example="!wait 3d", words="soon", day="2026-11-29"),
    ],
    "corrected": None,
    "text": "!clsoe\n!wait soon\n\nHello Anne,\nyour mailbox is larger now.\n\nJane",
}

_UNDELIVERED = {
    "company": _COMPANY,
    "mail_id": 55,
    "to_address": "anne@example.org",
    "subject": "Re: No mail since Monday [#1042]",
    "number": 1042,
    "ticket_subject": _SUBJECT,
    "reply_line": "550 5.1.1 No such user here",
}

_HELD_USAGE = _usage(HELD)
_QUEUE_USAGE = _usage(QUEUE)

_QUEUED = [
    {"number": 1042, "subject": _SUBJECT, "customer": "Anne Miller", "waits": 187_200, "assignee": "Jane"},
    {"number": 1031, "subject": "DNS change", "customer": "", "waits": 2_400, "assignee": ""},
]

_DECIDED = {
    "company": _COMPANY,
    "done": ["mail 3: let in", "mail 4: nothing was done: mail 4 is not held: it is refused, by Jane"],
    "obstacle": "",
    "misread": [],
    "corrected": None,
    "usage": _HELD_USAGE,
}

_WELCOME = {
    "company": _COMPANY,
    "support_address": "support@support.example",
    "sign_in_address": "sign-in@support.example",
}

SAMPLES: Mapping[Template, tuple[Mapping[str, object], ...]] = MappingProxyType(
    {
        Template.ACKNOWLEDGEMENT: (
            _ACKNOWLEDGEMENT,
            _ACKNOWLEDGEMENT | {"fixed_subject": True, "left_out_count": 2},
            _ACKNOWLEDGEMENT | {"left_out": _LEFT_OUT, "left_out_count": len(_LEFT_OUT)},
            _ACKNOWLEDGEMENT | {"article": _ARTICLE},
            _ACKNOWLEDGEMENT | {"proposed": [_ADD], "actions": []},
        ),
        Template.LEFT_OUT: (
            _ACKNOWLEDGEMENT | {"fixed_subject": True, "left_out_count": 2},
            _ACKNOWLEDGEMENT | {"left_out": _LEFT_OUT, "left_out_count": len(_LEFT_OUT)},
        ),
        Template.REPLY: (
            {
                "number": 1042,
                "subject": _SUBJECT,
                "text": "Hello Anne,\n\nyour mailbox is larger now. Please:\n\n1. send a mail\n2. look\n\nJane",
                "staff_name": "Jane",
                "company": _COMPANY,
                "actions": [_CLOSE],
            },
        ),
        Template.NOTIFICATION: (
            _NOTIFICATION,
            _NOTIFICATION | {"attachments": []},
            _NOTIFICATION | {"left_out": _LEFT_OUT, "left_out_count": 7},
        ),
        Template.SIGN_IN: (
            {"company": _COMPANY, "link": _LINK, "has_code": False, "code": ""},
            {"company": _COMPANY, "link": _LINK, "has_code": True, "code": "k7f3m2qa"},
        ),
        Template.CLOSED: (_STATE,),
        Template.AUTOCLOSE_WARNING: (_STATE | {"close_at": "2026-11-24T21:30:00+00:00", "actions": [_CLOSE]},),
        Template.AUTOCLOSED: (_STATE,),
        Template.WAIT_ENDED: (_STATE,),
        Template.WELCOME: (_WELCOME,),
        Template.MIGRATED: (_WELCOME,),
        Template.RECEIPT: (
            _RECEIPT,
            _RECEIPT
            | {
                "results": [],
                "misread": [_misread("!clsoe", "unknown", correct="!close")],
                "corrected": _CLOSE | {"lines": ["!close"]},
                "commands": _usage(CUSTOMERS),
            },
            _RECEIPT | {"number": None, "fixed_subject": True, "actions": []},
            *(
                _RECEIPT | {"results": [one], "number": None, "fixed_subject": True, "actions": []}
                for one in _QUESTIONS
            ),
        ),
        Template.COPY: (
            {
                "company": _COMPANY,
                "number": 1042,
                "subject": _SUBJECT,
                "mail_id": 55,
                "sent_on": _AT,
                "text": "Hello Anne,\n\nyour mailbox is larger now.\n\nJane",
            },
        ),
        Template.CONFIRM: (
            _CONFIRM,
            _CONFIRM | {"why": "unclear", "yes": "ja", "no": "nein", "reply_to": "[one-time link or code, expired]"},
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
                "company": _COMPANY,
                "number": 1042,
                "subject": _SUBJECT,
                "writer": "Dora Miller",
                "proposed": [_ADD],
            },
        ),
        Template.RETURNED: (
            _RETURNED,
            _RETURNED | {"number": None, "misread": [], "reason": "A new ticket begins with a line !customer ADDRESS."},
        ),
        Template.DONE: (
            {"company": _COMPANY, "number": 1042, "subject": _SUBJECT, "is_unread": False, "sentences": [_DONE]},
            {"company": _COMPANY, "number": None, "subject": "Away", "is_unread": True, "sentences": [_DONE, _DONE]},
        ),
        Template.STAFF_HELP: tuple(
            {
                "company": _COMPANY,
                "number": number,
                "subject": _SUBJECT,
                "commands": _usage(STAFF),
            }
            for number in (1042, None)
        ),
        Template.COLLISION: (
            {
                "company": _COMPANY,
                "number": 1042,
                "subject": _SUBJECT,
                "deeds": [
                    {
                        "line": "Jane answered the customer",
                        "at": _AT,
                        "text": "Your mailbox is larger now.",
                    },
                    {"line": "Bart closed the ticket", "at": _AT, "text": ""},
                ],
                "text": "Please delete some mail.",
                "mail_id": 18,
                "context": ["To send yours all the same, answer this mail with the first line !send"],
            },
        ),
        Template.STAFF_COPY: tuple(
            {
                "company": _COMPANY,
                "number": 1042,
                "subject": _SUBJECT,
                "text": "Hello Anne,\n\nyour mailbox is larger now.\n\nJane",
                "attachments": files,
                "context": ["A copy: Jane wrote this to Anne Miller <anne@example.org>"],
                "commands": _COMMANDS,
            }
            for files in ([], [{"name": "terms.pdf", "size": 20_480}])
        ),
        Template.HELD: ({"company": _COMPANY},),
        Template.HELD_ALERT: tuple(
            {
                "company": _COMPANY,
                "more": more,
                "mails": [
                    {
                        "id": number,
                        "received_at": _AT,
                        "author": "Cris <cris@example.net>",
                        "subject": "Offer",
                        "reason": "not a registered address",
                    }
                    for number in numbers
                ],
                "daily": daily,
                "usage": _HELD_USAGE,
            }
            for numbers, more, daily in (([17], 0, False), ([17, 18], 3, False), ([17, 18], 0, True))
        ),
        Template.QUEUE: (
            {"company": _COMPANY, "tickets": _QUEUED, "numbers": [1042, 1031], "more": False, "usage": _QUEUE_USAGE},
            {"company": _COMPANY, "tickets": _QUEUED, "numbers": [1042, 1031], "more": True, "usage": _QUEUE_USAGE},
            {"company": _COMPANY, "tickets": [], "numbers": [], "more": False, "usage": _QUEUE_USAGE},
        ),
        Template.DECIDED: (
            _DECIDED,
            _DECIDED
            | {
                "done": [],
                "obstacle": "2 lines were not understood.",
                "misread": [
                    _misread("spam 4 now", "nothing-more", example="spam 4"),
                    _misread("spam 9", "not-listed", number="9"),
                ],
            },
            _DECIDED
            | {
                "done": [],
                "obstacle": "One line was not understood.",
                "misread": [_misread("relase 3", "unknown", correct="release 3")],
                "corrected": {"to": _TO, "subject": "Re: 2 held mails", "body": "release 3", "lines": ["release 3"]},
            },
        ),
        Template.UNDELIVERED: (_UNDELIVERED, _UNDELIVERED | {"number": None, "ticket_subject": None, "reply_line": ""}),
    }
)
