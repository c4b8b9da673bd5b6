"""Versions of the catalogue: imported whole, read back as they were, and shared where nothing has changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select

from mailgate.billing.catalogue.changes import Changes
from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.offer.product import Catalogue, Price, Product
from store.billing import catalogue as stored
from store.billing.catalogue import Imported
from store.engine import reading, transaction
from store.schema import metadata, products
from tests.billing.shop import product, promotion, tax

SAMPLE = Path(__file__).parents[2] / "docs" / "catalogue.toml"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WITH_OPTION = '[[product.option]]\nname = "mailboxes"\nmost = 9\nprices = { EUR = { monthly = "1.00" } }'
NOTHING = Changes((), (), (), ())


def read(*parts: str) -> Catalogue:
    return read_catalogue("".join(parts).encode(), "shop.toml")


def add(engine: Engine, *parts: str) -> Imported:
    """Import a catalogue of these parts."""
    with transaction(engine) as conn:
        return stored.add(conn, read(*parts), by="Bart", now=NOON)


def sold(engine: Engine, sku: str) -> Product:
    """A product as it is sold now."""
    with reading(engine) as conn:
        found = stored.product_by_sku(conn, sku)
    assert found is not None, sku
    return found


def row_of(product: Product) -> int:
    """The id of a product in the store."""
    assert product.id is not None
    return product.id


class PowerCut(Exception):
    """The end of a program in the middle of an import."""


def break_off(engine: Engine, *parts: str) -> None:
    """Import a catalogue, and end before the commit."""
    with transaction(engine) as conn:
        stored.add(conn, read(*parts), by="Bart", now=NOON)
        raise PowerCut


def rows(conn: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: conn.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in metadata.tables.items()
    }


def test_the_sample_is_read_back_as_it_was_imported(engine: Engine) -> None:
    sample = read_catalogue(SAMPLE.read_bytes(), "catalogue.toml")

    with transaction(engine) as conn:
        stored.add(conn, sample, by="Bart", now=NOON)

    with reading(engine) as conn:
        found, version = stored.newest(conn), stored.newest_version(conn)
        one = sold(engine, "web-m")
        assert (one, stored.tax_rules(conn)) == (sample.products[1], sample.tax_rules)
        assert stored.product(conn, row_of(one)) == one
        assert [other.sku for other in stored.for_sale(conn, after=1, limit=2)] == ["web-m", "web-l"]
    assert found == sample
    assert version is not None
    assert (version.version, version.imported_at, version.imported_by) == (1, NOON, "Bart")


def test_before_the_first_import_nothing_is_sold(engine: Engine) -> None:
    with reading(engine) as conn:
        assert stored.newest(conn) == Catalogue((), (), ())
        assert stored.newest_version(conn) is None
        assert (stored.product(conn, 1), stored.product_by_sku(conn, "web"), stored.promotion(conn, "A")) == (None,) * 3


def test_the_same_catalogue_again_is_the_same_version_and_writes_nothing(engine: Engine) -> None:
    first = add(engine, product("web", WITH_OPTION), tax(), promotion("A", 'percent = "5"'))
    with reading(engine) as conn:
        before = rows(conn)

    again = add(engine, "# a remark\n", product("web", WITH_OPTION), tax(), promotion("A", 'percent = "5"'))

    with reading(engine) as conn:
        assert rows(conn) == before
    assert first == Imported(1, True, Changes(("web",), (), (), ()))
    assert again == Imported(1, False, Changes((), (), (), ("web",)))


def test_what_has_not_changed_keeps_its_row_and_what_was_sold_stays_as_it_was(engine: Engine) -> None:
    add(engine, product("web", WITH_OPTION), product("care"), product("old"))
    care, web, old = (sold(engine, sku) for sku in ("care", "web", "old"))

    second = add(engine, product("care"), product("web", WITH_OPTION.replace("1.00", "2.00")), product("new"))

    assert second == Imported(2, True, Changes(added=("new",), changed=("web",), retired=("old",), same=("care",)))
    now_sold = sold(engine, "web")
    assert sold(engine, "care").id == care.id
    assert (now_sold.id != web.id, now_sold.options[0].prices) == (True, (Price("EUR", 1, 200),))
    with reading(engine) as conn:
        assert stored.product_by_sku(conn, "old") is None
        assert (stored.product(conn, row_of(web)), stored.product(conn, row_of(old))) == (web, old)
        assert web.options[0].prices == (Price("EUR", 1, 100),)
        assert [stored.last_version_with(conn, sku) for sku in ("old", "care", "none")] == [1, 2, None]


def test_a_catalogue_that_comes_back_is_a_new_version_of_the_rows_that_are_there(engine: Engine) -> None:
    add(engine, product("web"))
    first = sold(engine, "web")
    add(engine, product("web", name="Other"))

    third = add(engine, product("web"))

    back = sold(engine, "web")
    assert third == Imported(3, True, Changes((), ("web",), (), ()))
    assert back.id == first.id
    with reading(engine) as conn:
        assert conn.execute(select(func.count()).select_from(products)).scalar_one() == 2


def test_taxes_and_promotions_alone_make_a_version_too(engine: Engine) -> None:
    add(engine, product(), tax(), promotion("Spring", 'percent = "5"', "until = 2027-06-30"))

    second = add(engine, product(), tax(rate="20", country="DE"), promotion("Five", 'amount = { EUR = "5.00" }'))

    assert second == Imported(2, True, Changes((), (), (), ("web",)))
    with reading(engine) as conn:
        assert [rule.rate for rule in stored.tax_rules(conn)] == ["20"]
        assert stored.promotion(conn, "Spring") is None
        five = stored.promotion(conn, " fIVE ")
    assert five
    assert (five.code, five.amount_minor, five.currency) == ("Five", 500, "EUR")


def test_trying_out_tells_what_an_import_would_do_and_writes_nothing(engine: Engine) -> None:
    with reading(engine) as conn:
        empty = stored.try_out(conn, read(product()))
    add(engine, product(), product("b"))
    with reading(engine) as conn:
        before = rows(conn)

        changed = stored.try_out(conn, read(product("b"), product("c")))
        same = stored.try_out(conn, read(product(), product("b")))

        assert rows(conn) == before
    assert empty == Imported(None, True, Changes(("web",), (), (), ()))
    assert changed == Imported(None, True, Changes(("c",), (), ("web",), ("b",)))
    assert same == Imported(1, False, Changes((), (), (), ("web", "b")))


def test_an_import_that_breaks_off_leaves_the_version_before(engine: Engine) -> None:
    add(engine, product())
    with reading(engine) as conn:
        before = rows(conn)

    with pytest.raises(PowerCut):
        break_off(engine, product("b"))

    with reading(engine) as conn:
        assert rows(conn) == before
        assert stored.product_by_sku(conn, "b") is None


def test_ten_thousand_products_are_imported_read_and_changed(engine: Engine) -> None:
    many = [product(f"web-{number}", WITH_OPTION) for number in range(10_000)]

    add(engine, *many)
    second = add(engine, *many[:-1], product("last"))

    assert (second.changes.added, second.changes.retired, len(second.changes.same)) == (("last",), ("web-9999",), 9999)
    with reading(engine) as conn:
        found = stored.for_sale(conn)
    assert len(found) == 10_000
    assert found[5].options[0].prices == (Price("EUR", 1, 100),)
