"""`python -m tests.real_input`: what becomes of real mails does not depend on how many programs work, or die.

All mails of a folder go by a Postfix and LMTP through one embedded gate on SQLite, and once more through two gates
and two workers on PostgreSQL and RabbitMQ. There RabbitMQ, a gate, PostgreSQL, a worker, the other gate and the other
worker go away in turn and come back, and again for every 250 copies. Every second author is a customer, a few are
staff, all others are strangers.

Then it compares, mail by mail: the disposition, the words of its reason and whether it is in a ticket, of each copy;
the bytes that were kept; which mails stand in one ticket; and which mails of ours were written to whom. In either run
nothing may be lost, stand twice in a ticket, or be sent again with other bytes; a killed worker may send one mail of
ours once more; no program may log an error, but that it took no mail while its store was away; and each must end when
it is asked to. It prints a table of what differs,
and exits 1 when anything does. It needs root, for Postfix, and the servers that `sh tests/servers/install.sh` installs.

So that the order decides nothing, it is the same where it matters: mails that share an id, and all that one member of
staff wrote, wait until those before them are settled. Budgets are off, since what a flood holds back depends on who
came first, and no tag in a subject can meet a ticket's number. What is excused, because it is not the same in two
embedded runs either:
- which of two copies of a mail is the first: they are sent side by side, and each of their two fates must be there;
- numbers of tickets and rows within a reason;
- a delivery that a gate took without being able to say so: the Postfix repeats it, and it must be a duplicate;
- lists that staff get by the clock (held mail, open tickets, late mail).

Senders are not verified (`authentication.verify = "none"`) and no spamd is asked, as no DNS knows these mails' keys.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.real_input.mails import mails_of
from tests.real_input.run import compare
from tests.servers.process import ServerMissing

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "mail-samples"
CORPUS = ROOT / "tests" / "corpus"


def main() -> int:
    """Exit 1 when something differs or was broken."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.real_input", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = SAMPLES if SAMPLES.is_dir() else CORPUS
    parser.add_argument("--mails", type=Path, default=default, help=f"folder of .eml files (default: {default})")
    parser.add_argument("--twice", action="store_true", help="send two copies of each")
    parser.add_argument(
        "--seed", type=int, default=time.time_ns() % 1_000_000, help="of the order (default: the clock)"
    )
    parser.add_argument("--keep", type=Path, help="directory for stores and logs, which are else removed")
    arguments = parser.parse_args()
    mails = mails_of(arguments.mails)
    if not mails:
        parser.error(f"no .eml file in {arguments.mails}")
    print(f"{len(mails)} mails of {arguments.mails}, {'two copies' if arguments.twice else 'one copy'}"
          f" of each, seed {arguments.seed}", flush=True)  # fmt: skip
    with TemporaryDirectory(prefix="mailgate-real-input-") as temporary:
        directory = arguments.keep or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        try:
            found = compare(mails, directory, copies=2 if arguments.twice else 1, seed=arguments.seed, say=say)
        except ServerMissing as missing:
            parser.error(str(missing))
    return 1 if found else 0


def say(line: str) -> None:
    """At once, also into a pipe."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
