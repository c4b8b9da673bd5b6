"""What has come and gone of money before the pages are looked at: cards, charges, bank lines, a chargeback."""

import re
from datetime import timedelta

import httpx
from sqlalchemy import select

from mailgate.billing.payment.bank_line import BankLine
from mailgate.billing.payment.keyed import keyed
from mailgate.demo.company import BOB, PAUL, Person
from mailgate.flows.billing.bank.importing import import_lines
from store.billing import invoices
from store.billing.bank import FromFile
from store.billing.invoices import Issued
from store.engine import reading
from store.schema import payments
from tests.demo.place import Place
from tests.servers.process import wait_until

_PAGE_OF_A_CARD = re.compile(r"http://\S+/pay/cs_\w+")


def pass_hands(place: Place) -> None:
    """Ann pays by a link, and her bank takes it back; Paul's card is declined; a bank file is imported."""
    first = _open(place, 1)[0]
    press(place, "pay", first.number)
    wait_until(lambda: first.number not in [one.number for one in _open(place, 1)], what="the payment")
    with reading(place.demo.running.parts.engine) as conn:
        intent = conn.execute(select(payments.c.reference).where(payments.c.provider == "stripe")).scalar_one()
    _door(place, f"charges/{intent}/dispute", reason="fraudulent")
    _give_card(place, PAUL, "pm_card_chargeCustomerFail")
    press(place, "due", _open(place, 2)[-1].number)
    _import(place, _open(place, 1)[-1])
    place.step("hour")


def press(place: Place, what: str, number: str) -> None:
    """A button of the viewer's page about money."""
    headers = {"Origin": place.viewer.url.rsplit("/", 2)[0]}
    place.browser.post(f"{place.viewer.url}money", data={"do": what, "id": number}, headers=headers)


def _give_card(place: Place, who: Person, card: str) -> None:
    place.write(who.address, "!card", subject="My card")
    link = _PAGE_OF_A_CARD.search(place.mail_with(who.address, "/pay/cs_").text)
    assert link is not None
    place.browser.post(link[0], data={"card": card, "name": who.name, "email": who.address})
    place.step("hour")
    place.mail_with(who.address, "is saved")


def _import(place: Place, of: Issued) -> None:
    parts, now = place.demo.running.parts, place.demo.clock()
    on = now.date() - timedelta(days=1)
    lines = (
        BankLine("DE02120300000000202051", "EUR", of.open_minor, on, "Ann Miller", text=f"Invoice {of.number}, thanks"),
        BankLine("DE02120300000000202051", "EUR", 4250, on, "Stone Masons and Daughters GmbH & Co. KG", text="October"),
        BankLine("DE02120300000000202051", "EUR", -1416, on, "Ann Miller", text="Returned: no cover"),
    )
    file = FromFile("0" * 64, "november.xml", len(lines))
    import_lines(parts.engine, parts.settings, keyed(lines), file, by=BOB.name, now=now)


def _open(place: Place, customer_id: int) -> list[Issued]:
    with reading(place.demo.running.parts.engine) as conn:
        found = [one for one in invoices.listing(conn) if one.customer_id == customer_id and one.open_minor]
    return sorted(found, key=lambda one: one.due_on)


def _door(place: Place, door: str, **fields: str) -> None:
    httpx.post(f"{place.demo.running.parts.settings.payments.api_url}/play/{door}", data=fields).raise_for_status()
