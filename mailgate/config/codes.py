"""The codes that a customer may have: currencies, languages, countries and time zones."""

from functools import cache
from zoneinfo import available_timezones

from mailgate.billing.money.currencies import CURRENCIES
from mailgate.billing.tax.countries import COUNTRIES, WRITTEN_OTHERWISE
from mailgate.people import Codes

_TWO_LETTERS = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj
kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv
ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""  # ISO 639-1

_THREE_LETTERS = """
ast bem bho brx ceb chr ckb doi dsb fil fur gsw haw hsb kab kok lij mai mni nds nso pap pcm sah sat scn szl vec yue
"""  # ISO 639-2 and -3: written languages that CLDR has a locale for, and ISO 639-1 no code

CODES = Codes(
    CURRENCIES,
    frozenset((_TWO_LETTERS + _THREE_LETTERS).split()),
    COUNTRIES,
    WRITTEN_OTHERWISE,
    cache(available_timezones),
)
