"""Who pays, and by what: customers, their cards, and the magic ones."""
