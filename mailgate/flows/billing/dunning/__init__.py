"""What nobody has paid in time: the ladder of reminders, its consequences, and the time that is given."""
