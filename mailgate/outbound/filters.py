"""What a mail template may call: `{{ size | file_size }}`."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, pass_environment

from mailgate.billing.money.words import amount, decimal_number, percent
from mailgate.language.filters import LANGUAGE_FILTERS
from mailgate.outbound import plain_text, subject


@pass_environment
def reply_subject(environment: Environment, words: object, number: object = None, begins: object = False) -> str:
    """`Re: <subject> [#number]`; no tag when the number is not known, no `Re:` on a mail that begins something.

    What says nothing is named in `no-subject.md`.
    """
    digits = str(number)
    of = int(digits) if digits.isdecimal() else None
    return subject.reply_subject(str(words), of, begins=begins is True, unnamed=partial(_no_subject, environment))


def _no_subject(environment: Environment) -> str:
    if environment.loader is None:  # a template that stands alone
        return subject.NO_SUBJECT
    return plain_text.one_line(environment.get_template("no-subject.md").render())


def one_line(words: object) -> str:
    """Somebody's words where a line break would let them write further lines of ours."""
    return plain_text.one_line(str(words))


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "reply_subject": reply_subject,
        "one_line": one_line,
        "amount": amount,
        "percent": percent,
        "decimal": decimal_number,
        **LANGUAGE_FILTERS,
    }
)
