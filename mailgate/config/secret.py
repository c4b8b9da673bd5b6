"""Secrets stand in files that settings name; they are read when they are used, and never kept in settings."""

from pathlib import Path

from mailgate.errors import Temporary


class SecretUnavailable(Temporary):
    """A secret's file is missing, unreadable or not one line.

    Temporary for all of these: the operator mends the file, and mail that waits for it must not have failed by then.
    """

    reply = "454 4.7.0 Temporary authentication failure"


def read_secret(path: Path) -> str:
    """Read the one line of a secret's file, without its line end. Raises SecretUnavailable, naming file and reason."""
    try:
        secret = path.read_bytes().decode()
    except OSError as error:
        raise SecretUnavailable(f"secret file {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SecretUnavailable(f"secret file {path}: not UTF-8") from None  # the cause would show bytes of the secret
    secret = secret.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise SecretUnavailable(f"secret file {path}: empty")
    if any(mark in secret for mark in "\r\n\0"):
        raise SecretUnavailable(f"secret file {path}: more than one line, or a NUL byte")
    return secret
