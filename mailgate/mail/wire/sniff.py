"""Which charset 8-bit text is in, whatever was declared: every candidate reads it, and what is read is weighed.

What counts is how common the characters are: kana, kanji and hanzi of the first level of their standards, syllables
that Korean is full of, letters among letters of their own kind; against a reading speak private characters, half-width
kana, capitals amid words and blanks where none belong. No library: the known ones take milliseconds, weigh all charsets
alike on texts as short as a subject, and guess charsets that no mail program ever wrote. Never raises.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mailgate.mail.bounds import MAX_SNIFFED

_RIGHT = 0.75  # of 1: with so much no other reading needs to be asked
_GOOD = 0.65  # what another must have, to be taken instead of the declared one
_MAY_BE = 0.55  # the same, where the declared one reads nonsense
_CLEARLY = 0.25  # by so much it must be better
_FEW = 3  # characters that tell too little to overrule a declaration that may be right
_ENOUGH = 0.35  # what one must have that nobody declared
_SIGNS_ALONE = 0.5

_CANDIDATES = (  # the order decides between equals
    ("cp1252", "western"),
    ("cp1251", "cyrillic"),
    ("koi8-u", "cyrillic"),
    ("cp1250", "polish"),
    ("iso-8859-2", "polish"),
    ("cp1250", "czech"),
    ("iso-8859-2", "czech"),
    ("cp1250", "danubian"),
    ("iso-8859-2", "danubian"),
    ("cp1253", "greek"),
    ("cp1254", "turkish"),
    ("cp1255", "hebrew"),
    ("cp1256", "arabic"),
    ("cp1257", "baltic"),
    ("cp874", "thai"),
    ("iso-8859-5", "cyrillic"),
    ("cp866", "cyrillic"),
    ("cp932", "japanese"),
    ("gb18030", "simplified"),
    ("euc-jp", "japanese"),
    ("big5hkscs", "traditional"),
    ("cp949", "korean"),
)
_MORE = {  # that are only declared
    "cp1250": "central",
    "iso-8859-2": "central",
    "koi8-r": "cyrillic",
    "mac-cyrillic": "cyrillic",
    "iso-8859-15": "western",
    "iso-8859-7": "greek",
    "iso-8859-8": "hebrew",
    "iso-8859-6": "arabic",
    "iso-8859-4": "baltic",
    "iso-8859-13": "baltic",
    "mac-roman": "western",
}

# Letters beside those of ASCII that a script has, the commonest first; of those with a number so many are common.
_LETTERS: Mapping[str, tuple[str, int]] = {
    "cyrillic": ("оеаинтсрвлкмдпуяызьбгчйхжшюцщэфъёіїєґў", 15),
    "greek": ("αοιετσνηυρπκμλςωδγχθφβξζψάέήίόύώϊϋ", 16),
    "hebrew": ("יוהלאתרמבשנעםדחקפכטגזסןצףךץ", 13),
    "arabic": ("اليمنرتوبعدسفهكحقةأىشجصطضخذزثغظءإئؤآپچژگکی،؟", 15),
    "thai": ("านรอกเงมยลวดทส่้ัิีต์ะปบคหแจพชุขใืไูำโถผ็ศซธภณญษฟฉฐฝฮึๆฯ๊๋ฎฏฑฒฌ", 14),
    "western": ("äöüßéèàçñóáíúêâôîûëïøåæãõìòùœ¿¡", 40),
    "central": ("ąćęłńóśźżáčďéěíňřšťúůýžőűäöüđăâîșțşţ", 40),
    "polish": ("ąćęłńóśźż", 9),
    "czech": ("áčďéěíňóřšťúůýžľĺŕôäđćö", 23),  # and Slovak, Croatian, Slovene
    "danubian": ("áéíóöőúüűäßăâîşţ", 16),  # Hungarian, Romanian, and German beside them
    "turkish": ("çğıöşüâîİ", 9),
    "baltic": ("āčēģīķļņšūžąęėįųõäöü", 20),
}
_LATIN = frozenset({"western", "central", "polish", "czech", "danubian", "turkish", "baltic"})
_SIGNS = "“”„–—…«»§№€´•\xa0×"
_APOSTROPHES = "’‘‚·"  # signs that stand in words, too
_SIGNS_BEHIND = "°²³¹½¼¾º©®£¤¦¬±"  # a word
_MARKS = "ัิีึืฺุู็่้๊๋์ํะาำ"  # of Thai, behind a letter
_VOWELS = "аеёиоуыэюяіїє" + "เแโใไ"  # the latter stand before a letter

# The commonest of scripts with thousands of characters; they weigh a little more than others of the first level.
_SIMPLIFIED = (
    "的一是不了在人有我他这个们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起"
    "发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间知世什两次"
    "使身者被高已亲其进此话常与活正感见明问力理点文几定本公特做外相西果走将月十实向声车全信重三机工物气每别真打太新才便再书部水"
    "像眼等体却加电主界门利海受听表德少克代员许请您邮件谢收贵司客服务题查订单付款账户域站"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們來到時大地為子中你說生國年著就那和要她出也得裡後自以會家可下而過天去能對小多然於心學麼之都好看起"
    "發當沒成只如事把還用第樣道想作種開美總從無情己面最女但現前些所同日手又行意動方期它頭經長兒回位分愛老因很給名法間知世什兩次"
    "使身者被高已親其進此話常與活正感見明問力理點文幾定本公特做外相西果走將月十實向聲車全信重三機工物氣每別真打太新才便再書部水"
    "像眼等體卻加電主界門利海受聽表德少克代員許請您郵件謝收貴司客服務題查訂單付款帳戶網站"
)
_KANJI = (
    "日一国会人年大十二本中長出三同時事自行社見月分議後前生間上部東者地合市業内相方四定今回新場金員入選立開手力学問高代明実円関"
    "子動京全目表経通外最言現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小七成期公野山川届願件世話致確認送料使"
)
_SYLLABLES = (
    "이다는에의가을를은로하고지기서사인도해어리대자시나아한수일그있부정들과스원게주보상라안전제요네니습세메까일니까너무만여비신용"
    "연오구동치우성조장마없으려면할합문공유관경화개계말모바무반점금계약청결출입님녕감적견드렸습어여와과및"
)

_WIDE_SIGNS = "，。！？、：；（）「」『』《》【】～ー・…“”‘’—　々〆％￥→①②③④⑤⑥⑦⑧⑨"

# How much a character of each class weighs, ASCII (`a`, blank, `.`) nothing. In alphabets: common and seldom letters
# (`o s`, vowels `e u`, capitals `O S E U`), marks that follow a letter `m`, signs `p` and those behind words `q`.
# In other scripts: common characters `o`, of the first level `f`, rarer ones `r`, kana `k`, syllables `h`, signs `w`.
# What is no character of the script: `x`, or `X` where it is none of any.
_WEIGHTS = {
    **dict.fromkeys("oem", 1.0),
    **dict.fromkeys("OE", 0.8),
    **dict.fromkeys("su", 0.4),
    **dict.fromkeys("SU", 0.3),
    "k": 0.95,
    "w": 0.7,
    "f": 0.6,
    "h": 0.55,
    "x": -0.5,
    "X": -1.0,
}
_ASCII = {at: "a" if chr(at).isalpha() else " " if chr(at).isspace() else "." for at in range(128)}
_SMALL, _GREAT = "oseu", "OSEU"

_TRAILS = (*range(0x40, 0x7F), *range(0xA1, 0xFF))  # second bytes
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_BEFORE = 50  # bytes before the first that is not ASCII
_AMID = re.compile(f"(?<=[{_SMALL}x])[{_GREAT}]")  # KOI8 read as Windows-1251 has its capitals the wrong way round
_BESIDE_ASCII = re.compile(f"(?<=a)[{_SMALL}{_GREAT}xX]|[{_SMALL}{_GREAT}xX](?=a)")
_ALONE = re.compile(f"(?<!a)[{_SMALL}{_GREAT}](?!a)")
_WRONG_AMID = re.compile(f"(?<=a)[{_GREAT}](?=[a{_SMALL}])|(?<=[a{_SMALL}])q(?=[a{_SMALL}])|q(?=[{_SMALL}{_GREAT}])")
_SIGN_IN_WORD = re.compile(f"(?<=[{_SMALL}{_GREAT}m])p(?=[{_SMALL}{_GREAT}])|q(?=[{_SMALL}{_GREAT}])")
_CROWD = re.compile(f"[{_SMALL}{_GREAT}xX]{{5,}}")
_UNSPEAKABLE = re.compile("[osOS]{5,}|[euEU]{4,}")
_LONE_MARK = re.compile("(?<![osm])m|[eu](?=m)")
_ONE_WIDE = re.compile("(?<=a)[ohrfkwxX](?![ohrfkwxX])")
_PARTED = re.compile("(?<=[ofrk]) (?=[ofrk])")
_LONG_WORD = re.compile("[ohx]{9,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A codec, how much of what it reads is as it would be in its script, and by how many characters that is known."""

    codec: str
    score: float
    characters: int


class _Classes(dict[int, str]):
    """The class of each character in one script; of those that have none, by their kind."""

    def __missing__(self, at: int) -> str:
        char = chr(at)
        if 0xE000 <= at <= 0xF8FF or at >= 0x1F000 or not char.isprintable():
            return "X"
        return "x" if char.isalpha() else "X"


def sniff(data: bytes, declared: str | None = None) -> str | None:
    """The codec that makes most sense of these bytes, which are no UTF-8; None when none does.

    `declared` is the codec that the mail names: another is taken only when it is clearly better.
    """
    for mark, codec in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark) and declared is None:
            return codec
    own = weigh(data, declared) if declared else None
    if own and own.score >= _RIGHT:
        return own.codec
    best = max((weigh(data, codec, script) for codec, script in _CANDIDATES), key=lambda reading: reading.score)
    if own is None:
        return best.codec if best.score > _ENOUGH and best.characters > 1 else None
    if own.score < 0:  # nonsense: the same script with the signs of Windows will do, too
        is_clear = best.score >= (_SIGNS_ALONE if _script(best.codec) == _script(own.codec) else _MAY_BE)
    else:
        is_clear = best.score >= max(_GOOD, own.score + _CLEARLY) and best.characters >= _FEW
    return best.codec if is_clear else own.codec


def is_right(data: bytes, codec: str) -> bool:
    """What this codec reads is so much as it would be in its script that no other needs to be asked."""
    return weigh(data, codec).score >= _RIGHT


def weigh(data: bytes, codec: str, script: str | None = None) -> Reading:
    """What the reading of this codec is worth: 1 is a text of its script, below 0 is none."""
    script = script or _script(codec)
    if script is None:
        return Reading(codec, 1.0, 0)  # whoever names such a one means it
    found = _NOT_ASCII.search(data)
    start = max(0, found.start() - _BEFORE) if found else 0
    sample, is_cut = data[start : start + MAX_SNIFFED], start + MAX_SNIFFED < len(data)
    if script in _LETTERS:
        classes = sample.translate(_table(codec, script)).decode("latin-1")
    else:
        classes = _decoded(sample, codec, is_cut=is_cut).translate(_classes(script))
    signs = sum(map(classes.count, "pqn"))
    characters = len(classes) - classes.count("a") - classes.count(" ") - classes.count(".") - signs
    if not characters:
        return Reading(codec, _SIGNS_ALONE if signs else -1.0, 0)
    total = sum(weight * classes.count(name) for name, weight in _WEIGHTS.items())
    return Reading(codec, (total - _faults(script, classes)) / characters, characters)


@cache
def _script(codec: str) -> str | None:
    named = {codecs.lookup(name).name: script for name, script in (*_CANDIDATES, *_MORE.items())}
    return named.get(codecs.lookup(codec).name)


def _faults(script: str, classes: str) -> float:
    """What speaks against a reading as a whole: characters beside those that they do not stand beside."""
    if script in _LATIN:
        crowds = sum(len(found[0]) for found in _CROWD.finditer(classes))
        return 0.8 * len(_ALONE.findall(classes)) + 0.7 * len(_WRONG_AMID.findall(classes)) + 0.8 * crowds
    if script in _LETTERS:
        odd = (
            len(_SIGN_IN_WORD.findall(classes))
            + len(_AMID.findall(classes))
            + len(_BESIDE_ASCII.findall(classes))
            + len(_LONE_MARK.findall(classes))
        )
        strings = _UNSPEAKABLE.finditer(classes) if script == "cyrillic" else ()
        return 1.5 * odd + 0.5 * sum(len(found[0]) for found in strings)
    faults = 1.5 * len(_ONE_WIDE.findall(classes))  # a quotation mark or an accent at the end of a Latin word
    if script == "korean":
        return faults + 0.3 * sum(len(found[0]) - 8 for found in _LONG_WORD.finditer(classes))
    return faults + 0.4 * len(_PARTED.findall(classes))


def _decoded(sample: bytes, codec: str, *, is_cut: bool) -> str:
    for cut in range(4 if is_cut else 1):  # the last character may be cut in half
        try:
            return sample[: len(sample) - cut].decode(codec)
        except (UnicodeError, ValueError):
            continue
    return ""


@cache
def _table(codec: str, script: str) -> bytes:
    """The class of each byte of a charset of single bytes."""
    classes = _classes(script)
    chars = [bytes((at,)).decode(codec, "replace") for at in range(256)]
    return "".join(classes[ord(char)] if char != "\ufffd" else "X" for char in chars).encode("latin-1")


@cache
def _classes(script: str) -> _Classes:
    classes = _Classes(_ASCII)
    match script:
        case "japanese":
            # The first level of JIS X 0208 are rows 16 to 47, of the second those behind them.
            _put(classes, "r", _rows("euc-jp", 0xD0, 0xF4))
            _put(classes, "f", _rows("euc-jp", 0xB0, 0xCF))
            _put(classes, "k", "".join(map(chr, range(0x3041, 0x30FF))))
            _put(classes, "o", _KANJI)
            _put(classes, "y", "".join(map(chr, range(0xFF61, 0xFFA0))))  # of half width: nobody writes them by hand
        case "simplified":
            _put(classes, "r", _rows("gb2312", 0xD8, 0xF7))
            _put(classes, "f", _rows("gb2312", 0xB0, 0xD7))
            _put(classes, "o", _SIMPLIFIED)
        case "traditional":
            _put(classes, "r", _rows("big5", 0xC9, 0xF9))
            _put(classes, "f", _rows("big5", 0xA4, 0xC6))
            _put(classes, "o", _TRADITIONAL)
        case "korean":
            _put(classes, "h", _rows("euc-kr", 0xB0, 0xC8))
            _put(classes, "o", _SYLLABLES)
        case _:
            letters, common = _LETTERS[script]
            _put(classes, "p", _SIGNS)
            _put(classes, "n", _APOSTROPHES)
            _put(classes, "q", _SIGNS_BEHIND)
            for number, letter in enumerate(letters):
                name = "m" if letter in _MARKS else ("eo" if number < common else "us")[letter not in _VOWELS]
                _put(classes, name, letter)
                if len(upper := letter.upper()) == 1 and upper != letter:
                    _put(classes, name.upper(), upper)
            return classes
    _put(classes, "w", _WIDE_SIGNS)
    return classes


def _put(classes: _Classes, name: str, chars: str) -> None:
    classes.update(dict.fromkeys(map(ord, chars), name))


def _rows(codec: str, first: int, last: int) -> str:
    """The characters of a double-byte charset by their first bytes."""
    pairs = b"".join(bytes((lead, trail)) for lead in range(first, last + 1) for trail in _TRAILS)
    return "".join(char for char in pairs.decode(codec, "ignore") if char > "\x7f")
