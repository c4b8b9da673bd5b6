"""The life of the keys that sign our mail: made in pairs, published by a person, then enabled; the former retire."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from mailgate.errors import Permanent
from mailgate.inbound.dns import Lookups
from mailgate.mail.signing_key import make_pair
from mailgate.setup.dkim import missing
from store import signing_keys
from store.engine import reading, transaction


class NotInTheDns(Permanent):
    """Others could not verify what these keys sign."""


def make_ready(engine: Engine, *, rotate: bool, now: datetime) -> None:
    """There are keys afterwards; with `rotate` some that wait to take the place of those that sign."""
    with reading(engine) as conn:
        number = signing_keys.next_number(conn)
        is_ready = signing_keys.waiting(conn) or (signing_keys.signing(conn) and not rotate)
    if not is_ready:
        pair = make_pair(number)  # takes its time, which no transaction should
        with transaction(engine) as conn:
            if signing_keys.next_number(conn) == number:  # else somebody made them meanwhile
                signing_keys.add(conn, pair, now=now)


def enable(engine: Engine, domains: Sequence[str], lookups: Lookups | None, *, now: datetime) -> None:
    """Sign with the keys that wait, if any do; without `lookups` the DNS is not asked.

    Raises NotInTheDns, and LookupFailed.
    """
    with reading(engine) as conn:
        waiting = signing_keys.waiting(conn)
    wrong = [words for words, _ in missing(waiting, domains, lookups, now)] if lookups else []
    if wrong:
        raise NotInTheDns(f"{'; '.join(wrong)}: publish what `mailgate keys dkim` prints, or say --unchecked")
    with transaction(engine) as conn:
        signing_keys.enable(conn, now=now)


def disable(engine: Engine, *, now: datetime) -> None:
    """Sign no more, for the smarthost does it; whoever begins again gets new keys."""
    with transaction(engine) as conn:
        signing_keys.disable(conn, now=now)
