"""OpenDKIM as another reader of our signatures: it judges a mail in a file, with keys from a file and no DNS."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.servers.process import find_program


def opendkim_says(raw: bytes, records: Mapping[str, str], *, directory: Path) -> str:
    """What it prints about the signature of a mail; `records` are the TXT records by name. Raises ServerMissing."""
    program = find_program("opendkim")
    keys, config, mail = directory / "keys", directory / "opendkim.conf", directory / "mail.eml"
    keys.write_text("".join(f"{name} {text}\n" for name, text in records.items()))
    config.write_text(f"Mode v\nTestPublicKeys {keys}\n")
    mail.write_bytes(raw)
    done = subprocess.run(
        [program, "-x", str(config), "-vvv", "-t", str(mail)], capture_output=True, text=True, check=False, timeout=60
    )
    return f"{done.stdout}{done.stderr}"
