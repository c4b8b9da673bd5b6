"""What docs/provider.md says of cards, doors and faults is so."""

import re
from pathlib import Path

from mailgate.demo.provider.play import DOORS
from mailgate.demo.provider.things.who.cards import MAGIC
from mailgate.demo.provider.wire.faults import FaultKind

PAGE = (Path(__file__).parents[3] / "docs" / "provider.md").read_text("utf-8")
_FIRST_CELL = re.compile(r"^\| `([^`]+)` \| (.*) \|$", re.MULTILINE)
_SENT_BY_THE_APPLICATION = "POST /play/webhooks/send"


def _table(heading: str) -> dict[str, str]:
    return dict(_FIRST_CELL.findall(PAGE.partition(heading)[2].partition("\n\n")[0]))


def test_each_magic_card_is_there_with_what_it_does() -> None:
    told = _table("| card | what happens |")

    assert list(told) == list(MAGIC)
    declines = {name: said.rpartition("`")[0].rpartition("`")[2] for name, said in told.items() if "declined:" in said}
    assert declines == {name: MAGIC[name].does for name in declines}
    assert {name for name, said in told.items() if said.startswith("pays")} == {
        name
        for name, magic in MAGIC.items()
        if magic.does in ("pays", "disputed", "refund_pending", "refund_fails", "refund_failed", "refund_refused")
    }


def test_each_door_is_there() -> None:
    assert list(_table("| door | what it does |")) == [
        *(f"{method} {path}" for method, path, _ in DOORS),
        _SENT_BY_THE_APPLICATION,
    ]


def test_each_fault_is_there() -> None:
    assert list(_table("| kind | what happens |")) == list(FaultKind)
