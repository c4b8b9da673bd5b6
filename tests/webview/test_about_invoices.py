"""What stands beside an invoice: mails about it, what comes when nobody pays; and who has promised what."""

import re
from datetime import date, timedelta
from gettext import NullTranslations

import pytest
from sqlalchemy import update

from mailgate.billing.dunning import Kind, ladder
from mailgate.billing.promise import PromiseKind
from mailgate.billing.service import Service
from mailgate.flows.billing.service.add import Sold
from mailgate.flows.billing.told.letters import invoice_notices
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.people import Role
from store import people
from store.billing import promises, services
from store.billing.promises import Promise
from store.engine import reading, transaction
from store.post.outbox import OutState
from store.schema import outbox
from tests.gate import Gate, Person
from tests.webview.reading import words_of
from tests.webview.trade import find, open_shop, pay, sell
from tests.webview.web import Web
from webview.ladder import step_words
from webview.words import Words


@pytest.fixture
def invoice(gate: Gate, anne: Person) -> str:
    """One of Anne's, of today."""
    open_shop(gate)
    _, number = sell(gate, 1, gate.now.date(), Sold("web-m", 1, domain="customer.example"))
    return number


def bring(gate: Gate, number: str) -> None:
    """The mail that brings it is queued."""
    with transaction(gate.parts.engine) as conn:
        act = Act.begin(conn, gate.parts.settings, gate.now)
        notify(act, invoice_notices(act, Template.INVOICE_CREATED, find(gate, number)), cause=None)


def promise(gate: Gate, kind: PromiseKind, until: date, invoice_id: int | None = None) -> None:
    with transaction(gate.parts.engine) as conn:
        promises.add(conn, Promise(0, 1, invoice_id, kind, until, gate.now, "Anne Miller"))


def find_service(gate: Gate) -> Service:
    """The first that was sold."""
    with reading(gate.parts.engine) as conn:
        return services.get(conn, 1)


def said(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def test_who_pays_and_staff_see_the_mails_about_it(
    web: Web, gate: Gate, anne: Person, bart: Person, invoice: str
) -> None:
    _, other = sell(gate, 1, gate.now.date(), Sold("web-s", 1, domain="other.example"))
    bring(gate, invoice)

    mine = web.signed_in(anne).get(f"/invoices/{invoice}")
    theirs = web.signed_in(bart).get(f"/staff/invoices/{invoice}")

    assert "Mails about it" in words_of(mine)
    assert "On its way" in words_of(mine)
    (mail,) = re.findall(r'href="(/mails/\d+)"', mine.text)
    assert web.signed_in(anne).get(mail).is_success
    assert "Queued" in words_of(theirs)
    assert anne.address in words_of(theirs)
    assert "Mails about it" not in words_of(web.signed_in(anne).get(f"/invoices/{other}"))


def test_how_a_mail_fared_is_said(web: Web, gate: Gate, anne: Person, bart: Person, invoice: str) -> None:
    bring(gate, invoice)
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(outbox).where(outbox.c.template == "invoice-created").values(state=OutState.FAILED))

    assert "Not delivered" in words_of(web.signed_in(anne).get(f"/invoices/{invoice}"))
    assert "Failed" in words_of(web.signed_in(bart).get(f"/staff/invoices/{invoice}"))


def test_a_contact_sees_the_mails_to_the_contact_alone(web: Web, gate: Gate, anne: Person, invoice: str) -> None:
    bring(gate, invoice)
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, "Cris", "cris@customer.example", (Role.INVOICE,), now=gate.now)
    cris = Person("Cris", "cris@customer.example")

    page = web.signed_in(cris).get(f"/invoices/{invoice}")

    assert page.is_success
    assert "Mails about it" not in words_of(page)


def test_what_comes_when_nobody_pays_is_told_with_its_days(
    web: Web, gate: Gate, anne: Person, bart: Person, invoice: str
) -> None:
    due = find(gate, invoice).due_on

    for page in (
        web.signed_in(anne).get(f"/invoices/{invoice}"), web.signed_in(bart).get(f"/staff/invoices/{invoice}")
    ):  # fmt: skip
        words = words_of(page).partition("If it is not paid")[2]
        assert f"{said(due + timedelta(days=3))} a reminder by mail" in words
        assert "a reminder that says when the services will be suspended" in words
        suspended = f"{said(due + timedelta(days=14))} the services of this invoice are suspended until it is paid"
        assert suspended in words
        assert f"{said(due + timedelta(days=60))} the services of this invoice end" in words


def test_there_are_words_for_each_step_of_the_ladder(gate: Gate) -> None:
    known = step_words(Words("en", NullTranslations()))

    assert {one.kind for one in ladder(gate.parts.settings.billing.ladder)} - {Kind.CREATED} <= set(known)


def test_of_what_is_paid_nothing_comes(web: Web, gate: Gate, anne: Person, invoice: str) -> None:
    pay(gate, invoice, gate.now.date())

    assert "If it is not paid" not in words_of(web.signed_in(anne).get(f"/invoices/{invoice}"))


def test_of_what_was_sold_once_nothing_is_suspended(web: Web, gate: Gate, anne: Person, invoice: str) -> None:
    _, once = sell(gate, 1, gate.now.date(), Sold("hour", 0, name="Help"))

    words = words_of(web.signed_in(anne).get(f"/invoices/{once}")).partition("If it is not paid")[2]

    assert "a reminder by mail" in words
    assert "suspended" not in words


def test_a_promise_puts_all_of_it_off_and_staff_see_who_gave_it(
    web: Web, gate: Gate, anne: Person, bart: Person, invoice: str
) -> None:
    until = find(gate, invoice).due_on + timedelta(days=10)
    promise(gate, PromiseKind.DEFERRED, until, find(gate, invoice).id)

    page = words_of(web.signed_in(anne).get(f"/invoices/{invoice}"))
    mine = page.partition("If it is not paid")[2]
    customer = words_of(web.signed_in(bart).get("/staff/customers/1"))

    assert f"Time until {said(until)} (no reminders before that)" in page
    assert page.count(f"ntil {said(until)}") == 1
    assert said(until - timedelta(days=1)) not in mine
    assert f"Time to pay Invoice {invoice} : asked for time until {said(until)} Anne Miller" in customer
    assert f"Unpaid invoices Earliest due date first Number State Due Total {invoice}" in customer


def test_the_first_page_says_what_is_due_next(web: Web, gate: Gate, anne: Person, invoice: str) -> None:
    sell(gate, 1, gate.now.date(), Sold("domain-com", 12, domain="later.example"))
    sell(gate, 1, gate.now.date(), Sold("hour", 0, name="Help"))

    renews = find_service(gate).billed_through
    words = words_of(web.signed_in(anne).get("/")).partition("Due next")[2].partition("Open tickets")[0]

    assert words.index("customer.example") < words.index("later.example")
    assert f"{said(renews)} customer.example" in words
    assert "Help" not in words
