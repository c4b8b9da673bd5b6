"""The sockets of who handles cards for us: links, charges, refunds and disputes, values in and values out."""
