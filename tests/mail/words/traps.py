"""Texts of which every word is the sender's own, whatever it looks like."""

ANYWHERE = {
    "begins like an attribution": "On Friday the line was down from 9:10, so I wrote.\nShe wrote:\n\nno.",
    "an article": "Le serveur est lent.\n\nLe 3 juin à 10:00 tout allait bien.",
    "a weekday": "Montag passt uns gut.\n\nAm Dienstag um 10:30 sind wir nicht da.",
    "a time and a colon": "At 10:32 the log says:\n\n450 4.7.1 try again later\n\nWhat is that?",
    "a date, a verb and a colon": "These are the names that I sent on 3 June 2025:\n\nashes.example\n"
    "elms.example\n\nPlease add both.",
    "a date and a time, and nobody": "Le 3 juin 2025 à 10:15 le journal disait :\n\nconnexion refusée\n\nPourquoi ?",
    "an address that gets something": "Bitte Adressen für Cris Cole, seit 2024 bei uns, <cris@ash.example>:\n\n"
    "post@ash.example\nbuero@ash.example",
    "a wish with date, time and address": "Please switch it over on 6 June 2025 at 18:00, and tell her password "
    "to the new address, <cris@ash.example>:\n\n"
    "she knows.",
    "labels of a journey": "Change it to:\n\nFrom: Hall\nTo: Basel\nDate: 12 July, 10:30\n\nThat is all.",
    "labels of a form": "Hier die Daten:\n\nName: Anne Ash\nE-Mail: anne@ash.example\nTermin: 3.6.2025 10:00\n"
    "Paket: Basis\n\nBitte bestellen.",
    "labels of a form with a name beside the address": "The new one:\n\n"
    "Contact: Cris Cole <cris@ash.example>\nPlan: Basic\nBegin: 3 June 2025 at 10:00\n\n"
    "Thanks",
    "a form between rules": "----------------------\nMail: cris@ash.example\nHost: web3\nDate: 2025-06-03 10:00\n"
    "----------------------\nThis is the new mailbox.",
    "a sentence above a header": "I got this:\n\nName: Cris Cole <cris@ash.example>\nSubject: Order\nDate: 3.6.2025",
    "settings": "Server: mx.in.example\nPort: 465\nUser: anne@ash.example\n\nIs that right?",
    "two things with dashes between": "First: web3 is slow.\n--\nSecond: the backup of web4 failed.\n\nAnne",
    "two hosts with dashes between": "Host: a.example\nIP: 192.0.2.7\n--\nHost: b.example\nIP: 192.0.2.8",
    "a dash and a sentence": "It is slow.\n—\nOnly the pictures, the rest is quick enough.",
    "a heading that is underlined": "Steps\n_____\nOpen the page.\nLog in.",
    "a heading between dashes": "Two logs.\n\n----- web3, 4 June 2025, 09:41 -----\nfull\n\n----- web4 -----\nempty",
    "a rule": "before\n\n----------\n\nafter",
    "a line that goes on": "The letters that were\nsent from my phone and\nfrom the desk are both missing.",
    "sent in three ways": "What I tried:\n\nSent via port 25: fails\nSent via port 465: works\n\nWhy?",
    "where it was sent from": "You ask where it came from.\n\nSent from Basel, on Monday.",
    "sent with a parcel service": "Sent with the parcel service yesterday.",
    "which telephone": "Which phone I use:\n\niPhone 15",
    "an app and where it is": "I use Outlook for Android\nand it says no.",
    "an app that is wanted": "My question is this.\n\nDoes Outlook for iOS work with your servers?",
    "something between brackets": "See below\n>>> >>> https://in.example <<<\nor above",
    "two apps in a sentence": "I tried both.\n\nSent from my phone, Outlook did not open it, sorry",
    "a line with columns below dashes": "We have these.\n--\nlamp | 5.00 | on the left side of the hall",
    "a rule for mails": "Our rule, which has no effect:\n\nFrom: alarm@ash.example\nTo: duty@ash.example\n"
    "Subject: Disk full\n\nCan you see why?",
    "a mail at an hour, without a day": 'At 9:41 you or Cris Cole <cris@in.example> wrote:\n\n"it works".\n\nNo.',
    "a rule that a person speaks of": "The mail says to write above this line, but which one? I am lost.",
    "a template": "Our template reads:\n\nDear customer,\nwe have sent it on 3 June 2025.\n\nIs that fine?",
    "the words original message": "The original message was lost.\n\nOriginal message lost, see the log.",
    "a quoted sentence in quotation marks": "It says:\n“the disk is full”.\nWhat now?",
    "a time table": "Mon: 10:00\nTue: 11:00\nWed: 12:00",
    "a list with a person": "Who takes part:\n\nCris Cole <cris@ash.example>, 4 June 2025, 10:00\n"
    "Dana Dell <dana@ash.example>, 4 June 2025, 11:00",
    "names with dashes between": "Move both:\n\nWeb One\n--\nWeb Two",
    "names below a rule in the middle": "Present were\n--\nAnne Ash\nCris Cole\n\nAbsent was Dana.",
    "Japanese": "サーバーが遅いです。\n\n6月3日 10:00 から：\n\nエラー 500",
    "Chinese": "网站打不开。\n6月3日10:15的日志：\n\n连接被拒绝",
    "Russian": "В среду всё работало.\n\nВ 10:32 сервер написал:\n\nдоступ запрещён",
}
"""In an answer as in a new mail."""

IN_NEW_MAIL = {
    "a prompt": "I type\n\n> ping web3\n> no route to host\n\nand get nothing.",
    "a prompt at the end": "It says:\n\n> permission denied",
    "a prompt of another kind": "PS> Get-Date\nPS> exit\n\nworks, the rest does not.",
    "the header of a lost mail": "Where is this mail?\n\nFrom: Anne Ash <anne@ash.example>\nTo: cris@ash.example\n"
    "Date: Tue, 3 Jun 2025 10:00:00 +0200\nSubject: Offer\n\nIt left our office in time.",
    "somebody's mail, pasted": "Cris got this:\n\nVon: Dana Dell <dana@ash.example>\n"
    "Gesendet: Dienstag, 3. Juni 2025 10:00\n"
    "An: Cris Cole\nBetreff: Konto\n\nBitte hier klicken.\n\nIst das echt?",
    "an attribution without a quotation": "Dana sent us this.\n\n"
    "On Tue, 3 Jun 2025 at 10:00, Dana Dell <dana@ash.example> wrote:\n\n"
    "Please click here.\n\nIs it real?",
    "an original message": "Is this real?\n\n-----Original Message-----\nFrom: dana@ash.example\n\nClick here.",
}
"""In a mail that answers none: nothing in it can be history."""

FORWARDED = {
    "Outlook": "Please pay.\n\nFrom: Cris Cole <cris@ash.example>\nSent: Tuesday, 3 June 2025 10:00\nTo: Anne Ash\n"
    "Subject: Bill\n\nThe bill is due.",
    "Outlook, a language that nobody knows": "Bonvolu pagi.\n\n________________________________\n"
    "De: Cris Cole <cris@ash.example>\n"
    "Sendita: mardo, 3 junio 2025 10:00\nAl: Anne\nTemo: Bill\n\nThe bill is due.",
    "Samsung": "Bitte.\n\nVon meinem Galaxy gesendet\n\n-------- Originalnachricht --------\n"
    "Von: Cris <cris@ash.example>\nDatum: 03.06.25 10:00\nAn: Anne <anne@ash.example>\nBetreff: Bill\n\n"
    "The bill is due.",
    "Gmail": "Voilà.\n\n---------- Forwarded message ---------\nDe : Cris <cris@ash.example>\n"
    "Date: mar. 3 juin 2025 à 10:00\nSubject: Bill\nTo: <anne@ash.example>\n\n\nThe bill is due.",
    "Apple Mail, quoted": "Ecco.\n\n> Inizio messaggio inoltrato:\n>\n> Da: Cris <cris@ash.example>\n"
    "> Oggetto: Bill\n"
    "> Data: 3 giugno 2025 alle ore 10:00:00 CEST\n> A: anne@ash.example\n>\n> The bill is due.",
    "Thunderbird": "Hier.\n\n-------- Weitergeleitete Nachricht --------\nBetreff: \tBill\n"
    "Datum: \tTue, 3 Jun 2025 10:00:00 +0200\nVon: \tCris <cris@ash.example>\n"
    "An: \tanne@ash.example\n\n\n\nThe bill is due.",
    "an answer and what it answered": "See both.\n\nFrom: Cris <cris@ash.example>\nSent: 3 June 2025 10:00\n"
    "To: Anne\nSubject: Re: Bill\n\n"
    "Yes.\n\nOn Mon, 2 Jun 2025 at 9:00, Anne <anne@ash.example> wrote:\n> Is the bill due?",
    "with a signature above": "Please pay.\n\n-- \nAnne Ash\n\n-----Original Message-----\nFrom: cris@ash.example\n"
    "Sent: 3 June 2025 10:00\nSubject: Bill\n\nThe bill is due.",
}
"""By a subject such as `Fwd: Bill`, as these programs write it."""
