"""What a gate says when it starts."""

from pathlib import Path

from tests.program import configured


def test_no_library_warns_of_how_it_is_used(tmp_path: Path) -> None:
    with configured(tmp_path / "gate", has_store=False).serve() as gate:
        lines = gate.log.read_text().splitlines()

    assert "ready" in lines
    assert [line for line in lines if " WARNING " in line and " WARNING mailgate." not in line] == []
