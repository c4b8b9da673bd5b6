"""Questions of the money contract, asked of the function that `mailgate money check` prints the answers of."""

from mailgate.billing.question import answer
from mailgate.billing.question.keys import Answer

Keys = dict[str, object]


def ask(op: str, **keys: object) -> Answer:
    """The answer without the id, which is given back as it was."""
    return ask_of({"op": op, **keys})


def ask_of(question: Keys) -> Answer:
    """The same of keys in one dictionary, some of which are words of Python."""
    found = answer({"id": "q", **question})
    assert found.pop("id") == "q"
    return found
