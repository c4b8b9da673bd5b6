"""The bare peer of `charging`: threads that make and confirm payments by the provider's SDK, and keep nothing.

Reads a customer and a card a line; prints the seconds that all of them took.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from stripe import StripeClient

from tests.servers.provider import KEY


def main() -> None:
    """Charge them all."""
    url, at_once = sys.argv[1], int(sys.argv[2])
    client = StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0)
    known = [line.split() for line in sys.stdin]

    def charge(number: int) -> str:
        customer, card = known[number]
        intent = client.v1.payment_intents.create(
            {
                "amount": 1190,
                "currency": "eur",
                "customer": customer,
                "payment_method": card,
                "allowed_payment_method_types": ["card"],
            },
            {"idempotency_key": f"bare-{number}"},
        )
        expand = ["latest_charge.balance_transaction"]
        done = client.v1.payment_intents.confirm(
            intent.id, {"off_session": True, "expand": expand}, {"idempotency_key": f"bare-{number}-confirm"}
        )
        return str(done.status)

    begin = time.perf_counter()
    with ThreadPoolExecutor(at_once) as threads:
        states = set(threads.map(charge, range(len(known))))
    if states != {"succeeded"}:
        raise SystemExit(f"not all were charged: {states}")
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main()
