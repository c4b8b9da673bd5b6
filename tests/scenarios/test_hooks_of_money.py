"""Programs of the operator's switch services on and off, and hear of invoices: all of it, in order, or nothing."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from mailgate.billing.document.invoice import DocumentKind
from mailgate.config import Hook
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.books import Today, open_books
from mailgate.flows.billing.invoicing.run import run
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.service import ending, states, terms
from mailgate.flows.billing.service.add import Sold
from mailgate.flows.billing.told.for_programs import document_object, service_object
from store.billing import invoices, services
from store.engine import reading, transaction
from store.post import hook_calls, work
from store.post.hook_calls import Call, CallState
from tests.gate import BeginGate, Gate
from tests.servers.hook_receiver import BREAKS_OFF, HANGS, Receiver, hook_receiver
from tests.webview.trade import dealing, find, issued_as, open_shop, pay, sell

TODAY = date(2026, 3, 2)  # of `gate.now`
SITE = Sold("web-m", 1, domain="customer.example")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Takes everything, until told otherwise."""
    with hook_receiver() as running:
        yield running


def shop(begin: BeginGate, *hooks: Hook, customers: int = 1, **more: Any) -> Gate:
    """A gate that sells, with these hooks; customer 1 is Anne."""
    gate = begin(hook={str(number): entry for number, entry in enumerate(hooks)}, **more)
    for name in ("Anne", "Bart", "Cris", "Dora", "Eve")[:customers]:
        gate.customer(name, f"{name.lower()}@customer.example")
    open_shop(gate)
    return gate


def writing(directory: Path) -> str:
    """A program that writes what it hears to a file, an event a line."""
    path = directory / "provision"
    path.write_text(f"#!/bin/sh\ncat >> {directory}/heard && echo >> {directory}/heard\n")
    path.chmod(0o755)
    return str(path)


def heard(directory: Path) -> list[dict[str, Any]]:
    path = directory / "heard"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def said(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in receiver.heard]


def events(told: list[dict[str, Any]]) -> list[str]:
    return [one["event"] for one in told]


def calls(gate: Gate) -> tuple[Call, ...]:
    with reading(gate.parts.engine) as conn:
        return hook_calls.listing(conn)


def suspend(gate: Gate, service_id: int, reason: str = "too many mails") -> None:
    with dealing(gate, 1, gate.now.date()) as deal:
        states.suspend(deal, services.get(deal.conn, service_id), reason=reason)


def restore(gate: Gate, service_id: int) -> None:
    with dealing(gate, 1, gate.now.date()) as deal:
        states.restore(deal, services.get(deal.conn, service_id))


def cancel(gate: Gate, service_id: int, *, at_end: bool = False) -> None:
    with dealing(gate, 1, gate.now.date()) as deal:
        ending.carry_out(deal, ending.end_of(deal, services.get(deal.conn, service_id), at_end=at_end))


def billed(gate: Gate, on: date) -> None:
    run(gate.parts.engine, gate.parts.settings, Today(gate.now, on), by="tests")


def test_a_script_switches_a_service_on_off_and_on_again_and_removes_it_a_week_after_its_end(
    begin: BeginGate, tmp_path: Path
) -> None:
    gate = shop(begin, Hook("service.*", command=writing(tmp_path)))

    site, _ = sell(gate, 1, TODAY, SITE)
    gate.work()
    suspend(gate, site)
    gate.work()
    restore(gate, site)
    gate.work()
    cancel(gate, site)
    gate.work()
    at_once = heard(tmp_path)
    gate.later(days=6, hours=23)
    before_its_day = heard(tmp_path)
    gate.later(hours=2)

    assert events(at_once) == ["service.activate", "service.suspend", "service.restore", "service.suspend"]
    assert [one["service"]["state"] for one in at_once] == ["active", "suspended", "active", "cancelled"]
    assert [one["reason"] for one in at_once] == ["", "too many mails", "too many mails", "cancelled"]
    assert before_its_day == at_once
    last = heard(tmp_path)[-1]
    assert (last["event"], last["reason"], last["service"]["domain"]) == (
        "service.terminate", "cancelled", "customer.example",
    )  # fmt: skip
    assert [one.state for one in calls(gate)] == [CallState.DONE] * 5


def test_it_is_told_in_the_words_of_service_show(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.activate", url=receiver.url))

    site, _ = sell(gate, 1, TODAY, Sold("web-m", 1, domain="customer.example", options={"mailboxes": 60}))
    gate.work()

    (told,) = said(receiver)
    with reading(gate.parts.engine) as conn:
        shown = service_object(conn, open_books(conn, gate.parts.settings), services.get(conn, site))
    # It is told of before its first invoice, which the words of now have.
    assert {**told["service"], "next_due_on": shown["next_due_on"]} == {
        **shown,
        "customer": {"id": 1, "name": "Anne", "external_id": None},
        "url": f"http://127.0.0.1:8025/staff/services/{site}",
    }
    assert (told["service"]["sku"], told["service"]["options"]) == ("web-m", {"domains": 1, "mailboxes": 60})


def test_a_change_tells_what_it_was_before(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.change", url=receiver.url))
    site, _ = sell(gate, 1, TODAY, Sold("web-s", 1, domain="customer.example"))

    with dealing(gate, 1, TODAY) as deal:
        now = services.get(deal.conn, site)
        terms.change(deal, now, *terms.quote_new_terms(deal, now, sku="web-m"))
    gate.work()

    (told,) = said(receiver)
    assert told["before"]["sku"] == "web-s"
    assert (told["service"]["sku"], told["service"]["state"]) == ("web-m", "active")


@pytest.mark.parametrize("fault", [500, HANGS, BREAKS_OFF])
def test_off_and_on_again_keep_their_order_whatever_becomes_of_the_first(
    begin: BeginGate, receiver: Receiver, fault: int
) -> None:
    gate = shop(begin, Hook("service.*", url=receiver.url, timeout_seconds=1.0), customers=2)
    site, _ = sell(gate, 1, TODAY, SITE)
    gate.work()
    receiver.answers = [fault, 204]

    suspend(gate, site)
    gate.work()
    restore(gate, site)
    gate.work()
    other, _ = sell(gate, 2, TODAY, Sold("web-s", 1, domain="other.example"))
    gate.work()
    waited = [(one["event"], one["service"]["id"]) for one in said(receiver)]
    gate.later(minutes=2)
    gate.later(minutes=2)

    assert waited == [("service.activate", site), ("service.suspend", site), ("service.activate", other)]
    assert [(one["event"], one["service"]["id"]) for one in said(receiver)][3:] == [
        ("service.suspend", site), ("service.restore", site),
    ]  # fmt: skip
    assert {one.state for one in calls(gate)} == {CallState.DONE}


def test_who_dies_when_the_script_has_done_it_calls_it_once_more_with_the_same_id_before_what_follows(
    begin: BeginGate, tmp_path: Path
) -> None:
    deaths = iter([False, True])

    def fail_point(name: str) -> None:
        if name == "hook.after-reply" and next(deaths, False):
            raise SystemExit

    gate = shop(begin, Hook("service.*", command=writing(tmp_path)), fail_point=fail_point)
    site, _ = sell(gate, 1, TODAY, SITE)
    gate.work()

    suspend(gate, site)
    restore(gate, site)
    with pytest.raises(SystemExit):
        gate.work()
    gate.later(minutes=16)  # the lease has run out
    gate.later(minutes=2)

    told = heard(tmp_path)
    assert events(told) == ["service.activate", "service.suspend", "service.suspend", "service.restore"]
    assert told[1]["id"] == told[2]["id"]
    assert {one.state for one in calls(gate)} == {CallState.DONE}


def test_what_is_not_committed_is_told_to_nobody(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.*", url=receiver.url), Hook("invoice.*", url=receiver.url))
    site, _ = sell(gate, 1, TODAY, SITE)
    gate.work()
    before = len(calls(gate))

    def dies() -> None:
        with dealing(gate, 1, TODAY) as deal:
            states.suspend(deal, services.get(deal.conn, site), reason="")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        dies()

    assert len(calls(gate)) == before


def test_the_end_of_its_last_day_is_told_and_that_it_was_paid_until_then(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.suspend", url=receiver.url), Hook("service.terminate", url=receiver.url))
    site, number = sell(gate, 1, TODAY, SITE)
    pay(gate, number, TODAY)
    gate.work()

    cancel(gate, site, at_end=True)
    gate.work()
    assert said(receiver) == []
    gate.later(days=31)
    off = said(receiver)
    gate.later(days=7)

    assert [(one["event"], one["reason"]) for one in off] == [("service.suspend", "end")]
    assert [(one["event"], one["reason"]) for one in said(receiver)[1:]] == [("service.terminate", "end")]


def test_one_that_is_off_already_is_not_switched_off_again(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.*", url=receiver.url))
    site, _ = sell(gate, 1, TODAY, SITE)
    suspend(gate, site)
    cancel(gate, site)
    gate.work()
    gate.later(days=8)

    assert events(said(receiver)) == ["service.activate", "service.suspend", "service.terminate"]


def test_without_days_between_the_end_is_told_at_once_and_in_order(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.*", url=receiver.url), billing={"terminate_after_days": 0})
    site, _ = sell(gate, 1, TODAY, SITE)
    cancel(gate, site)
    for _ in range(3):
        gate.later(minutes=2)

    assert events(said(receiver)) == ["service.activate", "service.suspend", "service.terminate"]


def test_an_order_is_told_when_it_is_provisioned_and_not_when_it_lapses(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.*", url=receiver.url))
    one, _ = sell(gate, 1, TODAY, Sold("web-m", 1, domain="one.example", is_pending=True))
    two, _ = sell(gate, 1, TODAY, Sold("web-m", 1, domain="two.example", is_pending=True))
    gate.work()
    assert said(receiver) == []

    with dealing(gate, 1, TODAY) as deal:
        states.activate(deal, services.get(deal.conn, one))
    cancel(gate, two)
    gate.work()

    assert [(told["event"], told["service"]["domain"]) for told in said(receiver)] == [
        ("service.activate", "one.example")
    ]


def test_a_service_that_is_moved_in_is_switched_on_already(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.*", url=receiver.url))

    sell(gate, 1, TODAY, Sold("web-m", 1, domain="customer.example", paid_through=date(2026, 5, 31)))
    gate.work()

    assert calls(gate) == ()


def test_an_invoice_is_told_as_it_is_issued_in_the_words_of_invoice_show(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("invoice.issued", url=receiver.url))
    site, first = sell(gate, 1, TODAY, SITE)
    with dealing(gate, 1, TODAY) as deal:  # one whose lines give something back of another
        now = services.get(deal.conn, site)
        terms.change(deal, now, *terms.quote_new_terms(deal, now, sku="web-l"))
    gate.work()

    told = said(receiver)
    with reading(gate.parts.engine) as conn:
        issued = invoices.listing(conn)
        shown = [document_object(conn, one, gate.now) for one in issued]
    assert len(told) == len(issued) == 2
    assert shown[1]["originals"] == [first]
    for one, row in zip(told, shown, strict=True):
        assert one["invoice"] == {
            **row,
            "customer": {"id": 1, "name": "Anne", "external_id": None},
            "url": f"http://127.0.0.1:8025/staff/invoices/{row['number']}",
        }


def test_an_invoice_is_paid_once_by_money_or_by_credit(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("invoice.paid", url=receiver.url))
    _, by_money = sell(gate, 1, TODAY, SITE)
    _, by_credit = sell(gate, 1, TODAY, Sold("web-s", 1, domain="shop.example"))

    pay(gate, by_money, TODAY, 500)
    gate.work()
    assert said(receiver) == []
    pay(gate, by_money, date(2026, 3, 3))
    with dealing(gate, 1, TODAY) as deal:
        settle.give(deal, "EUR", find(gate, by_credit).open_minor, reason="sorry")
    gate.work()

    told = said(receiver)
    assert [(one["event"], one["invoice"]["number"], one["invoice"]["state"]) for one in told] == [
        ("invoice.paid", by_money, "paid"), ("invoice.paid", by_credit, "paid"),
    ]  # fmt: skip
    assert [row["source"] for row in told[0]["invoice"]["payments"]] == ["payment", "payment"]
    assert told[0]["invoice"]["payments"][0]["at"].endswith("Z")


def test_what_is_void_or_given_up_is_not_paid(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("invoice.paid", url=receiver.url))
    _, void = sell(gate, 1, TODAY, SITE)
    _, given_up = sell(gate, 1, TODAY, Sold("web-s", 1, domain="shop.example"))

    with dealing(gate, 1, TODAY) as deal:
        take_back.void(deal, issued_as(deal, void))
        settle.write_off(deal, issued_as(deal, given_up))
    gate.work()

    assert calls(gate) == ()


def statements(engine: Engine) -> list[str]:
    """Every statement from now on."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement.partition("(")[0])

    event.listen(engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize("customers", [1, 5])
def test_a_run_tells_of_all_its_invoices_with_one_statement(
    begin: BeginGate, receiver: Receiver, customers: int
) -> None:
    gate = shop(begin, Hook("invoice.issued", url=receiver.url), customers=customers)
    for number in range(1, customers + 1):
        sell(gate, number, TODAY, Sold("web-s", 1, domain=f"{number}.example", paid_through=date(2026, 3, 31)))

    seen = statements(gate.parts.engine)
    billed(gate, date(2026, 4, 1))

    assert [one for one in seen if "hook_calls" in one] == ["INSERT INTO hook_calls "]
    with reading(gate.parts.engine) as conn:
        issued = invoices.listing(conn, DocumentKind.INVOICE)
    gate.work()
    assert len(issued) == customers
    assert sorted(one["invoice"]["number"] for one in said(receiver)) == [one.number for one in issued]


def test_a_run_of_which_nobody_hears_costs_no_statement_more(begin: BeginGate) -> None:
    gate = shop(begin, customers=3)
    for number in (1, 2, 3):
        sell(gate, number, TODAY, Sold("web-s", 1, domain=f"{number}.example", paid_through=date(2026, 3, 31)))
    billed(gate, date(2026, 4, 1))  # the first run has more to do

    without = statements(gate.parts.engine)
    billed(gate, date(2026, 5, 1))
    seen = list(without)
    of_tickets = (Hook("ticket.*", command="/bin/true"), Hook("service.*", command="/bin/true"))
    gate.parts = replace(gate.parts, settings=replace(gate.parts.settings, hook=of_tickets))
    without.clear()
    billed(gate, date(2026, 6, 1))

    assert without == seen
    assert not [one for one in seen if "hook_calls" in one]


def test_a_program_that_begins_anew_does_not_call_what_waits_for_its_day(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.*", url=receiver.url))
    site, _ = sell(gate, 1, TODAY, SITE)
    cancel(gate, site)
    gate.work()

    with transaction(gate.parts.engine) as conn:
        work.take_over(conn, now=gate.now)
    gate.work()
    before = events(said(receiver))
    gate.later(days=7, minutes=1)

    assert before == ["service.activate", "service.suspend"]
    assert events(said(receiver))[2:] == ["service.terminate"]


def test_what_was_a_mistake_is_called_off(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.terminate", url=receiver.url))
    site, _ = sell(gate, 1, TODAY, SITE)
    cancel(gate, site)

    with transaction(gate.parts.engine) as conn:
        assert hook_calls.drop(conn, 1, now=gate.now)
        assert not hook_calls.drop(conn, 1, now=gate.now)
    gate.later(days=8)

    assert said(receiver) == []
    assert [one.state for one in calls(gate)] == [CallState.DROPPED]


def test_what_waits_for_its_day_is_called_early_only_by_its_number(begin: BeginGate, receiver: Receiver) -> None:
    gate = shop(begin, Hook("service.terminate", url=receiver.url))
    site, _ = sell(gate, 1, TODAY, SITE)
    cancel(gate, site)
    gate.work()
    gate.later(days=1)
    assert said(receiver) == []

    (call,) = calls(gate)
    assert call.due_at is not None
    assert call.due_at - call.created_at == timedelta(days=7)
    with transaction(gate.parts.engine) as conn:
        assert hook_calls.retry(conn, call.id, now=gate.now)
    gate.work()

    assert events(said(receiver)) == ["service.terminate"]
