"""The subject of an answering program: what responders put before the subject that they answer, in many languages.

A subject is a hint and no more: people ask about their out-of-office, too. `automatic` says what must come to it.
"""

import re
import unicodedata


def _folded(text: str) -> str:
    """Without case and accents, and without what Turkish tells an ı from an i by."""
    if text.isascii():
        return text.casefold()
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return unicodedata.normalize("NFC", "".join(one for one in letters if unicodedata.category(one) != "Mn"))


# "Automatic" is one word nearly everywhere, and so is "answer" within a family of languages: either alone means
# nothing, both before the colon are a responder's.
_AUTOMATIC = (
    "auto", "awtomat", "otomat", "uathoibr", "samodej", "sjálfvirk", "авто", "ауто", "аўто", "аўта", "αυτόματ",
    "ավտո", "ავტო", "tự động", "自动", "自動", "자동", "อัตโนมัติ", "स्वचालित", "אוטומט", "تلقائي", "خودکار", "آلي",
)  # fmt: skip
_ANSWER = (
    "reply", "respon", "réponse", "answer", "antwor", "antwoo", "reacti", "respost", "respues", "rispost", "svar",
    "vasta", "vastus", "odpov", "odpow", "odgov", "válasz", "răspuns", "yanıt", "cevap", "cavab", "javob", "atbild",
    "atsak", "balasan", "jawapan", "tugon", "ymateb", "erantzun", "freagra", "trả lời", "phản hồi", "ответ", "відпов",
    "отговор", "одговор", "адказ", "жауап", "απάντ", "պատաս", "პასუხ", "回复", "回覆", "答复", "答覆", "返信", "応答",
    "回信", "회신", "응답", "답장", "ตอบ", "उत्तर", "תשוב", "מענה", "תגוב", "رد", "پاسخ",
)  # fmt: skip

# Somebody is out, and of an office: both before the colon.
_OUT = (
    "out", "outof\\w*", "not in", "away", "hors", "nicht im", "außer", "fuera", "fora", "fuori", "non in", "buiten",
    "niet", "ej", "inte", "ikke", "ude", "ute", "poissa", "poza", "mimo", "kívül", "nem", "în afara", "dışı\\w*", "вне",
    "нет", "поза", "извън", "izvan", "zunaj", "εκτός", "ārpus", "väljas", "不在\\w*", "מחוץ", "خارج",
)  # fmt: skip
_OFFICE = (
    "office", "büro", "haus", "bureau", "oficina", "escritório", "ufficio", "sede", "kantoor", "kontor", "toimisto",
    "biur", "kancel", "irod", "ház", "birou", "ofis", "офис", "офіс", "ured", "pisarn", "γραφείο", "biroj", "办公室",
    "辦公室", "משרד", "مكتب",
)  # fmt: skip

# One word that says that its writer is away, where it stands with hardly any other.
_AWAY = (
    "ooo", "oof", "ooto", "away", "vacation", "on (?:\\w+ )?leave", "holiday", "absen", "abwesen", "urlaub", "congé",
    "ausen", "vacaciones", "vacances", "vacanza", "férias", "assen", "ferie", "afwezig", "niet aanwezig",
    "vakantie", "frånvar", "semester", "fravær", "ikke til stede", "poissa", "lomalla", "nieobecn",
    "urlop", "nepřítom", "neprítom", "dovolen", "távol", "szabads",
    "concediu", "izinde", "izinli", "отсутств", "отпуск", "нет на месте", "відсутн", "відпуст", "отсъств", "odsot",
    "odsut", "dopust", "απουσ", "prombūtn", "atostog", "puhkus", "不在", "外出", "休假", "休暇", "부재", "휴가",
    "חופשה", "إجازة",
)  # fmt: skip

_PAIRS = (
    (re.compile("|".join(map(_folded, _AUTOMATIC))), re.compile("|".join(map(_folded, _ANSWER)))),
    (re.compile(rf"\b(?:{'|'.join(map(_folded, _OUT))})\b"), re.compile("|".join(map(_folded, _OFFICE)))),
)
_ONE = re.compile(rf"\b(?:{'|'.join(map(_folded, _AWAY))})|auto\Z")
_LABEL = re.compile(r"\W*(?:ext(?:ern(?:al)?)?|spam|caution)\b\W+")  # of a gateway, before all
_MOST_WORDS = 12  # before the colon: more are a sentence
_MOST_BESIDE = 4  # with one word that says it
_MOST_ALONE = 2  # where there is neither a colon nor a date
_MOST = 200  # characters that are looked at


def is_auto_reply_subject(subject: str) -> bool:
    """Whether a responder may have written this subject, by what stands before its first colon, or in all of it."""
    said = _LABEL.sub("", _folded(subject[:_MOST]), count=1).strip()
    before, colon, _ = said.replace("：", ":").partition(":")
    words = len(before.split())
    if words > _MOST_WORDS:
        return False
    most = _MOST_BESIDE if colon or any(letter.isdigit() for letter in before) else _MOST_ALONE
    if words <= most and _ONE.search(before):
        return True
    automatic, out = (first.search(before) and second.search(before) for first, second in _PAIRS)
    return bool(out or (automatic and words <= (_MOST_WORDS if colon else _MOST_ALONE + 1)))
