"""Both runs, one after the other, and what they have in common."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random

from sqlalchemy.exc import DBAPIError

from tests.real_input.feed import Feed, Inbox, Progress
from tests.real_input.mails import Mail, people_of, threads_of
from tests.real_input.outcome import Outcome, differences, is_quiet, outcome_of
from tests.real_input.places import Place, distributed, embedded, strike_in_turn
from tests.servers.process import wait_until

Say = Callable[[str], None]

COPIES_A_ROUND = 250
"""For so many every part goes away once more: often, and yet each time with mails in hand."""


def compare(mails: Sequence[Mail], directory: Path, *, copies: int, seed: int, say: Say) -> list[str]:
    """Send so many copies of these mails through either place; a line for each difference and each broken promise."""
    people = people_of(mails)
    threads = threads_of(mails, people)
    order = order_of(mails, copies, Random(seed))
    outcomes: dict[str, Outcome] = {}
    for opened in (embedded, distributed):
        with opened(directory, people) as place:
            outcome = outcomes[place.name] = run(place, order, threads, say)
            say(f"{place.name}: {outcome}")
    found = [f"{name}: {fault}" for name, outcome in outcomes.items() for fault in outcome.faults]
    rows = differences(outcomes["embedded"], outcomes["distributed"])
    found += [f"{what} | {one} | {other}" for what, one, other in rows]
    if rows:
        say("what | embedded | distributed")
    for line in found:
        say(line)
    say(f"{len(found)} differences and broken promises")
    return found


def order_of(mails: Sequence[Mail], copies: int, random: Random) -> list[Mail]:
    """By chance. Of two copies the second follows the first at once, or any time later."""
    places = random.sample(range(len(mails)), len(mails))
    sent_at = [
        (place + (random.choice((0.0, random.uniform(0, len(mails)))) if number else 0.0), place, mail)
        for place, mail in zip(places, mails, strict=True)
        for number in range(copies)
    ]
    return [mail for _, _, mail in sorted(sent_at, key=lambda one: one[:2])]


def run(place: Place, order: Sequence[Mail], threads: Sequence[Sequence[Mail]], say: Say) -> Outcome:
    """All copies through one place, while its parts go and come back."""
    faults = place.faults * (1 + len(order) // COPIES_A_ROUND)
    progress = Progress(len(order), len(faults))
    feed = Feed(place.front, Inbox(place.engine, place.archive), progress)
    with ThreadPoolExecutor(1) as executor:
        striking = executor.submit(strike_in_turn, faults, progress, say)
        try:
            feed.pour(order, threads)
        finally:
            progress.over.set()
        struck = striking.result()
    say(f"  all settled after {progress.seconds:.0f} s")
    wait_until(lambda: _quiet(place), what="all settled and sent", within_seconds=300)
    say(f"  all sent after {progress.seconds:.0f} s")
    killed = sum(fault.kills_worker for fault in faults[:struck])
    outcome = outcome_of(place, feed, killed_workers=killed)
    spared = [f"not tried, for want of mails: {fault.what}" for fault in faults[struck:]]
    return outcome.with_faults(*spared, *place.end())


def _quiet(place: Place) -> bool:
    with suppress(DBAPIError):
        return is_quiet(place)
    return False
