"""`mailgate card`: a link by which a customer gives a card, what is kept of it, and how it goes."""

from pathlib import Path

import pytest

from store.billing import cards
from store.engine import connect, transaction
from tests.cli.selling import refused, selling
from tests.program import Program
from tests.servers.provider import KEY, ProviderDouble


@pytest.fixture
def program(tmp_path: Path, provider: ProviderDouble) -> Program:
    """A gate that takes cards."""
    program = selling(tmp_path / "gate")
    key = tmp_path / "provider.key"
    key.write_text(KEY)
    key.chmod(0o600)
    program.set("payments", provider="stripe", secret_key_file=str(key), api_url=provider.url, poll_seconds=1)
    return program


def give_card(program: Program, provider: ProviderDouble) -> None:
    """Anne uses the link that somebody has made for her."""
    link = program.ask("card", "link", "1")
    provider.pay_session(str(link["url"]).partition("?")[0])
    engine = connect(f"sqlite:///{program.database}")
    with transaction(engine) as conn:
        conn.exec_driver_sql("UPDATE offers SET due_at = '2026-01-01 00:00:00' WHERE due_at IS NOT NULL")
    engine.dispose()
    program.prints("due", "run")


def test_a_card_that_was_given_by_a_link_is_listed_blocked_unblocked_and_removed(
    program: Program, provider: ProviderDouble
) -> None:
    give_card(program, provider)
    [kept] = program.rows("card", "list", "--customer", "1")
    engine = connect(f"sqlite:///{program.database}")
    with transaction(engine) as conn:
        cards.block(conn, 1, because="charged back")
    engine.dispose()
    [blocked] = program.rows("card", "list")
    free = program.ask("card", "unblock", "1")
    removed = program.ask("card", "remove", "1")
    program.prints("due", "run")

    assert (kept["card"], kept["last4"], kept["state"]) == ("Visa 4242", "4242", "kept")
    assert (blocked["state"], blocked["blocked_because"]) == ("blocked", "charged back")
    assert free["state"] == "kept"
    assert removed["state"] == "removed"
    assert program.rows("card", "list") == []
    assert [one["id"] for one in program.rows("card", "list", "--all")] == [1]
    assert len(provider.calls("detach")) == 1


def test_what_there_is_not_is_refused_by_name(program: Program) -> None:
    assert refused(program, "card", "remove", "7")["message"] == "there is no card 7"
    assert refused(program, "card", "unblock", "7")["message"] == "there is no card 7"
    program.set("payments", provider="manual")
    assert "nobody takes cards" in refused(program, "card", "link", "1")["message"]
