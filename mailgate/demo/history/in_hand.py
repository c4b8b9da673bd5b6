"""What goes on when the demo begins: tickets that wait, two conversations, and two answers to one question."""

from mailgate.demo.company import ANN, BOB, FELIX, JANE, MARA, NOOR, PAUL
from mailgate.demo.history.conversation import Conversation, Said
from mailgate.demo.history.settled import KARL

OLD_SERVER = Conversation(
    "Mail still goes to the old server",
    (
        Said("7d 14:10", PAUL, "Hello,\n\nsome mail still arrives at my old provider.\n\nPaul Stone"),
        Said(
            "7d 15:25",
            BOB,
            "Hello Mr Stone,\n\nsome servers still had the old record. That ends tonight.\n\nBob Jones",
        ),
        Said("1d 17:40", PAUL, "Hello,\n\nit has begun again, three mails since yesterday.\n\nPaul Stone"),
    ),
    desk="domains",
)

REDIRECT = Conversation(
    "Redirect our old domain",
    (
        Said("2d 15:20", NOOR, "Hello,\n\nplease redirect haddad-design.example to haddad.example.\n\nNoor"),
        Said(
            "1d 16:05", BOB, "Hello Noor,\n\ndone, and every old link works, too. Does it all look right to you?\n\nBob"
        ),
    ),
    desk="domains",
)

NEARLY_FULL = Conversation(
    "Your package is nearly full",
    (
        Said(
            "1d 11:00",
            BOB,
            "!customer paul@stone.example\nHello Mr Stone,\n\nyou use 9 of your 10 GB. Shall I see what could go?\n\n"
            "Bob Jones",
        ),
    ),
)

STRANGER = Conversation(
    "Do you host Nextcloud?",
    (
        Said(
            "1d 15:30",
            KARL,
            "Hello,\n\nwe are a school of 40 teachers. Do you host Nextcloud, and what does it cost?\n\nKarl Neumann",
        ),
    ),
)

LOCKED_OUT = Conversation(
    "Kein Zugriff auf mein Postfach",
    (
        Said(
            "150m",
            FELIX,
            "Guten Tag,\n\nseit heute wird mein Kennwort nicht mehr angenommen. Es ist dringend!\n\nFelix Sommer",
        ),
        Said("140m", JANE, "!take\n!priority urgent"),
        Said(
            "135m",
            JANE,
            "!note\nLocked after 20 wrong tries from an old phone. I unlock it once the phone has the new password.",
        ),
    ),
)

TWO_PHONES = Conversation(
    "One calendar on two phones",
    (
        Said("95m", ANN, "Hello,\n\nhow do Owen and I see the same calendar on our phones?\n\nAnn"),
        Said(
            "60m",
            BOB,
            "Hello Ann,\n\nadd the address from your pages to both phones. Which ones do you have?\n\nBob",
        ),
        Said("12m", ANN, "Two old Androids, I am afraid. Where exactly do I type it in?\n\nAnn"),
    ),
)

MAIL_ARCHIVE = Conversation(
    "How long do I have to keep mail?",
    (
        Said("85m", PAUL, "Hello,\n\nmy tax adviser asks for an archive of our mails. Can you do that?\n\nPaul Stone"),
        Said(
            "50m",
            JANE,
            "!take\nHello Mr Stone,\n\nyes: every mail is kept unchanged for ten years. How many mailboxes is it?\n\n"
            "Jane Poole",
        ),
        Said("8m", PAUL, "Four. And can my tax adviser look into them, too?\n\nPaul Stone"),
    ),
)

DELETED_FILE = Conversation(
    "A file was deleted by mistake",
    (
        Said("58m", NOOR, "Hello,\n\nTom has deleted plans.pdf from the site. Can you bring it back?\n\nNoor"),
        Said("40m", JANE, "Hello Noor,\n\nit is back, as it was last night.\n\nJane"),
        Said(
            "35m",
            BOB,
            "Hello Noor,\n\nwhich day's version do you need? I can go back two weeks.\n\nBob",
            answers="deleted plans.pdf",
        ),
    ),
)

WARNING = Conversation(
    "Browser warns of our shop",
    (Said("25m", MARA, "Hi,\n\nour customers see a certificate warning at shop.lind.example. Can you look?\n\nMara"),),
)

IN_HAND = (
    OLD_SERVER,
    REDIRECT,
    NEARLY_FULL,
    STRANGER,
    LOCKED_OUT,
    TWO_PHONES,
    MAIL_ARCHIVE,
    DELETED_FILE,
    WARNING,
)
