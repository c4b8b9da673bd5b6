"""Delivery reports (RFC 3464), as other mail systems write them."""


def report(to: str, *, about: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A report to the return address `to` about the recipient `about`."""
    lines = [
        "From: Mail Delivery System <MAILER-DAEMON@mx.customer.example>",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="part"',
        "",
        "--part",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        f"Your message to {about} could not be delivered.",
        "--part",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.customer.example",
        "",
        f"Final-Recipient: rfc822; {about}",
        f"Action: {action}",
        f"Status: {status}",
        "Diagnostic-Code: smtp; 550 5.1.1 unknown user",
        "--part--",
        "",
    ]
    return "\r\n".join(lines).encode()
