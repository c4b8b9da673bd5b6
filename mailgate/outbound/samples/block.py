"""Samples of the block for staff below the words of a mail."""

from mailgate.billing.service import State as ServiceState
from mailgate.outbound.samples.given import AT
from mailgate.tickets.context import Fact
from mailgate.tickets.ticket import Priority, State

ANNE = "Anne Miller <anne@example.org>"

_TICKET = {
    "ticket": 1042,
    "state": "open",
    "priority": "",
    "taken_by": "",
    "desk": "support",
    "customer": 12,
    "waiting_since": AT,
    "tags": "",
}
CONTEXT = [
    {"says": "readers", "given": {"readers": ANNE, "seconds": 60}},
    {"says": "ticket", "given": _TICKET},
    {"says": "customer", "given": {"customer": "Anne Miller", "since": AT}},
    {"says": "before", "given": {"others": [{"ticket": 1031, "subject": "DNS change", "state": "closed", "at": AT}]}},
    {"says": "page", "given": {"url": "https://desk.example.net/staff/tickets/1042"}},
]
UNVERIFIED = {"says": "unverified", "given": {"address": "anne@example.org"}}
WRITTEN_BY = {"says": "written-by", "given": {"author": ANNE}}
COPIED = {"says": "copied", "given": {"writer": "Jane", "readers": ANNE}}

_OWED = {"amount_minor": 2380, "currency": "EUR", "invoices": 2}
_SERVICES = [{"name": "example.org", "state": state.value, "count": at} for at, state in enumerate(ServiceState)]
_FACT = {
    "address": "anne@example.org",
    "author": ANNE,
    "by": "Jane",
    "credit": [_OWED],
    "invoice": "2026-0042",
    "invoices": "2026-0042, 2026-0043",
    "most": 20,
    "name": "photo.jpg",
    "on": "2026-12-01",
    "others": [{"ticket": 1031, "subject": "DNS change", "state": state.value, "at": AT} for state in State],
    "owed": [_OWED, _OWED],
    "people": "carl@example.net",
    "readers": ANNE,
    "seconds": 1,
    "services": _SERVICES,
    "more": 2,
    "since": AT,
    "url": "https://desk.example.net/staff/tickets/1042",
    "why": "it is a program, whatever its name says",
    "writer": "Jane",
    "words": "Pays by check, always late and always whole.",
    **_TICKET,
}
# Each line that there is, and a ticket in each state, of each priority, somebody's and of nobody whom we know.
ALL_CONTEXT = [
    *(
        {"says": says.value, "given": _FACT | {"priority": "high", "taken_by": "Bart", "tags": "dns vip"}}
        for says in Fact
    ),
    *({"says": "ticket", "given": _FACT | {"state": state.value, "customer": 0}} for state in State),
    *({"says": "ticket", "given": _FACT | {"priority": one.value}} for one in Priority if one is not Priority.NORMAL),
]
