"""What it keeps, by what it is about; the account itself, its events, and lists of everything."""
