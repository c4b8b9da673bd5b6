"""The body as DKIM hashes it is what dkimpy itself would make of it."""

from dkim.canonicalization import CanonicalizationPolicy
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.sender.canonical_body import CanonicalBody

PIECES = (b" ", b"\t", b"  ", b"\r\n", b"\r", b"a", b"b c", b" \r\n", b"\r\n\r\n")


@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join),
    st.sampled_from(
        [b"simple/simple", b"simple", b"relaxed", b"relaxed/simple", b"relaxed/relaxed", b"simple/relaxed"]
    ),
)
def test_the_hash_stays_the_same(body: bytes, canonicalization: bytes) -> None:
    ready, kind = CanonicalBody(body).ready(canonicalization)

    expected = CanonicalizationPolicy.from_c_value(canonicalization).canonicalize_body(body)
    assert CanonicalizationPolicy.from_c_value(kind).canonicalize_body(ready) == expected
    assert kind.partition(b"/")[0] == canonicalization.partition(b"/")[0]
