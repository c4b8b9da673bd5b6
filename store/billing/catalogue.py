"""The catalogue in the store: versions that are imported whole, and the rows of the newest one as values.

A product keeps its row, and its id, from version to version as long as nothing changes for it; what was once sold can
be read by its id for ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, insert, select

from mailgate.billing.catalogue.changes import Changes, changes
from mailgate.billing.catalogue.digest import catalogue_digest, product_digest
from mailgate.billing.offer.product import Catalogue, Option, Price, Product, Promotion, TaxRule
from store import locks
from store.rows import Rows
from store.schema import catalogue_products, catalogues, prices, products, promotions
from store.schema import tax_rules as rules

_LOCK = "catalogue"
KEEPING = (_LOCK,)
"""Names that whoever keeps products holds: `locks.hold`."""

_OPTION_FIELDS = ("name", "included", "step", "most")

_NEWEST = select(func.max(catalogues.c.version)).scalar_subquery()
_NUMBER, _RULES = select(_NEWEST), select(rules).where(rules.c.version == _NEWEST).order_by(rules.c.position)
_OF_NEWEST = select(products).join(catalogue_products).where(catalogue_products.c.version == _NEWEST)

_PRODUCTS = Rows(Product, given=("prices", "options"))
_TAX_RULES = Rows(TaxRule)
_PROMOTIONS = Rows(Promotion)


@dataclass(frozen=True, slots=True)
class Version:
    """One import."""

    version: int  # 1, 2, 3 …
    sha256: str  # of what it says
    imported_at: datetime
    imported_by: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import has done, or would do."""

    version: int | None  # that is sold from now on; None while it is only tried
    is_new: bool  # otherwise the newest version says the same, and nothing was written
    changes: Changes


def try_out(conn: Connection, catalogue: Catalogue) -> Imported:
    """What an import would change; nothing is written."""
    newest, digests, sha256 = _compared(conn, catalogue)
    is_new = newest is None or newest.sha256 != sha256
    version = None if newest is None or is_new else newest.version
    return Imported(version, is_new, changes(_digests(conn), digests))


def add(conn: Connection, catalogue: Catalogue, *, by: str, now: datetime) -> Imported:
    """Import a catalogue as the newest version, unless that says the same. Whoever imports at once waits here."""
    locks.hold(conn, (_LOCK,))
    newest, digests, sha256 = _compared(conn, catalogue)
    changed = changes(_digests(conn), digests)
    if newest is not None and newest.sha256 == sha256:
        return Imported(newest.version, False, changed)
    version = 1 if newest is None else newest.version + 1
    conn.execute(insert(catalogues).values(version=version, sha256=sha256, imported_at=now, imported_by=by))
    ids = _add_products(conn, catalogue.products, digests)
    rows = [
        {"version": version, "sku": one.sku, "product_id": ids[one.sku, digests[one.sku]], "position": position}
        for position, one in enumerate(catalogue.products)
    ]
    conn.execute(insert(catalogue_products), rows)
    _insert_all(conn, rules, version, map(_TAX_RULES.columns, catalogue.tax_rules))
    coded = ({**_PROMOTIONS.columns(one), "code_key": one.code.lower()} for one in catalogue.promotions)
    _insert_all(conn, promotions, version, coded)
    return Imported(version, True, changed)


def keep(conn: Connection, wanted: Product) -> int:
    """The id of a product that no catalogue has, such as one of services that were moved in; equal ones share a row.

    The caller has held the names of `KEEPING` before any row was locked.
    """
    digest = product_digest(wanted)
    known = select(products.c.id).where(products.c.sku == wanted.sku, products.c.digest == digest)
    found = conn.execute(known).scalar()
    return _add_products(conn, [wanted], {wanted.sku: digest})[wanted.sku, digest] if found is None else int(found)


def newest_version(conn: Connection) -> Version | None:
    """The version that is sold from; None before the first import."""
    query = select(catalogues).order_by(catalogues.c.version.desc()).limit(1)
    row = conn.execute(query).mappings().first()
    return Version(**row) if row else None


def newest_number(conn: Connection) -> int | None:
    """The number of the version that is sold from; None before the first import."""
    return conn.execute(_NUMBER).scalar()


def newest(conn: Connection) -> Catalogue:
    """All that is sold now; nothing before the first import."""
    return Catalogue(for_sale(conn), tax_rules(conn), promotions_of_now(conn))


def for_sale(conn: Connection, *, after: int = 0, limit: int | None = None) -> tuple[Product, ...]:
    """The products of the newest version in the order of their file, without the first `after`."""
    query = _OF_NEWEST.order_by(catalogue_products.c.position).where(catalogue_products.c.position >= after)
    return tuple(_products(conn, query.limit(limit)))


def product(conn: Connection, product_id: int) -> Product | None:
    """A product as it was sold by this id, of whatever version."""
    return next(_products(conn, select(products).where(products.c.id == product_id)), None)


def product_by_sku(conn: Connection, sku: str) -> Product | None:
    """A product as it is sold now; None when there is none, or it was retired."""
    return next(_products(conn, _OF_NEWEST.where(catalogue_products.c.sku == sku)), None)


def last_version_with(conn: Connection, sku: str) -> int | None:
    """The newest version that has, or had, a product."""
    query = select(func.max(catalogue_products.c.version)).where(catalogue_products.c.sku == sku)
    return conn.execute(query).scalar()


def tax_rules(conn: Connection) -> tuple[TaxRule, ...]:
    """The rules of tax of the newest version."""
    return tuple(map(_TAX_RULES.read, conn.execute(_RULES).mappings()))


def promotions_of_now(conn: Connection) -> tuple[Promotion, ...]:
    """The promotions of the newest version, in the order of their file."""
    query = select(promotions).where(promotions.c.version == _NEWEST).order_by(promotions.c.position)
    return tuple(_PROMOTIONS.read(row) for row in conn.execute(query).mappings())


def promotion(conn: Connection, code: str) -> Promotion | None:
    """A promotion of the newest version by its code; capitals are no difference."""
    query = select(promotions).where(promotions.c.version == _NEWEST, promotions.c.code_key == code.strip().lower())
    row = conn.execute(query).mappings().first()
    return _PROMOTIONS.read(row) if row else None


def _compared(conn: Connection, catalogue: Catalogue) -> tuple[Version | None, Mapping[str, str], str]:
    """The newest version, and the digests of a catalogue and its products."""
    digests = {one.sku: product_digest(one) for one in catalogue.products}
    return newest_version(conn), digests, catalogue_digest(catalogue, tuple(digests.values()))


def _digests(conn: Connection) -> Mapping[str, str]:
    """Of the newest version's products, by sku."""
    query = _OF_NEWEST.with_only_columns(products.c.sku, products.c.digest).order_by(catalogue_products.c.position)
    return {row.sku: row.digest for row in conn.execute(query)}


def _add_products(
    conn: Connection, wanted: Sequence[Product], digests: Mapping[str, str]
) -> Mapping[tuple[str, str], int]:
    """The ids of products by sku and digest; those that never said so before get rows of their own."""
    known = select(products.c.sku, products.c.digest, products.c.id)
    ids = {(sku, digest): product_id for sku, digest, product_id in conn.execute(known)}
    new = [one for one in wanted if (one.sku, digests[one.sku]) not in ids]
    if not new:
        return ids
    rows = [{**_PRODUCTS.columns(one), "digest": digests[one.sku], "options": _plain_options(one)} for one in new]
    returning = insert(products).returning(products.c.id, sort_by_parameter_order=True)
    given = conn.execute(returning, rows).scalars().all()
    ids |= {(one.sku, digests[one.sku]): product_id for one, product_id in zip(new, given, strict=True)}
    conn.execute(insert(prices), [row for one, number in zip(new, given, strict=True) for row in _prices(one, number)])
    return ids


def _plain_options(of: Product) -> list[dict[str, object]]:
    return [{name: getattr(one, name) for name in _OPTION_FIELDS} for one in of.options]


def _prices(of: Product, product_id: int) -> Iterator[dict[str, object]]:
    for option, found in (("", of.prices), *((one.name, one.prices) for one in of.options)):
        for price in found:
            yield {
                "product_id": product_id,
                "option": option,
                "currency": price.currency,
                "cycle_months": price.months,
                "amount_minor": price.amount_minor,
                "setup_minor": price.setup_minor,
            }


def _insert_all(conn: Connection, table: Any, version: int, rows: Iterable[Mapping[str, object]]) -> None:
    numbered = [{**row, "version": version, "position": position} for position, row in enumerate(rows)]
    if numbered:
        conn.execute(insert(table), numbered)


def _products(conn: Connection, query: Select[Any]) -> Iterator[Product]:
    found = conn.execute(query).mappings().all()
    chosen = query.with_only_columns(products.c.id)
    of_these = select(prices).where(prices.c.product_id.in_(chosen.subquery().select()))
    ordered = of_these.order_by(prices.c.product_id, prices.c.option, prices.c.currency, prices.c.cycle_months)
    by_option = {
        key: tuple(_price(row) for row in rows)
        for key, rows in groupby(conn.execute(ordered).mappings(), lambda row: (row["product_id"], row["option"]))
    }
    for row in found:
        options = tuple(Option(**one, prices=by_option.get((row["id"], one["name"]), ())) for one in row["options"])
        yield _PRODUCTS.read(row, prices=by_option.get((row["id"], ""), ()), options=options)


def _price(row: RowMapping) -> Price:
    return Price(row["currency"], row["cycle_months"], row["amount_minor"], row["setup_minor"])
