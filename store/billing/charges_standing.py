"""How charges stand at an instant: for `status`, metrics and whoever watches. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select

from store.billing.charges import REFUSED, UNDER_WAY, State
from store.schema import charges

_IS_UNDER_WAY = charges.c.state.in_([one.value for one in UNDER_WAY])


@dataclass(frozen=True, slots=True)
class Standing:
    """How charges stand at an instant."""

    under_way: int  # in doubt or not
    in_doubt: int
    declined: int  # within the last day
    refused: int  # not taken by the provider, which no customer can mend, within the last day
    oldest_in_doubt_at: datetime | None = None


def standing(conn: Connection, *, now: datetime) -> Standing:
    """Look at all that are under way, and at what has ended within a day."""
    in_doubt, refused = charges.c.state == State.IN_DOUBT.value, charges.c.code == REFUSED
    recent = charges.c.ended_at >= now - timedelta(days=1)
    over = charges.c.state.in_((State.FAILED.value, State.WANTS_CUSTOMER.value))
    row = conn.execute(
        select(
            func.sum(case((_IS_UNDER_WAY, 1), else_=0)),
            func.sum(case((in_doubt, 1), else_=0)),
            func.sum(case((over & recent & ~refused, 1), else_=0)),
            func.sum(case((over & recent & refused, 1), else_=0)),
            func.min(case((in_doubt, charges.c.made_at))),
        ).where(_IS_UNDER_WAY | recent)
    ).one()
    under_way, doubtful, declined, failed = (int(number or 0) for number in row[:4])
    return Standing(under_way, doubtful, declined, failed, oldest_in_doubt_at=row[4])
