"""Customers of an older system are told that they have moved: each once for ever, in waves, with what they have."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select, update

from mailgate.flows.billing.books import Today
from mailgate.flows.moving.balances import MovingBalances
from mailgate.flows.moving.service_table import read_balances, read_services
from mailgate.flows.moving.services import MovingServices
from mailgate.flows.moving.tell_moved import TellingMoved, Wave
from mailgate.letters.kind import Template
from store import people_edits
from store.billing import accounts
from store.desk import move_notices
from store.engine import reading, transaction
from store.schema import customers, outbox, suppressions
from tests.gate import Gate, Person, Received
from tests.webview.trade import open_shop


def moved_in(gate: Gate, count: int, *, language: str = "en") -> list[Person]:
    """So many customers of an older system, C-1 and on."""
    people = [
        gate.customer(f"Customer {number}", f"c{number}@customer.example", language=language)
        for number in range(1, count + 1)
    ]
    open_shop(gate)
    with transaction(gate.parts.engine) as conn:
        for number in range(1, count + 1):
            conn.execute(update(customers).where(customers.c.id == number).values(external_id=f"C-{number}"))
    return people


def silent(*_: object) -> None:
    """Nobody looks."""


def tell(gate: Gate, most: int | None = None) -> Wave:
    told = TellingMoved(gate.parts.engine, gate.parts.settings)(most, now=gate.now, progress=silent)
    gate.work()
    return told


def move(gate: Gate, *lines: str) -> None:
    header = "customer,external_id,sku,name,price,cycle,paid_through,domain,state\n"
    table = read_services((header + "\n".join(lines) + "\n").encode())
    story = MovingServices(gate.parts.engine, gate.parts.settings, Today(gate.now), "the move")
    found = story(table.rows, is_for_good=True, progress=silent)
    assert (table.faults, found.faults) == ((), [])


def balance(gate: Gate, line: str) -> None:
    table = read_balances(f"customer,currency,amount\n{line}\n".encode())
    story = MovingBalances(gate.parts.engine, gate.parts.settings, Today(gate.now), "the move")
    assert story(table.rows, is_for_good=True, progress=silent).faults == []


def only(gate: Gate, person: Person) -> Received:
    [mail] = gate.mailbox(person)
    return mail


def test_each_is_told_once_for_ever_in_waves_of_so_many(gate: Gate) -> None:
    people = moved_in(gate, 5)

    first, second, third, fourth = tell(gate, 2), tell(gate, 2), tell(gate), tell(gate)

    assert [(one.number, one.told, one.left) for one in (first, second, third, fourth)] == [
        (1, [1, 2], 3), (2, [3, 4], 1), (3, [5], 0), (4, [], 0),
    ]  # fmt: skip
    assert [len(gate.mailbox(one)) for one in people] == [1] * 5


def test_whoever_has_another_address_by_now_is_not_told_again(gate: Gate) -> None:
    [anne] = moved_in(gate, 1)
    tell(gate)
    with transaction(gate.parts.engine) as conn:
        people_edits.edit_contact(conn, 1, address="new@customer.example")
        conn.execute(update(outbox).values(customer_id=None))

    assert tell(gate).told == []
    assert gate.mailbox(Person("", "new@customer.example")) == []
    assert len(gate.mailbox(anne)) == 1


def test_the_mail_says_what_stays_what_is_new_and_what_is_due_next(gate: Gate) -> None:
    [anne] = moved_in(gate, 1)
    move(
        gate,
        "C-1,S-1,web-m,,,monthly,2026-03-14,one.example,",
        "C-1,S-2,,Old Plan,7.50,quarterly,2026-04-30,two.example,",
        "C-1,S-3,web-s,,,monthly,2026-03-14,three.example,suspended",
    )
    balance(gate, "C-1,EUR,12.50")

    tell(gate)

    mail = only(gate, anne)
    assert mail.subject == "Your account at Example Hosting has moved"
    words = " ".join(mail.text.split())
    assert "please do not register again" in words
    assert "You sign in to your control panels with the same names and passwords." in words
    assert "Web M, one.example: EUR 9.90 a month, next due on 15 Mar 2026" in words
    assert "Old Plan, two.example: EUR 7.50 every three months, next due on 1 May 2026" in words
    assert "three.example: EUR 4.90 a month, switched off at present" in words
    assert "From now on everything but domains is due on one day of the month." in words
    assert "The card that you may have given us was not carried over" in words
    assert "it comes by mail 10 days before it is due" in words
    assert "Your credit of EUR 12.50 came along." in words
    assert "Just reply to this mail." in words
    assert "sign-in@support.example" in mail.text.splitlines()


def test_it_is_in_the_language_of_its_reader(gate: Gate) -> None:
    [anne] = moved_in(gate, 1, language="de")
    move(gate, "C-1,S-1,web-m,,,yearly,2026-03-14,eins.example,")

    tell(gate)

    mail = only(gate, anne)
    assert mail.subject == "Ihr Konto bei Example Hosting ist umgezogen"
    words = " ".join(mail.text.split())
    assert "eins.example: 99,00 EUR im Jahr, wieder fällig am 15.03.2026" in words
    assert "registrieren Sie sich nicht noch einmal" in words


def test_whoever_is_billed_elsewhere_hears_nothing_of_money(gate: Gate) -> None:
    [anne] = moved_in(gate, 1)
    with transaction(gate.parts.engine) as conn:
        accounts.edit(conn, replace(accounts.lock(conn, (1,))[1], billed_elsewhere=True))

    tell(gate)

    text = only(gate, anne).text
    assert "please do not register again" in " ".join(text.split())
    assert not [word for word in ("EUR", "card", "invoice", "credit", "due") if word in text]


def test_whom_no_mail_reaches_waits_for_the_next_wave_and_keeps_nobody_from_this_one(gate: Gate) -> None:
    people = moved_in(gate, 3)
    with transaction(gate.parts.engine) as conn:
        names = dict.fromkeys(("address_key", "address"), people[0].address)
        until = gate.now + timedelta(days=30)
        conn.execute(insert(suppressions).values(**names, reason="bounced", since=gate.now, until=until))

    first = tell(gate, 2)
    with transaction(gate.parts.engine) as conn:
        conn.execute(suppressions.delete())
    second = tell(gate, 2)

    assert (first.told, first.unreachable) == ([2, 3], [1])
    assert (second.told, second.unreachable) == ([1], [])


def test_who_never_was_anywhere_else_and_who_was_welcomed_is_not_told(gate: Gate) -> None:
    moved_in(gate, 1)
    gate.customer("New", "new@customer.example")

    assert tell(gate).told == [1]
    assert gate.mailbox(Person("", "new@customer.example")) == []


def test_a_wave_that_is_cut_off_in_a_transaction_has_told_nobody_of_that(gate: Gate) -> None:
    moved_in(gate, 3)
    engine, queued = gate.parts.engine, []

    def dies(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO outbox"):
            queued.append(statement)
            if len(queued) == 3:
                raise SystemExit

    event.listen(engine, "before_cursor_execute", dies)
    with pytest.raises(SystemExit):
        tell(gate)
    event.remove(engine, "before_cursor_execute", dies)
    with reading(engine) as conn:
        assert move_notices.untold(conn) == (1, 2, 3)

    assert tell(gate).told == [1, 2, 3]
    assert len(gate.outbox(Template.MIGRATED)) == 3


def test_a_preview_writes_nothing(gate: Gate) -> None:
    moved_in(gate, 3)

    seen = TellingMoved(gate.parts.engine, gate.parts.settings).preview(2)

    assert (seen.number, seen.told, seen.left) == (1, [1, 2], 1)
    assert gate.outbox() == ()


def test_a_mail_that_was_queued_under_its_former_name_can_still_be_read(gate: Gate) -> None:
    [anne] = moved_in(gate, 1)
    TellingMoved(gate.parts.engine, gate.parts.settings)(None, now=gate.now, progress=silent)
    former = ("services", "more_services", "meets_one_day", "credit", "days_before_due")
    with transaction(gate.parts.engine) as conn:
        [notice] = conn.execute(select(outbox.c.notice)).scalars()
        values = {name: value for name, value in notice["values"].items() if name not in former}
        conn.execute(update(outbox).values(notice={**notice, "template": "migrated", "values": values}))

    gate.later(minutes=2)

    assert "please do not register again" in " ".join(only(gate, anne).text.split())
