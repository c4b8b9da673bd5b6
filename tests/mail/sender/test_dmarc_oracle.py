"""checkdmarc, a checker for the owners of domains, finds the policy of random trees of records where we find it."""

from random import Random
from typing import Any

import dns.resolver
import pytest

from mailgate.mail.sender.dmarc import discover
from tests.zone import Zone

checkdmarc = pytest.importorskip("checkdmarc.dmarc")

TREES = 500
RECORDS = (
    "v=DMARC1; p=none",
    "v=DMARC1; p=reject; sp=none",
    "v=DMARC1; p=reject; psd=n",
    "v=DMARC1; p=reject; psd=y",
    "v=DMARC1; p=quarantine; psd=u",
)


class Oracle(dns.resolver.Resolver):
    """The resolver that checkdmarc is given: the same zone, and no network."""

    def __init__(self, zone: Zone) -> None:
        super().__init__(configure=False)
        self.zone = zone

    def resolve(self, qname: Any, *_: Any, **__: Any) -> Any:
        """TXT records, as what `str` makes of an answer; a domain itself exists and has none."""
        name = str(qname).rstrip(".").lower()
        found = self.zone.txt(name)
        if not found and name.startswith("_dmarc."):
            raise dns.resolver.NXDOMAIN
        return dns.rrset.from_text_list(f"{name}.", 60, "IN", "TXT", [f'"{text.decode()}"' for text in found])


def _tree(number: int) -> tuple[str, Zone]:
    random = Random(number)
    # checkdmarc remembers answers for the whole process, so each tree has a top of its own.
    labels = [*(random.choice("abcde") for _ in range(random.randint(1, 9))), "cust", f"top{number}"]
    names = [".".join(labels[start:]) for start in range(len(labels))]
    return names[0], Zone({f"_dmarc.{name}": random.choice(RECORDS) for name in names if random.random() < 0.3})


def test_the_policy_is_found_where_checkdmarc_finds_it() -> None:
    for number in range(TREES):
        domain, zone = _tree(number)
        try:
            expected = checkdmarc.query_dmarc_record(domain, resolver=Oracle(zone))["location"]
        except checkdmarc.DMARCRecordNotFound:
            expected = None

        assert discover(domain, zone).record_at == expected, zone.txt_records
