"""The steps of the README, played in a browser as they are read there: each sentence is done, or it is unknown.

The first page of the viewer has the same steps in the same words.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mailgate.demo.playground import UNDO_SECONDS
from mailgate.tickets.ticket import State
from tests.demo.place import ANN, BOB, LENA, Place, running_place

README = Path(__file__).parents[2] / "README.md"
NOOR = "noor@haddad.example"
NUMBERS = {"five": 5}

SUBJECT, QUESTION, ANSWER = "No mail since Monday", "Since Monday every mail comes back.", "The disk was full."
LATE, HER_QUESTION = "Will this arrive?", "I hope to hear from you."


def steps() -> list[str]:
    """The steps as they are read, without marks and line ends."""
    section = README.read_text("utf-8").partition("\n## Try it\n")[2].partition("\n## ")[0]
    found = re.findall(
        r"^\d\. (.*?)(?=^\d\. |^\n|^$)", section.partition("pick who you are")[2], re.MULTILINE | re.DOTALL
    )
    return [" ".join(step.split()).replace("`", "") for step in found]


def sentences() -> list[str]:
    return [sentence for step in steps() for sentence in re.split(r"(?<=\.) (?=[A-Z])", step)]


@dataclass
class Newcomer:
    """Somebody who reads a sentence and does it, and who looks whether what it says is so."""

    page: Page
    place: Place
    opened: str = ""  # the URL of the mail that was opened last

    def be(self, name: str) -> None:
        self.page.get_by_role("link", name=re.compile("^People")).click()
        self.page.get_by_role("link", name=re.compile(f"^{name} ")).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{name} "))

    def write_to_support(self, name: str, *_more: str) -> None:
        self.be(name)
        subject, text = (LATE, HER_QUESTION) if name == "Lena" else (SUBJECT, QUESTION)
        self.page.get_by_role("link", name="Write", exact=True).click()
        expect(self.page.get_by_label("To")).to_have_value("support@support.example")
        self.page.get_by_label("Subject").fill(subject)
        self.send(text)

    def see_what_was_made(self, *facts: str) -> None:
        made = self.page.get_by_role("region", name="What the gate made of it")
        expect(made.get_by_text("Opened a ticket")).to_be_visible()
        assert facts == ("ticket", "evidence", "words it kept")
        for term in ("Ticket", "Evidence"):
            expect(made.get_by_role("term").filter(has_text=term)).to_be_visible()
        expect(made.get_by_role("heading", name="Kept as new words")).to_be_visible()
        expect(made.get_by_text(QUESTION)).to_be_visible()

    def has_new_mail(self, name: str) -> None:
        self.place.mail_with(BOB, QUESTION)
        self.be(name)
        self.open(self.new_mail(SUBJECT))

    def reply_twice(self, command: str, reader: str) -> None:
        assert reader == "Ann"
        question = self.opened
        self.reply(f"{command}\nThe disk of web3 is too small.")
        self.page.goto(question)
        self.reply(ANSWER)

    def leaves(self, number: str) -> None:
        assert NUMBERS[number] == UNDO_SECONDS
        expect(self.page.get_by_text("An answer is about to leave")).to_be_visible()
        expect(self.page.get_by_role("heading", name="Cut away")).to_be_visible()
        self.place.mail_with(ANN, ANSWER)
        assert not any("too small" in text for text in self.place.texts(ANN))

    def read(self, name: str, *views: str) -> None:
        self.be(name)
        self.open(self.page.locator("tr.new").first.get_by_role("link"))
        expect(self.page.locator("main").get_by_text(ANSWER)).to_be_visible()
        assert views == ("text", "HTML", "source")
        self.page.get_by_role("link", name="HTML", exact=True).click()
        expect(self.page.frame_locator("iframe").get_by_text(ANSWER)).to_be_visible()
        self.page.get_by_role("link", name="Source").click()
        expect(self.page.get_by_text("Message-ID:")).to_be_visible()

    def follow(self, link: str) -> None:
        self.page.get_by_role("link", name=link).click()
        self.page.get_by_role("link", name="Continue").click()
        self.page.get_by_role("link", name=re.compile(SUBJECT)).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(SUBJECT)

    def begin_a_mail(self) -> None:
        self.page.get_by_role("link", name="Answer by mail").click()
        expect(self.page.get_by_role("heading", name="Write")).to_be_visible()
        expect(self.page.get_by_label("To")).to_have_value(re.compile(r"^support\+\w+@"))
        assert self.page.url.startswith(self.place.viewer.url)

    def open_by_subject(self, name: str, subject: str) -> None:
        self.be(name)
        self.open(self.new_mail(subject))

    def see_what_is_held(self, name: str) -> None:
        expect(self.page.get_by_text("a colleague was quicker")).to_be_visible()
        expect(self.page.get_by_text(f"{name} Poole").first).to_be_visible()

    def send_what_was_held(self, command: str, reader: str) -> None:
        self.reply(command)
        self.place.mail_with(NOOR, "which day's version do you need?")
        self.be(reader)
        self.open(self.new_mail("A file was deleted by mistake"))
        expect(self.page.locator("main").get_by_text("which day's version do you need?")).to_be_visible()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def is_closed(self) -> None:
        warning = self.place.mail_with(ANN, "If we hear nothing from you")
        assert warning.at < self.place.mail_with(ANN, "We have closed ticket 21").at
        self.be("Ann")
        self.open(self.page.locator("tr.new").first.get_by_role("link"))
        expect(self.page.locator("main").get_by_text("We have closed ticket 21")).to_be_visible()
        assert self.place.ticket(21).state is State.CLOSED

    def answer_her(self, name: str) -> None:
        self.place.mail_with(BOB, HER_QUESTION)
        self.be(name)
        self.open(self.new_mail(LATE))
        self.reply("You will.")
        self.place.mail_with(BOB, f"What you wrote to {LENA} did not arrive")
        self.be(name)
        self.open(self.new_mail(LATE))
        expect(self.page.get_by_text(f"What you wrote to {LENA} did not arrive")).to_be_visible()

    def see_the_others(self, refused: str, put_off: str) -> None:
        self.page.get_by_role("link", name="People").click()
        for name, fate in ((refused, "refused"), (put_off, "put off")):
            expect(self.page.get_by_role("row", name=name)).to_contain_text(f"mail to this address is {fate}")

    def send(self, text: str) -> None:
        self.page.get_by_label("Text").fill(text)
        self.page.get_by_role("button", name="Send").click()

    def reply(self, text: str) -> None:
        self.page.get_by_role("link", name="Reply").click()
        self.send(text + self.page.get_by_label("Text").input_value())

    def new_mail(self, subject: str) -> Locator:
        return self.page.locator("tr.new").get_by_role("link", name=re.compile(subject)).first

    def open(self, mail: Locator) -> None:
        mail.click()
        expect(self.page.get_by_role("link", name="Reply")).to_be_visible()
        self.opened = self.page.url


Deed = Callable[..., None]

DEEDS: Sequence[tuple[str, Deed]] = (
    (r"Be (\w+) and write to support\.", Newcomer.write_to_support),
    (r"Beside your mail stands .*: the (\w+), the (\w+), and which (.*)\.", Newcomer.see_what_was_made),
    (r"Be (\w+) of the staff, who has it as new mail\.", Newcomer.has_new_mail),
    (r"Reply with (!\w+) as the first line, and reply once more with words for (\w+)\.", Newcomer.reply_twice),
    (r"They leave after (\w+) seconds; beside them stands what was cut away\.", Newcomer.leaves),
    (r"Be (\w+) again and read the answer as (\w+), as (\w+) or as (\w+)\.", Newcomer.read),
    (r'Follow "(.*)" to the web view and open your ticket\.', Newcomer.follow),
    (r"Its buttons begin a mail here in the demo\.", Newcomer.begin_a_mail),
    (r'Be (\w+) and open "(.*)"\.', Newcomer.open_by_subject),
    (r"(\w+) was quicker, so your answer is held\.", Newcomer.see_what_is_held),
    (r"Reply with (!\w+), and (\w+) gets it all the same\.", Newcomer.send_what_was_held),
    (r'Press "(.*)"\.', Newcomer.press),
    (r"Nothing waits for real: the warning arrives, then the ticket is closed\.", Newcomer.is_closed),
    (r"Be (\w+), whose mail comes back later than it was sent, and write to support\.", Newcomer.write_to_support),
    (r"Answer her as (\w+), and see what the staff are told\.", Newcomer.answer_her),
    (r"With (\w+) mail is refused, with (\w+) it is put off\.", Newcomer.see_the_others),
)


def deed(sentence: str) -> tuple[Deed, tuple[str, ...]]:
    """What a sentence asks for, with its words."""
    [(does, found)] = [(does, found) for says, does in DEEDS if (found := re.fullmatch(says, sentence))]
    return does, found.groups()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """As `mailgate demo` begins."""
    with running_place(tmp_path, undo_seconds=UNDO_SECONDS, with_past=True) as running:
        yield running


def test_each_sentence_of_the_steps_is_one_that_is_played_and_none_is_missing() -> None:
    assert [deed(sentence)[0] for sentence in sentences()] != []
    assert {does for does, _ in map(deed, sentences())} == {does for _, does in DEEDS}


@pytest.mark.server
def test_the_steps_of_the_readme_are_true(place: Place, chromium: Browser) -> None:
    with chromium.new_context(viewport={"width": 1100, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(place.viewer.url)
        shown = [" ".join(step.split()) for step in page.locator("ol.steps li").all_inner_texts()]
        newcomer = Newcomer(page, place)

        for sentence in sentences():
            does, words = deed(sentence)
            does(newcomer, *words)

    assert shown == steps()
