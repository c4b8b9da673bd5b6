"""The columns of a service that keep what it was promised when it was sold."""

from sqlalchemy import RowMapping

from mailgate.billing.offer.discount import Discount
from store.schema import services

COLUMNS = tuple(
    services.c[name]
    for name in (
        "promotion",
        "discount_percent",
        "discount_minor",
        "discount_months",
        "discount_products",
        "discount_until",
    )
)


def read(row: RowMapping) -> Discount | None:
    """The discount in a row that has these columns; None for a service that was sold without."""
    if row["promotion"] is None:
        return None
    return Discount(
        row["promotion"],
        row["discount_percent"],
        row["discount_minor"],
        row["discount_months"],
        tuple(row["discount_products"]),
        row["discount_until"],
    )


def columns(found: Discount | None) -> dict[str, object]:
    """The same as values of these columns."""
    values: tuple[object, ...] = (None, "", 0, 0, [], None)
    if found is not None:
        values = (found.code, found.percent, found.amount_minor, found.months, list(found.products), found.until)
    return {column.name: value for column, value in zip(COLUMNS, values, strict=True)}
