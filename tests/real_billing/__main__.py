"""`python -m tests.real_billing`: a year of a hosting company, and whether every invoice of it was right.

A clean store imports docs/catalogue.toml, to which pounds are added; 300 customers of twelve zones, from Kiritimati to
Pago Pago, and five currencies come in the first third of the year. Day by day the schedule looks three times, and by
the command line customers take things and add-ons, order what is provisioned later or never, change, rest, leave, move
their bill day, pay, pay too little or too much; staff give parts of invoices back, take whole ones back and bill them
again, and undo runs; Web M becomes dearer in the middle of the year; and for a month nothing runs at all.

Then it looks up: numbers without a gap and with dates that never go back; the billed days of each service, which follow
one another but for suspensions; what was given back of each invoice, no more than it charged of any tax; each line, tax
and total, reckoned once more by fractions and dateutil from the file of the catalogue and from what the customers know
that they agreed to; what is open against the ledger; and hledger and beancount, which must add the books up to the same
minor units. It prints what is wrong, and exits 1 when anything is.
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.program import configured
from tests.real_billing.checks import faults
from tests.real_billing.year import Life

SHOWN = 40

NO_FUSE = {"billing": {"fuse_least": 1_000_000}}
"""After the outage everybody is billed at once. A person would look, and say how many are expected."""


def main() -> int:
    """Exit 1 when anything was wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.real_billing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="of chance (default: the clock)")
    parser.add_argument("--keep", type=Path, help="directory for the store, which is else removed")
    given = parser.parse_args()
    print(f"{given.customers} customers, {given.days} days, seed {given.seed}", flush=True)
    with TemporaryDirectory(prefix="mailgate-real-billing-") as temporary:
        life = Life(configured(given.keep or Path(temporary), NO_FUSE), given.seed)
        begun = time.monotonic()
        outage = (given.days * 5 // 12, given.days * 6 // 12 - 1)

        def told(day: date) -> None:
            if day.day == 1:
                print(f"{day}: {life.invoices} invoices of runs, {time.monotonic() - begun:.0f} s", flush=True)

        last = life.live(given.customers, given.days, outage=outage, told=told)
        for what, count in sorted(life.done.items()):
            print(f"{count:6} {what}")
        wrong = list(faults(life, last_day=last, programs=True))
    for one in wrong[:SHOWN]:
        print(one)
    print(f"{len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
