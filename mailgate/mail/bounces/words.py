"""The wordings of mail systems: is this text a report of a failed delivery, is it only late, and whom does it name?"""

import re

from mailgate.mail.bounces.finding import ADDRESS, Finding

MAX_REPORT = 20_000  # characters of a report that are looked at
_MAX_LINE = 600
_MAX_RECIPIENTS = 1000

FAILURE = re.compile(
    r"undeliver|non[- ]?deliver|delayed (?:mail|message|e-?mail|delivery)|postmaster notify|final-recipient:"
    r"|in mail from you|problem delivering|returned (?:mail|message|e-?mail|to sender)"
    r"|returning (?:the )?(?:message|mail)"
    r"|return(?:ed)? (?:your )?mail|mail return|deliver(?:y|ing)?\b.{0,60}\b(?:fail|problem|error|delay|unsuccess"
    r"|refus|stopped)"
    r"|delivery (?:status|report|notif|attempt|has|was|to )"
    r"|fail(?:ure|ed)\b.{0,30}\b(?:notice|mail|deliver|notif|message|reason|recipient|address|report|to send)"
    r"|failure notice|mail (?:delivery|failure|error|system error|was not|could not|not sent|transfer)"
    r"|(?:could|can|would|did|was|were|has|have|will|is|does) ?(?:not|n.t|n't)\b.{0,40}\b(?:deliver|reach|receive"
    r"|sent|send)"
    r"|cannot\b.{0,40}\b(?:deliver|reach|sent|send)|unable to (?:deliver|send|relay|reach)|not (?:be(?:en)? )?delivered"
    r"|(?:user|recipient|host|address|mailbox|account|destination)\b.{0,40}\b(?:unknown|rejected|not found"
    r"|does not exist|invalid)"
    r"|(?:unknown|invalid|no such|bad) (?:user|recipient|host|address|mailbox|destination|final delivery)"
    r"|(?:permanent|fatal|transient|delivery) (?:fatal )?(?:error|failure)|delivery (?:problems|errors)"
    r"|had .{0,20}errors"
    r"|(?:message|mail) (?:has )?(?:been )?(?:bounced|rejected|refused|delayed|blocked|failed)|rejected (?:mail"
    r"|message|your|by)"
    r"|still being retried|message not delivered|not a member of this mailing list|are not member|mailbox (?:is )?full"
    r"|considered unsolicited|delivery of the e?mail|warning: (?:message|could not|mail)|bounce|did not reach"
    r"|error (?:sending|delivering|while)|did not match|over quota|address not found|mail error|error mail"
    r"|mail administrator"
    r"|配信|配送|不達|送信でき|届け|返送|送信エラー|エラーメール|転送でき|見つかりません|退信|投递|無法|无法|投遞|未送达"
    r"|unzustellbar|zugestellt|nicht zustell|zustell.{0,20}fehl|nicht .{0,40}ausgeliefert|non remis|échec"
    r"|pas (?:pu )?être"
    r"|n.a pas (?:pu )?(?:été|être)|mancata consegna|non (?:è )?(?:stat[oa] )?(?:recapit|consegn)"
    r"|no (?:se )?(?:ha )?(?:pudo|podido|entreg)"
    r"|devuelto|não (?:foi|pôde)|devolvid|недостав|не (?:может быть )?доставлен|не было? доставлено|не удалось"
    r"|onbestelbaar|niet .{0,30}(?:bezorgd|afgeleverd)|niedostarcz|nie .{0,30}dostarcz|nedoručiteln"
    r"|kunde inte levereras"
    r"|benachrichtigung zum .{0,40}status|fehlgeschlagen|notification d.état de remise|non-remise|estado de entrega"
    r"|stato del recapito|недоставк|доставк. .{0,20}невозмож|送达|傳遞|送信不能|전송 실패|반송|배달되지",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"warning (?:message )?only|only a (?:warning|notification)|just a warning|will be (?:re-?)?(?:tried|attempted)"
    r"|(?:will|we.ll) (?:continue|keep|re-?try|try again)|keep trying|attempts? (?:to deliver .{0,40})?will continue"
    r"|(?:not yet|yet) been deliver|has(?: not|n.t) yet been delivered|being delayed|(?:has been|is|was"
    r"|be) delayed|delayed mail"
    r"|\((?:delay|delayed)\)|still being retried|message still undelivered|temporary failure report|delivery delay"
    r"|need not resend|not need to re-?send|no need to re-?send|not yet received",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"giv(?:en|ing) up|permanent(?:ly)?\b(?! address)|not going to try|has expired|will not (?:be retried|try|attempt)",
    re.IGNORECASE,
)

_EXPANDED = re.compile(rf"\((?:expanded|generated) (?:from|by):?\s{{1,20}}<?{ADDRESS}>?\)")
# An address that begins a line, behind bullets, list marks and reply codes.
_STARTS = re.compile(
    r"[\s>*#|•・→<\-(\[\"'=]{0,30}(?:[45]\d\d[\s-]{1,3}(?:[45]\.\d{1,3}\.\d{1,3}\s{1,3})?)?[<\"']{0,2}"
    rf"({ADDRESS})"
)
_LABEL = (
    r"(?:(?:\brecipients?(?: address(?:es)?)?(?:\(s\))?|\brcpt(?: to)?|failed address|\baddress|userid|\buser|\bmailbox"
    r"|(?:addressed|sent|delivered) to|destinataire|empfänger)[\"']?\s{0,3}[:：=]|(?:受信者|宛先|あて先|收件人)[:：]?)"
)
_LABELLED = re.compile(rf"{_LABEL}\s{{0,9}}(?:rfc822\s?;\s?)?[<\"'(\[]{{0,2}}({ADDRESS})", re.IGNORECASE)
_TO = re.compile(
    rf"[\s>*]{{0,20}}(?:to|cc|bcc)\s?[:：]\s{{0,20}}[^\n<@]{{0,60}}?[<\"'(]{{0,2}}({ADDRESS})", re.IGNORECASE
)
_IN_SENTENCE = re.compile(rf"(?<![\w.+-])({ADDRESS})")
_TELLS = re.compile(
    r"deliver|undeliver|reach|reject|unknown|invalid|bounce|fail|match|exist|not valid|no longer|returned|error"
    r"|refus|full"
    r"|member|accept|zugestell|zustell|remis|entreg|consegn|достав|配信|送信|退",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"mail from\b|sender\b|\bcontact\b|postmaster|assist|please (?:send|visit|write|forward|e-?mail|use)"
    r"|support\b|abuse"
    r"|\bfrom:|\bfrom <|reply|help\b|message-id|questions?\b|smtp id|references:|return-path|subject:",
    re.IGNORECASE,
)
_WRITE_TO = re.compile(
    r"(?i)(?:contact|assistance|to the address|write to|send .{0,40}to|e-?mail to|mail body)[^.]{0,30}$"
)
_RECEIVED_FROM = re.compile(r"\s{0,20}(?:from|with|by|for|id)\b", re.IGNORECASE)


def is_late(report: str) -> bool:
    """The mail system is still trying."""
    return _DELAY.search(report) is not None and _FINAL.search(report) is None


def named_in(report: str, ours: frozenset[str]) -> list[Finding]:
    """Whom the words of a mail system name as not reached, each with what is said about it.

    `ours` (lower case) are addresses of the sending side, which stand in most reports and are never who failed.
    """
    lines = [line[:_MAX_LINE] for line in _EXPANDED.sub("", report[:MAX_REPORT]).split("\n")]
    elsewhere = _of_others(lines)
    for reader in (_beginning, _told, _addressed):
        found = [(at, address) for at, line in enumerate(lines) if at not in elsewhere for address in reader(line)]
        found = [(at, address) for at, address in found if address.lower() not in ours]
        if found:
            return _with_words(lines, found)
    return []


def said_of(report: str) -> dict[str, str]:
    """What a report says about each address (lower case) that begins a line in it."""
    lines = [line[:_MAX_LINE] for line in report[:MAX_REPORT].split("\n")]
    found = [(at, one) for at, line in enumerate(lines) for one in _beginning(line)]
    return {one.address.lower(): one.diagnostic for one in _with_words(lines, found)}


def _beginning(line: str) -> list[str]:
    labelled = [found[1] for found in _LABELLED.finditer(line)] if _OTHERS.search(line) is None else []
    if labelled:
        return labelled
    found = _STARTS.match(line)
    if found is None or _OTHERS.search(line[found.end() : found.end() + 12]):
        return []
    return [found[1]]


def _of_others(lines: list[str]) -> set[int]:
    """The lines below one that says whom to write to: their addresses are of helpers."""
    found: set[int] = set()
    before = ""
    for at, line in enumerate(lines):
        if line.strip():
            if _WRITE_TO.search(before):
                found.add(at)
            before = line
    return found


def _told(line: str) -> list[str]:
    if _TELLS.search(line) is None or _OTHERS.search(line) or _RECEIVED_FROM.match(line):
        return []
    return [found[1] for found in _IN_SENTENCE.finditer(line)]


def _addressed(line: str) -> list[str]:
    found = _TO.match(line)
    return [found[1]] if found else []


def _with_words(lines: list[str], found: list[tuple[int, str]]) -> list[Finding]:
    """Each address once; its words go from its line to the line of the next address."""
    words: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for place, (at, address) in enumerate(found[:_MAX_RECIPIENTS]):
        later = next((line for line, other in found[place + 1 : place + 50] if other.lower() != address.lower()), None)
        names.setdefault(address.lower(), address)
        words.setdefault(address.lower(), []).extend(lines[at : max(later, at + 1) if later is not None else at + 40])
    return [Finding(names[key], diagnostic="\n".join(said)) for key, said in words.items()]
