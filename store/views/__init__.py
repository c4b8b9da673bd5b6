"""What pages read, and nothing that writes. Customers and staff have queries and values of their own: what a customer
must not see is never read for a customer's page."""
