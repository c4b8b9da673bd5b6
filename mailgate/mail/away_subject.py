"""The subject of an answering program: what responders put before the subject that they answer, in many languages.

A subject is a hint and no more: people ask about their out-of-office, too. `automatic` says what must come to it.
"""

import re
import unicodedata


def _folded(text: str) -> str:
    """Without case and accents, and without what Turkish tells an ı from an i by."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    return unicodedata.normalize("NFC", "".join(one for one in letters if unicodedata.category(one) != "Mn"))


# "Automatic" is one word nearly everywhere, and so is "answer" within a family of languages: either alone means
# nothing, both before the colon are a responder's.
_AUTOMATIC = (
    "auto", "awtomat", "otomat", "uathoibr", "samodej", "sjálfvirk", "авто", "ауто", "аўто", "аўта", "αυτόματ",
    "ավտո", "ავტო", "tự động", "自动", "自動", "자동", "อัตโนมัติ", "स्वचालित", "אוטומט", "تلقائي", "خودکار", "آلي",
)  # fmt: skip
_ANSWER = (
    "reply", "respon", "réponse", "answer", "antwor", "antwoo", "respost", "respues", "rispost", "svar", "vasta",
    "vastus", "odpov", "odpow", "odgov", "válasz", "răspuns", "yanıt", "cevap", "cavab", "javob", "atbild", "atsak",
    "balasan", "jawapan", "tugon", "ymateb", "erantzun", "freagra", "trả lời", "phản hồi", "ответ", "відпов",
    "отговор", "одговор", "адказ", "жауап", "απάντ", "պատաս", "პასუხ", "回复", "回覆", "答复", "答覆", "返信", "応答",
    "回信", "회신", "응답", "답장", "ตอบ", "उत्तर", "תשוב", "מענה", "תגוב", "رد", "پاسخ",
)  # fmt: skip

# Its writer is away: a phrase that hardly says anything else, or a word that stands alone before the colon.
_PHRASES = (
    "out of (?:the |my )?office", "away from (?:the|my) (?:office|desk|mail)",
    "abwesenheits?(?:notiz|meldung|assist)", "(?:nicht im|außer) (?:büro|haus)", "absence du bureau",
    "(?:fuera|fora) d(?:e la|el|e|o) (?:oficina|escrit[oó]rio)", "fuori (?:ufficio|sede)",
    "(?:buiten|niet op) kantoor", "(?:inte|ikke) på kontoret", "ute av kontoret", "poissa toimistolta", "poza biurem",
    "mimo kancelář", "házon kívül", "ofis dışı", "вне офиса", "поза офісом", "извън офиса", "εκτός γραφείου",
    "不在办公室", "不在辦公室", "外出中", "부재 중", "부재중", "מחוץ למשרד", "خارج المكتب",
)  # fmt: skip
_WORDS = (
    "auto", "ooo", "oof", "(?:on )?(?:vacation|holiday|leave)", "vacation (?:reply|response|message)",
    "abwesen(?:d|heit)", "(?:im )?urlaub", "absen(?:t|te|ce)", "ausente", "ausencia", "assen(?:te|za)",
    "afwezig(?:heid)?", "frånvaro", "fravær", "poissa", "nieobecność", "nepřítomnost", "neprítomnosť", "távollét",
    "odsot(?:en|nost)", "odsut(?:an|nost)", "отсутствие", "відсутність", "отсъствие", "不在", "休假", "休暇", "부재",
    "휴가",
)  # fmt: skip

_AUTOMATIC_STEMS = tuple(map(_folded, _AUTOMATIC))
_ANSWER_STEMS = tuple(map(_folded, _ANSWER))
_PHRASE = re.compile(rf"\b(?:{'|'.join(map(_folded, _PHRASES))})")
_WORD = re.compile(rf"(?:{'|'.join(map(_folded, _WORDS))})\s*(?:\Z|[(\[!.,–-])")
_MOST_WORDS = 12  # before the colon: more are a sentence
_MOST_ALONE = 3  # where there is no colon
_MOST = 200  # characters that are looked at


def is_auto_reply_subject(subject: str) -> bool:
    """Whether a responder may have written this subject, by what stands before its first colon, or in all of it."""
    said = _folded(subject[:_MOST]).strip()
    before = re.split("[:：]", said, maxsplit=1)[0].strip()
    words = len(before.split())
    if words > _MOST_WORDS:
        return False
    if _WORD.match(before) or _PHRASE.search(before):
        return True
    is_short = words <= _MOST_ALONE or before != said
    is_automatic = any(stem in before for stem in _AUTOMATIC_STEMS)
    return is_short and is_automatic and any(stem in before for stem in _ANSWER_STEMS)
