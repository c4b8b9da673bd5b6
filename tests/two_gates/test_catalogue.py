"""Two imports of a catalogue at the same time: one after the other, whatever they say."""

from mailgate.billing.catalogue.reading import read_catalogue
from store.billing import catalogue as stored
from store.billing.catalogue import Imported
from store.engine import reading, transaction
from tests.billing.shop import product
from tests.gate import Gate
from tests.two_gates.conftest import Two

WRITTEN = "INSERT INTO catalogue_products"


def add(gate: Gate, *parts: str) -> Imported:
    """Import a catalogue of these parts by one gate."""
    with transaction(gate.parts.engine) as conn:
        return stored.add(conn, read_catalogue("".join(parts).encode(), "shop.toml"), by="Bart", now=gate.now)


def test_of_two_imports_of_the_same_catalogue_one_writes(two: Two) -> None:
    first, second = two.at_once(lambda: add(two.one, product()), lambda: add(two.other, product()), after=WRITTEN)

    assert [(one.version, one.is_new) for one in (first, second)] == [(1, True), (1, False)]


def test_two_imports_of_different_catalogues_are_two_versions_and_share_what_is_the_same(two: Two) -> None:
    first, second = two.at_once(
        lambda: add(two.one, product("a"), product("b")),
        lambda: add(two.other, product("b"), product("c")),
        after=WRITTEN,
    )

    assert (first.version, second.version) == (1, 2)
    assert (second.changes.added, second.changes.retired, second.changes.same) == (("c",), ("a",), ("b",))
    with reading(two.one.parts.engine) as conn:
        assert [one.sku for one in stored.for_sale(conn)] == ["b", "c"]
