"""Signed details: what is sealed comes back, and nothing else does (B12, B13)."""

import base64
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.address import Mailbox, parse_mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, TokenFault, of_purpose, seal, unseal

KEY = Key(7, b"k" * 32)
KEYS = {7: KEY.secret, 8: b"another" * 5}
TODAY = date(2026, 11, 23)
TOKEN = AddressToken(Purpose.REPLY, 1042, 17, TODAY + timedelta(days=60))

ids = st.integers(0, 2**40)
tokens = st.builds(AddressToken, st.sampled_from(Purpose), ids, ids, st.dates(TODAY, date(2199, 6, 5)))


@given(tokens)
def test_what_is_sealed_comes_back_in_any_case(token: AddressToken) -> None:
    detail = seal(token, KEY)

    assert unseal(detail, KEYS, today=TODAY) == token
    assert unseal(detail.upper(), KEYS, today=TODAY) == token


@given(tokens)
def test_a_desk_of_twenty_octets_leaves_room(token: AddressToken) -> None:
    desk = "d" * 20

    mailbox = parse_mailbox(f"{desk}+{seal(token, KEY)}@in.example")  # refuses local-parts over 64 octets

    assert isinstance(mailbox, Mailbox)
    assert mailbox.local_part == desk


@given(tokens, st.integers(0, 60), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567018=-_+ ſıK"))
def test_any_one_character_changed_is_refused(token: AddressToken, at: int, letter: str) -> None:
    detail = seal(token, KEY)
    at %= len(detail)
    changed = detail[:at] + letter + detail[at + 1 :]

    found = unseal(changed, KEYS, today=TODAY)

    if changed.isascii() and changed.lower() == detail:
        assert found == token
    else:
        assert found in (TokenFault.FORGED, TokenFault.MALFORMED, TokenFault.UNKNOWN_KEY)


@given(tokens, st.sampled_from(Purpose))
def test_no_purpose_passes_for_another(token: AddressToken, wanted: Purpose) -> None:
    sealed = unseal(seal(token, KEY), KEYS, today=TODAY)

    assert of_purpose([sealed], wanted) == (token if wanted is token.purpose else TokenFault.WRONG_PURPOSE)


def test_a_forged_token_is_worse_than_one_of_another_purpose() -> None:
    verp = AddressToken(Purpose.VERP, 1, 1, date(2030, 1, 1))

    assert of_purpose([verp, TokenFault.FORGED], Purpose.REPLY) is TokenFault.FORGED
    assert of_purpose([TokenFault.FORGED, verp], Purpose.REPLY) is TokenFault.FORGED


def test_one_good_token_of_several_is_enough_and_without_any_there_is_no_fault() -> None:
    another = AddressToken(Purpose.VERP, 55, 0, TODAY)

    assert of_purpose([TokenFault.FORGED, another, TOKEN, TokenFault.EXPIRED], Purpose.REPLY) is TOKEN
    assert of_purpose([another, TokenFault.EXPIRED], Purpose.REPLY) is TokenFault.EXPIRED
    assert of_purpose([], Purpose.REPLY) is None


def test_a_token_is_good_on_its_last_day_and_expired_on_the_next() -> None:
    detail = seal(TOKEN, KEY)

    assert unseal(detail, KEYS, today=TOKEN.expires_on) == TOKEN
    tomorrow = TOKEN.expires_on + timedelta(days=1)
    assert unseal(detail, KEYS, today=tomorrow) is TokenFault.EXPIRED


def test_expiry_is_told_only_to_the_bearer_of_a_true_token() -> None:
    forged = seal(TOKEN, Key(7, b"x" * 32))

    assert unseal(forged, KEYS, today=date(2190, 1, 1)) is TokenFault.FORGED


def test_a_retired_key_is_unknown() -> None:
    assert unseal(seal(TOKEN, Key(9, b"old")), KEYS, today=TODAY) is TokenFault.UNKNOWN_KEY


@pytest.mark.parametrize("detail", ["", "phone", "invoices", "a" * 200, "ä" * 30, "0" * 32, "abc\n" * 8])
def test_somebody_s_own_detail_is_malformed(detail: str) -> None:
    fault = unseal(detail, KEYS, today=TODAY)

    assert fault in (TokenFault.MALFORMED, TokenFault.UNKNOWN_KEY)


def test_the_key_id_is_inside_the_signature() -> None:
    detail = seal(TOKEN, KEY).upper()
    sealed = base64.b32decode(detail + "=" * (-len(detail) % 8))
    other_id = base64.b32encode(b"\x08" + sealed[1:]).decode().rstrip("=").lower()

    same_secret = {7: KEY.secret, 8: KEY.secret}
    assert unseal(other_id, same_secret, today=TODAY) is TokenFault.FORGED


@pytest.mark.parametrize(
    "token",
    [
        AddressToken(Purpose.REPLY, -1, 0, TODAY),
        AddressToken(Purpose.REPLY, 0, 2**63, TODAY),
        AddressToken(Purpose.REPLY, 0, 0, date(2019, 12, 31)),
        AddressToken(Purpose.REPLY, 0, 0, date(2300, 1, 1)),
    ],
)
def test_what_does_not_fit_is_not_sealed(token: AddressToken) -> None:
    with pytest.raises(ValueError, match="a token cannot"):
        seal(token, KEY)


@given(st.text(max_size=90))
def test_unsealing_never_raises(detail: str) -> None:
    assert isinstance(unseal(detail, KEYS, today=TODAY), TokenFault)
