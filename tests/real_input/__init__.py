"""Real mails through an embedded gate and through two gates whose parts are killed: the same becomes of each."""
