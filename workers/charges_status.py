"""What of charges needs a person: those of which nobody knows what came, and those that the provider does not take."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from store.billing.charges_standing import Standing
from workers.attention import Attention

DOUBTFUL = timedelta(hours=1)
"""A broken connection is looked up within minutes."""


def of_charges(found: Standing, now: datetime) -> Iterator[Attention]:
    """What they call for."""
    if (since := found.oldest_in_doubt_at) is not None and now - since > DOUBTFUL:
        message = f"of {_charges(found.in_doubt)} it is not known whether money has moved: they are looked up"
        hint = "mailgate charge list --state in-doubt; the log says what the provider answers"
        yield Attention("charges_in_doubt", message, hint, fault=False)
    if found.refused:
        message = f"the provider did not take {_charges(found.refused)} within a day, and is asked again tomorrow"
        hint = "the log says why; mailgate doctor asks the provider; mailgate charge retry ID"
        yield Attention("charges_refused", message, hint, fault=False)


def as_json(found: Standing) -> Mapping[str, int]:
    """The same for programs."""
    return {
        "under_way": found.under_way,
        "in_doubt": found.in_doubt,
        "declined_within_a_day": found.declined,
        "refused_within_a_day": found.refused,
    }


def _charges(number: int) -> str:
    return "1 charge" if number == 1 else f"{number} charges"
