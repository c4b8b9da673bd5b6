"""Two who ask for time to pay at once, and money beside them: what is decided stands on the locked account."""

import pytest

from mailgate.billing.promise import Ended, PromiseKind
from mailgate.people import Role
from store import people
from store.billing import promises
from store.billing.promises import Promise
from store.engine import reading, transaction
from tests.gate import Person
from tests.scenarios.billed import Billed
from tests.two_gates.conftest import Two

CARA = Person("Cara Bloom", "cara@customer.example")


@pytest.fixture
def number(two: Two, anne: Person) -> str:
    """An open invoice of Anne's, whose bookkeeper is Cara."""
    with transaction(two.one.parts.engine) as conn:
        people.add_contact(conn, 1, CARA.name, CARA.address, (Role.INVOICE,), now=two.one.now)
    billed = Billed(two.one).sells()
    two.other.now = two.one.now
    return billed.invoice()


def promised(two: Two) -> tuple[Promise, ...]:
    with reading(two.one.parts.engine) as conn:
        return promises.listing(conn, 1)


def test_of_two_contacts_who_ask_for_time_at_once_one_gets_it(two: Two, number: str, anne: Person) -> None:
    two.at_once(
        lambda: two.one.deliver(anne.writes("!defer 14")),
        lambda: two.other.deliver(CARA.writes("!defer 7")),
        after="INSERT INTO promises",
    )

    [promise] = promised(two)
    assert (promise.kind, promise.said_by) == (PromiseKind.DEFERRED, "Anne Miller <anne@customer.example>")
    assert "You have time already" in two.mailbox(CARA)[-1].text


def test_what_is_paid_while_somebody_asks_for_time_is_not_put_off(two: Two, number: str, anne: Person) -> None:
    two.at_once(
        lambda: Billed(two.one).shop.pay(number, 1178, two.one.now.date()),
        lambda: two.other.deliver(anne.writes("!defer")),
        after="INSERT INTO allocations",
    )

    assert promised(two) == ()
    assert "There is nothing to be paid" in two.mailbox(anne)[-1].text


def test_many_who_say_at_once_that_they_paid_have_said_it_once(two: Two, number: str, anne: Person) -> None:
    mails = [anne.writes("!paid", message_id=f"m{turn}") for turn in range(4)]

    two.side_by_side(
        lambda: [two.one.deliver(mail) for mail in mails[:2]],
        lambda: [two.other.deliver(CARA.writes("!paid", message_id=f"c{turn}")) for turn in range(2)],
    )

    assert [one.kind for one in promised(two)] == [PromiseKind.PAID]


def test_time_that_is_over_ends_once_whoever_sees_it(two: Two, number: str, anne: Person) -> None:
    two.one.deliver(anne.writes("!paid"))
    two.one.now = two.other.now = two.one.now.replace(day=20)

    two.side_by_side(
        lambda: two.one.parts.run_due(two.one.now),
        lambda: two.other.parts.run_due(two.one.now),
    )

    assert [one.outcome for one in promised(two)] == [Ended.UNMATCHED]
