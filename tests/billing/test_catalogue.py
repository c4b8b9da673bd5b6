"""Reading a catalogue: what it says becomes values, and every mistake of it is named at its place, all at once.

The first line of each file in `bad_catalogues` is a comment with what is said about it, without the name of the file.
"""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.billing.catalogue.reading import MAX_BYTES, CatalogueErrors, read_catalogue
from mailgate.billing.offer.product import Catalogue, Kind, Option, Price, Product, Promotion, TaxRule
from tests.billing.shop import PRICES, product, promotion, tax

BAD_CATALOGUES = sorted((Path(__file__).parent / "bad_catalogues").glob("*.toml"))
SAMPLE = (Path(__file__).parents[2] / "docs" / "catalogue.toml").read_bytes()


def read(text: str) -> Catalogue:
    """The catalogue that a text is."""
    return read_catalogue(text.encode(), "shop.toml")


def refused(text: str | bytes) -> CatalogueErrors:
    """What is wrong with a text."""
    with pytest.raises(CatalogueErrors) as raised:
        read_catalogue(text.encode() if isinstance(text, str) else text, "shop.toml")
    return raised.value


def outcome(raw: bytes) -> Catalogue | CatalogueErrors:
    """The catalogue of a file, or what is wrong with it."""
    try:
        return read_catalogue(raw, "shop.toml")
    except CatalogueErrors as errors:
        return errors


@pytest.mark.parametrize("file", BAD_CATALOGUES, ids=lambda file: file.stem)
def test_mistake_is_named_at_its_place(file: Path) -> None:
    raw = file.read_bytes()
    expected = raw.partition(b"\n")[0].decode().removeprefix("# ")

    with pytest.raises(CatalogueErrors) as raised:
        read_catalogue(raw, "shop.toml")

    (problem,) = raised.value.problems
    assert f"{problem.place}: {problem.reason} {problem.hint}".rstrip().removeprefix("shop.toml:").strip() == expected


def test_everything_that_a_catalogue_can_say_becomes_values() -> None:
    text = f"""
        {PRICES.replace("prices", "# prices")}
        [[product]]
        sku = "web"
        kind = "hosting"
        name = "Größe M ✨"
        description = '''
        Two
        lines.'''
        tax_class = "reduced"
        tax_included = true
        limits = {{ Disk = "20 GB", Mailboxes = 50 }}
        upgrades = ["web-2"]
        addons = ["cert"]
        align = false
        lead_days = {{ yearly = 30, monthly = 5 }}
        prices = {{ USD = {{ one-time = "1" }}, EUR = {{ yearly = "99.00", monthly = "9.90" }} }}
        setup.EUR.yearly = "5.5"
        [[product.option]]
        name = "mailboxes"
        included = 50
        step = 10
        most = 200
        [product.option.prices]
        EUR = {{ monthly = "2.00", yearly = "20.00" }}
        USD.one-time = "0.00"
        [[product]]
        sku = "web-2"
        kind = "hosting"
        name = "Web 2"
        prices = {{ JPY = {{ monthly = "1600" }}, KWD = {{ triennial = "3.25" }} }}
        lead_days = 14
        [[product]]
        sku = "cert"
        kind = "add-on"
        name = "Certificate"
        {PRICES}
        [[tax]]
        country = "US"
        region = "us-ny"
        class = "reduced"
        rate = "8.875"
        name = "NY sales tax"
        from = 2025-03-01
        [[tax]]
        country = "DE"
        rate = "0.0"
        category = "Z"
        name = "VAT"
        [[promotion]]
        code = "Spring"
        percent = "12.5"
        cycles = 3
        products = ["web", "cert"]
        until = 2027-06-30
        [[promotion]]
        code = "FIVE"
        amount = {{ KWD = "5.000" }}
    """

    found = read(text)

    assert found.products[0] == Product(
        sku="web",
        kind=Kind.HOSTING,
        name="Größe M ✨",
        tax_class="reduced",
        prices=(Price("EUR", 1, 990), Price("EUR", 12, 9900, 550), Price("USD", 0, 100)),
        description="Two\n        lines.",
        tax_included=True,
        limits=(("Disk", "20 GB"), ("Mailboxes", "50")),
        upgrades=("web-2",),
        addons=("cert",),
        align=False,
        lead_days=((1, 5), (12, 30)),
        options=(Option("mailboxes", 50, 10, 200, (Price("EUR", 1, 200), Price("EUR", 12, 2000), Price("USD", 0, 0))),),
    )
    assert found.products[1] == Product(
        sku="web-2",
        kind=Kind.HOSTING,
        name="Web 2",
        tax_class="standard",
        prices=(Price("JPY", 1, 1600), Price("KWD", 36, 3250)),
        lead_days=((1, 14), (36, 14)),
    )
    assert (found.products[2].kind, found.products[2].align) == (Kind.ADD_ON, False)
    assert found.tax_rules == (
        TaxRule("US", "NY", "reduced", "8.875", "S", "NY sales tax", date(2025, 3, 1)),
        TaxRule("DE", "", "standard", "0.0", "Z", "VAT", date(2000, 1, 1)),
    )
    assert found.promotions == (
        Promotion("Spring", "12.5", cycles=3, products=("web", "cert"), until_on=date(2027, 6, 30)),
        Promotion("FIVE", amount_minor=5000, currency="KWD"),
    )


@pytest.mark.parametrize(
    ("kind", "aligned"), [("hosting", True), ("other", True), ("domain", False), ("add-on", False)]
)
def test_what_is_billed_on_the_bill_day_depends_on_the_kind_unless_it_is_said(kind: str, aligned: bool) -> None:
    plain, said = read(product(kind=kind) + product("b", f"align = {str(not aligned).lower()}", kind=kind)).products

    assert (plain.align, said.align) == (aligned, not aligned)


def test_all_mistakes_of_all_lists_are_found_in_one_pass_and_in_their_order() -> None:
    text = (
        product("web", 'upgrades = ["wep"]', "colour = 1", prices='prices = { EUR = { monthly = "9,90" } }')
        + product("WEB", 'tax_class = "odd"', kind="hostel", name="")
        + tax(rate="190", country="XX")
        + promotion("A", 'percent = "0"', 'products = ["web", "none"]')
        + 'taxes = "none"'
    )

    errors = refused(text)

    assert [(problem.place.line, problem.path) for problem in errors.problems] == [
        (5, "product[0].prices.EUR.monthly"),
        (6, "product[0].upgrades[0]"),
        (7, "product[0].colour"),
        (9, "product[1].sku"),
        (10, "product[1].kind"),
        (11, "product[1].name"),
        (13, "product[1].tax_class"),
        (15, "tax[0].country"),
        (16, "tax[0].rate"),
        (20, "promotion[0].percent"),
        (21, "promotion[0].products[1]"),
        (22, "promotion[0].taxes"),
    ]
    assert str(errors).endswith("\n12 errors.")


def test_the_line_is_shown_and_the_value_underlined() -> None:
    errors = refused(product(prices="\tprices = { EUR = { monthly = 9.9 } }"))

    assert str(errors) == (
        'shop.toml:5:31: product "web" prices.EUR.monthly must be text in quotes, such as "9.90", not 9.9\n'
        "    5 | \tprices = { EUR = { monthly = 9.9 } }\n"
        "      | \t                             ^^^\n"
        "1 error."
    )


def test_nothing_is_said_about_what_follows_from_another_mistake() -> None:
    option = '[[product.option]]\nname = "a"\nmost = "9"\nincluded = 10\n' + PRICES
    half = 'prices = { EUR = { monthly = "9.90", yearly = 99 } }'
    text = product("web", 'setup = { EUR = { yearly = "1.00" } }', "lead_days = { yearly = 9 }", option, prices=half)

    errors = refused(text)

    assert [problem.path for problem in errors.problems] == [
        "product[0].prices.EUR.yearly",
        "product[0].option[0].most",
    ]


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    plain = product() + tax()

    marked = read_catalogue(b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode(), "shop.toml")

    assert marked == read(plain)
    assert refused(b"\xef\xbb\xbf" + product(kind="x").replace("\n", "\r\n").encode()).problems[0].place.line == 3


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff\xfe[\0[\0", "shop.toml:1:1: not UTF-8: byte 0xff; save the file as UTF-8"),
        (b"a = \0", "shop.toml:1:5: not TOML: Invalid value"),
        (b"[[product]]\nname = '\0'", "shop.toml:2:9: not TOML: Found invalid character"),
        (b"\x7fELF\x02\x01", "shop.toml:1:1: not TOML: Invalid statement"),
        (b"limits = " + b"[" * 50_000, "shop.toml: not TOML: nested too deeply"),
        (b"limits = " + b"{a=" * 50_000, "shop.toml: not TOML: nested too deeply"),
        (b"#" * (MAX_BYTES + 1), f"shop.toml: longer than {MAX_BYTES} bytes: this is no catalogue"),
        (b"#" * 5_000_000, "shop.toml: there is no [[product]] in it"),
    ],
    ids=["UTF-16", "NUL", "NUL in a text", "a program", "deep lists", "deep tables", "too long", "nothing but remarks"],
)
def test_what_is_no_catalogue_at_all_is_told_in_one_problem(raw: bytes, words: str) -> None:
    (problem,) = refused(raw).problems

    assert f"{problem.place}: {problem.reason}".startswith(words)


def test_five_megabytes_on_one_line_are_read_or_told_shortly() -> None:
    long = "x" * 5_000_000

    errors = refused(product(name=long) + product("b", f"{long} = 1", f'addons = ["{long}"]'))

    assert [problem.place.line for problem in errors.problems] == [4, 11, 12]
    assert len(str(errors)) < 2000


def test_ten_thousand_products_are_read_and_ten_thousand_mistakes_told() -> None:
    many = [product(f"web-{i}", f'upgrades = ["web-{(i + 1) % 10_000}"]') for i in range(10_000)]

    found = read("".join(many))
    errors = refused("".join(many).replace('"9.90"', "9.90"))

    assert len(found.products) == 10_000
    assert len(errors.problems) == 10_000


def test_beyond_twenty_thousand_mistakes_they_are_counted_alone() -> None:
    errors = refused("[[product]]\n" * 5_001)

    assert len(errors.problems) == 20_001
    assert errors.problems[-1].reason == "and 4 more mistakes, which are left out here"


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_file_is_a_catalogue_or_is_refused_with_places(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SAMPLE)))
    end = start + data.draw(st.integers(0, 200))
    damaged = (
        SAMPLE[:start]
        + data.draw(st.binary(max_size=6) | st.sampled_from([b'"', b"[", b"]]", b"=", b"0"]))
        + SAMPLE[end:]
    )

    found = outcome(damaged)

    places = [one.place for one in found.problems] if isinstance(found, CatalogueErrors) else []
    assert places or (isinstance(found, Catalogue) and found.products)
    assert all(place.line is None or 1 <= place.line <= damaged.count(b"\n") + 1 for place in places)
