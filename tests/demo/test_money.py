"""In the demo a customer pays, a card fails and pays again, and the clock goes to the day when money is due."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from mailgate.billing.period import local_date
from mailgate.demo.provider.things.who.cards import DECLINES
from store.billing import cards, invoices
from store.engine import reading
from tests.demo.place import ANN, Place
from tests.servers.process import wait_until


def do(place: Place, what: str, number: str) -> str:
    """Press a button of the page; what it shows then."""
    headers = {"Origin": place.viewer.url.rsplit("/", 2)[0]}
    answer = place.browser.post(f"{place.viewer.url}money", data={"do": what, "id": number}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def first_open(place: Place) -> str:
    """Of those with a link the number of the first that is due."""
    wait_until(lambda: 'value="pay"' in place.get("money"), what="a link to pay by")
    row = next(row for row in place.get("money").split("<tr ") if 'value="pay"' in row)
    found = re.search(r'name="id" value="([^"]+)"', row)
    assert found is not None
    return found[1]


def test_an_invoice_is_paid_as_its_customer(place: Place) -> None:
    number = first_open(place)

    do(place, "pay", number)

    with reading(place.demo.running.parts.engine) as conn:
        paid = invoices.find(conn, number)
    assert paid is not None
    assert paid.open_minor == 0
    assert f'value="{number}"' not in place.get("money")


def test_the_gate_believes_the_double_after_days_have_passed(place: Place) -> None:
    number = first_open(place)
    place.step("day")

    do(place, "pay", number)

    with reading(place.demo.running.parts.engine) as conn:
        paid = invoices.find(conn, number)
    assert paid is not None
    assert paid.open_minor == 0


def test_a_card_is_given_by_mail_and_told_to_fail(place: Place) -> None:
    place.write(ANN, "!card", subject="My card")
    wait_until(lambda: any("/pay/cs_" in mail.text for mail in place.demo.mailboxes.of(ANN)), what="the link")
    link = next(word for mail in place.demo.mailboxes.of(ANN) for word in mail.text.split() if "/pay/cs_" in word)
    place.browser.post(link, data={"card": "pm_card_visa", "name": "Ann Miller", "email": ANN})
    wait_until(lambda: "Visa 4242" in place.get("money"), what="the card")
    with reading(place.demo.running.parts.engine) as conn:
        (card,) = cards.listing(conn)

    do(place, "insufficient_funds", str(card.id))

    assert "insufficient_funds" in DECLINES
    assert place.demo.provider.state.secrets[card.token]["does"] == "insufficient_funds"


def test_the_clock_goes_to_the_day_on_which_an_invoice_is_due(place: Place) -> None:
    with reading(place.demo.running.parts.engine) as conn:
        coming = [
            one
            for one in invoices.listing(conn)
            if one.open_minor and one.due_on > place.demo.clock().date() + timedelta(1)
        ]
        one = min(coming, key=lambda one: one.due_on)

    do(place, "due", one.number)

    assert local_date(place.demo.clock(), ZoneInfo(one.zone)) == one.due_on
