"""Moving in and out: history and customers of an older system; one customer's data, to take along or to be erased."""
