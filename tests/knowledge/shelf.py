"""A few articles, as a small hosting company might have them."""

from pathlib import Path

ARTICLES = {
    "full-mailbox": """# What to do when a mailbox is full

Senders get “mailbox full” or “quota exceeded” back when your mailbox has no room left.

1. Delete old mails, and empty the trash.
2. Or ask us for a larger quota.

See also [mail on a phone](mail-on-a-phone).
""",
    "mail-on-a-phone": """# Set up mail on a phone

Use IMAP with TLS on port 993 for incoming mail and port 465 for outgoing mail. The user name is your whole address.
Android and iPhone ask for the password once.
""",
    "forward-mail": """# Forward mail to another address

A forwarding sends each mail of a mailbox on to another address. Tell us both addresses, and whether a copy stays.
""",
    "ssl-certificate": """# Renew the SSL certificate of a website

We renew certificates by ourselves 30 days before they expire, as long as the domain points to our server. A browser
that warns of an expired certificate mostly means that the DNS record leads elsewhere.
""",
    "move-domain": """# Transfer a domain to us

Unlock the domain at your present registrar and send us the auth code. A transfer takes five to seven days.
""",
    "restore-backup": """# Restore a backup of your website

We keep backups of files and databases for 14 days. Tell us the day, and whether the database is to be restored too.
""",
    "ftp-access": """# Upload files by SFTP

The server is sftp.example.net, port 22. The password is that of your hosting package; plain FTP is switched off.
""",
    "pay-invoice": """# Pay an invoice by bank transfer

The account number stands on the invoice. Put the invoice number into the reference, so that the payment is found.
""",
    "php-version": """# Change the PHP version of a website

Each website has a PHP version of its own: tell us the domain and the version. Old versions get no security updates.
""",
}  # fmt: skip


def fill(folder: Path) -> Path:
    """Write them all into a folder."""
    folder.mkdir(exist_ok=True)
    for slug, text in ARTICLES.items():
        (folder / f"{slug}.md").write_text(text, "utf-8")
    return folder
