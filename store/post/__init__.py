"""Mail that came and mail that goes: spool, outbox, their leases, and what is known of addresses."""
