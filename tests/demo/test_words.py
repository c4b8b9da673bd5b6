"""The clock of the viewer says in words what is due and what was done."""

import re

import pytest

from mailgate.flows.due import DueKind
from tests.demo.place import ANN, BOB, Place
from webview.rendering import built_in_directory


@pytest.mark.parametrize("kind", DueKind)
@pytest.mark.parametrize("table", ["due_words", "done_words"])
def test_each_kind_that_falls_due_has_its_words(table: str, kind: DueKind) -> None:
    source = (built_in_directory("demo") / "base.html").read_text("utf-8")

    words = source.partition(f"set {table} = {{")[2].partition("} %}")[0]

    assert re.search(rf'^ +"{kind.value}": ', words, re.MULTILINE)


def test_a_step_says_what_was_done_in_words(place: Place) -> None:
    place.write(ANN, "Since Monday every mail comes back.")
    place.reply(BOB, place.mail_with(BOB, "Since Monday"), "The disk was full.")
    place.mail_with(ANN, "The disk was full.")

    page = place.step("36h")

    done = re.search(r"The last step did: ([^<]*)\.", page)
    assert done is not None
    assert "1 warning, " in done[1]
    assert "1 ticket closed" in done[1]
    assert re.search(r"\d mails? sent", done[1])
