"""Handing mail to a server on loopback by SMTP."""

import smtplib
from collections.abc import Sequence

from mailgate.demo.company import HOST


def submit(wire: bytes, reverse_path: str, forward_paths: Sequence[str], *, port: int) -> None:
    """Send one envelope; `wire` has CRLF line ends. Raises smtplib's errors and OSError."""
    with smtplib.SMTP(HOST, port, timeout=30) as client:
        client.sendmail(reverse_path, forward_paths, wire)
