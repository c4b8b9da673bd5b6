"""What the tables have in common: their names, and the kind of column that keeps the zone of an instant."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


Number = BigInteger().with_variant(Integer(), "sqlite")
"""Of rows that are many: 32 bits end at two thousand million. SQLite numbers rows by an INTEGER alone, of 64 bits."""


class Utc(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite forgets the zone of a DateTime, so it is taken off and put back here."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)
