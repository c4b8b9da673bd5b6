"""SPF: when it is asked at all, and what RFC 7208 makes of records; the network side is a dictionary here."""

import time
from datetime import UTC, datetime

import pytest

from mailgate.errors import LookupFailed
from mailgate.inbound.dns import Kind, Lookups, Record
from mailgate.inbound.spf import check_spf, evaluate, is_own
from mailgate.mail.envelope import Door, Envelope
from mailgate.mail.sender.verification import Spf
from tests.zone import Zone

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OTHERS: dict[tuple[str, Kind], list[Record]] = {
    ("cust.example", "A"): ["192.0.2.10", "192.0.2.11"],
    ("cust.example", "MX"): [(10, "mx.cust.example")],
    ("mx.cust.example", "A"): ["192.0.2.20"],
    ("mx.cust.example", "AAAA"): ["2001:db8::20"],
    ("7.2.0.192.in-addr.arpa", "PTR"): ["host.cust.example"],
    ("host.cust.example", "A"): ["192.0.2.7"],
}


def judged(record: str, peer: str = "192.0.2.7", **more: str) -> str:
    zone = Zone({"cust.example": record, **{name.replace("_", "."): text for name, text in more.items()}}, OTHERS)
    return evaluate(peer, "anne@cust.example", "mail.cust.example", Lookups(zone))


@pytest.mark.parametrize(
    ("record", "peer", "expected"),
    [
        ("v=spf1 ip4:192.0.2.0/29 -all", "192.0.2.7", "pass"),
        ("v=spf1 ip4:192.0.2.0/29 -all", "192.0.2.8", "fail"),
        ("v=spf1 ip4:192.0.2.0/29 -all", "::ffff:192.0.2.7", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::7", "pass"),
        ("v=spf1 a -all", "192.0.2.11", "pass"),
        ("v=spf1 mx -all", "192.0.2.20", "pass"),
        ("v=spf1 mx -all", "2001:db8::20", "pass"),
        ("v=spf1 mx/24 -all", "192.0.2.99", "pass"),
        ("v=spf1 ptr -all", "192.0.2.7", "pass"),
        ("v=spf1 ~all", "192.0.2.7", "softfail"),
        ("v=spf1 ?all", "192.0.2.7", "neutral"),
        ("v=spf1", "192.0.2.7", "neutral"),
        ("v=spf10 +all", "192.0.2.7", "none"),
        ("something else", "192.0.2.7", "none"),
        ("v=spf1 moo -all", "192.0.2.7", "permerror"),
        ("v=spf1 include:none.example -all", "192.0.2.7", "permerror"),
        ("v=spf1 exists:%{i}._spf.%{d} -all", "192.0.2.7", "fail"),
        ("v=spf1 " + " ".join(f"a:a{n}.cust.example" for n in range(3)) + " -all", "192.0.2.7", "permerror"),  # voids
        ("v=spf1 redirect=cust.example", "192.0.2.7", "permerror"),  # round and round
    ],
)
def test_records(record: str, peer: str, expected: str) -> None:
    assert judged(record, peer) == expected


def test_an_include_that_passes() -> None:
    assert judged("v=spf1 include:spf.host.example -all", spf_host_example="v=spf1 ip4:192.0.2.7 -all") == "pass"
    assert judged("v=spf1 include:spf.host.example ~all", spf_host_example="v=spf1 -all") == "softfail"


def test_two_records_are_an_error() -> None:
    zone = Zone({"cust.example": ["v=spf1 +all", "v=spf1 -all"]})

    assert evaluate("192.0.2.7", "anne@cust.example", "", Lookups(zone)) == "permerror"


def test_a_dns_without_answer_is_no_result() -> None:
    zone = Zone({"cust.example": "v=spf1 include:slow.example +all"}, broken={"slow.example"})

    with pytest.raises(LookupFailed):
        evaluate("192.0.2.7", "anne@cust.example", "", Lookups(zone))


def test_a_record_that_asks_for_too_much_is_an_error() -> None:
    hosts: list[Record] = [(n, f"mx{n}.cust.example") for n in range(10)]
    zone = Zone({"cust.example": "v=spf1 mx a:b.example -all"}, {("cust.example", "MX"): hosts})

    assert evaluate("192.0.2.7", "anne@cust.example", "", Lookups(zone, limit=5)) == "permerror"


@pytest.mark.parametrize("text", ["a:." + "a" * 60_000 + "_", "%" * 60_000, "exists:" + "%{i}" * 15_000, "a " * 30_000])
def test_a_record_that_is_made_to_take_long_does_not(text: str) -> None:
    began = time.process_time()

    assert judged(f"v=spf1 {text} -all") in ("none", "permerror", "fail")
    assert judged(f"v=spf1 {text[:4000]} -all") in ("permerror", "fail", "none")

    assert time.process_time() - began < 10


def envelope(
    sender: str | None = "anne@cust.example",
    *,
    door: Door = Door.SMTP,
    peer: str | None = "192.0.2.7",
    helo: str | None = "mail.cust.example",
) -> Envelope:
    return Envelope(sender, ("support@support.example",), door, NOW, peer=peer, helo=helo)


def asked(sent: Envelope) -> Spf | None:
    zone = Zone({"cust.example": "v=spf1 ip4:192.0.2.7 -all", "mail.cust.example": "v=spf1 ip4:192.0.2.7 -all"})
    return check_spf(sent, Lookups(zone))


def test_the_domain_of_the_return_address_is_asked() -> None:
    assert asked(envelope("Anne@Cust.Example")) == Spf("pass", "cust.example", "192.0.2.7")


def test_without_a_return_address_it_is_that_of_helo() -> None:
    assert asked(envelope("")) == Spf("pass", "mail.cust.example", "192.0.2.7")


@pytest.mark.parametrize(
    "sent",
    [
        envelope(door=Door.LMTP),
        envelope(door=Door.PIPE, peer=None),
        envelope(peer=None),
        envelope(None),
        envelope(peer="127.0.0.1"),
        envelope(peer="10.1.2.3"),
        envelope(peer="::ffff:192.168.1.1"),
        envelope(peer="fe80::1%eth0"),
        envelope("", helo=None),
        envelope("", helo="[192.0.2.7]"),
        envelope('"anne@cust.example"@evil.example'),
        envelope("anne@cust.example@evil.example"),
    ],
)
def test_where_the_sender_s_host_or_name_is_not_known_it_is_not_asked(sent: Envelope) -> None:
    assert asked(sent) is None


@pytest.mark.parametrize(
    ("peer", "own"),
    [
        ("127.0.0.1", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("::1", True),
        ("2001:db8::1", False),
        ("x", False),
    ],
)
def test_which_peers_are_relays_of_ours(peer: str, own: bool) -> None:
    assert is_own(peer) is own
