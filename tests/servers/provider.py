"""A payment provider on loopback: the demo's double of Stripe, and what a test may have its payers and banks do."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailgate.demo.provider.serve import Provider
from tests.servers.process import free_port

if TYPE_CHECKING:
    from stripe import StripeClient

KEY = "sk_test_of_the_tests"


class Refused(Exception):
    """A door did not do it: a declined card, mostly. `error` is the provider's."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error.get('message')}")
        self.status, self.error = status, error


@dataclass(frozen=True, slots=True)
class ProviderDouble:
    """One that runs."""

    url: str

    @property
    def client(self) -> "StripeClient":
        """The SDK's client for it, which tries once."""
        from stripe import StripeClient  # most tests do not need it, and it is large

        return StripeClient(KEY, base_addresses={"api": self.url}, max_network_retries=0)

    def play(self, door: str, **fields: object) -> dict[str, Any]:
        """Go through a door: `play("links/plink_1/pay", card="pm_card_visa")`. Raises Refused."""
        given = {name: str(value).lower() if isinstance(value, bool) else value for name, value in fields.items()}
        return self._ask(f"/play/{door}", urllib.parse.urlencode(given, doseq=True).encode())

    def customer(self, email: str = "anne@customer.example", **metadata: str) -> str:
        """A customer who is new there: his id."""
        return str(self.client.v1.customers.create({"email": email, "metadata": metadata}).id)

    def card(self, customer: str, card: str = "pm_card_visa", *, does: str | None = None) -> str:
        """A card that the customer has saved, even one that is declined: its id. `does` as for `card_does`."""
        given = {"card": card} if does is None else {"card": card, "does": does}
        return str(self.play(f"customers/{customer}/cards", **given)["id"])

    def card_does(self, card: str, does: str) -> None:
        """From now on it "pays", or is declined with "insufficient_funds", or what else cards.py knows."""
        self.play(f"cards/{card}", does=does)

    def open_link(self, link: str) -> str:
        """A payer has a link's page before him: the id of its session."""
        return str(self.play(f"links/{link}/open")["id"])

    def pay_link(self, link: str, card: str = "pm_card_visa", **payer: object) -> dict[str, Any]:
        """A payer pays by a link, by its id or its url: the session. `email=`, `name=`, `owner=False`."""
        where = urllib.parse.urlsplit(link)
        filled_in = {name: values[-1] for name, values in urllib.parse.parse_qs(where.query).items()}
        return self.play(f"links/{where.path.rsplit('/', 1)[-1]}/pay", card=card, **{**filled_in, **payer})

    def pay_session(self, session: str, card: str = "pm_card_visa", **payer: object) -> dict[str, Any]:
        """The same on a page that is open. `quick=True`: at the same instant as another payer of the link."""
        return self.play(f"sessions/{session.rsplit('/', 1)[-1]}/pay", card=card, **payer)

    def settle(self, intent: str, *, ok: bool | None = None) -> dict[str, Any]:
        """What took days has succeeded, or failed."""
        return self.play(f"intents/{intent}/settle", **({} if ok is None else {"ok": ok}))

    def authenticate(self, intent: str, *, ok: bool = True) -> dict[str, Any]:
        """The card's owner has answered his bank."""
        return self.play(f"intents/{intent}/authenticate", ok=ok)

    def dispute(self, charge: str, **how: object) -> str:
        """A charge, by its own id or its intent's, is disputed: the dispute's id. `reason=`, `amount=`."""
        return str(self.play(f"charges/{charge}/dispute", **how)["id"])

    def end_dispute(self, dispute: str, *, won: bool) -> None:
        """The bank has decided."""
        self.play(f"disputes/{dispute}/{'win' if won else 'lose'}")

    def end_refund(self, refund: str, *, ok: bool) -> None:
        """A pending refund has arrived; or one comes back, even after it was called a success."""
        self.play(f"refunds/{refund}/{'succeed' if ok else 'fail'}")

    def pay_out(self, currency: str = "eur") -> str:
        """All of a currency goes to the bank, and arrives: the payout's id."""
        payout = str(self.play("payouts", currency=currency)["id"])
        self.play(f"payouts/{payout}/pay")
        return payout

    def advance(self, *, seconds: int = 0, hours: int = 0, days: int = 0) -> None:
        """Time passes there."""
        self.play("clock", seconds=seconds, hours=hours, days=days)

    def set_clock(self, at: datetime) -> None:
        """Its clock stands at this moment, and goes on."""
        self.play("clock", set=at.isoformat())

    def fault(self, path: str, kind: str, times: int = 1, *, skip: int = 0) -> None:
        """The next calls break whose "POST /v1/refunds" has `path` in it. Kinds: see provider/wire/faults.py."""
        self.play("faults", path=path, kind=kind, times=times, skip=skip)

    def no_faults(self) -> None:
        """Nothing breaks any more, and calls that were "held" are done now."""
        self.play("faults/clear")

    def pace(self, *, latency_ms: int = 0, search_lag: int = 0) -> None:
        """Each call takes so long; what is new is found by a search after so many seconds."""
        self.play("pace", latency_ms=latency_ms, search_lag=search_lag)

    def fees(self, *, known: bool) -> None:
        """What payments cost is not known when they come, from now on; or is, of all that came, too."""
        self.play("fees", known=known)

    def books(self, by: str = "customer") -> dict[str, Any]:
        """What has come and gone: see provider/books.py."""
        return self._ask(f"/play/books?by={urllib.parse.quote(by)}")

    def calls(self, path: str = "") -> list[dict[str, Any]]:
        """What was called, oldest first: method, path, key, parameters, status. Only what has `path` in it."""
        heard: list[dict[str, Any]] = self._ask("/play/calls")["calls"]
        return [call for call in heard if path in f"{call['method']} {call['path']}"]

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(self.url + path, data=body, timeout=60) as answer:
                said: dict[str, Any] = json.load(answer)
                return said
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.load(error)["error"]) from None


@contextmanager
def running_provider(file: Path | None = None, *, clock: Callable[[], float] = time.time) -> Iterator[ProviderDouble]:
    """One of the test's own, on a free loopback port. With a `clock`, its time is that: seconds since 1970."""
    server = Provider(port=free_port(), file=file, clock=clock)
    server.start()
    try:
        yield ProviderDouble(server.url)
    finally:
        server.stop()
