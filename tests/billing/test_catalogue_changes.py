"""What tells two catalogues apart, and what an import changes."""

from dataclasses import replace

import pytest

from mailgate.billing.catalogue.changes import Changes, changes
from mailgate.billing.catalogue.digest import catalogue_digest, product_digest
from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.offer.product import Catalogue
from tests.billing.shop import product, promotion, tax

TEXT = (
    product(
        "web",
        "lead_days = 5",
        'setup = { EUR = { monthly = "1.00" } }',
        'limits = { Disk = "1 GB", Mail = "5" }',
        '[[product.option]]\nname = "mailboxes"\nmost = 9\nprices = { EUR = { monthly = "1.00" } }',
    )
    + product("b")
    + tax()
    + promotion("A", 'percent = "5"')
)


def read(text: str) -> Catalogue:
    return read_catalogue(text.encode(), "shop.toml")


def digest(catalogue: Catalogue) -> str:
    return catalogue_digest(catalogue, tuple(map(product_digest, catalogue.products)))


def test_layout_and_remarks_make_no_other_catalogue() -> None:
    laid_out = TEXT.replace("kind = ", "# a remark\n  kind   =\t").replace("\n", "\r\n")
    moved = TEXT.replace('kind = "hosting"\nname = "Web"', 'name = "Web"\nkind = "hosting"')

    assert digest(read(laid_out)) == digest(read(moved)) == digest(read(TEXT))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"Web"', '"Web!"'),
        ('"hosting"', '"other"'),
        ("9.90", "9.91"),
        ('"1.00"', '"1.01"'),
        ("lead_days = 5", "lead_days = 6"),
        ("most = 9", "most = 10"),
        ('Disk = "1 GB", Mail = "5"', 'Mail = "5", Disk = "1 GB"'),
        ('rate = "19"', 'rate = "19.0"'),
        ('name = "VAT"', 'name = "MwSt"'),
        ('percent = "5"', 'percent = "6"'),
        ('code = "A"', 'code = "B"'),
    ],
)
def test_whatever_is_said_otherwise_makes_another_catalogue(before: str, after: str) -> None:
    assert before in TEXT

    assert digest(read(TEXT.replace(before, after))) != digest(read(TEXT))


def test_the_order_of_products_belongs_to_a_catalogue_and_not_to_its_products() -> None:
    found = read(TEXT)

    turned = replace(found, products=found.products[::-1])

    assert digest(turned) != digest(found)
    assert set(map(product_digest, turned.products)) == set(map(product_digest, found.products))


def test_the_number_of_a_row_makes_no_other_product() -> None:
    [web, _] = read(TEXT).products

    assert product_digest(replace(web, id=7)) == product_digest(web)
    assert replace(web, id=7) == web


def test_products_are_added_changed_retired_or_the_same() -> None:
    old, new = {"a": "1", "b": "2", "c": "3"}, {"d": "4", "c": "9", "a": "1"}

    assert changes(old, new) == Changes(added=("d",), changed=("c",), retired=("b",), same=("a",))
