"""Samples of mails about money: invoices, what pays them, and what follows when nothing does."""

from collections.abc import Mapping
from typing import Any

from mailgate.letters.kind import Template
from mailgate.outbound.samples.given import COMPANY, SIGNATURE

_PAGES = "https://desk.example.net"


def _line(text: str, net_minor: int, tax_minor: int, first: str | None = "2027-03-15", last: str = "2027-04-14") -> Any:
    return {
        "text": text,
        "period_start": first,
        "period_end": last if first else None,
        "net_minor": net_minor,
        "tax_minor": tax_minor,
        "gross_minor": net_minor + tax_minor,
        "tax_rate": "19",
    }


def _brief(number: str, total_minor: int, due_on: str, open_minor: int | None = None) -> dict[str, Any]:
    is_invoice = not number.startswith("CN")
    left = total_minor if open_minor is None else open_minor
    return {
        "id": 31,
        "kind": "invoice" if is_invoice else "credit-note",
        "number": number,
        "currency": "EUR",
        "issued_on": "2027-03-05",
        "due_on": due_on,
        "state": "issued" if left else "paid",
        "total_minor": total_minor,
        "open_minor": left,
        "page": f"{_PAGES}/{'invoices' if is_invoice else 'credit-notes'}/{number}",
    }


_INVOICE = _brief("2027-0031", 2400, "2027-03-15") | {
    "lines": [_line("Basic Linux, example.org", 1681, 319), _line("Set-up of a mailbox", 336, 64, None)],
    "taxes": [{"name": "VAT", "rate": "19", "reason": "", "net_minor": 2017, "tax_minor": 383}],
    "net_minor": 2017,
    "tax_minor": 383,
    "originals": [],
    "home": None,
}
_IN_DOLLARS = _INVOICE | {"currency": "USD", "home": {"currency": "EUR", "tax_minor": 354, "rate": "1.0826"}}
_UNTAXED = _INVOICE | {
    "lines": [_line("Basic Linux, example.org", 2400, 0)],
    "taxes": [{"name": "", "rate": "0.00", "reason": "Reverse charge", "net_minor": 2400, "tax_minor": 0}],
    "net_minor": 2400,
    "tax_minor": 0,
}
_CREDIT_NOTE = _INVOICE | _brief("CN-2027-0003", 2400, "2027-03-20", 0) | {"originals": ["2027-0031"]}
_OTHERS = [_brief("2027-0039", 1190, "2027-03-20"), _brief("2027-0042", 11900, "2027-03-25", 5000)]

_TRANSFER = {
    "holder": "Example Hosting GmbH",
    "iban": "DE02 1203 0000 0000 2020 51",
    "bic": "BYLADEM1001",
    "reference": "RF70 2027 0031",
}
_CHECK = {"payable_to": "Example Hosting GmbH", "address": "Hauptstr. 1, 10115 Berlin"}
_WAYS: dict[str, Any] = {"transfer": _TRANSFER, "check": None, "pay_link": None, "pay_by_link": None}
_BY_CHECK: dict[str, Any] = {"transfer": None, "check": _CHECK, "pay_link": None, "pay_by_link": None}
_ANY_WAY: dict[str, Any] = {
    "transfer": _TRANSFER | {"bic": ""},
    "check": _CHECK,
    "pay_link": "https://pay.example.net/2027-0031",
    "pay_by_link": {"amount_minor": 2400, "currency": "EUR", "number": "2027-0031"},
}
_NO_WAY: dict[str, Any] = {"transfer": None, "check": None, "pay_link": None, "pay_by_link": None}

_ALWAYS = {"company": COMPANY, "reader": "Anne Miller", "signature": SIGNATURE, "has_file": False}


def _refund(
    way: str = "provider", *, label: str = "Visa 4242", method: str = "", reference: str = ""
) -> dict[str, object]:
    return {
        "amount_minor": 1550,
        "currency": "EUR",
        "way": way,
        "label": label if way == "provider" else "",
        "method": method,
        "reference": reference,
        "on": "2027-03-24",
    }


def _sum(open_minor: int, credit_minor: int = 0, currency: str = "EUR") -> dict[str, object]:
    to_pay = open_minor - credit_minor
    return {"currency": currency, "open_minor": open_minor, "credit_minor": credit_minor, "to_pay_minor": to_pay}


def _asking(invoice: Mapping[str, object] = _INVOICE, **more: object) -> dict[str, object]:
    sums = [_sum(int(str(invoice["open_minor"])))]
    return {
        "invoice": invoice,
        "also": [],
        "due_since": "2027-03-15",
        "sums": sums,
        "consequence": None,
        "charge": None,
        **_WAYS,
        **_ALWAYS,
        **more,
    }


_PART_PAID = _INVOICE | {"open_minor": 1400}
_NO_PAGE = _INVOICE | {"page": None}

_REMINDERS = (
    _asking(),
    _asking(also=_OTHERS[:1], sums=[_sum(3590)]),
    _asking(also=_OTHERS, sums=[_sum(8590), _sum(500, currency="USD")], **_ANY_WAY),
    _asking(_PART_PAID, **_BY_CHECK),
    _asking(_NO_PAGE, **_NO_WAY),
    _asking(sums=[_sum(2400, 1000)]),
    _asking(sums=[_sum(2400, 2400)]),
)
_SUSPENDED_THEN = {"kind": "suspend", "on": "2027-03-29", "services": ["example.org"]}
_ENDED_THEN = {"kind": "end", "on": "2027-05-14", "services": ["example.org"]}
_SEVERAL: dict[str, object] = {"services": ["example.org", "example.net", "Backup"]}


def _threatening(consequence: Mapping[str, object]) -> tuple[dict[str, object], ...]:
    return (
        _asking(consequence=consequence),
        _asking(_PART_PAID, consequence={**consequence, **_SEVERAL}, **_BY_CHECK),
        _asking(also=_OTHERS[:1], sums=[_sum(3590)], consequence=consequence),
        _asking(_NO_PAGE, also=_OTHERS, sums=[_sum(8590)], consequence={**consequence, **_SEVERAL}, **_NO_WAY),
    )


_ANNOUNCED: dict[str, Any] = {"card": "Visa 4242", "amount_minor": 2400, "currency": "EUR", "on": "2027-03-15"}
_DECLINED: dict[str, Any] = {"card": "Visa 4242", "amount_minor": 2400, "currency": "EUR", "again_on": None}
_SOFT = _DECLINED | {"why": "soft"}


def _declined() -> tuple[dict[str, object], ...]:
    again = _SOFT | {"again_on": "2027-03-18"}
    return (
        _asking(charge=again),
        _asking(charge=_SOFT, also=_OTHERS[:1], sums=[_sum(3590)], **_ANY_WAY),
        _asking(charge=_DECLINED | {"why": "hard"}, **_BY_CHECK),
        _asking(charge=_DECLINED | {"why": "authentication"}, **_ANY_WAY),
        _asking(_PART_PAID, charge=again, consequence=_SUSPENDED_THEN, **_BY_CHECK),
        _asking(_NO_PAGE, charge=_SOFT, also=_OTHERS, sums=[_sum(8590)], consequence=_ENDED_THEN, **_NO_WAY),
    )


_PAYMENT = {"amount_minor": 2400, "currency": "EUR", "on": "2027-03-12", "method": "transfer"}


def _paid(method: str = "transfer", amount_minor: int = 2400, **more: object) -> dict[str, object]:
    return {
        "payment": _PAYMENT | {"method": method, "amount_minor": amount_minor},
        "settled": [_brief("2027-0031", 2400, "2027-03-15", 0)],
        "open": [],
        "credit_minor": 0,
        "meant": "",
        "taken": None,
        "overview": f"{_PAGES}/invoices",
        **_WAYS,
        **_ALWAYS,
        **more,
    }


_REST: list[dict[str, Any]] = [_brief("2027-0031", 2400, "2027-03-15", 1400)]
_PAID_NO_PAGE: dict[str, Any] = {"settled": [_brief("2027-0031", 2400, "2027-03-15", 0) | {"page": None}]}

_BY_CARD = _PAYMENT | {"method": "card", "label": "Visa 4242"}
_TAKEN = {"is_charged_back": False, "is_won": False, "blocks_card": False, "owed_minor": 0}
_WON = _TAKEN | {"is_charged_back": True, "is_won": True}

_SERVICE = {
    "number": 311,
    "name": "example.org",
    "product": "Basic Linux",
    "domain": "example.org",
    "price_minor": 2400,
    "currency": "EUR",
    "months": 1,
    "billed_through": "2027-04-15",
    "is_over": False,
    "page": f"{_PAGES}/services/311",
}


def _of_service(service: Mapping[str, object] = _SERVICE, **more: object) -> dict[str, object]:
    nothing: dict[str, object] = {"unpaid": None, "document": None, "reason": "", "addons": []}
    return {"service": service, "on": "2027-03-15", **nothing, **_NO_WAY, **_ALWAYS, **more}


_ONCE = _SERVICE | {"name": "Set-up", "product": "Set-up", "months": 0, "page": None}
_DOCUMENTS: tuple[dict[str, Any], ...] = (
    {"document": _INVOICE},
    {"document": _INVOICE | {"open_minor": 0}},
    {"document": _CREDIT_NOTE},
)
_ADDONS = ["Backup", "Own address"]

_ROWS: list[dict[str, Any]] = [
    {"on": "2027-03-05", "says": "invoice", "number": "2027-0031", "amount_minor": 2400},
    {"on": "2027-03-12", "says": "payment", "number": "", "amount_minor": -2400},
]
_LINK: dict[str, Any] = {
    "link": "https://pay.example.net/c/17",
    "until": "2027-03-13T08:15:00+00:00",
    "invoice_number": None,
    "amount_minor": 5000,
    "currency": "EUR",
    **_ALWAYS,
}
_CARD = {"brand": "Visa", "last4": "4242", "expires_on": "2029-04-30"}
_SAVED: dict[str, Any] = {"card": _CARD, "before": None, **_ALWAYS}

_STATEMENT: dict[str, Any] = {
    "first": "2027-03-01",
    "last": "2027-03-31",
    "currency": "EUR",
    "opening_minor": 0,
    "closing_minor": 0,
    "rows": _ROWS,
    "overview": f"{_PAGES}/invoices",
    **_ALWAYS,
}

ABOUT_MONEY: Mapping[Template, tuple[Mapping[str, object], ...]] = {
    Template.INVOICE_CREATED: (
        _asking(has_file=True),
        _asking(_UNTAXED, **_BY_CHECK),
        _asking(_INVOICE | {"open_minor": 0, "state": "paid"}, has_file=True),
        _asking(_IN_DOLLARS, sums=[_sum(2400, currency="USD")]),
        _asking(_PART_PAID, **_ANY_WAY),
        _asking(_NO_PAGE, sums=[_sum(2400, 1000)], **_NO_WAY),
        _asking(sums=[_sum(2400, 2400)]),
        _asking(charge=_ANNOUNCED),
    ),
    Template.INVOICE_REMINDER_BEFORE: _REMINDERS,
    Template.INVOICE_REMINDER_DUE: _REMINDERS,
    Template.INVOICE_REMINDER_AFTER: (*_REMINDERS, *_threatening(_SUSPENDED_THEN), *_threatening(_ENDED_THEN)),
    Template.CHARGE_NOTICE: (
        _asking(charge=_ANNOUNCED),
        _asking(_NO_PAGE, charge=_ANNOUNCED | {"amount_minor": 1400}, sums=[_sum(2400, 1000)]),
        _asking(charge=_ANNOUNCED | {"amount_minor": 3590}, also=_OTHERS[:1], sums=[_sum(3590)]),
    ),
    Template.PAYMENT_FAILED: _declined(),
    Template.CARD_EXPIRING: ({"card": {"label": "Visa 4242", "ends_on": "2027-04-30"}, **_ALWAYS},),
    Template.SERVICE_SUSPEND_WARNING: _threatening(_SUSPENDED_THEN),
    Template.SERVICE_END_WARNING: _threatening(_ENDED_THEN),
    Template.INVOICE_CREDITED: tuple(
        {
            "invoice": _CREDIT_NOTE,
            "lowered": lowered,
            "credit_minor": credit_minor,
            "refunds": back,
            **_ALWAYS,
            "has_file": has_file,
        }
        for lowered, credit_minor, has_file, back in (
            ([_brief("2027-0031", 2400, "2027-03-15", 0)], 0, True, []),
            (_REST, 0, False, []),
            ([], 2400, True, []),
            (_REST, 1000, True, []),
            ([], 0, True, [_refund()]),
            ([], 500, False, [_refund(label=""), _refund("check-or-transfer")]),
        )
    ),
    Template.REFUND_SENT: (
        {"refund": _refund(), "note": _CREDIT_NOTE, **_ALWAYS},
        {"refund": _refund(label=""), "note": None, **_ALWAYS},
        *(
            {"refund": _refund("check-or-transfer", method=method, reference="4711"), "note": note, **_ALWAYS}
            for method in ("check", "cash", "transfer")
            for note in (_CREDIT_NOTE | {"page": None}, None)
        ),
    ),
    Template.PAYMENT_RECEIPT: (
        _paid(),
        _paid("credit"),
        _paid("check", 3000, credit_minor=600, has_file=True),
        _paid("card", open=_OTHERS[:1]),
        _paid("card", payment=_PAYMENT | {"method": "card", "label": "Visa 4242"}, had_paid_minor=500),
        _paid("wire", **_PAID_NO_PAGE),
        _paid("credit", 3590, settled=[_brief("2027-0031", 2400, "2027-03-15", 0), *_OTHERS[:1]]),
    ),
    Template.PAYMENT_PARTIAL: (
        _paid(amount_minor=1000, settled=[], open=_REST),
        _paid("credit", 1000, settled=[], open=_REST, **_BY_CHECK),
        _paid("cash", 1000, settled=[], open=[_REST[0] | {"page": None}], **_NO_WAY),
    ),
    Template.PAYMENT_RETURNED: (
        _paid(settled=[], open=_OTHERS[:1], taken=_TAKEN),
        _paid(settled=[], open=[_REST[0] | {"page": None}, *_OTHERS], taken=_TAKEN, **_BY_CHECK),
        _paid(settled=[], credit_minor=1000, taken=_TAKEN | {"owed_minor": 810}),
        _paid(settled=[], overview=None, taken=_TAKEN, **_NO_WAY),
        *(
            _paid("card", payment=_BY_CARD, settled=[], open=is_open, taken=_TAKEN | {"is_charged_back": True, **more})
            for is_open, more in (
                (_OTHERS[:1], {"blocks_card": True}),
                (_OTHERS, {"owed_minor": 810}),
                ([], {"owed_minor": 810}),
            )
        ),
        *(
            _paid("card", payment=_BY_CARD, settled=settled, credit_minor=credit_minor, taken=_WON)
            for settled, credit_minor in ((_OTHERS[:1], 0), (_OTHERS, 500), ([], 2400))
        ),
        _paid("link", settled=[], taken=_TAKEN, open=_OTHERS[:1]),
        _paid("link", 5000, settled=[], taken=_TAKEN, **_NO_WAY),
    ),
    Template.CREDIT_ADDED: (
        _paid(settled=[], credit_minor=2400, meant="2027-0031"),
        _paid(amount_minor=5000, settled=[], credit_minor=5000),
        _paid("", 500, settled=[], credit_minor=5500, overview=None),
        _paid("check", 5000, credit_minor=2600),
        _paid("cash", 2400, credit_minor=0),
        _paid("paypal", 1000, settled=[], open=_REST, **_BY_CHECK),
    ),
    Template.PAYMENT_LINK: (
        _LINK,
        _LINK | {"until": None},
        _LINK | {"invoice_number": "2027-0031", "amount_minor": 2400, "until": None},
        _LINK | {"link": None, "until": None},
        _LINK | {"link": None, "until": None, "invoice_number": "2027-0031"},
    ),
    Template.PAY_HERE: (
        {
            "company": COMPANY,
            "signature": SIGNATURE,
            "invoice": {
                "link": "https://pay.example.net/2027-0031",
                "number": "2027-0031",
                "amount_minor": 2400,
                "currency": "EUR",
            },
        },
    ),
    Template.CARD_LINK: (_LINK, _LINK | {"until": None}, _LINK | {"link": None}),
    Template.CARD_SAVED: (
        _SAVED,
        _SAVED | {"card": _CARD | {"expires_on": None}, "before": _CARD | {"brand": "Mastercard", "last4": "4444"}},
    ),
    Template.CARD_REMOVED: (_SAVED,),
    Template.STATEMENT: (
        _STATEMENT | {"has_file": True},
        _STATEMENT | {"closing_minor": 2400, "rows": _STATEMENT["rows"][:1]},
        _STATEMENT | {"closing_minor": -500, "rows": [], "opening_minor": -500, "overview": None},
    ),
    Template.SERVICE_WELCOME: (
        _of_service(),
        *(_of_service(**one) for one in _DOCUMENTS[:2]),
        _of_service(_ONCE, on=None),
        _of_service(_SERVICE | {"months": 5}),
        _of_service(_SERVICE | {"price_minor": None}),
    ),
    Template.SERVICE_CHANGED: (
        _of_service(_SERVICE | {"months": 12}),
        *(_of_service(**one) for one in _DOCUMENTS),
        _of_service(_ONCE, on=None),
        _of_service(_SERVICE | {"price_minor": None}),
    ),
    Template.SERVICE_SUSPENDED: (
        _of_service(unpaid=_INVOICE, **_WAYS),
        _of_service(unpaid=_NO_PAGE, addons=_ADDONS, **_BY_CHECK),
        _of_service(addons=_ADDONS[:1], on=None),
        _of_service(_ONCE),
    ),
    Template.SERVICE_RESTORED: (
        _of_service(),
        _of_service(unpaid=_INVOICE, addons=_ADDONS),
        _of_service(_ONCE, on=None, addons=_ADDONS[:1]),
    ),
    Template.SERVICE_CANCELLED: (
        _of_service(),
        _of_service(on=None),
        *(_of_service(_SERVICE | {"is_over": True}, **one) for one in _DOCUMENTS),
        _of_service(_ONCE | {"is_over": True}, on=None, addons=_ADDONS),
        _of_service(_SERVICE | {"is_over": True}, reason="an invoice was not paid", document=_CREDIT_NOTE),
    ),
    Template.UNREACHABLE_CUSTOMER: tuple(
        {
            "company": COMPANY,
            "customer": {"number": 12, "name": "Anne Miller"},
            "invoice": _brief("2027-0031", 2400, "2027-03-15"),
            "addresses": addresses,
            "customer_page": page,
        }
        for addresses, page in ((["anne@example.org"], f"{_PAGES}/staff/customers/12"), ([], None))
    ),
}
