"""Where history and signatures begin, as mail programs write it in many languages."""

import pytest

from tests.mail.mails import reply_text

WHO = "Bart <bart@in.example>"
ATTRIBUTIONS = [
    f"On 11-Apr-2026, at 6:54 PM, {WHO} wrote:",
    f"On Tue, 5 Mar 2026 10:00:00 +0000\n{WHO} wrote:",
    "On Nov 30, 2026, at 12:47 PM, Bart of Example Hosting <\nbart.of.the.support\n@in.example>\nwrote:",
    "On Tue, Apr 11, 2026 at 10:07 PM Bart\n\n<\nmailto:Bart <bart@in.example>\n> wrote:",
    f"{WHO} wrote on Tue, 5 Mar 2026 at 10:00:",
    f"Op 5-mrt.-2026, om 13:18 heeft {WHO} het volgende geschreven:",
    f"{WHO} hat am 05.03.2026 10:00 geschrieben:",
    "Bart <bart@in.example<mailto:bart@in.example>> schrieb am Di., 5. März 2026, 10:00:",
    "W dniu 2026-03-05 10:00, Bart pisze:",
    f"W dniu 5 marca 2026 10:00 użytkownik {WHO}\nnapisał:",
    f"út 5. 3. 2026 v 10:00 odesílatel {WHO} napsal:",
    f"Vào 14:24 8 tháng 6, 2026, {WHO} đã viết:",
    f"вт, 5 бер. 2026 о 10:00 {WHO} пише:",
    f"Вторник, 5 марта 2026, 10:00 +03:00 от {WHO}:",
    f"Στις Τρί, 5 Μαρ 2026 στις 10:00 π.μ., ο/η {WHO} έγραψε:",
    f"2026. márc. 5., K 10:00 dátummal {WHO} ezt írta:",
    f"{WHO} ezt írta (időpont: 2026. márc. 5., K, 10:00):",
    f"În mar., 5 mar. 2026 la 10:00, {WHO} a scris:",
    "El dt., 5 de març 2026 a les 10:00, Bart (<bart@in.example>) va escriure:",
    f"5 Mar 2026 Sal 10:00 tarihinde {WHO} şunu yazdı:",
    f"2026年3月5日(火) 10:00 {WHO}さん：",
    "\u202bבתאריך יום ג׳, 5 במרץ 2026 ב-10:00 מאת \u202aBart\u202c\u200f <\u202abart@in.example\u202c\u200f>:\u202c",
    f"---- On Tue, 05 Mar 2026 10:00:00 +0100 {WHO} wrote ----",
    f" ---- El mar, 05 mar 2026 10:00:00 +0100 {WHO} escribió ----",
    f"* {WHO} [2026-03-05 10:00]:",
    "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
    "-----Oprindelig meddelelse-----",
    "----- Mail original -----",
    "-------- Mesaj original --------",
    "-------- Vastaanotettu viesti --------",
]
HEADER_BLOCKS = [
    "From: bart@in.example\nDate: Wed, 16 May 2026 00:15:02 -0600",
    "Date: Wed, 16 May 2026 00:15:02 -0600\nTo: anne@ash.example",
    f"________________________________\nKimden: {WHO}\nGönderildi: 5 Mart 2026 Salı 10:00\nKime: Anne\nKonu: x",
    f"________________________________\nFrån: {WHO}\nSkickat: den 5 mars 2026\nTill: Anne\nÄmne: x",
    f"________________________________\nXyz: {WHO}\nAbc: 5 x 2026\nDef: Anne\nGhi: x",
    f"---------- Původní e-mail ----------\nOd: {WHO}\nKomu: Anne\nDatum: 5. 3. 2026 10:00:07\nPředmět: x",
    f"-------- Eredeti üzenet --------\nFeladó: {WHO}\nElküldve: 2026. március 5. 10:00\nCímzett: Anne\nTárgy: x",
    f"Odesílatel: {WHO}\nOdesláno: úterý 5. března 2026 10:00\nKomu: Anne\nPředmět: x",
    f"________________________________\nΑπό: {WHO}\nΣτάλθηκε: Τρίτη, 5 Μαρτίου 2026 10:00\nΠρος: Anne\nΘέμα: x",
    f"מאת: {WHO}\nנשלח: יום שלישי 5 מרץ 2026\nאל: Anne\nנושא: x",
    f"De: {WHO}\nEnviada em: terça-feira, 5 de março de 2026 10:00\nPara: Anne\nAssunto: x",
    "| From: Bart\n| Sent: x\n| To: Anne\n| Subject: x",
]
TELEPHONES = [
    "Von meinem iPhone gesendet",
    "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
    "Lähetetty iPhonesta",
    "從我的 iPhone 傳送",
    "나의 iPhone에서 보냄",
    "iPhone'umdan gönderildi",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Trimis de pe iPhone-ul meu",
    "*Sent from my mobile device*",
    "(Sent from my mobile)",
    "Sent from my phone, please excuse typos",
    "Sent with [Proton Mail](https://proton.example/) secure email.",
    "Get BlueMail for Android",
    "Obtenir Outlook pour iOS",
    "Envoyé à partir d’Outlook pour iOS",
    "Provenance : Courrier pour Windows 10",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
@pytest.mark.parametrize("below", ["> Does it work?\n>\n> Bart", "Does it work?\n\nBart"], ids=["marked", "unmarked"])
def test_an_attribution_is_cut_with_what_it_leads_in(line: str, below: str) -> None:
    assert reply_text(f"It works.\n\n{line}\n\n{below}\n") == "It works."


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_a_header_block_is_cut_with_what_is_below(block: str) -> None:
    assert reply_text(f"It works.\n\n{block}\n\nDoes it work?\n") == "It works."


@pytest.mark.parametrize("line", TELEPHONES)
def test_the_line_of_a_telephone_or_mail_program_is_cut(line: str) -> None:
    assert reply_text(f"It works.\n\n{line}\n") == "It works."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I did three things:\n\none\n\nSee the mail that Bart wrote:\nhe knows.",
        "On 3 March 2026 at 10:00 the server said:\n\nerror 500",
        "Sent from my desk, and not by the mobile phone.",
        "Sent from the office yesterday, the parcel is lost. Please look.",
        "See below\n>>> >>> http://in.example <<<\nor above",
        "To: me\nFrom: you",
        "Wanted:\n___\nmore than this\n\n" + "line\n" * 20,
    ],
)
def test_words_that_only_look_like_marks_stay(text: str) -> None:
    assert reply_text(text) == text.strip()


def test_a_quoted_line_that_was_wrapped_is_a_quote_to_its_end() -> None:
    quote = "> We have looked at each of the servers and have found that one of them,\nthe second, was full.\n> Bart\n"

    assert reply_text(f"Thanks.\n\n{quote}") == "Thanks."
    assert reply_text("> Is it full?\nyes, it is\n> And now?\nno\n") == "yes, it is\nno"


def test_the_previous_replies_of_a_forum_are_history() -> None:
    assert reply_text("It works.\n\n---\n*Previous Replies*\n\nDoes it?\n\n---\nVisit us\n") == "It works."
