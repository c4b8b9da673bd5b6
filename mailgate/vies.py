"""VIES, the European Commission's door to the registers of VAT ids, asked by its REST interface.

Each answer comes from the customer's own country, whose register is often away: that proves nothing. Nothing is asked
twice by itself. As published at https://ec.europa.eu/taxation_customs/vies (`check-vat-number`).
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from mailgate.billing.party import Proof
from mailgate.billing.tax.vat_id import is_in_eu
from mailgate.errors import Permanent, Temporary

SOURCE = "vies"
PATH = "/check-vat-number"
MAX_BYTES = 65_536  # of an answer; a real one has less than two thousand

_REFUSED: Mapping[str, str] = {
    "INVALID_INPUT": "it takes this for no VAT id",
    "INVALID_REQUESTER_INFO": "it does not know the VAT id in seller.vat_id, by which it is asked",
    "VAT_BLOCKED": "it does not answer for seller.vat_id any more",
    "IP_BLOCKED": "it does not answer this machine any more",
}
"""What no second try mends. All other words of it mean that it, or the country asked, is away or busy."""


class ViesAway(Temporary):
    """No answer, which proves nothing for or against anybody."""


class ViesRefused(Permanent):
    """It will not answer this question."""


@dataclass(frozen=True, slots=True)
class Vies:
    """The service at an address of http or https, asked in the name of a seller of this VAT id, who gets a number."""

    url: str
    requester: str = ""  # "": nobody's, and no number of the consultation
    timeout_seconds: float = 10.0

    def ask(self, vat_id: str) -> Proof:
        """Whether anybody has this VAT id now. Raises ViesAway and ViesRefused."""
        question = {"countryCode": vat_id[:2], "vatNumber": vat_id[2:]}
        if self.requester and is_in_eu(self.requester[:2]):
            question |= {"requesterMemberStateCode": self.requester[:2], "requesterNumber": self.requester[2:]}
        status, body = self._post(json.dumps(question).encode())
        answer = _object(status, body)
        words = _errors(answer)
        for word in words:
            if word in _REFUSED:
                raise ViesRefused(f"VIES refuses to check {vat_id}: {_REFUSED[word]} ({word})")
        if words or status != http.client.OK:
            raise ViesAway(f"VIES cannot check {vat_id} just now: {', '.join(words) or f'status {status}'}")
        return _proof(vat_id, answer)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        """Redirections are not followed: the question would go on to somebody else."""
        url = urlsplit(self.url)
        host = url.hostname or ""
        connection = (
            http.client.HTTPSConnection(
                host, url.port, timeout=self.timeout_seconds, context=ssl.create_default_context()
            )
            if url.scheme == "https"
            else http.client.HTTPConnection(host, url.port, timeout=self.timeout_seconds)
        )
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            connection.request("POST", url.path + PATH, body, headers)
            response = connection.getresponse()
            return response.status, response.read(MAX_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise ViesAway(f"VIES at {host} does not answer: {type(error).__name__}: {error}".rstrip(": ")) from error
        finally:
            connection.close()


def _object(status: int, body: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:  # also what is not UTF-8
        answer = None
    if not isinstance(answer, dict):
        raise ViesAway(f"VIES answers something else than JSON, with status {status}")
    return answer


def _errors(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of a refusal: `{"actionSucceed": false, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}`."""
    wrappers = answer.get("errorWrappers")
    if answer.get("actionSucceed") is not False and not wrappers:
        return ()
    found = [one.get("error") for one in wrappers if isinstance(one, dict)] if isinstance(wrappers, list) else []
    return tuple(_printable(word) for word in found if isinstance(word, str)) or ("no reason given",)


def _proof(vat_id: str, answer: Mapping[str, Any]) -> Proof:
    """What the answer proves; one that is not about this question, or not whole, proves nothing."""
    is_valid, told, number = answer.get("valid"), answer.get("requestDate"), answer.get("requestIdentifier") or ""
    asked = f"{answer.get('countryCode')}{answer.get('vatNumber')}"
    if not isinstance(is_valid, bool) or not isinstance(told, str) or not isinstance(number, str) or asked != vat_id:
        raise ViesAway(f"VIES answers in a way that is not understood, to a question about {vat_id}")
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise ViesAway(f"VIES answers with the date {told[:40]!r}") from None
    return Proof(vat_id, at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC), is_valid, _printable(number), SOURCE)


def _printable(word: str) -> str:
    return "".join(sign for sign in word[:100] if sign.isprintable())
