"""The new words of a reply: without quotes, attribution lines, the history below, and signatures. Never raises.

One pass over the lines, in linear time. `mailparser_reply` is asked only about lines that may be an attribution: it
knows how a dozen languages write them, but takes a second for 8 kB on one line and a millisecond for any small mail,
and what it takes for signatures (a line `- like this`, "Thanks, …" and all that follows) are often the very words.
"""

import re
from functools import lru_cache

import mailparser_reply

MAX_TEXT = 100_000  # characters that are looked at; what is behind them stays as it is
_MAX_LINE = 500  # characters of a line that are looked at
_MAX_QUESTIONS = 50  # lines that the library is asked about, in one mail
_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "da", "sv", "pl", "cs", "ja", "ko", "zh"]

_QUOTE = re.compile(r" {0,3}>")
_ORIGINAL = re.compile(
    r"[\s*]*[-_=]{2,}[\s*]*(?:original (?:message|meddelelse|appointment)"
    r"|(?:ursprüngliche )?nachricht|originalnachricht|message d.origine|message original|mensaje original"
    r"|messaggio originale|oorspronkelijk bericht"
    r"|oprindelig meddelelse|ursprungligt meddelande|wiadomość oryginalna|původní zpráva"
    r"|mensagem original|alkuperäinen viesti|исходное сообщение|原始邮件|原始郵件|元のメッセージ|원본 메시지)"
    r"[\s*]*[-_=]{2,}[\s*]*$",
    re.IGNORECASE,
)
_REPLY_ABOVE = re.compile(
    r"\b(?:type|write|enter|add) (?:your|a) (?:reply|response|answer) (?:above|below) this line"
    r"|\b(?:reply|respond|answer)(?:ing)? above this line|oberhalb dieser zeile|au-dessus de cette ligne",
    re.IGNORECASE,
)
_MARK_WORD = re.compile(r"line|zeile|ligne", re.IGNORECASE)  # quick to look for, and most mails have none
_FORWARD = re.compile(
    r"[\s>*]*(?:[-_=]{2,}\s*(?:forwarded|weitergeleitete|message transféré|mensaje reenviado|messaggio inoltrato"
    r"|doorgestuurd|videresendt|vidarebefordrat)|begin forwarded message\s*:|anfang der weitergeleiteten)",
    re.IGNORECASE,
)
_LABELS = {  # label of a reply header block → which line it is
    "from": "from|von|de|da|van|från|fra|od|lähettäjä|от|发件人|寄件者|差出人|보낸 사람",
    "sent": "sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato|data|verzonden|skickat|dato|sendt|wysłano"
    "|odesláno|lähetetty|отправлено|дата|发送时间|日期|日時|送信日時|보낸 날짜",
    "to": "to|an|à|para|a|aan|till|til|do|komu|vastaanottaja|кому|收件人|宛先|받는 사람",
    "subject": "subject|betreff|objet|asunto|oggetto|onderwerp|ämne|emne|temat|předmět|assunto|aihe|тема|主题|主旨|件名"
    "|제목",
    "other": "cc|kopie|copie|kopia|kopi|dw|reply-to|importance|priority|organization|抄送",
}
_LABEL = re.compile(
    r"[\s*_]*(?:" + "|".join(f"(?P<{line}>{words})" for line, words in _LABELS.items()) + r")[\s*_]*[:：]",
    re.IGNORECASE,
)
_RULE = re.compile(r"[\s*]*[-_=]{5,}[\s*]*$")
_SENT_FROM = re.compile(
    r"\s*(?:(?:sent|gesendet|envoyé|enviado|inviato|verzonden|verstuurd|skickat|sendt|wysłano|odesláno|lähetetty|отправлено)"
    r" (?:from|via|with|using|von|mit|depuis|de|desde|do|da|dal|vanaf|met|från|fra|z|ze|с)\b[^,.;!?]{1,50}\.?"
    r"|get outlook for .{1,40}|(?:发自|从)我的.{1,30}|iphoneから送信)$",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(r"you received this message because you are subscribed|mailing list\b.{0,40}$", re.IGNORECASE)
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|a écrit|escribió|ha escrito|ha scritto|scrisse|schreef|skrev|napsala?"
    r"|napsal\(a\)|napisała?|napisał\(a\)|escreveu|kirjoitti|yazdı|написала?|пишет|a scris)\b.{0,80}[:：]$"
    r"|(?:写道|寫道|のメール|님이 작성).{0,10}[:：]$",
    re.IGNORECASE,
)
# `30.09.2017, 18:30, "Bart" <bart@example.org>:` says nobody wrote, but who, where and when.
_WHO_AND_WHEN = re.compile(r"(?=.*(?:\b\d{1,2}[:.]\d\d\b|\b(?:19|20)\d\d\b)).*<\s*[^\s<>]+@[^\s<>]+>\s*[:：]$")
_LEAD_IN = re.compile(
    r"[\s*]*(?:on|am|le|el|il|op|den|dne|dnia|w dniu|em|no dia|på|pe|ons?|tis|ma|\d{1,4}\s?[-./年년]"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)\w*,?)\s?\b",
    re.IGNORECASE,
)
_SIGNATURE_LINES = 12  # below a `--` that lacks its blank; more is text below a rule


def reply_text(text: str) -> str:
    """What the sender wrote in this message; all of `text` where nothing would remain of it."""
    return visible(text) or text.strip()


def visible(text: str) -> str:
    """The same, but "" for a body that is all quotes and signature."""
    head, tail = text[:MAX_TEXT], text[MAX_TEXT:]
    lines = head.split("\n")
    reading = _Reading([line[:_MAX_LINE] for line in lines])
    kept = [lines[at] for at in reading.kept()]
    return ("\n".join(kept) + ("" if reading.cut else tail)).strip()


class _Reading:
    """One pass over the lines of a body."""

    __slots__ = ("cut", "has_mark", "lines", "questions")

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.cut = False  # a line was found below which all is history
        self.questions = 0
        self.has_mark = any(_MARK_WORD.search(line) for line in lines)

    def kept(self) -> list[int]:
        """The indexes of the lines that are the sender's own."""
        kept: list[int] = []
        at = 0
        in_signature = False
        while at < len(self.lines):
            line = self.lines[at]
            if not line or line.isspace():
                kept.append(at)
                at += 1
            elif _QUOTE.match(line):
                in_signature = False
                at += 1
            elif _FORWARD.match(line):  # what is forwarded is what the sender wants read
                return [*kept, *range(at, len(self.lines))]
            elif self._ends_at(at):
                self.cut = True
                while kept and (not self.lines[kept[-1]].strip() or _RULE.match(self.lines[kept[-1]])):
                    kept.pop()  # the rule above a header block
                return kept
            elif length := self._attribution(at):
                if not self._quote_follows(at + length):
                    self.cut = True  # the history below carries no marks
                    return kept
                in_signature = False
                at += length
            else:
                in_signature = in_signature or self._is_signature(at)
                if not in_signature and not _SENT_FROM.match(line):
                    kept.append(at)
                at += 1
        return kept

    def _ends_at(self, at: int) -> bool:
        line = self.lines[at]
        if _ORIGINAL.match(line) or (self.has_mark and _REPLY_ABOVE.search(line)):
            return True
        if _RULE.match(line) and len(line.strip()) >= 20:
            below = [text for text in self.lines[at + 1 : at + 4] if text.strip()]
            if below and _LIST_FOOTER.search(below[0]):
                return True
        return _LABEL.match(line) is not None and self._is_header_block(at)

    def _is_header_block(self, at: int) -> bool:
        """Three labelled lines close together, one of them the author's: `From: … Sent: … Subject: …`."""
        seen: set[str] = set()
        for line in self.lines[at : at + 8]:
            found = _LABEL.match(line)
            if found and found.lastgroup:
                seen.add(found.lastgroup)
        return "from" in seen and len(seen) >= 3

    def _attribution(self, at: int) -> int:
        """How many lines from here are `On …, X wrote:`; 0 when they are none."""
        for length in (1, 2, 3):
            window = self.lines[at : at + length]
            if len(window) < length or not window[-1].strip() or (length > 1 and not _LEAD_IN.match(window[0])):
                return 0
            last = window[-1].rstrip(" *\t")
            if not last.endswith((":", "：")):
                continue
            joined = " ".join(part.strip() for part in window).rstrip(" *")
            dated = any(ch.isdigit() or ch == "@" for ch in joined)
            if (
                (_WROTE.search(joined) and (dated or _LEAD_IN.match(joined) or self._quote_follows(at + length)))
                or (dated and self._quote_follows(at + length))
                or _WHO_AND_WHEN.match(joined)
                or (dated and self._library_knows(joined))
            ):
                return length
            return 0
        return 0

    def _library_knows(self, line: str) -> bool:
        self.questions += 1
        return self.questions <= _MAX_QUESTIONS and _library_attributions().match(line[:_MAX_LINE]) is not None

    def _quote_follows(self, at: int) -> bool:
        following = next((line for line in self.lines[at : at + 3] if line.strip()), "")
        return _QUOTE.match(following) is not None

    def _is_signature(self, at: int) -> bool:
        line = self.lines[at]
        if line == "-- ":  # RFC 3676 §4.3
            return True
        if line.strip() not in ("--", "—", "– "):
            return False
        below = 0
        for text in self.lines[at + 1 : at + 100]:
            if _QUOTE.match(text) or below > _SIGNATURE_LINES:
                break
            below += bool(text.strip())
        return below <= _SIGNATURE_LINES


@lru_cache(maxsize=1)
def _library_attributions() -> re.Pattern[str]:
    pattern: re.Pattern[str] = mailparser_reply.EmailMessage("", languages=list(_LANGUAGES)).HEADER_REGEX
    return pattern
