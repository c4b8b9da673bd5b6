"""A stateful double of the part of Stripe's HTTP API that mailgate uses: for the demo, the tests and the bench.

It knows nothing of mailgate, refuses what the real one refuses, and forgets idempotency keys as that does. What a
payer, a bank or the passing of time would do is done by doors under `/play/`: docs/provider.md lists them.
"""
