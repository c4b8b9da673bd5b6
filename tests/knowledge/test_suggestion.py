"""The article that answers a mail is named, and none to a mail that asks for something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.article import Article, read_article
from mailgate.tickets.suggestion import Suggestions
from tests.knowledge.shelf import ARTICLES

READ = [read_article(f"{slug}.md", text.encode()) for slug, text in ARTICLES.items()]
SUGGESTIONS = Suggestions([one for one in READ if isinstance(one, Article)])

ANSWERED = (
    ("full-mailbox", "Mailbox full", "Hello,\nsince Monday senders get a bounce: mailbox full, quota exceeded.\nAnne"),
    ("full-mailbox", "Bounces", "My mailbox seems to be full, mails to me come back. Can I have a larger quota?"),
    ("mail-on-a-phone", "New phone", "How do I set up my mail on an iPhone? Which port for IMAP?"),
    ("mail-on-a-phone", "Android", "I have a new Android phone and want my mail on it. What user name and password?"),
    ("forward-mail", "Forwarding", "Please forward all mail of info@ to another address, and keep a copy."),
    ("ssl-certificate", "Certificate", "The browser says the SSL certificate of my website has expired. Renew it?"),
    ("ssl-certificate", "SSL", "When do you renew the certificates of our websites? One expires next week."),
    ("move-domain", "Transfer", "I would like to transfer my domain to you. I have the auth code from my registrar."),
    (
        "restore-backup",
        "Help!!",
        "I deleted the website by mistake. Can you restore a backup of yesterday, database too?",
    ),
    ("ftp-access", "Uploading", "Which server and port do I use to upload files with SFTP?"),
    ("pay-invoice", "Your invoice", "May I pay the invoice by bank transfer? What is the account number?"),
    ("php-version", "PHP 8.3", "Our website needs a newer PHP version, please change it for shop.example."),
)

OTHER = (
    ("Hello", "Hello, are you there on Saturday?"),
    ("Thank you", "Thanks for your quick help yesterday. All is well now!"),
    ("Your offer", "We sell high quality office chairs at fair prices. Interested? Call us."),
    ("No mail since Monday", "Since Monday no mail comes in."),
    ("Website slow", "Our website has been very slow since this morning, pages take ten seconds."),
    ("503", "The page says 503, see the picture."),
    ("Meeting", "Can we move the meeting about the new contract to Thursday?"),
    ("Cancel", "I want to cancel my hosting package at the end of the year."),
    ("Invoice 2026-17", "The VAT on this invoice is wrong, we are in Austria. Please correct it."),
    ("Password", "I forgot my password."),
    ("", ""),
    ("Spam", "I get fifty spam mails a day. Is there a filter?"),
    ("Server", "What does a server with 64 GB of memory cost?"),
    ("Address", "Our postal address has changed: 5 Station Road, Leeds."),
)  # fmt: skip


@pytest.mark.parametrize(("slug", "subject", "text"), ANSWERED)
def test_the_article_that_answers_is_named(slug: str, subject: str, text: str) -> None:
    best = SUGGESTIONS.best(subject, text)

    assert best is not None
    assert best.slug == slug


@pytest.mark.parametrize(("subject", "text"), OTHER)
def test_nothing_is_named_when_something_else_is_asked(subject: str, text: str) -> None:
    assert SUGGESTIONS.best(subject, text) is None


@pytest.mark.parametrize("slug", sorted(ARTICLES))
def test_the_title_and_a_sentence_of_an_article_find_it(slug: str) -> None:
    article = read_article(f"{slug}.md", ARTICLES[slug].encode())
    assert isinstance(article, Article)

    assert SUGGESTIONS.best(article.title, article.markdown) == article


def test_two_articles_that_say_the_same_are_not_chosen_between() -> None:
    twice = [Article(slug, "Restore a backup", "We keep backups for 14 days.") for slug in ("one", "two")]

    assert Suggestions(twice).best("Backup", "Please restore the backup of 14 days ago, days") is None


def test_without_articles_there_is_none() -> None:
    assert Suggestions(()).best("Mailbox full", "quota exceeded") is None


@given(st.text(), st.text())
def test_any_mail_can_be_compared(subject: str, text: str) -> None:
    best = SUGGESTIONS.best(subject, text)

    assert best is None or best in READ
