"""Which article answers a mail, if one plainly does. Naming a wrong one is worse than naming none."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.tickets.article import Article
from mailgate.tickets.search_words import words_of

MIN_TITLE_SHARE = 0.6
"""So much of what the title says, by weight of its words, must be in the mail."""

MIN_WORDS = 3
"""Different words of the article that the mail must have besides; with fewer it is an accident."""

MAX_QUESTION_WORDS = 400
"""From the beginning: what is asked stands there, logs and signatures below it."""

# Words that are in every question, and those that every mail to a hosting company has.
_IDLE_WORDS = """
a about after again all also am an and any are as at be because been before but by can cannot could dear did do
does doing don dont each else ever every for from get gets getting good got had has have hello help hi how i if in
into is it its just keep kindly know like make me more most much my need needs new no not now of off ok on one only
or other our out over please problem question regards same see set should since so some still such sure tell thank
thanks that the their them then there these they thing this those through to too trying up us use used using very
via want was way we well were what when where which who why will wish with work works would you your yours
"""
_IDLE = frozenset(_IDLE_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Known:
    article: Article
    title: frozenset[str]
    words: frozenset[str]


class Suggestions:
    """The articles, made ready to be compared with mails."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._known = [
            _Known(article, _stems(article.title), _stems(f"{article.title} {article.markdown}"))
            for article in articles
        ]
        self._in_articles = Counter(word for known in self._known for word in known.words)

    def best(self, subject: str, text: str) -> Article | None:
        """The article that the mail asks for; None when none is near enough, or two are equally so."""
        asked = _stems(" ".join((*words_of(subject), *words_of(text)[:MAX_QUESTION_WORDS])))
        if len(asked) < MIN_WORDS:
            return None
        ranked = sorted(((self._score(known, asked), known.article.slug, known) for known in self._known), reverse=True)
        good = [(score, known) for score, _, known in ranked[:2] if score > 0]
        if not good or (len(good) == 2 and good[0][0] == good[1][0]):
            return None
        return good[0][1].article

    def _score(self, known: _Known, asked: frozenset[str]) -> float:
        title = sum(self._weight(word) for word in known.title)
        said = sum(self._weight(word) for word in known.title & asked)
        if not title or said / title < MIN_TITLE_SHARE or len(known.words & asked) < MIN_WORDS:
            return 0.0
        return said / title * 2 * said + sum(self._weight(word) for word in (known.words - known.title) & asked)

    def _weight(self, word: str) -> float:
        """What few articles say tells more."""
        return math.log(1 + (1 + len(self._known)) / (1 + self._in_articles[word]))


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in words_of(text) if word not in _IDLE and len(word) > 1)


def _stem(word: str) -> str:
    """Crude, and the same for both sides: mails and mail, forwarding and forward, changed and change."""
    for ending in ("ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
