"""Whom a mail is from, and how well that is proved: DKIM coverage, DMARC, Authentication-Results."""
