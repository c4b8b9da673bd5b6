"""Commands that stand elsewhere than at the top: between somebody's words, in dress, or in the subject above them."""

import re
from collections.abc import Iterator

from mailgate.commands.directives import Directive, Directives, command_in, directive, nearest
from mailgate.commands.typed import plain, seen
from mailgate.commands.verb import ENDINGS, Table, Verb
from mailgate.mail.words.reply_marks import begins_forward

_MARK = "[!¡❗❕ǃ]"  # as `typed.plain` leaves them: wide, small and double ones are `!` by then
_ANY_MARK = re.compile("[!¡❗❕ǃ！﹗︕‼⁈⁉]")
_DRESSED = re.compile(
    r"(?P<lead>(?:(?![!¡❗❕])[\W_]"  # list marks, emphasis, brackets, rules, arrows, pictures
    r"|(?:\d{1,3}|[a-z])(?:[.):\]]|(?=\s)))*)"  # `1.`, `(a)`, `[x]`, and the `o` that Outlook makes of a round bullet
    rf"{_MARK}(?!\[[^\]]*\]\()"  # a picture in Markdown
    r"(?P<apart>[\W_]*)(?P<verb>[^\W_]+(?:-[^\W_]+)*)"
)
_LONE = re.compile(rf"(?:(?!{_MARK})[\W_])*{_MARK}(?:(?!{_MARK})[\W_])*\Z")
_ONE_WORD = re.compile(r"[\s*_`~]*![^\W\d_]{3,}[.,:;]*[\s*_`~]*\Z")  # `!internal`: meant as one
_QUOTED = re.compile(r"\s*>[>\s]*")
_SHORTEST = 2
"""Letters of what is no misspelt verb yet."""


def stated(words: str, directives: Directives) -> Iterator[Directive]:
    """The lines of the writer's own words that are written as commands are, and such a subject; not below a forward."""
    for line_no, line in _lines(words, directives):
        if begins_forward(line):
            return
        said = command_in(line)
        if said is not None:
            yield directive(line_no, said, line.strip())


def hidden(words: str, directives: Directives, table: Table, *, is_open: bool) -> Iterator[str]:
    """The lines that look like a command of this table, whatever stands around it and however it is misspelt.

    So does a word with a mark that is all of its line: nobody knows what it means, but it was hardly meant for others.
    Of what is quoted or forwarded, and inside a line, only a private one counts: its words must go to nobody else.
    Where nothing goes out, `is_open` is False: then only the whole line counts, and no misspelt one.
    """
    private = tuple(verb for verb in table.verbs if verb.is_private) if is_open else ()
    is_forward, lone = False, ""
    for line_no, line in _lines(words, directives):
        text = plain(line).lower()
        if _LONE.match(text):
            lone = "!"  # the verb may stand on the next line
            continue
        is_forward = is_forward or begins_forward(line)
        found = _DRESSED.match(lone + text)
        lone = ""
        verb = _verb_of(found, table, is_open=is_open) if found else None
        is_foreign = is_forward or _QUOTED.match(text) is not None
        is_whole = verb is not None and (verb.is_private or not is_foreign)
        is_unknown = is_open and line_no > 0 and not is_foreign and _ONE_WORD.match(text) is not None
        if is_whole or is_unknown or (line_no and any(_stands_in(text, one) for one in private)):
            yield line.strip()
    yield from _quoted_above_words(directives, private)


def _lines(words: str, directives: Directives) -> Iterator[tuple[int, str]]:
    """The subject, with 0, and the lines of the words, where there is any mark in them."""
    if _ANY_MARK.search(directives.subject):
        yield 0, directives.subject
    if directives.has_own and _ANY_MARK.search(words):
        # Readers' programs break lines at more than the line feed: U+2028, form feeds and so on.
        yield from enumerate(words.splitlines(), 1)


def _quoted_above_words(directives: Directives, private: tuple[Verb, ...]) -> Iterator[str]:
    """A private command that went for a quote while the words directly below it did not."""
    if not private or not _ANY_MARK.search(directives.body):
        return
    above = ""
    for line in filter(seen, directives.body.splitlines()):
        quote = _QUOTED.match(line)
        if above and quote is None:
            yield above.strip()
        said = command_in(line[quote.end() :]) if quote else None
        is_private = said is not None and plain(said).lower().rstrip(ENDINGS) in [verb.name for verb in private]
        above = line if is_private else ""


def _verb_of(found: re.Match[str], table: Table, *, is_open: bool) -> Verb | None:
    """The one that stands there; or that is nearly there, where the mark stands as directly before a word as it should.

    `!!! Make sure …` is emphasis, and no `!take`.
    """
    known = table.named(found["verb"])
    is_attached = is_open and not found["apart"] and len(found["verb"]) > _SHORTEST
    return table.named(nearest(found["verb"], table.by_name) or "") if known is None and is_attached else known


def _stands_in(text: str, verb: Verb) -> bool:
    return re.search(rf"(?<![\w!]){_MARK}{re.escape(verb.name)}(?![\w-])", text) is not None
