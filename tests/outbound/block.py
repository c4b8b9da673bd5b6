"""The block for staff in words, as it stands below a notification."""

from collections.abc import Sequence

from mailgate.letters.kind import Template
from mailgate.outbound.samples import SAMPLES
from mailgate.tickets.context import block_lines
from mailgate.tickets.result import Item
from tests.outbound.notices import TEMPLATES


def told(lines: Sequence[Item], language: str = "en", zone: str = "UTC") -> tuple[str, ...]:
    """These lines, in the text part of a mail in this language to somebody in this zone."""
    values = {**SAMPLES[Template.NOTIFICATION][0], "context": [line.as_values() for line in lines], "commands": []}
    rendered = TEMPLATES.render(Template.NOTIFICATION, language, values, zone=zone)
    assert rendered.problems == ()
    return block_lines(rendered.text)[: len(lines)]
