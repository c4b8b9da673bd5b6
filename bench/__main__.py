"""`python -m bench`: run the benchmarks, print the table, keep it as JSON."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import peer, report
from bench.accept import accept
from bench.bank import bank
from bench.billing import billing
from bench.billing_beside import billing_beside
from bench.billing_growth import billing_growth
from bench.burst import burst
from bench.charging import charging
from bench.collecting import collecting
from bench.growth import growth
from bench.hotspots import print_profile
from bench.journeys import journeys, print_journeys
from bench.memory import memory
from bench.money import money
from bench.outbound import outbound
from bench.pages import pages
from bench.paper import paper
from bench.parsing import parsing
from bench.program import Failed
from bench.results import Result, left_out
from bench.run import Part, Run, tell
from bench.server_growth import server_growth
from bench.several import several
from bench.soak import soak
from bench.statements import print_statements, statements
from bench.syncs import syncs
from bench.tickets import tickets

PARTS: dict[str, Part] = {
    "statements": statements,
    "journeys": journeys,
    "parse": parsing,
    "money": money,
    "bank": bank,
    "billing": billing,
    "billing-beside": billing_beside,
    "paper": paper,
    "collecting": collecting,
    "charging": charging,
    "accept": accept,
    "syncs": syncs,
    "tickets": tickets,
    "outbound": outbound,
    "pages": pages,
    "burst": burst,
    "memory": memory,
    "growth": growth,
    "several": several,
    "billing-growth": billing_growth,
    "server-growth": server_growth,
    "soak": soak,
}
ONLY_ASKED = ("billing-growth", "server-growth", "soak")
"""They take a quarter of an hour and more."""

PROFILES: dict[str, Callable[[Run], None]] = {
    "receive": print_profile,
    "statements": print_statements,
    "journeys": print_journeys,
}
LATEST = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    """Parse the options and run."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=tuple(PARTS), metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=3, help="ours and the peer take turns so many times")
    parser.add_argument("--quick", action="store_true", help="only see that it runs; the figures mean nothing")
    parser.add_argument("--tickets", type=int, default=100_000, help="of the large store")
    parser.add_argument("--messages", type=int, default=500_000, help="of the large store")
    parser.add_argument("--stores", type=Path, help="a directory for the made-up stores, kept and used again")
    parser.add_argument("--minutes", type=float, default=30.0, help="of the soak")
    parser.add_argument("--peers", type=Path, default=peer.HOME, help="where programs of others are installed")
    parser.add_argument("--offline", action="store_true", help="install nothing; a peer that is not there is left out")
    parser.add_argument("--output", type=Path, default=LATEST, help="where the JSON goes")
    parser.add_argument("--profile", choices=tuple(PROFILES), help="where time, statements or calls go; no part is run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailgate-bench-") as directory:
        run = Run(
            Path(directory),
            rounds=1 if options.quick else options.rounds,
            quick=options.quick,
            tickets=options.tickets,
            messages=options.messages,
            stores=options.stores or Path(directory) / "stores",
            peers=options.peers.resolve(),
            install=not options.offline,
            kept=options.stores.resolve() if options.stores else None,
            minutes=options.minutes,
        )
        if options.profile:
            PROFILES[options.profile](run)
            return
        facts = report.machine()
        report.warn_of_load(facts)
        results: list[Result] = []
        for name in options.only or [name for name in PARTS if name not in ONLY_ASKED]:
            try:
                results.extend(PARTS[name](run))
            except Failed as error:
                results.append(left_out(name, "failed", str(error)))
                tell(f"{name}: {error}")
    report.save(options.output, results, run, facts)
    print(", ".join(f"{key} {value}" for key, value in facts.items()))
    print(report.table(results))


if __name__ == "__main__":
    main()
