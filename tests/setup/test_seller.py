"""The check of who bills: nobody is billed in the name of the example."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from mailgate.config import Seller
from mailgate.setup.finding import Status
from mailgate.setup.seller import OF_THE_EXAMPLE, seller
from mailgate.setup.site import Site
from store import people
from store.billing import accounts
from store.engine import connect, transaction
from store.schema import billing_accounts
from tests.setup.sites import site_in, smarthost_at

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OWN: Mapping[str, object] = {
    "name": "Muster Hosting AG", "street": "Hauptstrasse 5", "country": "CH", "vat_id": "", "register_id": "",
    "email": "", "iban": "",
}  # fmt: skip


def site(directory: Path, **given: object) -> Site:
    return site_in(directory, smarthost=smarthost_at(25), seller=given)


def let_bill(gate: Site) -> None:
    """A customer waits to be billed."""
    engine = connect(gate.settings.store.url)
    home = {"country": "AT", "currency": "EUR", "timezone": "Europe/Vienna", "language": "en", "now": NOON}
    with transaction(engine) as conn:
        anne = people.add_customer(conn, "Anne Miller", "anne@customer.example", **home)  # type: ignore[arg-type]
        accounts.lock(conn, [anne.id])
        conn.execute(update(billing_accounts).values(bill_at=NOON))
    engine.dispose()


def test_the_example_is_left_alone_while_nothing_leaves(tmp_path: Path) -> None:
    assert seller(site_in(tmp_path)).status is Status.SKIPPED


def test_with_a_smarthost_the_example_is_objected_to(tmp_path: Path) -> None:
    found = seller(site(tmp_path))

    assert found.status is Status.WARN
    assert all(f"seller.{key}" in found.detail for key in OF_THE_EXAMPLE)


def test_nobody_is_billed_in_the_name_of_the_example(tmp_path: Path) -> None:
    gate = site(tmp_path)
    let_bill(gate)

    found = seller(gate)

    assert found.status is Status.FAIL
    assert "before you bill" in found.fix


@pytest.mark.parametrize("key", OF_THE_EXAMPLE)
def test_whatever_is_left_of_the_example_is_named(tmp_path: Path, key: str) -> None:
    found = seller(site(tmp_path, **{**OWN, key: getattr(Seller(), key)}))

    assert (found.status, found.detail) == (Status.WARN, f"still of the example company: seller.{key}")


def test_a_company_of_ones_own_is_well(tmp_path: Path) -> None:
    gate = site(tmp_path, **OWN)
    let_bill(gate)

    found = seller(gate)

    assert (found.status, found.detail) == (Status.OK, "Muster Hosting AG, CH, no VAT id")


def test_without_a_country_no_tax_can_be_worked_out(tmp_path: Path) -> None:
    found = seller(site(tmp_path, **{**OWN, "country": ""}))

    assert found.status is Status.WARN
    assert "seller.country" in found.detail
