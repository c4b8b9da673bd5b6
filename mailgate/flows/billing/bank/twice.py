"""A line without a reference of its bank's: is it one that is known, or one of two that are alike?"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from mailgate.billing.payment.bank_line import is_given
from mailgate.billing.payment.beside import beside
from mailgate.billing.payment.keyed import Keyed
from store.billing import bank_known


def alike(conn: Connection, together: Sequence[Keyed]) -> dict[str, Keyed]:
    """Those that have the words of lines of a statement beside their own, by their keys, each with a key of its own.

    Two statements that stand one behind the other have no line in common. So a line that is known from one of them and
    stands in the other, too, was paid twice, as far as can be told: people decide on it.
    """
    by_statement: dict[tuple[str, tuple[int, int]], list[Keyed]] = {}
    for one in together:
        if one.between is not None and not is_given(one.line.bank_reference):
            by_statement.setdefault((one.line.account, one.between), []).append(one)
    found: dict[str, Keyed] = {}
    for (account, between), lines in by_statement.items():
        count = _beside(conn, account, between, {one.line.booked_on for one in lines})
        for one in lines:
            digest, _, ordinal = one.key.partition("-")
            if count[digest]:
                found[one.key] = replace(one, key=f"{digest}-{int(ordinal or 0) + count[digest]}")
    return found


def _beside(conn: Connection, account: str, between: tuple[int, int], days: Collection[date]) -> Counter[str]:
    """How many lines of these days are alike, by what their keys begin with, in the statements beside this one."""
    chain = beside(between, bank_known.spans(conn, account, days))
    return Counter(key.partition("-")[0] for key in bank_known.keys_of(conn, chain, days)) if chain else Counter()
