"""Subjects of answering programs in many languages, and subjects of people about the same matters."""

import pytest

from mailgate.mail.away_subject import is_auto_reply_subject

RESPONDERS = [
    "Automatic reply: Your invoice", "Auto-Reply: [#12] Domain", "AUTO RESPONSE: hello",
    "Automatically generated answer: x", "Out of Office", "Out of the office: back on 3 May",
    "Jane Poole is out of the office (returning 12/05/2025).", "OOO: Your invoice", "On leave: Your invoice",
    "Away from my desk: x", "Vacation reply", "Automatische Antwort: Ihre Rechnung", "Abwesenheitsnotiz: Rechnung",
    "Abwesenheit: Rechnung", "Im Urlaub: Ihre Mail", "Jane Poole ist außer Haus: Re: Angebot",
    "Réponse automatique\u00a0: Facture", "Absence du bureau: Facture", "Respuesta automática: Factura",
    "Fuera de la oficina: Factura", "Resposta automática: Fatura", "Fora do escritório",
    "Risposta automatica: Fattura", "Fuori ufficio: Fattura", "Automatisch antwoord: Factuur", "Afwezig: Factuur",
    "Autosvar: Faktura", "Automatiskt svar: Faktura", "Frånvaro: Faktura", "Fravær: Faktura",
    "Automaattinen vastaus: Lasku", "Automaatvastus: Arve", "Automātiska atbilde: Rēķins",
    "Automatinis atsakymas: Sąskaita", "Autoodpowiedź: Faktura", "Odpowiedź automatyczna: Faktura",
    "Automatická odpověď: Faktura", "Automatická odpoveď: Faktúra", "Samodejni odgovor: Račun",
    "Аутоматски одговор: Рачун", "Automatikus válasz: Számla", "Házon kívül: Számla", "Răspuns automat: Factură",
    "Otomatik yanıt: Fatura", "Ofis dışında: Fatura", "Автоматична відповідь: Рахунок",
    "Автоматичен отговор: Фактура", "Автоответ: Счёт", "Αυτόματη απάντηση: Τιμολόγιο", "自动答复: 发票",
    "自動回覆：發票", "自動応答: 請求書", "자동 회신: 청구서", "부재 중: 청구서", "Trả lời tự động: Hóa đơn",
    "Balasan otomatis: Faktur", "ตอบกลับอัตโนมัติ: ใบแจ้งหนี้", "תשובה אוטומטית: חשבונית", "رد تلقائي: فاتورة",
    "پاسخ خودکار: فاکتور", "Ymateb awtomatig: Anfoneb", "Automatische reactie: factuur", "Automatisk svar: faktura",
    "Autoreply: x", "Auto reply", "Automatic Reply", "[EXT] Automatic reply: x", "EXTERNAL: Automatic reply: x",
    "*** SPAM *** Out of office: x", "Abwesenheitsagent: x", "Abwesend bis 3.5.: x", "Ich bin nicht im Büro: x",
    "Anna Müller ist nicht im Büro.", "Urlaub", "Urlaub bis 15.8.", "Réponse d'absence : x", "Message d'absence: x",
    "Absent du bureau: x", "Notification d'absence", "Estoy fuera de la oficina", "Ausencia: x",
    "Ausente de la oficina: x", "Ausência temporária: x", "Assenza dall'ufficio: x", "Non in ufficio: x",
    "Risposta automatica", "Niet aanwezig: x", "Afwezigheidsbericht: x", "Afwezigheidsassistent: x", "Frånvarande: x",
    "Frånvaromeddelande: x", "Automatiskt svar", "Fraværsbesked: x", "Fraværsmelding: x", "Ikke til stede: x",
    "Poissa toimistosta: x", "Poissaoloilmoitus: x", "Jestem poza biurem", "Nieobecny: x", "Autoodpowiedź: x",
    "Mimo kancelář: x", "Mimo kanceláriu: x", "Jsem mimo kancelář", "Házon kívül vagyok: x", "Irodán kívül: x",
    "Нет на месте: x", "Меня нет в офисе", "Отпуск: x", "В отпуске: x", "Вне офиса", "Εκτός γραφείου: x",
    "Ofis dışındayım", "Otomatik Yanıt", "不在通知: x", "外出中: x", "自動応答：x", "休暇中: x", "不在の連絡",
    "부재중 자동 응답: x", "自动回复", "自動回覆", "外出（自动答复）", "Odsutan: x", "Izvan ureda: x",
    "I am currently out of the office until Monday", "I'm away: x", "Away: x", "Holiday: x", "Out-of-office: x",
    "On parental leave: Re: x", "On maternity leave: x", "En vacances: Re: x", "In vacanza: x", "Ej på kontoret: x",
    "Nem vagyok az irodában: Re: x", "OutOfOffice: x", "OOTO: x", "Out of Office AutoReply: x", "Auto: x", "Auto",
]  # fmt: skip

PEOPLE = [
    "Re: Out of office", "AW: Abwesenheitsnotiz einrichten", "Automatic renewal: please stop it",
    "Automatic backups: where?", "Autoresponder does not work", "Auto insurance", "Antwort auf Ihre Frage: ja",
    "Answer: yes", "Absent minded user", "Automatisierung der Rechnungen", "Réponse à votre question: oui",
    "Holiday homes website is down", "Leave request form", "Vacancies: web developer",
    "Automatic: how do I turn it off, and why did nobody answer me when I asked about this", "", ":",
    "自动续费: 问题", "Re: Automatic reply: x", "AW: Automatische Antwort: x", "Fwd: Out of office",
    "RE: [EXT] Out of office", "Re: Vacation: x", "Autoresponder einrichten heute bitte", "Automatic updates: please",
    "Abwesenheit im Kalender", "Office closed?", "Holiday booking plugin", "Outlook: does not sync",
    "Output of the office printer is wrong today, and the log says nothing of it at all, please look", "Your answer",
    "No mail since Monday", "Invoice 17", "Domain absent from the list", "Haus und Garten: neue Domain",
    "Neue Domain büro.example", "Server out of memory: please help", "Route to office VPN",
    "Auto-renewal: please stop", "Autodiscover: no response", "minute office: x", "Sedeño: web caída",
    "Internet im Haus", "Uteam office: new domain", "Integration with Office 365: how",
]  # fmt: skip


@pytest.mark.parametrize("subject", RESPONDERS)
def test_a_responder_s_subject_is_known_by_what_stands_before_the_colon(subject: str) -> None:
    assert is_auto_reply_subject(subject)
    assert is_auto_reply_subject(subject.upper())


@pytest.mark.parametrize("subject", PEOPLE)
def test_people_s_subjects_are_none(subject: str) -> None:
    assert not is_auto_reply_subject(subject)
