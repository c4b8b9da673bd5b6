"""Samples of what staff read."""

from collections.abc import Mapping, Sequence

from mailgate.letters.kind import Template
from mailgate.outbound.samples.block import ALL_CONTEXT, CONTEXT, COPIED, UNVERIFIED, WRITTEN_BY
from mailgate.outbound.samples.given import AT, COMPANY, LEFT_OUT, STATE, SUBJECT, TO, misread, usage
from mailgate.tickets.acts import Deed
from mailgate.tickets.notices import Happened
from mailgate.tickets.refused import Refused
from mailgate.tickets.result import Done, Held
from mailgate.tickets.verbs.staff import STAFF

_GIVEN = {
    "until": AT,
    "to": "Jane",
    "lost": "anne@example.org",
    "customer": 12,
    "name": "Anne Miller",
    "tickets": "#1042, #1031",
    "mails": "17 18",
    "ticket": 1043,
    "people": 312,
    "minutes": 11,
    "sent": 60,
    "of": 312,
    "state": "answered",
    "number": "2027-0031",
    "day": "2027-05-10",
    "open_minor": 2400,
    "limit_minor": 10000,
    "currency": "EUR",
}
_DONE = [{"says": says.value, "given": _GIVEN} for says in Done]

_DEEDS = [one.name.lower().replace("_", "-") for one in Deed]

_COMMANDS = [{"label": line, "to": "support+k7f3@example.net", "body": line} for line in ("!note", "!close")]


def _refused(why: Refused) -> Mapping[str, object]:
    given = {
        "most": 20,
        "per_day": 50,
        "line": "Ticket #1042",
        "people": "carl@example.net",
        "first": "carl@example.net",
    }
    return {
        "says": why.value,
        "given": {
            **given,
            "address": "ann@example.org",
            "why": "two authors",
            "words": "It is one of our own addresses.",
        },
    }


_NOTIFICATION = {
    "company": COMPANY,
    "begins": False,
    "number": 1042,
    "subject": SUBJECT,
    "text": "Hello,\n\nsince Monday every mail to info@ comes back:\n\n    mailbox full <info@example.org>\n\nAnne",
    "attachments": [{"name": "bounce.txt", "size": 2048}, {"name": "screen.png", "size": 88_210}],
    "left_out": [],
    "quoted_lines": 0,
    "left_out_count": 0,
    "mail_id": 17,
    "mail_page": "https://desk.example.net/staff/inbox/17",
    "context": [UNVERIFIED, WRITTEN_BY, *CONTEXT],
    "notes": [],
    "commands": _COMMANDS,
}

_NOTES = [
    {"by": "Jane Poole", "at": AT, "text": "Her quota is 1 GB, and it is full."},
    {"by": "Bart Jones", "at": AT, "text": "Checked <info@>,\n*not* raised yet."},
]

_NEWS = {"by": "Jane Poole", "done": [], "to": "Bart Jones", "other": 1031, "until": AT}

_OF_COLLEAGUE = {
    "company": COMPANY,
    "number": 1042,
    "subject": SUBJECT,
    "text": "",
    "attachments": [],
    "news": _NEWS,
    "last": None,
    "context": CONTEXT[:1],
    "notes": [],
    "commands": _COMMANDS,
}

_RETURNED = {
    "company": COMPANY,
    "number": 1042,
    "subject": SUBJECT,
    "refused": {"says": "misread", "given": {}},
    "misread": [
        misread("!clsoe", "unknown", correct="!close"),
        misread("!wait soon", "no-time", example="!wait 3d", words="soon", day="2026-11-29"),
    ],
    "corrected": None,
    "text": "!clsoe\n!wait soon\n\nHello Anne,\nyour mailbox is larger now.\n\nJane",
}

_UNDELIVERED = {
    "company": COMPANY,
    "mail_id": 55,
    "to_address": "anne@example.org",
    "subject": "Re: No mail since Monday [#1042]",
    "number": 1042,
    "ticket_subject": SUBJECT,
    "reply_line": "550 5.1.1 No such user here",
    "instead": None,
    "words": "",
    "mends": False,
}


def _gap(reason: str, about: str, number: int) -> Mapping[str, object]:
    return {"reason": reason, "about": about, "kind": "invoice", "number": f"2026-{number:04}", "customer": 12}


def _refund(
    state: str, code: str = "", address: str = "Anne Miller, Hauptstr. 1, 10115 Berlin, DE", *, is_late: bool = False
) -> Mapping[str, object]:
    return {
        "id": 7,
        "customer": _CUSTOMER,
        "amount_minor": 1550,
        "currency": "EUR",
        "deadline_on": "2027-03-30",
        "is_late": is_late,
        "state": state,
        "label": "Visa 4242" if code else "",
        "code": code,
        "address": address,
    }


def _disputed(
    *,
    invoices: Sequence[str] = ("2027-0031",),
    page: str | None = "https://desk.example.net/staff/customers/12",
    owed_minor: int = 0,
    **of: object,
) -> dict[str, object]:
    dispute = {
        "id": 3,
        "theirs": "dp_1Qk1",
        "state": "open",
        "amount_minor": 2400,
        "currency": "EUR",
        "reason": "fraudulent",
        "label": "Visa 4242",
        "paid_on": "2027-03-15",
        "rests_until": AT,
    }
    customer = {**_CUSTOMER, "page": page}
    given = {"customer": customer, "invoices": list(invoices), "owed_minor": owed_minor}
    return {"company": COMPANY, "dispute": dispute | of, **given}


_CUSTOMER = {"number": 12, "name": "Anne Miller", "page": "https://desk.example.net/staff/customers/12"}


TO_STAFF: Mapping[Template, tuple[Mapping[str, object], ...]] = {
    Template.NOTIFICATION: (
        _NOTIFICATION,
        _NOTIFICATION | {"attachments": [], "begins": True},
        _NOTIFICATION | {"quoted_lines": 1, "notes": _NOTES, "context": ALL_CONTEXT},
        _NOTIFICATION | {"left_out": LEFT_OUT, "left_out_count": 7},
    ),
    Template.WAIT_ENDED: (
        STATE,
        STATE
        | {
            "said": [
                {"by": "Anne Miller", "at": AT, "text": "Please look at it next week.", "is_note": False},
                {"by": "Jane", "at": AT, "text": "Quota is 1 GB.", "is_note": True},
            ],
            "context": CONTEXT,
            "commands": _COMMANDS,
        },
    ),
    Template.RETURNED: (
        _RETURNED,
        *(_RETURNED | {"number": None, "misread": [], "refused": _refused(why)} for why in Refused),
        *(
            _RETURNED | {"misread": [], "held": why.value, "domain": "hosting.example"} | words
            for why in Held
            for words in ({}, {"text": ""})
        ),
    ),
    Template.DONE: (
        {"company": COMPANY, "number": 1042, "subject": SUBJECT, "is_unread": False, "sentences": _DONE[-5:-3]},
        {"company": COMPANY, "number": None, "subject": "Away", "is_unread": True, "sentences": _DONE},
    ),
    Template.STAFF_HELP: tuple(
        {
            "company": COMPANY,
            "number": number,
            "subject": SUBJECT,
            "commands": usage(STAFF),
            "saved": saved,
            "more_saved": bool(saved),
        }
        for number, saved in ((1042, ["new-server", "ssl-renewal"]), (None, []))
    ),
    Template.COLLISION: (
        {
            "company": COMPANY,
            "number": 1042,
            "subject": SUBJECT,
            "deeds": [
                {"by": "Jane", "done": ["replied"], "at": AT, "text": "Your mailbox is larger now."},
                {"by": "", "done": _DEEDS, "at": AT, "text": ""},
            ],
            "text": "Please delete some mail.",
            "mail_id": 18,
            "context": [],
            "send": {"to": TO, "subject": SUBJECT, "body": "!send"},
        },
    ),
    Template.SHORTENED: tuple(
        {
            "company": COMPANY,
            "number": 1042,
            "subject": SUBJECT,
            "lines": ["On Tuesday the disk was full.", "Jane"],
            "more": more,
            "is_note": is_note,
            "readers": ["Anne Miller"],
            "undo_seconds": seconds,
            "text": "Your mailbox is larger now.",
        }
        for more, is_note, seconds in ((0, False, 60), (3, False, 0), (0, True, 60))
    ),
    Template.STAFF_COPY: tuple(
        _OF_COLLEAGUE
        | {
            "text": "Hello Anne,\n\nyour mailbox is larger now.\n\nJane",
            "attachments": files,
            "news": _NEWS | {"done": done},
            "context": [COPIED, *CONTEXT],
            "notes": notes,
        }
        for files, done, notes in (
            ([], [], []),
            ([{"name": "terms.pdf", "size": 20_480}], ["given", "closed"], _NOTES),
        )
    ),
    Template.STAFF_NEWS: (
        *(_OF_COLLEAGUE | {"news": _NEWS | {"done": [done.value]}} for done in Happened),
        _OF_COLLEAGUE
        | {
            "text": "Her quota is 1 GB, and it is full.",
            "attachments": [{"name": "quota.txt", "size": 20_480}],
            "news": _NEWS | {"done": ["noted", "taken"]},
        },
        _OF_COLLEAGUE
        | {
            "news": _NEWS | {"done": ["yours"]},
            "last": {"by": "Anne Miller", "at": AT, "text": "Is there any news?\n\nAnne"},
            "notes": _NOTES,
        },
    ),
    Template.DELAYED: tuple(
        {
            "company": COMPANY,
            "more": more,
            "lifetime_hours": 96,
            "mails": [
                {
                    "id": number,
                    "since": AT,
                    "to_address": "anne@example.org",
                    "subject": "Re: No mail since Monday [#1042]",
                    "reply_line": reply_line,
                }
                for number in numbers
            ],
        }
        for numbers, more, reply_line in (([55], 0, "451 4.7.1 Try again later"), ([55, 56], 3, ""))
    ),
    Template.BILLING_STOPPED: (
        {
            "company": COMPANY,
            "why": "140 invoices, where the last 3 runs had 90 together",
            "stopped_at": AT,
        },
    ),
    Template.EINVOICE_MISSING: (
        *(
            {"company": COMPANY, "more": 0, "gaps": [_gap(reason, about, 42)]}
            for reason, about in (
                ("seller-id", ""),
                ("seller-country", ""),
                ("seller-tax-id", ""),
                ("seller-vat-id", ""),
                ("buyer-country", "12"),
                ("buyer-vat-id", "12"),
                ("currency", "KWD"),
                ("mixed", ""),
                ("category", ""),
            )
        ),
        {"company": COMPANY, "more": 3, "gaps": [_gap("currency", "KWD", 42), _gap("buyer-country", "12", 43)]},
    ),
    Template.REFUND_FAILED: (
        *(
            {"company": COMPANY, "more": 0, "task": task, "refunds": [_refund(state, code)]}
            for state, code, task in (
                ("task", "charge_too_old", 7),
                ("failed", "expired_or_canceled_card", None),
                ("kept", "charge_disputed", None),
            )
        ),
        {"company": COMPANY, "more": 2, "task": 7, "refunds": [_refund("task", "", ""), _refund("failed", "lost")]},
    ),
    Template.REFUNDS_DUE: (
        {"company": COMPANY, "more": 0, "task": 7, "refunds": [_refund("task", "")]},
        {"company": COMPANY, "more": 1, "task": None, "refunds": [_refund("in-doubt", "no answer")]},
        {"company": COMPANY, "more": 0, "task": 7, "refunds": [_refund("task", "", "", is_late=True), _refund("task")]},
    ),
    Template.DISPUTE: (
        _disputed(),
        _disputed(reason="", rests_until=None, invoices=[], page=None),
        _disputed(owed_minor=810),
        _disputed(state="won", rests_until=None, invoices=[]),
        _disputed(state="lost", rests_until=None, invoices=[]),
        _disputed(id=None, label="pi_3Qk1", paid_on=None, rests_until=None, invoices=[]) | {"customer": None},
    ),
    Template.HOOK_FAILED: tuple(
        {
            "company": COMPANY,
            "more": more,
            "calls": [
                {
                    "id": 17,
                    "hook": "chat.example.net",
                    "event": "ticket.opened",
                    "subject": "ticket:1042",
                    "reply": reply,
                    "given_up": given_up,
                    "created_at": AT,
                }
            ],
        }
        for reply, given_up, more in (("503 Service Unavailable", False, 0), ("no answer within 10 seconds", True, 3))
    ),
    Template.STAFF_WELCOME: tuple(
        {
            "company": COMPANY,
            "reader": "Jane Poole",
            "sign_in_address": "sign-in@support.example",
            "pages": pages,
            "undo_seconds": undo_seconds,
            "colleague": colleague,
        }
        for pages, undo_seconds, colleague in (
            ("https://desk.example.net/staff/", 60, "Bob Jones"),
            (None, 0, None),
        )
    ),
    Template.UNDELIVERED: (
        _UNDELIVERED,
        _UNDELIVERED | {"number": None, "ticket_subject": None, "reply_line": ""},
        _UNDELIVERED | {"instead": "karl@example.org"},
        _UNDELIVERED | {"words": "Hello Anne,\n\nyour mailbox is larger now."},
        _UNDELIVERED | {"words": "Hello Anne,\n\nyour mailbox is larger now.", "mends": True},
        _UNDELIVERED | {"words": "It works again.", "mends": True, "instead": "karl@example.org"},
    ),
}
