"""Check of who handles cards."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mailgate.config.settings import ProviderName
from mailgate.payments.manual import Manual
from mailgate.payments.provider import Facts
from mailgate.payments.stripe import Stripe
from mailgate.setup import payments
from mailgate.setup.finding import Status
from mailgate.wiring.servers import provider_of
from tests.servers.process import LOOPBACK, free_port
from tests.servers.provider import KEY, ProviderDouble
from tests.setup.sites import site_in

LIVE = Facts("acct_1", is_live=True, details={"charges_enabled": "true"})
TEST = Facts("acct_1", is_live=False, details={"charges_enabled": "true"})
CLOSED = Facts("acct_1", is_live=True, details={"charges_enabled": "false"})


def stripe_of(directory: Path, url: str, *, key: str = KEY) -> Mapping[str, object]:
    """The section of Stripe, or of who plays it."""
    file = directory / "stripe.key"
    file.write_text(f"{key}\n")
    return {"provider": ProviderName.STRIPE, "secret_key_file": file, "api_url": url}


def test_a_gate_without_a_provider_has_nothing_to_look_at(tmp_path: Path) -> None:
    site = site_in(tmp_path, store=False)

    finding = payments.payments(site)

    assert isinstance(provider_of(site.settings), Manual)
    assert finding.status is Status.SKIPPED
    assert "manual" in finding.detail


def test_a_provider_that_does_not_answer_fails_and_no_key_is_told(tmp_path: Path) -> None:
    nowhere = stripe_of(tmp_path, f"http://{LOOPBACK}:{free_port()}", key="sk_test_secret")

    finding = payments.payments(site_in(tmp_path, store=False, payments=nowhere))

    assert finding.status is Status.FAIL
    assert "does not answer" in finding.detail
    assert "sk_test_secret" not in finding.detail + finding.fix


@pytest.mark.parametrize(
    ("facts", "domain", "status", "words"),
    [
        (LIVE, "mail.hosting-company.net", Status.OK, "a live key, of acct_1"),
        (LIVE, "gate.example", Status.FAIL, "real cards would be charged"),
        (TEST, "mail.hosting-company.net", Status.WARN, "no money moves"),
        (TEST, "gate.example", Status.OK, "a test key, of acct_1"),
        (CLOSED, "mail.hosting-company.net", Status.WARN, "may not charge cards yet"),
    ],
)
def test_real_money_is_for_a_real_gate(facts: Facts, domain: str, status: Status, words: str) -> None:
    finding = payments.judged(facts, domain)

    assert finding.status is status
    assert words in finding.detail
    assert bool(finding.fix) is (status is not Status.OK)


def test_a_provider_that_answers_tells_whose_account_it_is(tmp_path: Path, provider: ProviderDouble) -> None:
    account = provider.client.v1.accounts.retrieve_current().id
    site = site_in(tmp_path, store=False, payments=stripe_of(tmp_path, provider.url))

    finding = payments.payments(site)

    assert (finding.status, finding.detail) == (Status.OK, f"a test key, of {account}")
    assert isinstance(provider_of(site.settings), Stripe)


def test_a_key_that_is_not_taken_fails_and_is_not_told(tmp_path: Path, provider: ProviderDouble) -> None:
    finding = payments.payments(
        site_in(tmp_path, store=False, payments=stripe_of(tmp_path, provider.url, key="sk_live_secret"))
    )

    assert finding.status is Status.FAIL
    assert "payments.secret_key_file" in finding.detail + finding.fix
    assert "sk_live_secret" not in finding.detail + finding.fix


def test_a_provider_that_was_left_is_looked_at_as_long_as_its_key_is_named(
    tmp_path: Path, provider: ProviderDouble
) -> None:
    left = {**stripe_of(tmp_path, provider.url), "provider": ProviderName.MANUAL}
    site = site_in(tmp_path, store=False, payments=left)

    finding = payments.payments(site)

    assert isinstance(provider_of(site.settings), Stripe)
    assert finding.status is Status.OK
    assert finding.detail == "nobody charges cards; what is under way with stripe, acct_fake, is still looked at"
