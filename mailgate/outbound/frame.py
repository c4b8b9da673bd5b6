"""What stands around the words of each mail's HTML part: a colour, and a logo that the mail brings along.

The logo is a part of the mail, shown by its Content-ID (RFC 2392). What is fetched from a server many clients show only
after they were asked to, and whoever keeps the server learns who read which mail and when.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mailgate.letters.colour import USUAL, on_dark
from mailgate.letters.logo import Logo, read_logo


@dataclass(frozen=True)
class Frame:
    """The look of all mails. `colour` is `#rrggbb`, dark enough to be read on white."""

    colour: str = USUAL
    logo: Logo | None = None

    @classmethod
    def read(cls, colour: str, logo: Path | None) -> "Frame":
        """With the logo in a file. Raises OSError and BadLogo."""
        return cls(colour, None if logo is None else read_logo(logo.read_bytes()))

    @cached_property
    def colour_on_dark(self) -> str:
        """The same colour where the ground is dark."""
        return on_dark(self.colour)

    @cached_property
    def logo_id(self) -> str:
        """The Content-ID of the logo, without angle brackets; the same picture has the same one."""
        return f"{hashlib.sha256(self.logo.content).hexdigest()[:24]}@logo.mailgate" if self.logo else ""


PLAIN = Frame()
