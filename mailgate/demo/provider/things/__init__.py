"""What it keeps: customers, cards, intents, links, refunds, disputes, payouts; and what may be done to each."""
