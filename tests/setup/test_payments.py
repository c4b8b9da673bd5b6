"""Check of who handles cards."""

from pathlib import Path

import pytest

from mailgate.config.settings import ProviderName
from mailgate.payments.provider import Facts
from mailgate.setup import payments
from mailgate.setup.finding import Status
from tests.servers.process import LOOPBACK, free_port
from tests.setup.sites import site_in

LIVE = Facts("acct_1", is_live=True, details={"charges_enabled": "true"})
TEST = Facts("acct_1", is_live=False, details={"charges_enabled": "true"})
CLOSED = Facts("acct_1", is_live=True, details={"charges_enabled": "false"})


def test_a_gate_without_a_provider_has_nothing_to_look_at(tmp_path: Path) -> None:
    finding = payments.payments(site_in(tmp_path, store=False))

    assert finding.status is Status.SKIPPED
    assert "manual" in finding.detail


def test_a_provider_that_does_not_answer_fails_and_no_key_is_told(tmp_path: Path) -> None:
    key = tmp_path / "stripe.key"
    key.write_text("sk_test_secret\n")
    there = {
        "provider": ProviderName.STRIPE,
        "secret_key_file": key,
        "api_url": f"http://{LOOPBACK}:{free_port()}",
    }

    finding = payments.payments(site_in(tmp_path, store=False, payments=there))

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
