"""Samples of what customers read."""

from collections.abc import Mapping

from mailgate.letters.kind import Template
from mailgate.outbound.samples.given import (
    AT,
    CLOSE,
    COMPANY,
    LEFT_OUT,
    MONEY,
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
from mailgate.outbound.samples.to_asked import EXPIRED, QUESTIONS
from mailgate.tickets.money_said import MoneySaid
from mailgate.tickets.result import Outcome
from mailgate.tickets.search_query import SearchFault
from mailgate.tickets.verbs.customers import CUSTOMERS

_LINK = "https://desk.example.net/in/1.WyJjb250YWN0Ii.AbC"

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
    "card_number": False,
    "saves_cards": False,
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
_MONEY_LINES = [{"says": says.value, "given": MONEY} for says in MoneySaid]

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
    "is_for_others": False,
    "corrected": None,
    "commands": [],
    "actions": [REOPEN],
    "is_last": False,
    **TO_ANNE,
}

_WELCOME = {
    "company": COMPANY,
    "support_address": "support@support.example",
    "sign_in_address": "sign-in@support.example",
    "pages": "https://desk.example.net",
    "account": None,
    "reader": "Anne Miller",
    "signature": SIGNATURE,
}

_SITE = {
    "name": "Web M, miller.example",
    "price_minor": 1190,
    "currency": "EUR",
    "months": 1,
    "next_due_on": "2026-12-15",
    "ends_on": None,
    "is_off": False,
}
_DOMAIN = _SITE | {
    "name": "Domain .com, miller.example",
    "price_minor": 1500,
    "months": 12,
    "next_due_on": "2027-03-02",
}
_OFF = _SITE | {"name": "Web S, old.miller.example", "next_due_on": None, "is_off": True}
_ENDING = _SITE | {"name": "Web S, shop.miller.example", "next_due_on": None, "ends_on": "2026-12-31", "months": 3}
_CREDIT = [{"amount_minor": 1250, "currency": "EUR"}]
_MIGRATED = _WELCOME | {
    "services": [_SITE, _DOMAIN],
    "more_services": 0,
    "credit": _CREDIT,
    "meets_one_day": True,
    "days_before_due": 10,
}

TO_CUSTOMERS: Mapping[Template, tuple[Mapping[str, object], ...]] = {
    Template.ACKNOWLEDGEMENT: (
        _ACKNOWLEDGEMENT,
        _ACKNOWLEDGEMENT | {"fixed_subject": True, "left_out_count": 2, **_TO_A_STRANGER},
        _ACKNOWLEDGEMENT | {"left_out": LEFT_OUT, "left_out_count": len(LEFT_OUT)},
        _ACKNOWLEDGEMENT | {"article": _ARTICLE},
        _ACKNOWLEDGEMENT | {"proposed": [_ADD], "actions": []},
        _ACKNOWLEDGEMENT | {"card_number": True, "saves_cards": True},
    ),
    Template.LEFT_OUT: (
        _ACKNOWLEDGEMENT | {"fixed_subject": True, "left_out_count": 2},
        _ACKNOWLEDGEMENT | {"left_out": LEFT_OUT, "left_out_count": len(LEFT_OUT)},
        _ACKNOWLEDGEMENT | {"card_number": True, "saves_cards": True},
        _ACKNOWLEDGEMENT | {"fixed_subject": True, "card_number": True, **_TO_A_STRANGER},
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
        {"company": COMPANY, "link": EXPIRED, "has_code": True, "code": EXPIRED},
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
    Template.ADDRESS_CHANGED: (
        {
            "company": COMPANY,
            "reader": "Anne Miller",
            "signature": SIGNATURE,
            "before": "anne@example.org",
            "address": "anne@example.net",
            "by": "Jane Poole",
        },
    ),
    Template.WELCOME: (_WELCOME, _WELCOME | {"pages": None}, _WELCOME | {"account": "Miller & Sons"}),
    Template.MIGRATED: (
        _MIGRATED,
        _MIGRATED | {"pages": None, "services": [], "credit": [], "meets_one_day": False},
        _MIGRATED | {"more_services": 3, "credit": [*_CREDIT, {"amount_minor": 1200, "currency": "JPY"}]},
        _MIGRATED
        | {"credit": [], "services": [_OFF, _ENDING], "days_before_due": 1, "more_services": 1, "meets_one_day": False},
    ),
    Template.RECEIPT: (
        _RECEIPT,
        _RECEIPT
        | {
            "results": [],
            "misread": [misread("!clsoe", "unknown", correct="!close")],
            "corrected": CLOSE | {"lines": ["!close"]},
            "commands": usage(CUSTOMERS),
        },
        _RECEIPT
        | {
            "results": [],
            "misread": [misread("!invoices", "role", roles="invoice", who="Ann Smith <ann@example.org>")],
            "is_for_others": True,
        },
        _RECEIPT | {"number": None, "fixed_subject": True, "actions": [], "page": None, "is_last": True},
        _RECEIPT | {"results": [{"says": "tickets", "given": {}, "lines": _LINES, "question": None}]},
        _RECEIPT | {"results": [{"says": "balance", "given": {}, "lines": _MONEY_LINES, "question": None}]},
        *(_RECEIPT | {"results": [one], "number": None, "fixed_subject": True, "actions": []} for one in QUESTIONS),
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
