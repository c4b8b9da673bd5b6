"""What staff may say of held mail, in an answer to the mail that lists it: a word, then the numbers of the mails."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailgate.commands.directives import Directive, nearest
from mailgate.tickets.verbs import Misread

_NUMBER = re.compile(r"#?([0-9]{1,12})")


class HeldVerb(StrEnum):
    """One value for each decision."""

    RELEASE = "release"
    SPAM = "spam"
    REFUSE = "refuse"
    ALLOW = "allow"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class HeldUsage:
    """How a decision is written, and what it does."""

    example: str
    meaning: str


HELD_VERBS: dict[HeldVerb, HeldUsage] = {
    HeldVerb.RELEASE: HeldUsage("release 3 7", "let these mails in, as of the date they came"),
    HeldVerb.SPAM: HeldUsage("spam 4", "end it, and teach the spam filter"),
    HeldVerb.REFUSE: HeldUsage("refuse 4", "end it, and teach nothing"),
    HeldVerb.ALLOW: HeldUsage("allow 5", "let it in, and what its sender writes from now on"),
    HeldVerb.REGISTER: HeldUsage("register 6 Ann Miller", "make its sender a customer, and let it in"),
}


@dataclass(frozen=True, slots=True)
class HeldCommand:
    """A decision that was understood, on one mail. `name` is the new customer's, "" for all but REGISTER."""

    verb: HeldVerb
    mail_id: int
    name: str = ""


def read_held_commands(
    directives: Sequence[Directive], listed: Collection[int]
) -> tuple[tuple[HeldCommand, ...], tuple[Misread, ...]]:
    """Sort the lines of an answer. One that was misread means that none may be carried out.

    `listed` are the mails that the answered list named: a slip of the finger must not decide on another.
    """
    commands: list[HeldCommand] = []
    misread: list[Misread] = []
    for directive in directives:
        read = _read(directive, listed)
        if isinstance(read, Misread):
            misread.append(read)
            continue
        twice = {one.mail_id for one in read} & {one.mail_id for one in commands}
        if twice or len({one.mail_id for one in read}) < len(read):
            misread.append(Misread(directive.text, f"mail {min(twice or {read[0].mail_id})} stands here twice", None))
        else:
            commands.extend(read)
    return tuple(commands), tuple(misread)


def _read(directive: Directive, listed: Collection[int]) -> tuple[HeldCommand, ...] | Misread:
    if directive.verb not in set(HeldVerb):
        closest = nearest(directive.verb, tuple(HeldVerb))
        usage = HELD_VERBS[HeldVerb(closest)].example if closest else None
        return Misread(directive.text, "there is no such decision", usage)
    verb = HeldVerb(directive.verb)
    words = directive.argument.replace(",", " ").split()
    numbers = [word for word in words if _NUMBER.fullmatch(word)]
    name = ""
    if verb is HeldVerb.REGISTER:
        numbers, name = words[:1], " ".join(directive.argument.split()[1:])
        if not name or not all(map(_NUMBER.fullmatch, numbers)):
            return Misread(directive.text, "one number and the customer's name must follow", HELD_VERBS[verb].example)
    elif not words or len(numbers) < len(words):
        return Misread(directive.text, "the numbers of mails must follow, and nothing else", HELD_VERBS[verb].example)
    ids = [int(number.removeprefix("#")) for number in numbers]
    unknown = next((mail_id for mail_id in ids if mail_id not in listed), None)
    if unknown is not None:
        return Misread(directive.text, f"mail {unknown} is not in the list that you answer", None)
    return tuple(HeldCommand(verb, mail_id, name) for mail_id in ids)
