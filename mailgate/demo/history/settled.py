"""What is settled, or rests: conversations of the three weeks before, oldest first."""

from mailgate.demo.company import ANN, BOB, FELIX, GRETA, JANE, MARA, NOOR, OWEN, PAUL, Person
from mailgate.demo.history.conversation import Conversation, Said

SELLER = Person("Top Rank Partners", "hello@toprank.example")
KARL = Person("Karl Neumann", "karl@neumann.example")

CERTIFICATE = Conversation(
    "Certificate of miller.example",
    (
        Said(
            "20d 09:14",
            ANN,
            "Hello,\n\ndoes our certificate renew by itself, or do I have to do something?\n\nAnn",
        ),
        Said(
            "20d 09:52",
            JANE,
            "Hello Ann,\n\nit renews by itself, three weeks before it ends. There is nothing to do for you.\n\nJane",
        ),
        Said("20d 10:05", ANN, "Perfect, thank you!"),
        Said("20d 10:20", JANE, "!close"),
    ),
)

MAILBOX_FULL = Conversation(
    "Postfach voll",
    (
        Said(
            "19d 11:02",
            FELIX,
            "Guten Tag,\n\nmein Postfach ist angeblich voll, obwohl ich vieles gelöscht habe.\n\nFelix Sommer",
        ),
        Said(
            "19d 12:40",
            BOB,
            "Guten Tag Herr Sommer,\n\nGelöschtes bleibt 30 Tage im Papierkorb. Leeren Sie ihn, dann ist Platz.\n\n"
            "Bob Jones",
        ),
    ),
)

BIGGER_PACKAGE = Conversation(
    "A bigger package for the shop",
    (
        Said("18d 14:30", MARA, "Hi,\n\nwe are growing. What would the next package cost us?\n\nMara"),
        Said("18d 15:10", JANE, "!note\nAsked before, in spring. Web M is enough for her."),
        Said(
            "18d 15:22",
            JANE,
            "Hi Mara,\n\nWeb M is 9.90 a month and has 50 GB. We would move you at night, unnoticed.\n\nJane",
        ),
        Said("17d 08:45", MARA, "Sounds good, but we wait until after the holidays. Thanks!"),
        Said("17d 09:30", JANE, "!close\nHi Mara,\n\nvery well. Just reply here when it is time.\n\nJane"),
    ),
    desk="billing",
)

TRAINEES = Conversation(
    "Two mailboxes for our trainees",
    (
        Said("17d 10:15", NOOR, "Hello,\n\nplease add lina@ and tom@ to haddad.example.\n\nThanks, Noor"),
        Said("17d 10:41", BOB, "Hello Noor,\n\nboth are there; the first sign-in asks for a password.\n\nBob"),
        Said("17d 10:58", NOOR, "That was quick. Both work!"),
        Said("17d 11:05", BOB, "!close"),
    ),
)

OLD_INVOICE = Conversation(
    "A copy of the last invoice",
    (
        Said(
            "15d 16:20", PAUL, "Hello,\n\ncould you send me the last invoice once more? I cannot find it.\n\nPaul Stone"
        ),
        Said(
            "14d 09:05",
            JANE,
            "Hello Mr Stone,\n\nall of them are on your pages, under Invoices, as PDF.\n\nJane Poole",
        ),
    ),
    desk="billing",
)

MOVED = Conversation(
    "New address of our office",
    (
        Said(
            "14d 11:30",
            GRETA,
            "Hello,\n\nwe have moved to 5 Mill Lane. Please use that on the next invoice.\n\nGreta",
        ),
        Said("14d 13:15", BOB, "Hello Greta,\n\nit is noted, and the next invoice will have it.\n\nBob"),
        Said("14d 13:40", BOB, "!note\nMy answer came back. Called her: the mailbox moves too, she will write again."),
        Said("14d 13:45", BOB, "!take\n!wait 3w"),
    ),
    desk="billing",
)

SLOW_SHOP = Conversation(
    "Shop very slow since this morning",
    (
        Said("13d 08:20", MARA, "Hi,\n\nour shop takes ten seconds for each page since about seven.\n\nMara"),
        Said("13d 08:31", JANE, "!take\n!priority high\n!tag web3"),
        Said("13d 08:52", JANE, "!note\nA crawler asks web3 for every filter of the shop, forty times a second."),
        Said(
            "13d 08:58",
            JANE,
            "Hi Mara,\n\na crawler was reading your whole shop at once. We have slowed it down.\n\nJane",
        ),
        Said("13d 09:40", MARA, "Much better already. Will it come back?"),
        Said("13d 10:02", JANE, "It may, but now it has to wait its turn.\n\nJane"),
        Said("13d 10:10", MARA, "Great, thank you."),
        Said("13d 10:15", JANE, "!close"),
    ),
)

OFFER = Conversation(
    "Rank first on every search engine",
    (
        Said("12d 03:12", SELLER, "Dear webmaster,\n\nwe put your site on the first page. Reply today for our offer."),
        Said("12d 08:10", BOB, "spam {mail}", answers="Rank first on every"),
    ),
)

CALENDAR_RECORD = Conversation(
    "DNS-Eintrag für den Kalender",
    (
        Said(
            "11d 15:05",
            FELIX,
            "Guten Tag,\n\nunser Kalender braucht einen SRV-Eintrag. Können Sie den einrichten?\n\nFelix Sommer",
        ),
        Said(
            "11d 15:48",
            JANE,
            "Guten Tag Herr Sommer,\n\nder Eintrag steht und gilt in etwa einer Stunde.\n\nJane Poole",
        ),
        Said("11d 17:20", FELIX, "!close"),
    ),
    desk="domains",
)

BACKUPS = Conversation(
    "Backups of the old shop",
    (
        Said("10d 13:33", OWEN, "Hello,\n\nhow long do you keep the backups of shop.miller.example?\n\nOwen"),
        Said("10d 14:20", BOB, "Hello Owen,\n\none a night for two weeks, and one a month for a year.\n\nBob"),
    ),
)

NEWER_PHP = Conversation(
    "PHP 8.3 for one of the sites",
    (
        Said(
            "9d 09:40",
            NOOR,
            "Hello,\n\ncould garden.haddad.example get PHP 8.3? The others should stay as they are.\n\nNoor",
        ),
        Said("9d 09:55", BOB, "!assign jane\n!note\nNeeds the new pool on web2, which Jane has set up."),
        Said("9d 11:10", JANE, "Hello Noor,\n\ngarden.haddad.example has 8.3 now, all others are as before.\n\nJane"),
        Said("9d 11:45", NOOR, "Works, thank you both."),
        Said("9d 11:50", JANE, "!close"),
    ),
)

NEWSLETTER = Conversation(
    "Newsletter to 3,000 readers",
    (
        Said("6d 10:25", MARA, "Hi,\n\nnext week we send our newsletter to 3,000 people. Is that all right?\n\nMara"),
        Said(
            "6d 11:40",
            JANE,
            "!wait 2w\nHi Mara,\n\nit is fine, at 500 an hour. Tell me the day and I'll keep an eye on it.\n\nJane",
        ),
    ),
)

NEW_ADDRESS = Conversation(
    "Rechnung auf neue Anschrift",
    (
        Said(
            "5d 09:12", FELIX, "Guten Tag,\n\nbitte schreiben Sie die nächste Rechnung auf Lindenweg 8.\n\nFelix Sommer"
        ),
        Said(
            "5d 10:30",
            JANE,
            "Guten Tag Herr Sommer,\n\ndas ist eingetragen. Vielen Dank für Ihre Nachricht.\n\nJane Poole",
        ),
    ),
    desk="billing",
)

SETTLED = (
    CERTIFICATE,
    MAILBOX_FULL,
    BIGGER_PACKAGE,
    TRAINEES,
    OLD_INVOICE,
    MOVED,
    SLOW_SHOP,
    OFFER,
    CALENDAR_RECORD,
    BACKUPS,
    NEWER_PHP,
    NEWSLETTER,
    NEW_ADDRESS,
)
