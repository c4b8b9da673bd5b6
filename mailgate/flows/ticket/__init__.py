"""What happens to a ticket: a customer's words, deadlines, bounces, and who is told."""
