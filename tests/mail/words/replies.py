"""Answers as a dozen mail programs write them, in many languages: what stands below the words, marked or not.

`WHO` answers to `AUTHOR`; the mail that is answered is called SUBJECT.
"""

AUTHOR = "Anne Ash <anne@ash.example>"
WHO = "Bart Jones <bart@in.example>"
SUBJECT = "Backup of web3"
ASKED = "May we move the backup to Thursday night?\n\nBart"
QUOTED = "> May we move the backup to Thursday night?\n>\n> Bart"

ATTRIBUTED = {
    # Gmail, as its users' languages have it; the second line of a long one is broken inside the brackets
    "Gmail en": f"On Wed, Jun 4, 2025 at 9:41 AM {WHO} wrote:",
    "Gmail de": f"Am Mi., 4. Juni 2025 um 09:41 Uhr schrieb {WHO}:",
    "Gmail fr": f"Le mer. 4 juin 2025 à 09:41, {WHO} a écrit :",
    "Gmail es": f"El mié, 4 jun 2025 a las 9:41, {WHO} escribió:",
    "Gmail it": f"Il giorno mer 4 giu 2025 alle ore 09:41 {WHO} ha scritto:",
    "Gmail pt": f"{WHO} escreveu (quarta, 4/06/2025 à(s) 09:41):",
    "Gmail sv, broken": "Den ons 4 juni 2025 kl 09:41 skrev Bart Jones (Driftgruppen) <\nbart@in.example>:",
    "Gmail da, broken": "ons. 4. jun. 2025 kl. 09.41 skrev Bart Jones, Værtsfirmaet <\nbart@in.example>:",
    "Gmail et": f"{WHO} kirjutas kuupäeval K, 4. juuni 2025 kell 09:41:",
    "Gmail lv": f"trešd., 2025. g. 4. jūn., plkst. 09:41 — lietotājs {WHO} rakstīja:",
    "Gmail lt, broken": "2025-06-04, tr, 09:41 Bart Jones (Serverių prieglobos skyrius) <\nbart@in.example> rašė:",
    "Gmail sl": f"V sre., 4. jun. 2025 ob 09:41 je oseba {WHO} napisala:",
    "Gmail sr": f"сре, 4. јун 2025. у 09:41 {WHO} је написао/ла:",
    "Gmail bg": f"На ср, 4.06.2025 г. в 9:41 {WHO} написа:",
    "Gmail hu": f"{WHO} ezt írta (időpont: 2025. jún. 4., Sze, 9:41):",
    "Gmail ro": f"mie., 4 iun. 2025 la 09:41, {WHO} a scris:",
    "Gmail sk": f"st 4. 6. 2025 o 9:41 {WHO} napísal(a):",
    "Gmail el": f"Στις Τετ 4 Ιουν 2025 στις 9:41 π.μ., ο χρήστης {WHO} έγραψε:",
    "Gmail tr": f"{WHO}, 4 Haz 2025 Çar, 09:41 tarihinde şunu yazdı:",
    "Gmail ru": f"ср, 4 июн. 2025 г. в 09:41, {WHO}:",
    "Gmail uk": f"ср, 4 черв. 2025 р. о 09:41 {WHO} пише:",
    "Gmail he": "\u202b\u202aבתאריך יום ד׳, 4 ביוני 2025 ב-9:41 מאת \u202aBart\u202c <bart@in.example>:\u202c",
    "Gmail ar": f"في الأربعاء، ٤ يونيو ٢٠٢٥ في ٩:٤١ ص تمت كتابة ما يلي بواسطة {WHO}:",
    "Gmail fa": f"{WHO} در تاریخ چهارشنبه ۴ ژوئن ۲۰۲۵ ساعت ۹:۴۱ نوشت:",
    "Gmail hi": f"बुध, 4 जून 2025, 9:41 am को {WHO} ने लिखा:",
    "Gmail th": f"ในวันที่ พ. 4 มิ.ย. 2025 เวลา 9:41 {WHO} เขียนว่า:",
    "Gmail vi": f"Vào Th 4, 4 thg 6, 2025 vào lúc 09:41 {WHO} đã viết:",
    "Gmail id": f"Pada tanggal Rab, 4 Jun 2025 pukul 09.41 {WHO} menulis:",
    "Gmail ja": f"2025年6月4日(水) 9:41 {WHO}:",
    "Gmail ko": f"2025년 6월 4일 (수) 오전 9:41, {WHO}님이 작성:",
    "Gmail zh, broken": f"{WHO} 于2025年6月4日周三\n09:41写道：",
    "Gmail ca": f"Missatge de {WHO} del dia dc., 4 de juny 2025 a les 9:41:",
    "Apple fi": f"{WHO} kirjoitti 4.6.2025 kello 9.41:",
    "Apple nb": f"4. juni 2025 kl. 09:41 skrev {WHO}:",
    "Apple nl": f"Op 4 jun 2025, om 09:41 heeft {WHO} het volgende geschreven:",
    "Apple hr": f"Dana 4. lip. 2025., u 09:41, korisnik {WHO} je napisao:",
    "Thunderbird cs": "Dne 04.06.25 v 9:41 Bart Jones napsal(a):",
    "Thunderbird pl": "W dniu 4.06.2025 o 09:41, Bart Jones pisze:",
    "Thunderbird fr": "Le 04/06/2025 à 09:41, Bart Jones a écrit :",
    "Thunderbird es": "El 4/6/25 a las 9:41, Bart Jones escribió:",
    "Zoho, dashes": f"---- Mi., 04 Juni 2025 09:41:07 +0200 {WHO} schrieb ---",
    "Zoho, no dashes": f"El mié, 04 jun. 2025 09:41:07 +0200 {WHO} escribió",
    "Proton": f"On Wednesday, June 4th, 2025 at 9:41 AM, {WHO} wrote:",
    "mail.ru": f"Среда, 4 июня 2025, 9:41 +03:00 от {WHO}:",
    "GroupWise": f">>> {WHO} 04.06.2025 09:41 >>>",
    "Yandex": '04.06.2025, 09:41, "Bart Jones" <bart@in.example>:',
    "Gmail is": f"Þann mið., 4. jún. 2025 kl. 09:41 skrifaði {WHO}:",
    "Gmail fil": f"Noong Miy, Hun 4, 2025 nang 9:41 AM si {WHO} ay nagsulat:",
    "NetEase": '在 2025-06-04 09:41:07，"Bart Jones" <bart@in.example> 写道：',
    "Spark": "On Jun 4, 2025 at 9:41 AM +0200, Bart Jones <bart@in.example>, wrote:",
    "mutt": f"* {WHO} [2025-06-04 09:41]:",
    "Gmail eu": "Bart Jones (<bart@in.example>) erabiltzaileak hau idatzi du (2025(e)ko eka. 4(a), az.\n(09:41)):",
    "a help desk, without the year": f"On Wed, 4 Jun at 9:41 AM , {WHO} wrote:",
    "Fastmail": f"On Wed, Jun 4, 2025, at 9:41 AM, {WHO} wrote:",
}
"""The line that leads the answered mail in, be that marked line by line or not."""

ONLY_ABOVE_MARKS = {
    "Horde": f"Quoting {WHO}:",
    "Horde de": f"Zitat von {WHO}:",
    "Thunderbird lt": "2025-06-04 09:41, Bart Jones rašė:",
    "Thunderbird et": "Kirjutas Bart Jones kuupäeval 04.06.2025 kell 9:41:",
    "only a name": "Bart Jones wrote:",
    "without a year": f"On 4 Jun, at 09:41, {WHO} wrote:",
    "GMX": 'Gesendet: Mittwoch, 04. Juni 2025 um 09:41\nVon: "Bart Jones" <bart@in.example>\nAn: anne@ash.example',
    "Gmane": "Bart Jones <bart@in.example> writes:",
    "address and time": "2025-06-04 9:41 GMT+02:00 Bart Jones <bart@in.example>",
}
"""Lines that say less, where every line below is marked."""

HEADERS = {
    "Outlook en": f"From: {WHO}\nSent: Wednesday, June 4, 2025 9:41 AM\nTo: {AUTHOR}\nSubject: {SUBJECT}",
    "Outlook de, inside one house": f"Von: Jones, Bart\nGesendet: Mittwoch, 4. Juni 2025 09:41\n"
    f"An: Ash, Anne\nBetreff: {SUBJECT}",
    "Outlook fr": f"De : {WHO}\nEnvoyé : mercredi 4 juin 2025 09:41\nÀ : {AUTHOR}\nObjet : {SUBJECT}",
    "Outlook nl": f"Van: {WHO}\nVerzonden: woensdag 4 juni 2025 09:41\nAan: {AUTHOR}\nOnderwerp: {SUBJECT}",
    "Outlook sr": f"Šalje: {WHO}\nPoslato: sreda, 4. jun 2025. 09:41\nPrima: {AUTHOR}\nTema: {SUBJECT}",
    "Outlook lt": f"Nuo: {WHO}\nIšsiųsta: 2025 m. birželio 4 d., trečiadienis 09:41\nKam: {AUTHOR}\nTema: {SUBJECT}",
    "Outlook et": f"Saatja: {WHO}\nSaadetud: kolmapäev, 4. juuni 2025 09:41\nAdressaat: {AUTHOR}\nTeema: {SUBJECT}",
    "Outlook uk": f"Від: {WHO}\nНадіслано: середа, 4 червня 2025 р. 09:41\nКому: {AUTHOR}\nТема: {SUBJECT}",
    "Outlook fa": f"از: {WHO}\nارسال شده: چهارشنبه، ۴ ژوئن ۲۰۲۵ ۹:۴۱\nبه: {AUTHOR}\nموضوع: {SUBJECT}",
    "Outlook hi": f"प्रेषक: {WHO}\nभेजा गया: 04 जून 2025 09:41\nप्रति: {AUTHOR}\nविषय: {SUBJECT}",
    "Outlook th": f"จาก: {WHO}\nส่ง: 4 มิถุนายน 2025 9:41\nถึง: {AUTHOR}\nเรื่อง: {SUBJECT}",
    "Outlook ja": f"差出人: {WHO}\n送信日時: 2025年6月4日 9:41\n宛先: {AUTHOR}\n件名: {SUBJECT}",
    "Outlook mobile hu": f"________________________________\nFeladó: {WHO}\n"
    "Elküldve: Szerda, június 4, 2025 9:41:07 de.\n"
    f"Címzett: {AUTHOR}\nTárgy: {SUBJECT}",
    "Outlook web, starred": f"*Från:* {WHO}\n*Skickat:* den 4 juni 2025 09:41\n*Till:* {AUTHOR}\n*Ämne:* {SUBJECT}",
    "many readers": f"From: {WHO}\nSent: 04 June 2025 09:41\nTo: Anne Ash; Cris Cole <cris@ash.example>;\n"
    f" Dana Dell <dana@ash.example>\nCc: Eve Elm\nSubject: {SUBJECT}",
    "Samsung ko": f"-------- 원본 이메일 --------\n보낸 사람: {WHO}\n날짜: 25/6/4 오전 9:41 (GMT+09:00)\n"
    f"받은 사람: {AUTHOR}\n제목: {SUBJECT}",
    "Samsung el": f"-------- Αρχικό μήνυμα --------\nΑπό: {WHO}\nΗμερομηνία: 4/6/25 9:41 π.μ. (GMT+02:00)\n"
    f"Προς: {AUTHOR}\nΘέμα: {SUBJECT}",
    "Samsung ro": f"-------- Mesajul original --------\nDe la: {WHO}\nData: 04.06.2025 09:41 (GMT+02:00)\n"
    f"Către: {AUTHOR}\nSubiect: {SUBJECT}",
    "QQ": '------------------ 原始邮件 ------------------\n发件人: "Bart Jones"<bart@in.example>;\n'
    f'发送时间: 2025年6月4日(星期三) 上午9:41\n收件人: "Anne"<anne@ash.example>;\n主题: {SUBJECT}',
    "laposte": '=====================\n\nMessage du 04/06/25 09:41\nDe : "Bart Jones" <bart@in.example>\n'
    f"A : anne@ash.example\nCopie à :\nObjet : {SUBJECT}",
    "Zimbra de": '----- Ursprüngliche Mail -----\nVon: "Bart Jones" <bart@in.example>\n'
    f'An: "Anne Ash" <anne@ash.example>\nGesendet: Mittwoch, 4. Juni 2025 09:41:07\nBetreff: {SUBJECT}',
    "Notes": '-----"Bart Jones" <bart@in.example> schrieb: -----\nAn: anne@ash.example\n'
    f'Von: "Bart Jones" <bart@in.example>\nDatum: 04.06.2025 09:41\nBetreff: {SUBJECT}',
    "old Outlook": f"-----Original Message-----\nFrom: {WHO}\nSent: 04 June 2025 09:41\nTo: Anne\nSubject: {SUBJECT}",
    "old Outlook, a language that nobody knows": f"-----Originala Mesaĝo-----\nDe: {WHO}\n"
    f"Sendita: 4 junio 2025 09:41\nAl: Anne\nTemo: {SUBJECT}",
    "Outlook mk": f"Од: {WHO}\nИспратено: среда, 4 јуни 2025 09:41\nДо: {AUTHOR}\nПредмет: {SUBJECT}",
    "Outlook ka": f"გამომგზავნი: {WHO}\nგაგზავნილია: 4 ივნისი 2025 09:41\nმიმღები: {AUTHOR}\nთემა: {SUBJECT}",
    "an empty line below each": f"Von: {WHO}\n\nGesendet: 4. Juni 2025 09:41\n\nAn: {AUTHOR}\n\nBetreff: {SUBJECT}",
    "a table": f"---- 回复的原邮件 ----\n| 发件人 | {WHO} |\n| 日期 | 2025年06月04日 09:41 |\n| 主题 | {SUBJECT} |",
    "eM Client": '------ Originalnachricht ------\nVon "Bart Jones" <bart@in.example>\nDatum 04.06.2025 09:41:07',
    "two lines of it": "From: bart@in.example\nDate: Wed, 4 Jun 2025 09:41:07 +0200",
    "Interia": f'Temat: Re: {SUBJECT}\nData: 2025-06-04 9:41\nNadawca: "Bart Jones" <bart@in.example>\n'
    "Adresat: anne@ash.example;",
    "labels on one line": f"________________________________\nVon: {WHO} Gesendet: 04.06.2025 09:41 Betreff: {SUBJECT}",
}

MARKS = {
    "ours": "##- Please type your reply above this line -##",
    "ours, in a language that nobody knows": "##- Bonvolu respondi super ĉi tiu linio -##",
    "Spanish": "##- Escriba su respuesta por encima de esta línea -##",
    "of a forum": "---\n*Previous Replies*",
}

TAILS = {
    "signature": "-- \nAnne Ash\nAsh & Elm",
    "signature, its blank lost": "--\nAnne Ash\nAsh & Elm\nTel. +49 30 901820\nhttps://ash.example",
    "signature, long dash": "—\nAnne Ash",
    "iPhone": "Sent from my iPhone",
    "iPhone de": "Von meinem iPhone gesendet",
    "iPhone tr": "iPhone’umdan gönderildi",
    "iPhone hu": "Az iPhone készülékemről küldve",
    "iPhone ja": "iPhoneから送信",
    "Android nl": "Verstuurd vanaf mijn Android-telefoon",
    "Galaxy fr": "Envoyé de mon Galaxy",
    "Galaxy pl": "Wysłane z mojego Galaxy",
    "Outlook en": "Get Outlook for Android<https://aka.ms/xyz123>",
    "Outlook fr": "Télécharger Outlook pour iOS <https://aka.ms/xyz123>",
    "Outlook it": "Ottieni Outlook per iOS<https://aka.ms/xyz123>",
    "iPhone lt": "Išsiųsta iš mano iPhone",
    "iPhone he": "נשלח מה-iPhone שלי",
    "Outlook, a language that nobody knows": "Akiru Outlook por Android<https://aka.ms/xyz123>",
    "Outlook ko": "Android용 Outlook 다운로드<https://aka.ms/xyz123>",
    "Yahoo": "Sent from Yahoo Mail for iPhone <https://mail.example/get?from=sig&os=i>",
    "BlueMail": "Sent from BlueMail <https://bluemail.example/r?b=19>",
    "Proton": "Sent with Proton Mail secure email.",
    "GMX": "Diese Nachricht wurde von meinem Android-Mobiltelefon mit GMX Mail gesendet.",
    "starred": "*Sent from my BlackBerry*",
    "in brackets": "(Sent from my mobile phone)",
    "Galaxy, as a company in America has it": "Sent via the Samsung Galaxy S23 Ultra, an AT&T 5G smartphone",
    "signature on one line": "--\nAnne Ash | Managing Partner, Records | +49 30 901820 | anne@ash.example",
    "list that is left by mail": "--\nYou are a member of the group Users.\n"
    "To leave it, write to users+unsubscribe@list.example.",
    "list": "_______________________________________________\nUsers mailing list\nUsers@list.example\n"
    "https://list.example/users",
}
