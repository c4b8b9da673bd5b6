"""What mail systems of the world say, as they fold and continue it, and what a reader would make of it."""

import pytest

from mailgate.mail.bounces.codes import status_in
from mailgate.mail.bounces.hard import is_dead

R = "cris@elm.example"
DEAD = [  # (Status field, words)
    # Big providers
    (
        "5.1.1",
        (
            "smtp; 550-5.1.1 The mail account that you try to reach does not exist. Please\n"
            "    550-5.1.1 double-check the address for typos or 550 5.1.1 needless spaces. x8-2si - gsmtp"
        ),
    ),
    ("4.0.0", "smtp; DNS Error: DNS type 'mx' lookup of elmm.example responded with code NXDOMAIN"),
    (
        "5.5.0",
        "smtp;550 5.5.0 Requested action not taken:\n    mailbox unavailable (S2017062302). [AM5.mail.protection]",
    ),
    ("5.1.10", f"smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {R} not found by SMTP address lookup"),
    ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access\n denied. [AM4.eop 2024-05-02]"),
    (None, "#550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found ##"),
    ("5.1.0", "5.1.0 - Unknown address error 550-'5.1.1 RCPT TO rejected by the back end'"),
    ("5.0.0", "5.0.0 - Delivery gave up, the next host answered: 553 5.1.2 (E17)"),
    ("5.5.0", "smtp; 550 5.5.0 Remote: [550 5.1.10 E204]"),
    (None, f"554 delivery error: dd This user doesn't have a yahoo.example\n    account ({R}) [0] - mta1007.mail"),
    (None, "552 1 Requested mail action aborted, mailbox not\n    found (in reply to end of RCPT TO command)"),
    (
        "5.0.0",
        (
            "smtp; 550 Message was not accepted -- invalid mailbox.  Local\n"
            f"    mailbox {R} is unavailable: user not found"
        ),
    ),
    ("5.7.1", "smtp; 550 5.7.1 No such user!"),
    (None, "550 Mailbox not found. https://help.qq.example/mail/22?id=7&no=8"),
    (None, f"550 User not found: {R}"),
    (
        None,
        (
            "550-Requested action not taken: mailbox unavailable\n"
            "550 For explanation visit https://gmx.example/case?c=r0103&ip=192.0.2.7"
        ),
    ),
    (None, "550-5.1.1 <cris@elm.example>\n550-5.1.1 unknown recipient\n550 5.1.1 (TO1)"),
    (None, "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]"),
    (None, "550 5.1.1 Not our Customer"),
    ("4.0.0", "The domain elmm.example couldn't be found. Check for typing errors and try again."),
    # Servers
    (
        None,
        (
            f"host mx.elm.example[192.0.2.1] said: 550 5.1.1 <{R}>: Recipient address\n"
            "    rejected: User unknown in virtual alias table (in reply to RCPT TO command)"
        ),
    ),
    (None, "550-5.1.1 no mailbox\n550-5.1.1 by that name\n550 5.1.1 is kept here"),
    (
        "5.4.4",
        "X-Postfix; Host or domain name not found. Name service error for\n    name=elm.example type=A: Host not found",
    ),
    ("5.1.0", "X-Postfix; Domain elm.example does not accept mail\n    (nullMX)"),
    (None, "an MX or SRV record indicated no SMTP service"),
    (None, "all relevant MX records point to non-existent hosts"),
    (None, "Unrouteable address"),
    (None, f"550 5.1.2 <{R}>... Host unknown (Name server: elm.example: host not found)"),
    (None, "Sorry, no mailbox here by that name. (#5.1.1)"),
    (None, "Sorry, I couldn't find any host named elm.example. (#5.1.2)"),
    (None, f"User cris ({R}) not listed in Domino Directory"),
    (None, "550 Invalid Recipient - https://mime.example/docs/1369#550 [kX9.uk12]"),
    (None, f"permanent failure for one or more recipients ({R}:550 5.1.1 User unknown)"),
    (None, f"553 <{R}>: mailbox name is wrong; spell it right"),
    ("5.3.0", "550 cris: there is nobody by this name on our host"),
    (None, "550 ERR_USER_NOT_FOUND"),
    ("5.2.1", "smtp; 550 5.2.1 <cris@elm.example>... Addressee unknown"),
    (None, f"550 <{R}>: Recipient address rejected: undeliverable address: mx2 said: 550 no account of this name"),
    # Said in other ways
    (None, "550 RCPT (cris@elm.example) was not found in LDAP server"),
    (None, "550 #5.1.0 Address rejected cris@elm.example"),
    (None, "553 5.3.0 <cris@elm.example>... Addressee unknown, relay=[192.0.2.24]"),
    (None, "550 The mailbox was deleted"),
    (None, "550 never heard of cris"),
    (None, "550 <cris@elm.example>: unknown"),
    (None, "elm.example has no MX"),
    (None, "the domain name has no mail server"),
    (None, "550 5.1.1 unknown user, please look for typing errors"),
    (None, "554 5.7.1 <cris@elm.example>: Recipient address rejected: user unknown in relay recipient table"),
    # Moved, or no mail at all
    (None, "551 5.1.6 The user has moved to cris@oak.example"),
    (None, "550 Cris no longer works here"),
    (None, "521 5.3.2 This host takes no mail"),
    ("5.7.1", "smtp; 550 5.7.1 The domain elm.example publishes a null MX"),
    # Plain ones
    (None, "550 5.1.1 <cris@elm.example>: Recipient address rejected: User unknown in local recipient table"),
    (None, "550 No such mailbox"),
    (None, "550 Requested action not taken: mailbox unavailable"),
    (None, "550 5.2.1 User unknown (in reply to RCPT TO command)"),
    (None, "550 5.4.1 [cris@elm.example]: Recipient address rejected: Access denied"),
    (None, "550 5.7.1 <cris@elm.example>: Recipient address rejected: User unknown"),
    (None, "Host or domain name not found. Name service error for name=elm.example type=A: Host not found"),
    (None, "550 5.1.2 Host unknown"),
    (None, "521 5.3.2 System not accepting network messages"),
    (None, "556 5.1.10 Domain does not accept mail (nullMX)"),
    (None, "551 User not local"),
    (None, "550 5.1.6 The recipient has moved to oak.example"),
    (None, "No user with that name"),
    # Languages
    (None, "550 Empfaenger existiert hier nicht"),
    (None, "550 Der Empfänger ist hier nicht bekannt"),
    (None, "550 Es gibt kein Postfach mit diesem Namen"),
    (None, "550 Cette adresse n'existe pas chez nous"),
    (None, "550 Destinataire inconnu"),
    (None, "550 No existe el usuario"),
    (None, "550 El buzón indicado no se ha encontrado"),
    (None, "550 La casella di posta è inesistente"),
    (None, "550 Utente sconosciuto"),
    (None, "550 A caixa postal não existe"),
    (None, "550 Deze postbus bestaat niet"),
    (None, "550 Nie ma takiej skrzynki"),
    (None, "550 Użytkownik nie został znaleziony"),
    (None, "550 Пользователь с таким адресом не найден"),
    (None, "550 Нет такого ящика"),
    (None, "550 Uživatel neexistuje"),
    (None, "550 Mottagaren finns inte"),
    (None, "550 Ukendt modtager"),
    (None, "550 Vastaanottajaa ei löydy"),
    (None, "550 Nincs ilyen postafiók"),
    (None, "550 Böyle bir kullanıcı yok"),
    (None, "550 Ο παραλήπτης δεν υπάρχει"),
    (None, "550 Utilizator necunoscut"),
    (None, "550 宛先のユーザは存在しません"),
    (None, "550 メールボックスが見つかりません"),
    (None, "550 收件人不存在"),
    (None, "550 查無此用戶"),
    (None, "550 존재하지 않는 사용자입니다"),
]
ALIVE = [
    (None, f"{R}\n    (pipe to /usr/bin/filter)\n    local delivery failed"),
    (None, f"mailbox {R}: local lock failed"),
    # Room, size, pace
    ("4.2.2", "smtp; 452-4.2.2 The account is over its quota and takes nothing more"),
    ("5.2.2", "smtp; 552 5.2.2 The recipient's inbox is out of storage space"),
    (None, f"552 5.1.1 <{R}>: mailbox\n    full"),
    (None, "550 cris has used up his quota"),
    (None, "552 5.3.4 Message too big for this system"),
    ("4.2.1", "450 4.2.1 The user gets mail too quickly just now"),
    # Policy, content, who we are
    ("5.7.26", "smtp; 550-5.7.26 Unauthenticated mail from ash.example is not accepted due to its DMARC policy"),
    (
        None,
        (
            "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Ask your provider, since part "
            "of its\n    network is on our block list (S3140)"
        ),
    ),
    (None, "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"),
    (None, "554 5.7.9 The message is refused for reasons of policy. See https://help.example/5"),
    (None, "550 spam message rejected"),
    (None, "550 Mail content denied. https://help.qq.example/mail/34"),
    (None, "554-IP address is block listed.\n554 For explanation visit https://gmx.example/case?c=bl&ip=192.0.2.7"),
    (None, "554 IP=192.0.2.7 - your server has no reverse DNS"),
    (None, "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using bl.example"),
    (None, "550 5.1.1 https://rbl.example.com/look?addr=192.0.2.7"),
    (None, "550 5.1.1 Access denied"),
    (None, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    # About the sender
    (None, "450 4.1.8 <anne@ash.example>: Sender address rejected: Domain not found"),
    (None, "550 5.1.8 <anne@ash.example>: Sender address rejected:\n    User unknown in virtual mailbox table"),
    (None, "504 5.5.2 <ash>: Helo command rejected: Host not found"),
    (None, "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.7]"),
    (None, "550-Verification failed for <anne@ash.example>\n550-No such user here\n550 Sender verify failed"),
    (None, "550 The domain of your address does not exist"),
    (None, "550 Ihre Domain existiert nicht"),
    (None, "550 Votre domaine n'existe pas"),
    (None, "550 Recipient address rejected: we do not know you"),
    (None, "550 5.1.1 Your mail server is unknown to us"),
    (None, f"553 5.1.8 <{R}>... Domain of sender address anne@ash.example does not exist"),
    # The recipient's own wish
    (None, "550 5.1.1 Cris wishes to get mail from her contacts only"),
    (None, f"550 <{R}>: Recipient address rejected: Members only"),
    (None, f"550 5.1.0 <{R}>: Recipient address rejected: strangers may not write here"),
    (None, "550 5.2.1 The account is disabled"),
    (None, "550 5.1.1 The mailbox has been suspended"),
    # Later, or nobody knows
    (None, "450 4.1.1 User unknown, try again later"),
    ("4.4.3", "X-Postfix; Name service error for name=elm.example type=MX: Host not found,\n    try again"),
    ("4.4.1", "connect to mx.elm.example[192.0.2.1]:25: Connection timed out"),
    ("5.4.7", "X-Postfix; delivery expired"),
    ("4.7.1", "450 4.7.1 Greylisted: unknown address, come back in five minutes"),
    (None, "Name service error for name=elm.example type=MX: Malformed or unexpected name server reply"),
    (None, "retry timeout exceeded"),
    (None, "550 Unknown user cris@elm.example (in reply to end of DATA command)"),
    (None, "503 5.5.1 Bad sequence of commands"),
    (None, "554 transaction failed, unknown error"),
    (None, "550 5.0.0 Service unavailable"),
    # Said in other ways
    (None, "550 5.1.0 user reject"),
    (None, "550 unresolvable relay host name"),
    (None, "550 Too many invalid recipients"),
    (None, "550 5.1.1 Your address is not in her address book"),
    (None, "550 User unknown or mailbox full"),
    (None, "550 The address in From does not exist"),
    (None, "550 Возможно, адрес не существует"),
    (None, "550 O endereço pode não existir"),
    (None, "550 Неизвестный отправитель"),
    (None, "550 没有空间了，邮箱已满"),
    # Hedged, advised
    (None, "550 The group may not exist, or you may not be allowed to write to it"),
    (None, "550 Mailbox not found or access denied"),
    (None, "554 We think this is an advertisement. If the mailbox is gone, take it off your list"),
    (None, "554 Rejected. Please check whether the address exists"),
    (None, "550 Das Postfach existiert nicht, oder Sie dürfen dort nicht schreiben"),
    (None, "550 Peut-être que l'adresse n'existe pas"),
    # Plain ones
    (None, "552 5.2.2 Mailbox full"),
    (None, "550 cris has exceeded the quota of the mailbox"),
    (None, "552 5.3.4 Message too large"),
    (None, "550 5.7.1 Message rejected as spam"),
    (None, "554 5.7.1 Client host [192.0.2.1] blocked using a list"),
    (None, "550 5.7.26 Sender fails DMARC"),
    (None, "550 5.7.1 Unable to relay"),
    (None, "553 5.1.8 <anne@ash.example>... Domain of sender address does not exist"),
    (None, "450 4.1.1 User unknown, try later"),
    (None, "connect to mx.elm.example: Connection timed out"),
    (None, "5.4.7 Delivery expired"),
    # Languages
    (None, "552 5.1.1 Postfach voll"),
    (None, "552 5.1.1 La boîte aux lettres est pleine"),
    (None, "552 5.1.1 El buzón está lleno"),
    (None, "552 5.1.1 Почтовый ящик переполнен"),
    (None, "552 5.1.1 Skrzynka jest przepełniona"),
    (None, "552 5.1.1 邮箱已满"),
    (None, "552 5.1.1 メールボックスの容量が超過しています"),
    (None, ""),
]


def dead(status: str | None, words: str) -> bool:
    return is_dead(status or status_in(words), words, recipient=R, ours=frozenset({"anne@ash.example"}))


@pytest.mark.parametrize(("status", "words"), DEAD)
def test_an_address_that_cannot_receive_is_dead(status: str | None, words: str) -> None:
    assert dead(status, words)


@pytest.mark.parametrize(("status", "words"), ALIVE)
def test_an_address_that_refuses_for_another_reason_is_not(status: str | None, words: str) -> None:
    assert not dead(status, words)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("5.1.1", True),
        ("5.1.2", True),
        ("5.1.10", True),
        ("5.4.4", True),
        ("5.0.0", False),
        ("5.1.0", False),
        ("5.1.8", False),
        ("5.2.0", False),
        ("5.2.2", False),
        ("5.4.1", False),
        ("5.7.1", False),
        ("4.1.1", False),
        (None, False),
    ],
)
def test_the_code_decides_where_no_word_is_known(status: str | None, expected: bool) -> None:
    assert dead(status, "smtp; 550 qapla' vIghro'") is expected


def test_a_code_of_a_sure_meaning_stands_where_the_words_are_only_possible() -> None:
    assert dead("5.1.1", "550 5.1.1 The address may be misspelt or the mailbox may have been closed")


def test_the_first_answer_of_a_server_that_gives_a_reason_decides() -> None:
    assert dead(None, "<<< 550 <cris@elm.example>, User unknown\n421 elm.example... Deferred: Connection timed out\n")
    assert dead("5.0.0", "cris: no such user\n554 5.3.0 <cris@elm.example>... Service unavailable\n")
    assert not dead(None, "<<< 552 mailbox full\n<<< 550 <cris@elm.example>, User unknown\n")


@pytest.mark.parametrize("words", ["503 5.0.0 Need RCPT (recipient)", "554 5.5.1 Error: no valid recipients"])
def test_a_refusal_at_data_is_one_of_the_recipient_where_the_server_misses_one(words: str) -> None:
    talk = f">>> DATA\n<<< 550 5.2.0 <{R}>... Unknown mailbox\n"

    assert dead("5.2.0", f"{talk}<<< {words}")
    assert not dead("5.2.0", talk)


def test_who_complains_of_the_sender_says_nothing_of_the_recipient() -> None:
    words = "550 <anne@ash.example>: unknown user, so nobody can answer (in reply to RCPT TO command)"

    assert not dead("5.0.0", words)
    assert dead("5.0.0", words.replace("anne@ash.example", R))
    assert not dead("5.1.0", "550 5.1.0 no such user (in reply to MAIL FROM command)")


def test_mail_to_oneself_is_about_the_recipient() -> None:
    words = "550 <anne@ash.example>: no such user"

    assert is_dead("5.0.0", words, recipient="anne@ash.example", ours=frozenset({"anne@ash.example"}))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("smtp; 550 5.1.1 unknown", "5.1.1"),
        ("smtp; 550-5.7.26 [192.0.2.1] 550 5.7.26 no", "5.7.26"),
        ("Sorry (#5.1.2)", "5.1.2"),
        ("ERROR_CODE :5.2.2", "5.2.2"),
        ("Remote host said: 552 too much", "5.0.0"),
        ("    550 no", "5.0.0"),
        ("<<< 421 closing", "4.0.0"),
        ("host 4.4.1.5 and 5.1.1.9 said no", None),
        ("a mail of 550 bytes", None),
        ("", None),
    ],
)
def test_the_code_is_found_in_the_words(text: str, status: str | None) -> None:
    assert status_in(text) == status
