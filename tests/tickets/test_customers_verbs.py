"""What a customer's lines command, what is said of those that command nothing, and what is valid now."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailgate.commands.directives import read_directives
from mailgate.commands.grammar import Reading, read
from mailgate.commands.misread import Fault
from mailgate.commands.place import Place, Where
from mailgate.mail.parse import parse
from mailgate.people import Role
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs.customers import CUSTOMERS, valid_now
from mailgate.tickets.verbs.money import Means
from tests.mail.mails import written

OWNER, SUPPORT = frozenset({Role.OWNER}), frozenset({Role.SUPPORT})


def place(*, on_ticket: bool = True, roles: frozenset[Role] = OWNER) -> Place:
    return Place(Where.TICKET if on_ticket else Where.NEW, datetime(2026, 3, 2, 9, tzinfo=UTC), UTC, roles=roles)


def reading(*lines: str, on_ticket: bool = True, roles: frozenset[Role] = OWNER) -> Reading:
    mail = parse(written("Subject: x", body="\n".join(lines)))
    return read(read_directives(mail), CUSTOMERS, place(on_ticket=on_ticket, roles=roles))


def test_every_example_is_understood_on_a_ticket_by_its_owner() -> None:
    examples = [one["example"] for one in CUSTOMERS.usage(place()) if one["name"] != "reopen"]

    found = reading(*examples)

    assert found.misread == ()
    assert {command.verb for command in found.commands} == {one for one in CUSTOMERS.verbs if one.name != "reopen"}


@pytest.mark.parametrize(
    ("line", "fault", "shown"),
    [
        ("!clsoe", Fault.UNKNOWN, "!close"),
        ("!frobnicate", Fault.UNKNOWN, None),
        ("!close now", Fault.NOTHING_BELONGS, "!close"),
        ("!resend", Fault.MAIL_BELONGS, "!resend 17"),
        ("!resend ١٧", Fault.MAIL_BELONGS, "!resend 17"),
        ("!resend -1", Fault.MAIL_BELONGS, "!resend 17"),
        (f"!resend {'9' * 30}", Fault.MAIL_BELONGS, "!resend 17"),
        ("!search", Fault.WORDS_BELONG, "!search invoice march"),
        ("!add bob", Fault.ADDRESS_BELONGS, "!add bob@example.org"),
        ("!add a@b.example c@d.example", Fault.ADDRESS_BELONGS, "!add bob@example.org"),
    ],
)
def test_a_line_that_is_not_understood_is_told_with_reason_and_example(
    line: str, fault: Fault, shown: str | None
) -> None:
    [misread] = reading(line).misread

    assert (misread.line, misread.fault, misread.correct or misread.example) == (line, fault, shown)


def test_what_needs_a_ticket_or_the_owner_says_so() -> None:
    assert reading("!close", on_ticket=False).misread[0].fault is Fault.TICKET_ONLY
    assert reading("!add a@b.example", roles=SUPPORT).misread[0].fault is Fault.OWNER_ONLY


def test_a_command_stands_once_and_not_beside_its_contrary() -> None:
    assert reading("!close", "!close").misread[0].fault is Fault.TWICE
    assert reading("!reopen", "!close").misread[0].fault is Fault.CONTRARY
    assert reading("!resend 1", "!resend 2", "!add a@b.example", "!add c@d.example").misread == ()


def test_only_what_would_do_something_is_valid_now() -> None:
    def names(state: State | None, roles: frozenset[Role] = OWNER) -> set[str]:
        return {one["name"] for one in valid_now(place(on_ticket=state is not None, roles=roles), state, Means())}

    assert names(None) == {"tickets", "resend", "search", "help"}
    assert names(State.OPEN) - names(State.CLOSED) == {"close"}
    assert names(State.CLOSED) - names(State.OPEN) == {"reopen"}
    assert names(State.OPEN) - names(State.OPEN, SUPPORT) == {"add"}


ALL = Means(invoices=True, services=True, is_open=True, defers=True)
OF_MONEY = {"invoices", "invoice", "services", "balance", "statement", "paid", "defer"}


@pytest.mark.parametrize(
    ("means", "names"),
    [
        (Means(), set()),
        (Means(services=True), {"services", "balance"}),
        (Means(invoices=True), {"invoices", "invoice", "balance", "statement"}),
        (replace(ALL, defers=False), OF_MONEY - {"defer"}),
        (replace(ALL, is_open=False, defers=False), OF_MONEY - {"defer", "paid"}),
        (ALL, OF_MONEY),
    ],
)
def test_commands_about_money_are_valid_as_there_is_something_to_be_said(means: Means, names: set[str]) -> None:
    valid = {one["name"] for one in valid_now(place(on_ticket=False), None, means)}

    assert valid & OF_MONEY == names


def test_money_is_for_the_owner_and_for_invoices_alone() -> None:
    def valid(role: Role) -> set[str]:
        of_role = place(on_ticket=False, roles=frozenset({role}))
        return {one["name"] for one in valid_now(of_role, None, ALL)} & OF_MONEY

    assert {role for role in Role if valid(role)} == {Role.OWNER, Role.INVOICE}
    assert valid(Role.INVOICE) == OF_MONEY
    assert reading("!balance", roles=SUPPORT).misread[0].fault is Fault.ROLE
