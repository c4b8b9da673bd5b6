"""What a diagnostic means: its enhanced status code (RFC 3463), and whether the address itself is dead.

Codes alone do not tell: many systems give 5.0.0 or 5.1.1 for anything. So the words are weighed first, those that say
why a living address may refuse a mail against those that say that there is no such address.
"""

import re
from itertools import pairwise

_MAX_DIAGNOSTIC = 4000

_ENHANCED = r"[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)"
_CODE_AFTER_REPLY = re.compile(rf"(?<![\d.])[45]\d\d[- ]{{1,3}}#?({_ENHANCED})")
_CODE = re.compile(rf"(?<![\d.\w/-])({_ENHANCED.replace('[245]', '[45]')})")
# A reply code (RFC 5321 §4.2) stands where a line or a phrase begins; a mere number from 400 to 599 does not count.
_REPLY = re.compile(
    r"(?:^|[:：;#<>(\[\"',]\s{0,3}|\b(?:said|error|code|was|returned|with|response)\b[:\s]{0,3}|-> |\.\s{1,2})"
    r"([45]\d\d)"
    r"(?=[\s,;:)\]\-#]|$)",
    re.IGNORECASE | re.MULTILINE,
)
# What names the mail, the sender or the place and gives no reason.
_NO_REASON = re.compile(
    r"https?://\S{1,500}|<[^<>@\s]{1,100}@[^<>\s]{1,255}>|\(in reply to [^()]{1,60}\)"
    r"|^[ \t]{0,20}(?:original[ -])?(?:sender|mail from|from|reply-to|subject|date|message-id)[\w-]{0,20}[ \t]?:"
    r".{0,300}$",
    re.IGNORECASE | re.MULTILINE,
)

_WHO = (
    r"(?:users?|recipients?|mail ?box(?:es)?|accounts?|address(?:ee)?s?|alias(?:es)?|person|member|subscriber"
    r"|customers?"
    r"|userid|user ?name|local ?part|inbox|mail ?drop|e-?mail|name|destination|id)"
)
_UNKNOWN = re.compile(
    rf"\b{_WHO}\b[^\n]{{0,70}}?\b(?:unknown|not (?:be )?(?:found|known|exist|listed|recogni[sz]ed|located|valid"
    rf"|a valid)"
    r"|do(?:es)?(?: not|n.t)(?: seem to)? (?:exist|have an? )|no longer (?:valid|in use|exists?|available|on|accepts)"
    r"|has been removed|(?:is |was )?in?valid(?: user| address)?|wasn.t found|isn.t valid|couldn.t be found"
    rf"|non-?existent|never existed|unresolvable|is wrong|is undeliverable)\b"
    rf"|\b(?:unknown|no such|invalid|non-?existent|unrecogni[sz]ed|nonexisting|bad|undeliverable|incorrect"
    rf"|unresolvable)"
    rf" (?:or \w{{1,12}} |local |e-?mail |final |delivery |mail |recipient |destination |user |virtual "
    rf"|smtp ){{0,3}}{_WHO}\b"
    rf"|\b(?:not our|not a (?:valid|known|local|registered|legal)|no (?:valid |local )?"
    rf"|did not (?:exactly )?match an? .{{0,20}})"
    rf" ?{_WHO}\b(?: here| found| by that| with that| matching| in|$|\.|,)?(?<!no name)"
    rf"|\bno (?:mailbox|account|user)s? (?:here|by|with|for|matching|found|at|exists)"
    rf"|\bthere is no\b.{{0,30}}\b{_WHO}\b"
    rf"|\b(?:can(?:no|')t|could not|couldn.t|unable to|did not|failed to) (?:find|locate|resolve"
    rf"|match)\b.{{0,40}}\b{_WHO}\b"
    r"|not found in (?:the )?(?:directory|address book|.{0,10}ldap)|not listed in .{0,30}(?:directory|address book)"
    r"|not (?:a )?(?:one of )?our (?:user|customer)|never logged|(?:recipient|address) rejected\b"
    r"|requested action not taken: mailbox unavailable|mailbox (?:is )?unavailable|unavailable mailbox"
    r"|nobody here|not in my valid|\b(?:rcpt|recipient)\b.{0,60}\bexist"
    r"|doesn.t have an? .{0,30}account|recipnotfound|recipientnotfound|user_?not_?found|nosuchuser|not_?exist"
    r"|this (?:address|mailbox|recipient) (?:does not|no longer)|account .{0,40}(?:does not|doesn.t) exist"
    r"|見つかりません|存在しません|存在しない|宛先不明|(?:あて先|宛先|ユーザー?)(?:が|は)不明|不存在|无此(?:用户|收件人)|查无此"
    r"|unbekannt|existiert nicht|nicht gefunden|ungültige (?:e-?mail-?)?adresse|inconnue?\b|n.existe pas|desconocid[oa]"
    r"|no existe|não existe|desconhecid[oa]|sconosciut[oa]|inesistente|non esiste|не существует|не найден|неизвестн"
    r"|onbekend|bestaat niet|nie istnieje|neexistuje",
    re.IGNORECASE,
)
_NO_HOST = re.compile(
    r"\b(?:unknown|no such|invalid|illegal|non-?existent|unroute?able|unresolvable) (?:e?mail )?"
    r"(?:host|domain|system|destination|mail ?host|address)"
    r"|\b(?:host|domain)\b[^\n]{0,50}?\b(?:unknown|not found|do(?:es)?(?: not|n.t) (?:exist|resolve)|couldn.t be found"
    r"|not exist|is invalid|is not valid|non-?existent|not recogni[sz]ed|must exist)"
    r"|nxdomain|\b(?:couldn.t|could not|can.?t|cannot|unable to) (?:find|resolve|locate) (?:any |a |an |the )?"
    r"(?:mail exchanger|host|domain|mx|route|address for)"
    r"|no (?:valid )?(?:mx|mail exchanger|hosts? found|route to domain)|name or service not known"
    r"|all relevant mx records"
    r"|bad destination (?:system|host|mailbox)|address lookup.{0,30}failed|unroute?able|host name lookup failure"
    r"|not a valid (?:domain|host)|dns error.{0,60}not found",
    re.IGNORECASE,
)
_NO_MAIL = re.compile(
    r"null ?mx|(?:does not|doesn.t|do not|don.t|cannot|will not|not) (?:accept|receive|handle)(?:ing|s)? (?:any |all )?"
    r"(?:network |internet |smtp |inbound |incoming )?(?:e-?mails?|messages?)(?! from| for|\w| because| until| at th)"
    r"|no mail is accepted|host does not (?:accept|receive)|smtp is disabled|(?:^|\D)(?:521|556)[ -]",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:has|have|was|is) (?:been )?(?:moved|relocated|changed)\b.{0,40}(?:to|address|from|new|;|$)|user has moved"
    r"|new (?:e-?mail )?address is|no longer (?:work|employ|with|at\b)|left (?:the|this|our) (?:company"
    r"|organi[sz]ation)"
    r"|user not local|address (?:has )?changed|recipient.{0,20} moved",
    re.IGNORECASE,
)

# Why an address that exists does not get this mail, or not now.
_ALIVE = re.compile(
    r"\b(?:mail ?box|in ?box|quota|mail|disk|folder|storage|account|user|recipient|maildir)\b[^\n]{0,40}?"
    r"\b(?:is full|full\b|over ?(?:quota|the limit|storage|size|limit)|exceed|too (?:full|many)|exhausted|out of|limit)"
    r"|over ?quota|quota ?exceeded|mailbox ?full|too much mail|insufficient|(?:out of|not enough|no) (?:disk |free )?"
    r"(?:space|storage|memory)|容量|いっぱい|一杯|voll\b|pleine|lleno"
    r"|\btoo (?:large|big|long)\b|size (?:limit|exceed|is)|exceeds? .{0,30}(?:size|limit|length|max)|length exceeds"
    r"|message (?:is )?too|spam|\bube\b|\bblocked|block(?:ed)? ?list|black ?list|\brbl\b|policy|policies|denied"
    r"|prohibit"
    r"|not (?:be )?(?:allowed|permitted|authori[sz]ed|trusted)|\bbanned|reputation|virus|infected|malware|unsolicited"
    r"|\bdmarc|\bspf\b|\bdkim|authenticat|unauth|relay(?:ing)? (?:is |access )?(?:not|denied|prohibited|refused)"
    r"|(?:to|not|for) relay\b|reverse dns|\bptr\b|rate ?limit|too many|gr[ea]y ?list|throttl|suspicio|restricted"
    r"|content (?:rejected|filter|reject)|\btls\b|junk|violat|rejected for|unacceptable|protocol|syntax"
    r"|bad (?:sequence|header)"
    r"|\bsender|mail from\b|from (?:address|domain|header)|originat|return.path|your (?:domain|ip|host|server"
    r"|message was re)"
    r"|client host|\bhelo\b|\behlo\b|invalid domain name|not a member|moderat|subscribers? only|\bdisabled|inactive"
    r"|not active|suspended|\blocked|deactivated|discontinued|expired|timed? ?-?out|timeout|connection (?:was )?"
    r"(?:refused|lost|reset|closed|dropped|broken)|unreachable|no route to host|too many hops|\bloop|delayed|too long"
    r"|(?:could not|couldn.t|unable to) (?:connect|establish|contact|open)|try (?:again|later)|again later|malformed"
    r"|name ?server (?:failure|timeout)|temporar|service (?:un|not )available|(?:mailer|system|local"
    r"|configuration|internal) error"
    r"|command (?:died|output)|deferred|overload|busy|not (?:currently )?(?:reachable|responding)|resources?\b",
    re.IGNORECASE,
)
_AFTER_DATA = re.compile(
    r"in reply to (?:end of )?data|end of data|final data|after (?:the )?(?:end of )?data|smtp command\s{1,4}data"
    r"|our data",
    re.IGNORECASE,
)
_AT_RCPT = re.compile(r"\brcpt(?:[ _]to)?\b|does not like recipient", re.IGNORECASE)

_DEAD_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.1.11", "5.1.20", "5.3.2", "5.4.4"})
_SENDER_CODES = frozenset({"5.1.7", "5.1.8", "5.1.9"})
_LIVING = re.compile(r"5\.(?:2\.[234]|3\.[45]|4\.[2356789]|5\.|6\.|7\.)")


def status_in(text: str) -> str | None:
    """The enhanced code in a diagnostic; without one, the class that its reply code tells (`550` → `5.0.0`)."""
    text = text[:_MAX_DIAGNOSTIC]
    found = _CODE_AFTER_REPLY.search(text) or _CODE.search(text)
    if found:
        return found[1]
    reply = _REPLY.search(text)
    return f"{reply[1][0]}.0.0" if reply else None


def has_reason(text: str) -> bool:
    """The text says, in words or codes, why the mail was not delivered."""
    said = _NO_REASON.sub(" ", text[:_MAX_DIAGNOSTIC])
    return status_in(said) is not None or any(
        pattern.search(said) for pattern in (_UNKNOWN, _NO_HOST, _NO_MAIL, _MOVED, _ALIVE)
    )


def is_dead(status: str | None, diagnostic: str, context: str = "") -> bool:
    """Nobody can ever be reached at the address: no such user or host, moved, a host that takes no mail.

    `context` is what a report says around the diagnostic: it may tell at which command the refusal came.
    """
    said = _NO_REASON.sub(" ", diagnostic[:_MAX_DIAGNOSTIC])
    inner = status_in(said)
    code = inner if inner and (status is None or status.endswith(".0.0")) else status
    if (code or "5").startswith("4") or code in _SENDER_CODES:
        return False
    if code == "5.4.1" and "recipient address rejected" in said.lower():  # Exchange: not in the directory
        return True
    filtered = _hidden_filter(code, f"{diagnostic[:_MAX_DIAGNOSTIC]}\n{context[:_MAX_DIAGNOSTIC]}")
    for reply in _replies(said):
        unknown = _UNKNOWN.search(reply) is not None and not filtered
        elsewhere = any(pattern.search(reply) for pattern in (_NO_HOST, _NO_MAIL, _MOVED))
        alive = _ALIVE.search(reply) is not None
        if alive or unknown or elsewhere:
            if code is not None and _LIVING.match(code):
                return unknown and not alive
            return (unknown or elsewhere) and (not alive or code in _DEAD_CODES)
    return code in _DEAD_CODES and not filtered


def _replies(said: str) -> list[str]:
    """What each answer of a server says, when a transcript has several; at last all of it."""
    starts = [found.start(1) for found in _REPLY.finditer(said)][:50]
    return [*(said[start:end].partition("\n\n")[0] for start, end in pairwise([*starts, len(said)])), said]


def _hidden_filter(code: str | None, said: str) -> bool:
    """Who took the recipient and says "unknown user" after the text has seen a filter, not a missing mailbox."""
    if code is not None and code.startswith("5.1."):
        return False
    if code is not None and code.startswith("5.2."):
        return _AT_RCPT.search(said) is None
    return _AFTER_DATA.search(said) is not None
