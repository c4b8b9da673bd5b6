"""Which charset undeclared 8-bit text is in, judged by what the letters would be; never raises.

No library: the known ones take milliseconds, or weigh all charsets alike on texts as short as a subject, and guess
charsets that no mail program ever wrote. Here each candidate is decoded and its letters are counted.
"""

MAX_SNIFFED = 4096  # bytes that are looked at

# Letters that make up most of any text in their script or language.
_COMMON = {
    "cyrillic": "оеаинтсрвлкмдпуяызьбгчйхжшюцщэфіїєґў",
    "greek": "αοιετσνηυρπκμλςωδγχθφβξζψάέήίόύώ",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשתםןףךץ",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةأإىئء",
    "thai": "กขคงจชซญดตถทธนบปผพฟภมยรลวศสหอฮะาำิีึืุูเแโใไ่้็์ั",
    "western": "äöüßéèàçñóáíúêâôîûëïøåæãõìòù«»“”„’‘–—…€",
    "central": "ąćęłńóśźżáčďéěíňřšťúůýžőűäöüđăâîșțşţ“”„’–…€",
    "turkish": "çğıöşüâî’“”",
    "baltic": "āčēģīķļņšūžąęėįųõäöü",
    "chinese": "的一是不了在人有我他這这個个上們们來来到時时大地為为子中你說说生國国年着就那和要她出也得里後后自以會"
    "会家可下而過过天去能對对小多然於于心學学么之都好看起發发當当沒没成只如事把還还用第樣样道想作種种開开"
    "美總总從从無无情己面最女但現现前些所同日手又行意動动方期它頭头經经長长兒儿回位分愛爱老因很給给名法間"
    "间知世什兩两次使身者被高已親亲其進进此話话常與与活正感見见明問问力理點点文幾几定本公特做外孩相西果走"
    "將将月十實实向聲声車车全信重三機机工物氣气每並并別别真打太新比才便夫再書书部水像眼等體体卻却加電电主"
    "界門门利海受聽听表德少克代員员許许請请您郵邮件謝谢收貴贵司客服務务問题題查訂订單单付款",
}
_CANDIDATES = (  # the order decides between equals
    ("cp1252", "western"),
    ("cp1251", "cyrillic"),
    ("koi8-u", "cyrillic"),
    ("cp1250", "central"),
    ("iso-8859-2", "central"),
    ("cp1253", "greek"),
    ("cp1254", "turkish"),
    ("cp1255", "hebrew"),
    ("cp1256", "arabic"),
    ("cp1257", "baltic"),
    ("cp874", "thai"),
    ("iso-8859-5", "cyrillic"),
    ("cp866", "cyrillic"),
    ("cp932", "japanese"),
    ("euc-jp", "japanese"),
    ("gb18030", "chinese"),
    ("big5hkscs", "chinese"),
    ("cp949", "korean"),
)
_SETS = {name: frozenset(letters) for name, letters in _COMMON.items()}
_LATIN = frozenset({"western", "central", "turkish", "baltic"})
_WIDE = frozenset({"japanese", "korean", "chinese"})
_THAI_MARKS = frozenset("ัิีึืฺุู็่้๊๋์ํ๎ะาำ")
_ENOUGH = 0.35  # of the letters that are not ASCII must be common ones


def sniff(data: bytes) -> str | None:
    """The codec that makes most sense of these bytes, which are no UTF-8; None when none does."""
    data = data[:MAX_SNIFFED]
    for mark, codec in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return codec
    best, chosen = _ENOUGH, None
    for codec, script in _CANDIDATES:
        score = _score(_decoded(data, codec), script)
        if score > best:
            best, chosen = score, codec
    return chosen


def _decoded(data: bytes, codec: str) -> str:
    for cut in range(4):  # the last character may be cut in half
        try:
            return data[: len(data) - cut].decode(codec)
        except UnicodeError:
            continue
    return ""


def _score(text: str, script: str) -> float:
    """How much of what is not ASCII is as it would be in this script: 1 is all, below 0 is against it."""
    total, good = 0, 0.0
    before = " "
    for at, ch in enumerate(text):
        if ch > "\x7f" and ch != "\xa0":
            total += 1
            after = text[at + 1 : at + 2]
            good += _weight(ch, before, after, script)
        before = ch
    return good / total if total else 0.0


def _weight(ch: str, before: str, after: str, script: str) -> float:
    if script in _WIDE and _is_ascii_letter(before) and after <= "\x7f":
        return -1.0  # one such character at the end of a Latin word: a quotation mark, or a letter with an accent
    if script == "thai" and ch in _THAI_MARKS and not "ก" <= before <= "๎":
        return -1.0
    if script == "japanese":
        return 1.2 if "\u3040" <= ch <= "\u30ff" else 0.5 if "\u3000" <= ch <= "\u9fff" else -0.5
    if script == "korean":
        return 1.1 if "\uac00" <= ch <= "\ud7a3" else -0.3
    if script == "chinese":
        if "\u4e00" <= ch <= "\u9fff":
            return 1.0 if ch in _SETS[script] else 0.2
        return 0.6 if ch in "，。！？、：；（）「」《》" else -0.5
    if not ch.isalpha() and ch not in _SETS[script]:
        return 0.0 if ch in "“”„’‘–—…«»°§№€" else -1.0
    beside_latin = _is_ascii_letter(before) + _is_ascii_letter(after)
    if script in _LATIN:
        lone = 0.0 if beside_latin else -0.4  # accents stand among plain letters
        known = 1.0 if ch.lower() in _SETS[script] else -0.5
        return known + lone + (-0.7 if ch.isupper() and before.islower() else 0.0)
    if beside_latin:
        return -1.0
    if ch.isupper() and before.isalpha() and before.islower():
        return -1.0  # KOI8 read as Windows-1251 has its capitals the wrong way round
    return 1.0 if ch in _SETS[script] else 0.7 if ch.lower() in _SETS[script] else -0.5


def _is_ascii_letter(ch: str) -> bool:
    return ch.isascii() and ch.isalpha()
