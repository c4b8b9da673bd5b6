"""What every story holds: the open transaction, the mail that was read, the record of what was done."""
