"""Rows and frozen values: the annotations of a dataclass say how each stands for the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Connection, Integer, MetaData, String, Table, create_engine, insert, select

from store.rows import Rows, insert_row
from store.schema.columns import Utc

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Wheel:
    size: int
    maker: str


@dataclass(frozen=True, slots=True)
class Owner:
    name: str
    town: str | None


@dataclass(frozen=True, slots=True)
class Bicycle:
    id: int
    colour: Colour
    second_colour: Colour | None
    bought_at: datetime | None
    stickers: tuple[str, ...]
    seen_in: tuple[Colour, ...]
    wheels: tuple[Wheel, ...]
    extras: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    id: int
    colour: Colour
    owner: Owner
    riders: tuple[str, ...]


TABLE = Table(
    "bicycles",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("colour", String, nullable=False),
    Column("second_colour", String),
    Column("bought_at", Utc),
    Column("stickers", JSON(none_as_null=True)),
    Column("seen_in", JSON(none_as_null=True)),
    Column("wheels", JSON(none_as_null=True)),
    Column("extras", JSON(none_as_null=True)),
    Column("name", String),
    Column("town", String),
)
BICYCLES = Rows(Bicycle)


@pytest.fixture
def conn() -> Any:
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        TABLE.create(conn)
        yield conn
    engine.dispose()


@pytest.mark.parametrize(
    "bicycle",
    [
        Bicycle(1, Colour.RED, None, None, (), (), ()),
        Bicycle(
            1,
            Colour.BLUE,
            Colour.RED,
            NOON,
            ("a", "b"),
            (Colour.RED, Colour.BLUE),
            (Wheel(28, "Ann"), Wheel(26, "Bart")),
            {"bell": True, "lights": [1, 2]},
        ),
    ],
)
def test_what_is_written_is_what_is_read(conn: Connection, bicycle: Bicycle) -> None:
    number = insert_row(conn, insert(TABLE), BICYCLES.columns(bicycle))

    row = conn.execute(select(TABLE)).mappings().one()
    found = BICYCLES.read(row)

    assert number == 1
    assert found == bicycle
    assert {type(value) for value in (found.colour, found.second_colour, *found.seen_in)} <= {Colour, type(None)}


def test_an_array_that_was_never_written_is_an_empty_tuple(conn: Connection) -> None:
    insert_row(conn, insert(TABLE), {"colour": "red"})

    found = BICYCLES.read(conn.execute(select(TABLE)).mappings().one())

    assert (found.stickers, found.seen_in, found.wheels) == ((), (), ())


def test_a_word_that_the_choice_does_not_have_is_refused(conn: Connection) -> None:
    insert_row(conn, insert(TABLE), {"colour": "green"})

    row = conn.execute(select(TABLE)).mappings().one()

    with pytest.raises(ValueError, match="green"):
        BICYCLES.read(row)


def test_a_value_of_several_columns_and_one_of_no_row_stand_in_one_dataclass(conn: Connection) -> None:
    owners = Rows(Owner)
    owned = Rows(Owned, given=("riders",), owner=owners.read)
    insert_row(conn, insert(TABLE), {"colour": "blue", **owners.columns(Owner("Cris", None))})

    found = owned.read(conn.execute(select(TABLE)).mappings().one(), riders=("Anne",))

    assert found == Owned(1, Colour.BLUE, Owner("Cris", None), ("Anne",))
    assert owned.columns(found) == {"colour": Colour.BLUE}  # neither id nor what is read or given by others
