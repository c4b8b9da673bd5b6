"""The normal form in which words of mail systems are looked up.

Unfolded, one blank, lower case, without accents; the codes of continued lines are out; addresses, hosts and links are
tokens that say whose they are. It comes in answers (one for each reply code), these in sentences, these in clauses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.mail.bounces.codes import MAX_DIAGNOSTIC
from mailgate.mail.bounces.finding import ADDRESS
from mailgate.mail.bounces.lexicon import about, fold
from mailgate.mail.bounces.lookup import Lookup

RECIPIENT = "xrcptx"
OURS = "xoursx"
BLOCK_LIST = "xlistx"
_OTHER = "xaddrx"
OWN_HOST = "xourhostx"
THEIR_HOST = "xdomainx"
"""What stands for addresses, hosts and links in the normal form."""

_NOUN = about("user", "host", "mail", "delivery", "alive")
_LINK = re.compile(r"(?i)\bhttps?://([^\s/?#<>]{1,255})([^\s<>]{0,500})|\bwww\.[^\s<>]{1,300}")
_BLOCK_LIST_HOST = re.compile(r"(?i)(?:^|[.-])(?:bl|dnsbl|rbl|spamhaus|block(?:list|ed)?)[.\d-]|[?&](?:ip|addr)=\d")
_ADDRESS = Lookup(rf"(?<![\w.+-]){ADDRESS}")
_HOST = re.compile(r"(?<![\w.-])(?:\w[\w-]{0,62}\.){1,10}[a-zA-Z]{2,24}(?:\[[0-9a-fA-F.:]{2,45}\])?(?::\d+)?(?![\w-])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|_")
_NOT = re.compile(r"n't\b|n’t\b")
_REMARK = re.compile(
    r"\(in reply to [^()]{1,60}\)|\breturn(?:ed|ing)?(?: \w{1,12}){0,3} to (?:the )?sender\b", re.IGNORECASE
)
_PAIR = re.compile(r"\b[a-zA-Z_]{1,20}=[\w.:\[\]-]{1,100}")  # `relay=[192.0.2.1]`: no word of the sentence
_STRAY = re.compile(r"(?i)\b(?:need rcpt|no valid rec\w{1,10}|valid rcpt)[^\n]{0,40}")
# The fields that a notice repeats: they name the mail and give no reason.
_FIELD = re.compile(
    r"(?im)^[ \t]{0,20}(?:original[ -])?(?:sender|mail from|from|reply-to|subject|date|message-id)[\w-]{0,20}[ \t]?:"
    r"[^\n]*$"
)
_TALK = re.compile(r"(?m)^[ \t]{0,20}(?:<<<|>>>|\.\.\. )")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_CODE = re.compile(r"(?<![\w.:/=])([45]\d\d)([- ]|$)[ -]{0,2}(?:#?[45]\.\d{1,3}\.\d{1,3}[ :]?)?")
_ENHANCED = re.compile(r"#?(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[;。！？；]|\s--+\s|\.{3}|\s(?=[-*•] )")


@dataclass(frozen=True, slots=True)
class Parties:
    """Whose addresses may be named."""

    recipient: str = ""  # lower case, like all here
    ours: frozenset[str] = frozenset()

    def token(self, address: str) -> str:
        """What stands for an address."""
        if address.lower() == self.recipient:
            return RECIPIENT
        return OURS if address.lower() in self.ours else _OTHER

    @property
    def name(self) -> str:
        """The recipient's local part, by which some systems name him; "" where it is a word like any other."""
        local = self.recipient.rpartition("@")[0]
        return "" if len(local) < 3 or _NOUN.fullmatch(local) else local

    def host_token(self, host: str) -> str:
        """What stands for a host: "" for one in between, which is no party."""
        if host.lower() == self.recipient.rpartition("@")[2]:
            return THEIR_HOST
        return OWN_HOST if any(host.lower() == one.rpartition("@")[2] for one in self.ours) else " "


def words_of(text: str) -> str:
    """A text of any kind as one line of words: folded, with one blank, `not` written out."""
    return " ".join(fold(_NOT.sub(" not", text)).replace("cannot", "can not").split())


def answers(said: str, parties: Parties) -> list[list[str]]:
    """The sentences of each answer in a text, in order: what a server says under one reply code, or a paragraph."""
    text = _LINK.sub(_link, said[:MAX_DIAGNOSTIC])
    text = _FIELD.sub("", _STRAY.sub("", _PAIR.sub(" ", _REMARK.sub(" ", text))))
    text = _ADDRESS.sub(lambda found: f" {parties.token(found[0])} ", text)
    text = _HOST.sub(lambda found: f" {parties.host_token(found[0].partition('[')[0])} ", text)
    if parties.name:
        text = re.sub(rf"(?i)(?<![\w.@-]){re.escape(parties.name)}(?![\w@-])", RECIPIENT, text)
    text = _NOT.sub(" not", _CAMEL.sub(" ", text)).replace("cannot", "can not").replace("Cannot", "can not")
    found: list[list[str]] = []
    for block in _PARAGRAPH.split(_TALK.sub("\n\n", text)):
        found.extend(sentences for answer in _by_code(" ".join(block.split())) if (sentences := _sentences(answer)))
    return found


def _link(found: re.Match[str]) -> str:
    host, rest = found[1] or "", found[2] or ""
    return f" {BLOCK_LIST} " if _BLOCK_LIST_HOST.search(host) or _BLOCK_LIST_HOST.search(rest) else " "


def _by_code(text: str) -> Iterator[str]:
    """Cut where another reply code begins; the same one again is only that of a continued line."""
    code, start = "", 0
    kept: list[str] = []
    for found in _CODE.finditer(text):
        kept.append(text[start : found.start()])
        start = found.end()
        if found[1] != code:
            yield " ".join(kept)
            kept, code = [], found[1]
    yield " ".join((*kept, text[start:]))


def _sentences(answer: str) -> list[str]:
    plain = " ".join(fold(_ENHANCED.sub(" ", answer)).split())
    return [one for piece in _SENTENCE_END.split(plain) if (one := piece.strip(" ,:()[]<>\"'"))]
