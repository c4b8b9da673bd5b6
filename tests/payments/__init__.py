"""The room of the payment provider."""
