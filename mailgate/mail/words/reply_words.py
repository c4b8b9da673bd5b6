"""The words of mail programs around an answer, by their beginnings, in the languages of most mail.

They only add to what shapes say (`reply_marks`, `lead_ins`, `tails`): a language that is missing here loses nothing of
its own, and most of its history is found all the same.
"""

import re
from collections.abc import Iterable

_NO_BLANKS = re.compile("[\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Beginnings:
    """Beginnings of words, in any case; in scripts that write no blanks, and with `inside`, anywhere in a word.

    Asked like a pattern. Nearly every line has none of them, which costs far less to see than a search does.
    """

    __slots__ = ("_ascii", "_folded", "_pattern")

    def __init__(self, words: str, *, inside: bool = False) -> None:
        anywhere = [word for word in words.split() if inside or _NO_BLANKS.search(word)]
        first = [word for word in words.split() if word not in anywhere]
        either = [rf"(?<!\w)(?:{'|'.join(first)})"] * bool(first) + anywhere
        self._pattern = re.compile("|".join(either), re.IGNORECASE)
        self._folded = tuple(map(_folded, words.split()))
        self._ascii = tuple(filter(str.isascii, self._folded))

    def search(self, text: str) -> re.Match[str] | None:
        """The first one."""
        return self._pattern.search(text) if self._may_be_in(text) else None

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """All of them, one after the other."""
        return self._pattern.finditer(text) if self._may_be_in(text) else ()

    def _may_be_in(self, text: str) -> bool:
        plain = _folded(text)
        for word in self._ascii if plain.isascii() else self._folded:  # noqa: SIM110 - half the time of any()
            if word in plain:
                return True
        return False


def _folded(text: str) -> str:
    """The text as patterns see it that ignore case: for them `ı` and `İ` are an `i`."""
    return text.lower() if text.isascii() else text.replace("ı", "i").replace("İ", "i").casefold()


def _set(words: str) -> frozenset[str]:
    return frozenset(word.replace("_", " ") for word in words.split())


WROTE = Beginnings(
    "wrote writes schrieb geschrieben écrit escri scri geschreven schreef skrev skriv napsa napísa napisa pisze"
    " kirjoitti yazdı напис писал пише írta έγραψε viết menulis כתב كتب نوشت लिखा 写道 寫道 のメール 작성"
)
"""He who is named beside it wrote the quotation."""

ORIGINAL = Beginnings(
    "original ursprüngliche nachricht message mensagem oorspronkelijk origineel oprindelig opprinnelig ursprunglig"
    " wiadomo původní pôvodn eredeti alkuperäi vastaanotettu orijinal исходн вихідн оригин αρχικό מקורית الأصلية"
    " 原始 元の 원본"
)
"""`-----Original Message-----`: the answered mail below."""

FORWARDED = Beginnings(
    "forward weitergeleitet transféré réexpédié reenviado inoltrat doorgestuurd videresend vidarebefordra encaminhad"
    " przekazan přeposlan preposlan továbbított пересл пересыл redirec iletilen välitet προωθημ 转发 轉寄 転送 전달"
)
"""`-- Forwarded message --`: what the sender wants read."""

FORWARDS = _set("fw fwd wg tr rv enc i vb vl pd doorst vs ilt i̇lt 转发 轉寄 転送 전달 πρθ הועבר")
"""Before a subject. `VS` is an answer in Finnish: there the mail is read as it would be without."""

LABELS = {
    "from": _set("from von de da van från fra od 发件人 寄件者 差出人 보낸_사람 מאת"),
    "sent": _set(
        "sent date gesendet datum envoyé fecha enviado inviato data verzonden skickat dato sendt wysłano odesláno"
        " 发送时间 日期 送信日時 נשלח"
    ),
    "to": _set("to an à a para aan till til do komu 收件人 宛先 받는_사람 אל"),
    "subject": _set(
        "subject betreff objet asunto assunto oggetto onderwerp ämne emne temat předmět 主题 主旨 件名 제목 נושא"
    ),
}
"""Lines of the header above an answered mail."""

SENT = Beginnings(
    "sent provenance gesendet versendet verschickt envoyé envia inviato verzonden verstuurd skicka sendt wysłan odeslá"
    " odosla poslan saadet nosūt išsių lähetetty отправлен надіслан изпратен στάλθηκε trimis küld elküld gönderildi"
    " dikirim gửi भेजा ส่งจาก נשלח أرسل أُرسل 发自 發自 发送 傳送 送信 보냄"
)
GET = Beginnings("get download obten obter télécharger ottieni scarica descarg herunterladen beziehen downloaden 下载")
PROGRAMS = Beginnings(
    "iphon phone ipad ios android galaxy samsung huawei xiaomi blackberry outlook windows mail yahoo gmx mobil"
    " smartphone handy tablet телефон",
    inside=True,
)
"""`Sent from my iPhone`, `Get Outlook for Android`."""

THIS_LINE = (
    "above this line", "oberhalb dieser zeile", "au-dessus de cette ligne", "por encima de esta línea",
    "acima desta linha", "sopra questa linea", "sopra questa riga", "boven deze lijn", "boven deze regel",
)  # fmt: skip
"""A mark that asks for answers above it; in any language where it is `##- … -##`."""

PREVIOUS = re.compile(r"[\s*#]*previous (?:replies|messages|comments)[\s*:]*$", re.IGNORECASE)
