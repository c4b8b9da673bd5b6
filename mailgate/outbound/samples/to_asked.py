"""Samples of what those read whom a question is put to."""

from collections.abc import Mapping

from mailgate.confirmation import Became, Says
from mailgate.letters.kind import Template
from mailgate.outbound.samples.given import AT, COMPANY, SUBJECT

EXPIRED = "[one-time link or code, expired]"

STATEMENT = [{"says": "add-contact", "given": {"address": "bob@example.org", "ticket": "1042"}}]

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
                "customer": "12",
                "name": "Anne Miller",
                "field": "language",
                "now": "de",
                "before": "en",
                "roles": "support, invoice",
                "number": "2027-0031",
                "amount_minor": "2400",
                "currency": "EUR",
                "reason": "three days off",
                "card_words": "Visa 4242",
            },
        }
    ]
    for says in Says
]

# What may be told of a question.
QUESTIONS = [
    {
        "says": "",
        "given": {},
        "lines": [],
        "question": {
            "became": became.value,
            "statement": [] if became in (Became.NOT_USED, Became.NOT_OWNER, Became.DECIDED) else STATEMENT,
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
    "statement": STATEMENT,
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
    "statement": STATEMENT,
    "became": "expired",
    "by": None,
    "others": 0,
    "needed": "all",
}

_DID_YOU = {
    **_CONFIRM,
    "number": None,
    "statement": [
        {"says": "answer-on", "given": {"ticket": "1042", "people": "Anne Miller"}},
        *(
            {"says": "said", "given": {"words": line}}
            for line in ("Hello Anne,", "your mailbox is larger now.", "Jane")
        ),
    ],
    "unproved": "hosting.example",
}

_GIVEN = [
    {
        "says": "give-credit",
        "given": {
            "customer": "12",
            "name": "Anne Miller",
            "amount_minor": "25000",
            "currency": "EUR",
            "reason": "three days off",
        },
    }
]

_MONEY = {**_CONFIRM, "number": None, "statement": _GIVEN, "moves_money": True, "unproved": None}

_MONEY_ASKED = ((True, 0), (False, 0), (False, 1))

TO_ASKED: Mapping[Template, tuple[Mapping[str, object], ...]] = {
    Template.CONFIRM: (
        _CONFIRM,
        _CONFIRM | {"why": "unclear", "yes": "ja", "no": "nein", "reply_to": EXPIRED},
        _CONFIRM | {"why": "edited"},
        _CONFIRM | {"why": "replaced", "cost": "EUR 12.00", "number": None, "statement": _STAFF_STATEMENT},
        *(_CONFIRM | {"by": by, "is_asking": False, "others": 1, "needed": needed} for by, needed in _OTHERS),
        *(_CONFIRM | {"number": None, "statement": statement} for statement in _STATEMENTS),
    ),
    Template.STAFF_CONFIRM: (
        _DID_YOU,
        _DID_YOU | {"why": "unclear", "statement": _STAFF_STATEMENT, "unproved": None},
        _DID_YOU | {"why": "replaced"},
        *(_DID_YOU | {"statement": statement} for statement in _STATEMENTS),
        *(_MONEY | {"is_asking": is_asking, "others": others} for is_asking, others in _MONEY_ASKED),
        _MONEY | {"is_asking": False, "by": None},
    ),
    Template.STAFF_ANSWERED: tuple(
        {"company": COMPANY, "number": None, "subject": "Re: Did you write this?", "result": one} for one in QUESTIONS
    ),
    Template.SECONDED: tuple(
        {"company": COMPANY, "number": None, "subject": "", "statement": _GIVEN, "became": became, "by": by}
        for became in ("done", "refused", "impossible", "expired")
        for by in ("Dora Smith", None)
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
        _ENDED | {"became": "impossible", "others": 1},
        *(_ENDED | {"became": "refused", "others": 1, "by": by, "needed": needed} for by, needed in _OTHERS),
    ),
}
