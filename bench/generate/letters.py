"""Made-up words, names, and the bytes of made-up mails."""

from collections.abc import Sequence
from random import Random

_FIRST = "Anne Ben Carla Dmitri Eva Farid Greta Hugo Ines Jonas Kaya Lea Mia Nils Olga Paul Rosa Sven Tara Umut"
_LAST = "Adler Baker Costa Dubois Evans Fischer Hansen Ivanov Jansen Keller Lopez Novak Olsen Petit Rossi Weber"
_WORDS = """
account backup bill certificate change cloud contract customer domain error folder hosting invoice login mail mailbox
month move name network order page password payment phone plan price quota record renewal reset server site space ticket
transfer upgrade user version website zone the a our your is was has been since not when please we after before again
today yesterday morning could would to for of with on in from and but für Grüße café
"""


class Words:
    """Sentences to draw from: a stock of them, because drawing each word anew would cost more than storing it."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._first, self._last, self._words = _FIRST.split(), _LAST.split(), _WORDS.split()
        self._sentences = [self._sentence() for _ in range(3000)]

    def subject(self) -> str:
        """A short line."""
        return self._rng.choice(self._sentences)[:60].rstrip(" .")

    def text(self) -> str:
        """One paragraph or two."""
        stock, rng = self._sentences, self._rng
        return "\n\n".join(" ".join(rng.choices(stock, k=3)) for _ in range(rng.choice((1, 1, 2))))

    def name(self) -> str:
        """First and last name."""
        return f"{self._rng.choice(self._first)} {self._rng.choice(self._last)}"

    def _sentence(self) -> str:
        words = " ".join(self._rng.choices(self._words, k=self._rng.randint(5, 14)))
        return f"{words[0].upper()}{words[1:]}."


def mail(*, author: str, to: str, subject: str, date: str, own_id: str, references: Sequence[str], words: str) -> bytes:
    """A plain text mail (RFC 5322) in eight-bit UTF-8."""
    thread = ""
    if references:
        chain = "\n ".join(f"<{one}>" for one in references)
        thread = f"In-Reply-To: <{references[-1]}>\nReferences: {chain}\n"
    text = (
        f"From: {author}\nTo: {to}\nSubject: {subject}\nDate: {date}\nMessage-ID: <{own_id}>\n{thread}"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        f"{words}\n"
    )
    return text.replace("\n", "\r\n").encode()
