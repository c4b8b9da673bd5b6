"""Who hears of money and what he is told: mails to who pays, lists for staff, calls for programs."""
