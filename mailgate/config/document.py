"""Reading the config file from disk."""

from pathlib import Path

from mailgate.toml_text.document import Document, parse
from mailgate.toml_text.problems import Place, Problem


def read_document(path: Path) -> Document | Problem:
    """Read and parse a file; what is wrong with it as a whole in place of a document."""
    file = str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = (
            "no such file; `mailgate config example` prints one"
            if isinstance(error, FileNotFoundError)
            else f"cannot be read: {error.strerror}"
        )
        return Problem(Place(file), reason)
    return parse(raw, file)
