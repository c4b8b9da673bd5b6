"""How one talks to it: fields of a form, refusals, idempotency keys, faults, and webhooks."""
