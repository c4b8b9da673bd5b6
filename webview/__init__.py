"""The read-only web view: shows tickets, services, invoices and mails, and can change none of them."""
