"""What moves: charges and the intents behind them, refunds, disputes, payouts, and the balance of it all."""
