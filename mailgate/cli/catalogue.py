"""`mailgate catalogue`: what is sold. A file is imported as a version, whole or not at all."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click
from sqlalchemy import Connection

from mailgate.billing.catalogue.reading import MAX_BYTES, CatalogueErrors, read_catalogue
from mailgate.billing.money.amount import written
from mailgate.billing.offer.product import Catalogue, Option, Price, Product, Promotion, TaxRule, cycle_word
from mailgate.cli.billing_words import Day
from mailgate.cli.cells import Named, named
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.output import (
    EX_DATAERR,
    EX_NOINPUT,
    after_option,
    fail,
    json_option,
    limit_option,
    print_object,
    print_rows,
    say,
    utc_option,
    wants_json,
)
from mailgate.cli.problems import fail_with
from mailgate.flows.billing.service import reprice as repricing
from mailgate.toml_text.problems import nearest
from store.billing import catalogue as stored
from store.called import names_of
from store.engine import reading, transaction

_BY = "the command line"
_HINT = "the key, or the value, is explained in docs/catalogue.md"


@click.group(cls=Group)
def catalogue() -> None:
    """What is sold, with prices and taxes."""


@catalogue.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Find every mistake and tell what would change; write nothing.")
@json_option
def import_(file: Path, dry_run: bool) -> None:
    """Sell from now on what FILE says. Services keep what they were sold with.

    Every mistake is told at once, and nothing is changed then. A file that says what is sold already changes nothing.
    """
    wanted = _read(file)
    with gate() as parts:
        if dry_run:
            with reading(parts.engine) as conn:
                done = stored.try_out(conn, wanted)
        else:
            with transaction(parts.engine) as conn:
                done = stored.add(conn, wanted, by=_BY, now=now())
    changed = done.changes
    print_object(
        {
            "version": done.version,
            "new": done.is_new,
            "added": changed.added,
            "changed": changed.changed,
            "retired": changed.retired,
            "same": changed.same,
            "tax_rules": len(wanted.tax_rules),
            "promotions": len(wanted.promotions),
            "dry_run": dry_run,
        }
    )
    if not done.is_new:
        say(f"version {done.version} says the same already: nothing was written")
    elif dry_run:
        say("nothing was written")


@catalogue.command("list")
@limit_option
@after_option
@json_option
def list_(limit: int | None, after: int) -> None:
    """The products that are sold, in the order of their file; `--after` counts from the first."""
    with gate() as parts, reading(parts.engine) as conn:
        found = stored.for_sale(conn, after=after, limit=limit)
    print_rows(
        [
            {
                "sku": one.sku,
                "kind": one.kind.value,
                "name": one.name,
                "prices": [_price(price) for price in one.prices] if wants_json() else _in_words(one.prices),
            }
            for one in found
        ],
        ("sku", "kind", "name", "prices"),
    )


@catalogue.command()
@click.argument("sku")
@click.option("--from", "from_on", type=Day(), required=True, metavar="DATE", help="No period before this day.")
@click.option("--dry-run", is_flag=True, help="Say which services would move, and write nothing.")
@json_option
def reprice(sku: str, from_on: date, dry_run: bool) -> None:
    """Move services that were sold as an older version of SKU to its price and options of now.

    Each at its first renewal on or after DATE that is not invoiced yet. What cannot move is named and left alone.
    """
    with gate() as parts:
        done = repricing.reprice(parts.engine, sku, from_on, dry_run=dry_run, by=_BY, now=now())
        with reading(parts.engine) as conn:
            version = stored.newest_version(conn)
            customers = names_of(conn, (one.after.customer_id for one in done.moved))
    moved = [_moved(one, customers) for one in done.moved]
    left_alone = [
        {"service": one.service.id, "customer": one.service.customer_id, "why": one.why} for one in done.left_alone
    ]
    if wants_json():
        print_object(
            {
                "sku": sku,
                "version": version.version if version else None,
                "from": from_on.isoformat(),
                "moved": moved,
                "left_alone": left_alone,
                "same": done.same,
                "dry_run": dry_run,
            }
        )
        return
    print_rows(moved, ("service", "customer", "on", "was_minor", "price_minor", "currency", "cycle"))
    for row in left_alone:
        say(f"left alone: service {row['service']} of customer {row['customer']}: {row['why']}")
    say(f"{len(moved)} services {'would move' if dry_run else 'move'}, {done.same} are sold so already")


@catalogue.command()
@click.argument("sku", required=False)
@utc_option
@json_option
def show(sku: str | None) -> None:
    """One product, or without SKU the whole version that is sold from."""
    with gate() as parts, reading(parts.engine) as conn:
        if sku is not None:
            row = _product(_find(conn, sku))
        else:
            version = stored.newest_version(conn)
            if version is None:
                fail("nothing is sold yet", code=EX_DATAERR, hint="mailgate catalogue import FILE")
            row = _whole(version, stored.newest(conn))
    print_object(row)


def _moved(one: repricing.Moved, customers: Mapping[int, str]) -> dict[str, object]:
    after = one.after.by_next_terms()
    on = one.after.next_on or one.after.billed_through
    return {
        "service": Named(after.id, after.name),
        "customer": named(after.customer_id, customers),
        "on": one.after.next_on.isoformat() if one.after.next_on else None,
        "was_minor": one.before.price_on(on),
        "price_minor": after.price_on(on),
        "currency": after.currency,
        "cycle": cycle_word(after.months),
        "options": dict(after.options),
    }


def _read(file: Path) -> Catalogue:
    """The catalogue of a file, or the end of the command."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        fail(
            f"{click.format_filename(file)} cannot be read: {reason}",
            code=EX_NOINPUT,
            hint="name the file of the catalogue",
        )
    try:
        return read_catalogue(raw, click.format_filename(file))
    except CatalogueErrors as errors:
        fail_with(errors, code=EX_DATAERR, name="catalogue", hint=_HINT)


def _find(conn: Connection, sku: str) -> Product:
    can_be = sku.isascii() and sku.isprintable()  # no database need be asked for what it would not take
    found = stored.product_by_sku(conn, sku) if can_be else None
    if found is None:
        last = stored.last_version_with(conn, sku) if can_be else None
        gone = f"{sku} is not sold any more: version {last} was the last that had it"
        what = f"there is no product {sku!r}" if last is None else gone
        near = nearest(sku, [one.sku for one in stored.for_sale(conn)]) if last is None else ()
        asked = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
        fail(what, code=EX_DATAERR, hint=f"{asked}mailgate catalogue list")
    return found


def _whole(version: stored.Version, found: Catalogue) -> dict[str, object]:
    plain = wants_json()
    return {
        "version": version.version,
        "imported_at": version.imported_at,
        "imported_by": version.imported_by,
        "sha256": version.sha256,
        "products": [_product(one) if plain else one.sku for one in found.products],
        "tax_rules": [_tax_rule(one) if plain else _tax_words(one) for one in found.tax_rules],
        "promotions": [_promotion(one) if plain else one.code for one in found.promotions],
    }


def _product(one: Product) -> dict[str, object]:
    """The JSON face of a product; as text the prices are in words."""
    plain = wants_json()
    return {
        "sku": one.sku,
        "id": one.id,
        "kind": one.kind.value,
        "name": one.name,
        "description": one.description,
        "tax_class": one.tax_class,
        "tax_included": one.tax_included,
        "limits": dict(one.limits) if plain else [f"{name}: {words}" for name, words in one.limits],
        "upgrades": one.upgrades,
        "addons": one.addons,
        "align": one.align,
        "lead_days": {cycle_word(months): days for months, days in one.lead_days}
        if plain
        else [f"{cycle_word(months)} {days}" for months, days in one.lead_days],
        "prices": [_price(price) for price in one.prices] if plain else _in_words(one.prices),
        "options": [_option(option) if plain else _option_words(option) for option in one.options],
    }


def _price(one: Price) -> dict[str, object]:
    return {
        "currency": one.currency,
        "cycle": cycle_word(one.months),
        "amount_minor": one.amount_minor,
        "setup_minor": one.setup_minor,
    }


def _in_words(prices: Sequence[Price]) -> list[str]:
    return [
        f"{one.currency} {written(one.amount_minor, one.currency)} {cycle_word(one.months)}"
        + (f" (set-up {written(one.setup_minor, one.currency)})" if one.setup_minor else "")
        for one in prices
    ]


def _option(one: Option) -> dict[str, object]:
    return {
        "name": one.name,
        "included": one.included,
        "step": one.step,
        "most": one.most,
        "prices": [_price(price) for price in one.prices],
    }


def _option_words(one: Option) -> str:
    steps = f" in steps of {one.step}" if one.step > 1 else ""
    return f"{one.name} {one.included} to {one.most}{steps} at {', '.join(_in_words(one.prices))}"


def _tax_rule(one: TaxRule) -> dict[str, object]:
    return {
        "country": one.country,
        "region": one.region or None,
        "class": one.tax_class,
        "rate": one.rate,
        "category": one.category,
        "name": one.name,
        "from": one.from_on.isoformat(),
    }


def _tax_words(one: TaxRule) -> str:
    return f"{' '.join(filter(None, (one.country, one.region)))} {one.rate} % {one.name} from {one.from_on}"


def _promotion(one: Promotion) -> dict[str, object]:
    return {
        "code": one.code,
        "percent": one.percent or None,
        "amount_minor": one.amount_minor or None,
        "currency": one.currency or None,
        "cycles": one.cycles,
        "products": one.products,
        "until": one.until_on.isoformat() if one.until_on else None,
    }
