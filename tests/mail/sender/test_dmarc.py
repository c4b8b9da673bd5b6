"""DMARC by RFC 9989: records, the walk up the tree, and who may speak for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import LookupFailed
from mailgate.mail.sender.dmarc import MAX_WALK, Domain, Policy, discover, organization, parse_record
from tests.zone import Zone

RECORDS = {
    "v=DMARC1; p=reject": Policy.REJECT,
    "v=DMARC1;p=quarantine;": Policy.QUARANTINE,
    " v = DMARC1 ; p = Reject ; rua=mailto:x@y.example": Policy.REJECT,
    "v=DMARC1; p=none": Policy.NONE,
    "v=DMARC1; pct=0; ri=1; colour=red; p=reject": Policy.REJECT,  # pct and ri are gone, unknown tags are ignored
    "v=DMARC1; p=reject; p=none": Policy.REJECT,
    "v=DMARC1": Policy.NONE,
    "v=DMARC1; p=monitor": Policy.NONE,
    "v=DMARC1; p=reject; sp=block": Policy.NONE,  # a broken sp spoils the rest
    "v=DMARC1; nonsense; p=reject": Policy.REJECT,
}


@pytest.mark.parametrize(("text", "policy"), RECORDS.items())
def test_the_policy_of_a_record(text: str, policy: Policy) -> None:
    record = parse_record(text.encode())

    assert record is not None
    assert record.policy is policy


@pytest.mark.parametrize(
    "text", ["", "v=spf1 -all", "p=reject; v=DMARC1", "v=DMARC2; p=reject", "v=DMARC11; p=reject", "v=dmarc1; p=reject"]
)
def test_other_texts_are_no_record(text: str) -> None:
    assert parse_record(text.encode()) is None


@given(st.binary(max_size=200))
def test_any_text_is_a_record_by_its_first_tag_alone(text: bytes) -> None:
    record = parse_record(b"v=DMARC1;" + text)

    assert record is not None
    assert record.policy in set(Policy)
    assert parse_record(text) is None or b"DMARC1" in text


def found(author: str, records: dict[str, str | list[str]], *existing: str) -> Domain:
    zone = Zone(
        {f"_dmarc.{name}": text for name, text in records.items()}, {(name, "A"): ["192.0.2.1"] for name in existing}
    )
    return discover(author, zone)


def test_the_author_s_own_record_comes_first() -> None:
    at = found("a.cust.example", {"a.cust.example": "v=DMARC1; p=none", "cust.example": "v=DMARC1; p=reject"})

    assert (at.policy, at.record_at, at.organization) == (Policy.NONE, "a.cust.example", "cust.example")


@pytest.mark.parametrize(
    ("record", "existing", "policy"),
    [
        ("v=DMARC1; p=reject", True, Policy.REJECT),
        ("v=DMARC1; p=reject; sp=none", True, Policy.NONE),
        ("v=DMARC1; p=none; sp=quarantine", True, Policy.QUARANTINE),
        ("v=DMARC1; p=none; np=reject", True, Policy.NONE),
        ("v=DMARC1; p=none; np=reject", False, Policy.REJECT),
        ("v=DMARC1; p=reject; sp=none; np=none", False, Policy.NONE),
        ("v=DMARC1; p=reject; t=y", True, Policy.QUARANTINE),
        ("v=DMARC1; p=quarantine; t=y", True, Policy.NONE),
    ],
)
def test_a_subdomain_has_the_policy_of_its_organization(record: str, existing: bool, policy: Policy) -> None:
    at = found("mail.cust.example", {"cust.example": record}, *(["mail.cust.example"] if existing else []))

    assert (at.policy, at.record_at) == (policy, "cust.example")


def test_several_records_at_one_name_count_as_none() -> None:
    at = found("cust.example", {"cust.example": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]})

    assert (at.policy, at.record_at) == (Policy.NONE, None)


def test_other_records_beside_it_do_no_harm() -> None:
    at = found("cust.example", {"cust.example": ["v=spf1 -all", "v=DMARC1; p=reject"]})

    assert at.policy is Policy.REJECT


def test_a_public_suffix_ends_the_organization_one_label_below() -> None:
    records: dict[str, str | list[str]] = {"bank.example": "v=DMARC1; psd=y; p=reject; sp=quarantine"}

    at = found("mail.cust.bank.example", records)

    assert (at.organization, at.record_at, at.policy) == ("cust.bank.example", "bank.example", Policy.QUARANTINE)


def test_a_domain_that_says_so_is_an_organization_of_its_own() -> None:
    records: dict[str, str | list[str]] = {
        "dept.cust.example": "v=DMARC1; psd=n; p=none",
        "cust.example": "v=DMARC1; p=reject",
    }

    at = found("a.dept.cust.example", records)

    assert (at.organization, at.record_at) == ("dept.cust.example", "dept.cust.example")


def test_the_walk_asks_at_most_eight_times() -> None:
    zone = Zone()

    assert organization("a.b.c.d.e.f.g.h.i.j.mail.cust.example", zone) == "a.b.c.d.e.f.g.h.i.j.mail.cust.example"
    assert len(zone.asked) == MAX_WALK
    assert zone.asked[1] == "_dmarc.g.h.i.j.mail.cust.example"
    assert zone.asked[-1] == "_dmarc.example"


def test_the_walk_of_a_short_name_goes_to_the_top() -> None:
    zone = Zone()

    organization("Mail.Cust.example", zone)

    assert zone.asked == ["_dmarc.mail.cust.example", "_dmarc.cust.example", "_dmarc.example"]


def test_a_lookup_that_fails_decides_nothing() -> None:
    with pytest.raises(LookupFailed):
        discover("mail.cust.example", Zone(broken={"_dmarc.cust.example"}))


CUST = {"_dmarc.cust.example": "v=DMARC1; p=reject", "_dmarc.sub.cust.example": "v=DMARC1; psd=n; p=none"}


@pytest.mark.parametrize(
    ("other", "strict", "aligned"),
    [
        ("cust.example", True, True),
        ("CUST.example", True, True),
        ("news.cust.example", False, True),
        ("news.cust.example", True, False),
        ("sub.cust.example", False, False),  # an organization of its own
        ("evil.example", False, False),
        ("cust.example.evil.example", False, False),
        ("evilcust.example", False, False),
        ("example", False, False),
    ],
)
def test_who_may_speak_for_the_author(other: str, strict: bool, aligned: bool) -> None:
    zone = Zone(CUST)

    assert discover("cust.example", zone).aligns(other, strict=strict, lookup=zone) is aligned


def test_a_stranger_s_domain_is_not_even_looked_up() -> None:
    zone = Zone(CUST)
    author = discover("cust.example", zone)
    zone.asked.clear()

    author.aligns("evil.example", strict=False, lookup=zone)

    assert zone.asked == []


def test_without_any_record_only_the_very_domain_is_aligned() -> None:
    zone = Zone()
    author = discover("mail.plain.example", zone)

    assert author.aligns("mail.plain.example", strict=False, lookup=zone)
    assert not author.aligns("plain.example", strict=False, lookup=zone)
