"""Billing profiles and proofs of VAT ids in the store, and the lock that money takes of an account."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, func, select, text, update
from sqlalchemy.exc import OperationalError

from mailgate.billing.party import Account, Proof
from store import people
from store.billing import accounts
from store.engine import reading, transaction
from store.keeping import erasure
from store.schema import billing_accounts, customers, tax_proofs

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOME = {"country": "AT", "currency": "EUR", "timezone": "Europe/Vienna", "language": "en", "now": NOON}
PROOF = Proof("ATU12345675", NOON, True, "WAPIAAAAX1", "vies")


@pytest.fixture
def anne(engine: Engine) -> int:
    """A customer of whom billing knows nothing."""
    return registered(engine, "Anne Miller", "anne@customer.example")


@pytest.fixture
def bart(engine: Engine, anne: int) -> int:
    """The one after her."""
    return registered(engine, "Bart Jones", "bart@customer.example")


def registered(engine: Engine, name: str, address: str) -> int:
    with transaction(engine) as conn:
        return people.add_customer(conn, name, address, **HOME).id  # type: ignore[arg-type]


def rows(engine: Engine) -> int:
    with reading(engine) as conn:
        return int(conn.execute(select(func.count()).select_from(billing_accounts)).scalar_one())


def test_an_account_of_which_nothing_is_known_is_a_fresh_one(engine: Engine, anne: int) -> None:
    with reading(engine) as conn:
        found, listed = accounts.account(conn, anne), accounts.accounts(conn, [anne])

    assert (found, listed) == (Account.fresh(anne), {})


def test_locked_accounts_are_read_in_order_and_have_a_row_each(engine: Engine, anne: int, bart: int) -> None:
    with transaction(engine) as conn:
        found = accounts.lock(conn, [bart, anne, 99, bart])
    with transaction(engine) as conn:
        again = accounts.lock(conn, [anne])

    assert list(found.values()) == [Account.fresh(anne), Account.fresh(bart)]
    assert again == {anne: Account.fresh(anne)}
    assert rows(engine) == 2


def test_what_is_edited_is_what_is_read(engine: Engine, anne: int, bart: int) -> None:
    with transaction(engine) as conn:
        owner = people.get_customer(conn, anne).contacts[0]
        wanted = replace(
            accounts.lock(conn, [anne])[anne],
            contact_id=owner.id, organisation="Miller & Söhne", street="Ring 1", postcode="1010", city="Wien",
            region="W", vat_id="ATU12345675", exempt_reason="Embassy", bill_day=31, billed_elsewhere=True,
        )  # fmt: skip
        accounts.edit(conn, wanted)

    with reading(engine) as conn:
        assert accounts.account(conn, anne) == wanted
        assert accounts.account(conn, bart) == Account.fresh(bart)


def test_an_edit_leaves_alone_what_a_run_keeps_in_the_row(engine: Engine, anne: int) -> None:
    with transaction(engine) as conn:
        before = accounts.lock(conn, [anne])[anne]
        conn.execute(update(billing_accounts).values(bill_at=NOON, parked_because="no tax rule"))
        accounts.edit(conn, replace(before, city="Wien"))

    with reading(engine) as conn:
        found = accounts.account(conn, anne)
    assert (found.city, found.bill_at, found.parked_because) == ("Wien", NOON, "no tax rule")


def test_there_is_work_as_long_as_an_account_waits_to_be_billed(engine: Engine, anne: int) -> None:
    with transaction(engine) as conn:
        accounts.lock(conn, [anne])
        before = accounts.has_work(conn)
        conn.execute(update(billing_accounts).values(bill_at=NOON))
        after = accounts.has_work(conn)

    assert (before, after) == (False, True)


def test_the_last_proof_is_the_one_that_was_checked_last(engine: Engine, anne: int, bart: int) -> None:
    older = replace(PROOF, checked_at=NOON - timedelta(days=9), number="OLD")
    refuted = replace(PROOF, is_valid=False, number="")
    with transaction(engine) as conn:
        for proof in (PROOF, older, refuted):  # of one instant the one that was written last
            accounts.add_proof(conn, anne, proof)

        assert accounts.last_proof(conn, anne) == refuted
        assert accounts.last_proof(conn, bart) is None
        assert accounts.last_proofs(conn, [anne, bart]) == {anne: refuted}


def test_who_is_erased_has_no_profile_and_no_proof(engine: Engine, anne: int, bart: int) -> None:
    with transaction(engine) as conn:
        for account in accounts.lock(conn, [anne, bart]).values():
            accounts.edit(conn, replace(account, organisation="Miller & Söhne"))
            accounts.add_proof(conn, account.customer_id, PROOF)

    with transaction(engine) as conn:
        erasure.erase(conn, {}, anne, by="Bart", now=NOON)

    with reading(engine) as conn:
        assert conn.execute(select(billing_accounts.c.customer_id)).scalars().all() == [bart]
        assert conn.execute(select(tax_proofs.c.customer_id)).scalars().all() == [bart]


def lock_for_money(conn: Connection, customer_id: int) -> None:
    accounts.lock(conn, [customer_id])


def keep_for_mail(conn: Connection, customer_id: int) -> None:
    people.keep_accounts(conn, [customer_id])


def change(conn: Connection, customer_id: int) -> None:
    conn.execute(update(customers).where(customers.c.id == customer_id).values(country="DE"))


@pytest.mark.parametrize(
    ("other", "waits"),
    [(keep_for_mail, False), (lock_for_money, True), (people.lock_account, True), (change, True)],
)
def test_while_money_has_an_account_only_mail_goes_on(
    engine: Engine, anne: int, other: Callable[[Connection, int], None], waits: bool
) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("one writer has the whole store")
    with transaction(engine) as conn:
        accounts.lock(conn, [anne])

        def beside() -> None:
            with transaction(engine) as second:
                second.execute(text("SET LOCAL lock_timeout = '100ms'"))
                other(second, anne)

        if waits:
            with pytest.raises(OperationalError, match="lock timeout"):
                beside()
        else:
            beside()
