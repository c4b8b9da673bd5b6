"""Whatever happens to money, in whatever order, whatever breaks: it moves once, and the books say where it is."""

from pathlib import Path

import pytest

from tests.flows.billing.money_story import money_story
from tests.program import configured
from tests.real_billing.checks import other_programs

ACTS = 40


@pytest.mark.parametrize("seed", range(3))
def test_the_providers_books_and_ours_agree(tmp_path: Path, seed: int) -> None:
    program = configured(tmp_path / "gate")
    with money_story(program.directory, f"sqlite:///{program.database}", seed) as story:
        log = [story.act() for _ in range(ACTS)]
        story.rest()

        assert {code: both for code, both in story.balances().items() if both[0] != both[1]} == {}, log
        assert story.unsent() == 0
        assert list(other_programs(program, story.parts.engine)) == []
