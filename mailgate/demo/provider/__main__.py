"""`python -m mailgate.demo.provider --port N`: runs by itself, until Ctrl-C."""

import argparse
from pathlib import Path

from mailgate.demo.provider.serve import LOOPBACK, Provider


def main() -> None:
    """Read what is wanted, and serve."""
    parser = argparse.ArgumentParser(prog="python -m mailgate.demo.provider", description="A double of Stripe's API.")
    parser.add_argument("--host", default=LOOPBACK, help="where to listen (default: loopback)")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--state", type=Path, help="a file in which it keeps what it knows")
    wanted = parser.parse_args()
    provider = Provider(wanted.host, wanted.port, file=wanted.state)
    print(f"A provider's double on {provider.url}; any key sk_test_… is taken.", flush=True)
    provider.run()


if __name__ == "__main__":
    main()
