"""The words and marks by which mail programs set history and signatures apart, in their users' languages.

Each pattern is tried at the start of one line of at most 500 characters, or of a few such lines joined.
"""

import re

_DASHES = r"[-_=\u2010-\u2015]"  # no asterisk: what may stand around them would make a row of those cost cubic time

QUOTE = re.compile(r" {0,3}>(?!.*<<\s*$)")  # `>>> see here <<<` is an ornament
LINK = re.compile(r"[(<\[]?https?://\S+\s*>?$")
ORIGINAL = re.compile(
    rf"[\s*]*{_DASHES}{{2,}}[\s*]*(?:original (?:message|meddelelse|appointment|e?-?mail)"
    r"|(?:ursprüngliche )?nachricht|originalnachricht|ursprüngliche e?-?mail|(?:message|mail|courriel"
    r"|courrier) d.origine"
    r"|(?:message|mail|e-mail|courriel|mesaj|mesajul) original|mensaje original|mensagem original|missatge original"
    r"|messaggio originale|oorspronkelijk bericht|origineel bericht"
    r"|(?:oprindelig|opprinnelig) (?:meddelelse|melding)|ursprungligt meddelande|originalmeddelande"
    r"|(?:wiadomość oryginalna|oryginalna wiadomość)|původní (?:zpráva|e-?mail)|pôvodná správa"
    r"|eredeti üzenet|(?:alkuperäinen|vastaanotettu) viesti|orijinal (?:mesaj|ileti)|özgün ileti"
    r"|исходное сообщение|вихідне повідомлення|оригінальне повідомлення|αρχικό μήνυμα"
    r"|原始邮件|原始郵件|原始信件|元のメッセージ|original 메시지|원본 메시지|הודעה מקורית|الرسالة الأصلية)"
    rf"[\s*]*{_DASHES}{{2,}}[\s*]*$",
    re.IGNORECASE,
)
REPLY_ABOVE = re.compile(
    r"\b(?:type|write|enter|add) (?:your|a) (?:reply|response|answer) (?:above|below) this line"
    r"|\b(?:reply|respond|answer)(?:ing)? above this line|oberhalb dieser zeile|au-dessus de cette ligne"
    r"|por encima de esta línea|acima desta linha|sopra questa (?:linea|riga)|boven deze (?:lijn|regel)",
    re.IGNORECASE,
)
REPLY_ABOVE_WORDS = (  # one of them is in each of these marks; quick to look for, and most mails have none
    "this line", "dieser zeile", "cette ligne", "esta línea", "desta linha", "questa linea",
    "questa riga", "deze lijn", "deze regel",
)  # fmt: skip
PREVIOUS = re.compile(r"[\s*#]*previous (?:replies|messages|comments)[\s*:]*$", re.IGNORECASE)
FORWARD = re.compile(
    rf"[\s>*]*(?:{_DASHES}{{2,}}\s*(?:forwarded|weitergeleitete|message transféré|mensaje reenviado|messaggio inoltrato"
    r"|doorgestuurd|videresendt|vidarebefordrat|mensagem encaminhada|przekazana|přeposlaná|пересылаемое|пересланное"
    r"|轉寄|转发)|begin forwarded message\s*:|anfang der weitergeleiteten|début du message (?:transféré|réexpédié)"
    r"|inizio messaggio inoltrato|inicio del mensaje reenviado|begin doorgestuurd bericht)",
    re.IGNORECASE,
)

_LABELS = {  # label of a reply header block → which line it is
    "from": "from|von|de|da|van|från|fra|od|lähettäjä|от(?: кого)?|від|发件人|寄件者|寄件人|差出人"
    "|보낸 사람|kimden|gönderen|feladó"
    "|odesílatel|odosielateľ|από|מאת|من|de la|şalje|šalje|saatja|từ|dari|จาก",
    "sent": "sent|date|gesendet|datum|envoyé(?: le)?|enviado(?: el| em)?|enviada(?: em)?|fecha|inviato|data"
    "|verzonden|skickat"
    "|dato|sendt|wysłano|odesláno|odoslané|lähetetty|отправлено|дата|надіслано|发送时间|日期"
    "|發送時間|寄件日期|日時|送信日時"
    "|보낸 날짜|날짜|gönderildi|tarih|elküldve|dátum|στάλθηκε|ημερομηνία|נשלח|תאריך|تم الإرسال|التاريخ|trimis|enviat"
    "|poslano|saadetud|đã gửi|ngày|terkirim|tanggal|ส่ง",
    "to": "to|an|à|para|a|aan|till|til|do|komu|vastaanottaja|кому|收件人|收件者|宛先|받는 사람|kime"
    "|alıcı|címzett|προς|אל|إلى"
    "|către|per a|za|prima|saaja|đến|kepada|ถึง",
    "subject": "subject|betreff|objet|asunto|oggetto|onderwerp|ämne|emne|temat|předmět"
    "|predmet|assunto|aihe|тема|主题|主旨"
    "|件名|제목|konu|tárgy|θέμα|נושא|الموضوع|subiect|assumpte|zadeva|teema|chủ đề|perihal|subjek|เรื่อง",
    "other": "cc|kopie|copie|kopia|kopi|dw|reply-to|importance|priority|organization|抄送|副本",
}
LABEL = re.compile(
    r"[\s*_|]*(?:" + "|".join(f"(?P<{line}>{words})" for line, words in _LABELS.items()) + r")[\s*_]*[:：]",
    re.IGNORECASE,
)
ANY_LABEL = re.compile(r"[\s*_]*[^\W\d_][^:：<>@]{0,24}[:：]")  # in a language that is not in the table
RULE = re.compile(r"[\s*]*[-_=]{5,}[\s*]*$")

_DEVICE = (
    r"(?:i-?phone|i-?pad|i-?pod|android|blackberry|samsung|galaxy|htc|huawei|xiaomi|nokia|windows|outlook"
    r"|mobil\w*|mobiltelefon"
    r"|smart-?phone|phone|handy|tablet|gmx|web\.de|mail|yahoo|aol|app)"
)
_SENT = (
    r"(?:sent|gesendet|versendet|envoyé|enviado|enviada|enviat|inviato|verzonden|verstuurd|skickat|sendt"
    r"|wysłan[oae]|odesláno"
    r"|odoslané|lähetetty|отправлено|надіслано|trimis|poslano|provenance\s?:)"
)
_OUT_OF = (
    r"(?:from|via|with|using|by|von|mit|über|depuis|de|à partir|des|desde|do|da|dal|con|com|vanaf|met|från|fra"
    r"|z|ze|с|из|з|din"
    r"|courrier|\S+(?:sta|stä|lla|llä))"
)
SENT_FROM = re.compile(
    r"[\s*_(\[]*(?:"
    rf"{_SENT} {_OUT_OF}(?:\b|d.)(?:[^,.;!?]|\.(?=\w)){{0,90}}[.!]?"
    rf"|{_SENT} (?:from|via|von|de|desde|da) (?:my|a|the|meinem|mon|mi|il mio)\b[^,.;!?]{{0,30}}\b{_DEVICE}\b.{{0,80}}"
    rf"|{_SENT} \S+(?:sta|stä|lla|llä)"
    rf"|(?:von|aus|mit) .{{0,40}}{_DEVICE}.{{0,30}} (?:gesendet|versendet|verschickt)\.?"
    r"|diese (?:nachricht|e-?mail|mail) wurde (?:von|mit|per|über) .{1,60} (?:gesendet|versendet|verschickt)\.?"
    r"|(?:get|download|obtenir|télécharger|obtener|obter|scarica|ottieni|hämta|hent|pobierz)"
    r" .{1,30} (?:for|pour|para|per|för|til|dla) (?:android|ios|iphone|mac|windows)\b.{0,60}"
    r"|outlook für .{1,20} (?:herunterladen|beziehen)|download outlook .{1,40}"
    r"|(?:发自|從|从|來自|发送自)我?的.{1,30}|.{1,30}(?:から送信|에서 보냄|dan gönderildi|den gönderildi)"
    r")[\s*_)\]]*$",
    re.IGNORECASE,
)
SENT_FROM_WORDS = (  # one of them is in each of these lines, in lower case
    "sent ", "sendet", "versendet", "verschickt", "envoy", "envia", "inviato", "verzonden", "verstuurd",
    "skickat", "sendt", "wysłan", "odesl", "odosl", "lähetetty", "отправлено", "надісл", "trimis",
    "poslano", "provenance", "get ", "download", "obten", "obter", "télécharger", "scarica", "ottieni",
    "hämta", "hent ", "pobierz", "outlook", "我的", "发送自", "發自", "发自", "來自", "送信", "보냄", "gönderildi",
)  # fmt: skip
LIST_FOOTER = re.compile(
    r"you received this message because you are subscribed|mailing list\b.{0,40}$|to unsubscribe\b", re.IGNORECASE
)

_VERBS = (
    r"(?:wrote|writes|sent|schrieb|schreibt|geschrieben|geschreven|a écrit|escribió|ha escrito|va escriure"
    r"|ha scritto|scrisse"
    r"|schreef|skrev|napsala?|napsal\(a\)|napísala?|napísal\(a\)|napisała?|napisał\(a\)|napisao|pisze|escreveu"
    r"|kirjoitti"
    r"|yazdı|написала?|написал\(а\)|пишет|пише|написав|a scris|ezt írta|έγραψε|đã viết|menulis|כתב/ה|כתבה?|كتب)"
)
WROTE = re.compile(
    rf".*?\b{_VERBS}\b.{{0,80}}[:：]$|.*?(?:写道|寫道|のメール|님이 작성|さんは書きました).{{0,10}}[:：]$",
    re.IGNORECASE,
)
DASHED_WROTE = re.compile(rf"\s*-{{2,}} .{{1,200}} {_VERBS}\s*:?\s*-{{2,}}$", re.IGNORECASE)
QUOTING = re.compile(
    r"(?:quoting|zitat von|citando(?: a)?|citing|quoto|mensaje citado por|citat från) .{1,100}[:：]$", re.IGNORECASE
)
# `30.09.2017, 18:30, "Bart" <bart@example.org>:` says nobody wrote, but who, where and when.
WHO_AND_WHEN = re.compile(
    r"(?=.*(?:\b\d{1,2}[:.]\d\d\b|\b(?:19|20)\d\d\b))"
    r".*<\s*[^\s<>]+@[^\s<>]+>\)?(?:さん)?\s*(?:\[[^\]]{1,60}\]|\([^)]{1,60}\))?\s*[:：]$"
)
WHEN_AND_WHO = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},? .{0,60}[^\s@]@[^\s@]+$")  # only where quotes follow
LEAD_IN = re.compile(
    r"[\s*]*(?:on|am|le|el|il|op|den|dne|dnia|w dniu|em|a|no dia|på|pe|ons?|tis|ma|vào|στις|în|\d{1,4}\s?[-./年년]"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)\w*,?)\s?\b",
    re.IGNORECASE,
)
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # around Hebrew and Arabic names
