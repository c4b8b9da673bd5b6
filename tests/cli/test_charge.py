"""`mailgate charge`: what is under way, what became of the others, and once more. With the provider's double."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.billing import cards
from store.billing.cards import SavedCard
from store.engine import connect, transaction
from tests.cli.selling import add, refused, selling
from tests.cli.test_ledger_export import counted, exported, says
from tests.program import Program
from tests.servers.provider import KEY, ProviderDouble

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def program(tmp_path: Path, provider: ProviderDouble) -> Program:
    """A gate that sells and charges cards."""
    program = selling(tmp_path / "gate")
    key = tmp_path / "provider.key"
    key.write_text(KEY)
    key.chmod(0o600)
    program.set("payments", provider="stripe", secret_key_file=str(key), api_url=provider.url)
    program.set("billing", mail_hold_minutes=0)
    return program


def give_card(program: Program, provider: ProviderDouble, *, does: str | None = None) -> str:
    """Anne has a card; its token."""
    customer = provider.customer()
    token = provider.card(customer, does=does)
    engine = connect(f"sqlite:///{program.database}")
    with transaction(engine) as conn:
        cards.add(conn, SavedCard(0, 1, "stripe", customer, token, "visa", "4242", None, NOW))
    engine.dispose()
    return token


def test_a_declined_charge_is_listed_shown_and_made_once_more_when_somebody_says_so(
    program: Program, provider: ProviderDouble
) -> None:
    token = give_card(program, provider, does="insufficient_funds")
    add(program)

    program.prints("due", "run")
    [declined] = program.rows("charge", "list")
    shown = program.ask("charge", "show", "1")
    provider.card_does(token, "pays")
    again = program.ask("charge", "retry", "1")
    program.prints("due", "run")
    after = program.rows("charge", "list", "--customer", "1")

    assert (declined["state"], declined["code"], declined["attempt"]) == ("failed", "insufficient_funds", 1)
    assert declined["again_at"] is not None
    assert (shown["card"], shown["invoices"]) == ("Visa 4242", [{"number": "2026-0001", "amount_minor": 1190}])
    assert (again["id"], again["state"], again["asked_by"]) == (2, "new", "the command line")
    assert [one["state"] for one in after] == ["failed", "succeeded"]
    assert program.rows("charge", "list", "--state", "succeeded") == after[1:]
    assert program.ask("invoice", "show", "2026-0001")["state"] == "paid"
    assert "has succeeded" in refused(program, "charge", "retry", "2")["message"]
    intents = provider.client.v1.payment_intents.list({}).data
    assert sorted(one.status for one in intents) == ["canceled", "succeeded"]
    assert provider.books()["accounts"]["eur"]["charged"] == 1190


def test_what_is_under_way_is_looked_at_now_and_status_counts_it(program: Program, provider: ProviderDouble) -> None:
    give_card(program, provider)
    add(program)
    provider.fault("/confirm", "drop_after")

    program.prints("due", "run")
    status = json.loads(program.run("status", "--json").stdout)["charges"]
    looked = program.ask("charge", "retry", "1")
    program.prints("due", "run")

    assert status == {"under_way": 1, "in_doubt": 1, "declined_within_a_day": 0, "refused_within_a_day": 0}
    assert (looked["id"], looked["state"]) == (1, "in-doubt")
    assert [one["state"] for one in program.rows("charge", "list")] == ["succeeded"]
    assert provider.books()["accounts"]["eur"]["charged"] == 1190


def test_without_a_card_nothing_is_made_once_more(program: Program, provider: ProviderDouble) -> None:
    give_card(program, provider, does="lost_card")
    add(program)
    program.prints("due", "run")

    assert "the card is blocked" in refused(program, "charge", "retry", "1")["message"]
    assert "charge 7" in refused(program, "charge", "show", "7")["message"]


def former(program: Program) -> list[str]:
    """What `status` says is left with a provider of before."""
    told = json.loads(program.run("status", "--json").stdout)["attention"]
    return [one["message"] for one in told if one["code"] == "former_provider"]


def test_what_is_left_with_a_former_provider_is_named_and_ended_by_hand(
    program: Program, provider: ProviderDouble
) -> None:
    give_card(program, provider)
    add(program)
    provider.fault("/confirm", "drop_after")
    program.prints("due", "run")
    before = former(program)
    program.set("payments", provider="manual", secret_key_file="")

    program.prints("due", "run")
    named = former(program)
    doctor = program.run("doctor", "--only", "payments").stdout
    refusal = refused(program, "charge", "retry", "1")
    unsaid = program.run("charge", "end", "1")
    ended = program.ask("charge", "end", "1", "--because", "11.90 came")
    again = refused(program, "charge", "end", "1", "--because", "once more")

    assert before == []
    assert len(named) == 1
    assert named[0].startswith('payments.provider is "manual", and stripe still has 1 charge (1)')
    assert "stripe still has 1 charge (1)" in " ".join(doctor.split())
    assert "mailgate charge end 1" in refusal["hint"]
    assert unsaid.exit_code == 2
    assert (ended["state"], ended["code"], ended["next_look_at"]) == ("failed", "ended by hand: 11.90 came", None)
    assert "charge 1 is over: failed" in again["message"]
    assert not any("charge" in one for one in former(program))


def test_as_long_as_the_key_is_named_a_former_provider_is_still_asked(
    program: Program, provider: ProviderDouble
) -> None:
    give_card(program, provider)
    add(program)
    provider.fault("/confirm", "drop_after")
    program.prints("due", "run")
    program.set("payments", provider="manual")
    named = former(program)

    program.ask("charge", "retry", "1")
    for _ in range(2):
        program.prints("due", "run")

    assert len(named) == 1
    assert [one["state"] for one in program.rows("charge", "list")] == ["succeeded"]
    assert program.ask("invoice", "show", "2026-0001")["state"] == "paid"
    assert provider.books()["accounts"]["eur"]["charged"] == 1190


@pytest.mark.server
def test_the_providers_books_and_hledgers_are_the_same(
    program: Program, provider: ProviderDouble, tmp_path: Path
) -> None:
    give_card(program, provider)
    add(program)
    program.prints("due", "run")

    journal = exported(program, "hledger", None, None, tmp_path / "books.journal")
    sums = says("hledger", "balance", "-f", journal, "--flat", "--no-total", "--layout=bare", "-O", "csv")

    theirs = provider.books()["accounts"]["eur"]
    rows = ((row["account"], row["balance"], row["commodity"]) for row in csv.DictReader(io.StringIO(sums)))
    hledgers = counted(rows)
    assert theirs["charged"] == 1190
    assert hledgers["assets:stripe", "EUR"] == theirs["charged"] - theirs["fees"]
    assert hledgers.get(("expenses:fees", "EUR"), 0) == theirs["fees"]
