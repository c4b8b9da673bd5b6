"""How people are told things: tags of languages, and dates, amounts, sizes and counts as each language writes them."""
