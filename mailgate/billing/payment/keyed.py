"""What a bank's file says, line by line, each line with its key."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailgate.billing.payment.bank_line import BankLine, Facts, Keys
from mailgate.billing.payment.camt.entry import Entry


@dataclass(frozen=True, slots=True)
class Keyed:
    """A line, and the key by which it is known again."""

    key: str
    line: BankLine
    between: tuple[int, int] | None = None  # what the account held before its statement and behind it, if that is told


def keyed(found: Iterable[Entry | BankLine | Facts]) -> Iterator[Keyed | Facts]:
    """Lines of statements, and behind those of each what it says of itself. Raises BadStatement.

    The same line twice in one statement is two lines, and in two statements it is one: a file may have a statement
    twice. A further page goes on with the statement before it.
    """
    keys, is_new = Keys(), True
    for one in found:
        if isinstance(one, Facts):
            yield one
            is_new = True
            continue
        if is_new and not (isinstance(one, Entry) and one.page > 1):
            keys = Keys()
        is_new = False
        for line in one.lines() if isinstance(one, Entry) else (one,):
            yield Keyed(keys.key(line), line, one.between if isinstance(one, Entry) else None)
