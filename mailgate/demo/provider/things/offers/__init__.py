"""The pages where a payer pays: links, checkouts, and what he does there."""
