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
    "پاسخ خودکار: فاکتور", "Ymateb awtomatig: Anfoneb",
]  # fmt: skip

PEOPLE = [
    "Re: Out of office", "AW: Abwesenheitsnotiz einrichten", "Automatic renewal: please stop it",
    "Automatic backups: where?", "Autoresponder does not work", "Auto insurance", "Antwort auf Ihre Frage: ja",
    "Answer: yes", "Absent minded user", "Automatisierung der Rechnungen", "Réponse à votre question: oui",
    "Holiday homes website is down", "Leave request form",
    "Automatic: how do I turn it off, and why did nobody answer me when I asked about this", "", ":",
    "自动续费: 问题",
]  # fmt: skip


@pytest.mark.parametrize("subject", RESPONDERS)
def test_a_responder_s_subject_is_known_by_what_stands_before_the_colon(subject: str) -> None:
    assert is_auto_reply_subject(subject)
    assert is_auto_reply_subject(subject.upper())


@pytest.mark.parametrize("subject", PEOPLE)
def test_people_s_subjects_are_none(subject: str) -> None:
    assert not is_auto_reply_subject(subject)
