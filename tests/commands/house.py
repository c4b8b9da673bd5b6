"""A small house with tables of its own: orders, domains, a list. What the grammar can do is proved with it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailgate.authority import Action
from mailgate.commands import readers
from mailgate.commands.directives import Directives, read_directives
from mailgate.commands.grammar import Reading, read
from mailgate.commands.place import Place, Where
from mailgate.commands.verb import Field, Table, Verb
from mailgate.mail.parse import parse
from mailgate.people import Role, Staff
from tests.mail.mails import written

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
FRED = Staff(2, "Fred Frost", "fred@hosting.example")
JANE = Staff(3, "Jane Poole", "jane@hosting.example")
OTHER_JANE = Staff(4, "Jane Hall", "j.hall@hosting.example")
STAFF = (Staff(1, "Bart Jones", "bart@hosting.example"), FRED, JANE, OTHER_JANE)

_ORDER = Action.ORDER_WITHIN_LIMIT

DOMAIN = Field("domain", "example.org", readers.name)
CYCLE = Field("billing cycle", "yearly", readers.name)
COPY_TO = Field("copy to", "ann@example.org", readers.address)
VALUE = Field("value", '"v=spf1 mx -all"', readers.quoted_text)
REMARK = Field("remark", "please call first", readers.text)

ORDER = Verb(
    "order", "!order business-linux", _ORDER, readers.name, repeats=True,
    fields=(DOMAIN, CYCLE, COPY_TO, REMARK),
)  # fmt: skip
DNS = Verb("dns", "!dns example.org", _ORDER, readers.name, fields=(VALUE,))
CLOSE = Verb(
    "close", "!close", Action.CLOSE_OR_REOPEN, readers.nothing, where=Where.TICKET,
    contraries=frozenset({"reopen"}),
)  # fmt: skip
REOPEN = Verb("reopen", "!reopen", Action.CLOSE_OR_REOPEN, readers.nothing, where=Where.TICKET)
ASSIGN = Verb("assign", "!assign {colleague}", Action.STAFF_COMMAND, readers.colleague)
AWAY = Verb("away", "!away until {day}", Action.STAFF_ABSENCE, readers.absence, alone=True)
CUSTOMER = Verb("customer", "!customer ann@example.org", Action.STAFF_OPEN, readers.address, where=Where.NEW)
PAY = Verb("pay", "!pay 17", _ORDER, readers.mail, roles=frozenset({Role.INVOICE}))

HOUSE = Table((ORDER, DNS, CLOSE, REOPEN, ASSIGN, AWAY, CUSTOMER, PAY))

_DECIDE = Action.STAFF_COMMAND
RELEASE = Verb("release", "release {numbers}", _DECIDE, readers.no_more)
REGISTER = Verb("register", "register {number} Ann Miller", _DECIDE, readers.called)
MINE = Verb("mine", "{number} mine", _DECIDE, readers.no_more)
WAIT = Verb("wait", "{number} wait 3d", _DECIDE, readers.instant)
GIVE = Verb("give", "{number} {colleague}", _DECIDE, readers.colleague)

HELD = Table((RELEASE, REGISTER), numbered=True)
QUEUE = Table((MINE, WAIT, GIVE), numbered=True, otherwise=GIVE)

LISTED = {1: 1042, 2: 1031, 3: 977}


def place(
    where: Where = Where.TICKET, roles: frozenset[Role] = frozenset(Role), listed: dict[int, int] | None = None
) -> Place:
    return Place(
        where, NOW, BERLIN, roles=roles, staff=STAFF, writer=STAFF[0], listed=LISTED if listed is None else listed
    )


def directives(body: str, *, marked: bool = True, subject: str = "Re: [#1042] No mail") -> Directives:
    return read_directives(parse(written(f"Subject: {subject}", body=body)), marked=marked)


def reading(body: str, table: Table = HOUSE, where: Place | None = None) -> Reading:
    return read(directives(body, marked=not table.numbered), table, where or place())
