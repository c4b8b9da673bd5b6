"""Who handles cards for the company."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from mailgate.config import kinds
from mailgate.config.kinds import one_of


class ProviderName(StrEnum):
    """Whom mailgate can talk to."""

    MANUAL = "manual"
    STRIPE = "stripe"


@dataclass(frozen=True, slots=True)
class Payments:
    """The provider, and how it is spoken to. `stripe` comes with `secret_key_file`."""

    provider: Annotated[ProviderName, one_of(ProviderName)] = ProviderName.MANUAL
    secret_key_file: kinds.OptionalFile = None
    api_url: kinds.OptionalWebUrl = ""  # empty: the provider's own
    timeout_seconds: kinds.Timeout = 30.0
    poll_seconds: Annotated[int, kinds.whole(1, 86_400)] = 60
    at_once: Annotated[int, kinds.whole(1, 64)] = 16
    webhook_listen: kinds.Listen = None
    webhook_secret_file: kinds.OptionalFile = None

    @property
    def is_automatic(self) -> bool:
        """There is somebody who can charge a card."""
        return self.provider is not ProviderName.MANUAL

    @property
    def asked(self) -> ProviderName:
        """Who is asked about what is under way: the provider, or the one of before as long as its key is named."""
        return self.provider if self.secret_key_file is None else ProviderName.STRIPE
