"""The year, in its order: Noor pays by card, Mara by transfer, and Bob of the staff does the rest."""

import re
from datetime import UTC, date, datetime, timedelta

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.document.reference import is_reference
from mailgate.billing.money.amount import written
from mailgate.billing.payment.bank import EntryState
from mailgate.billing.refund import RefundState, Way
from mailgate.demo.company import BOB, MARA, NOOR
from mailgate.demo.double import FAILS, PAYS
from mailgate.demo.mailboxes import Arrived
from mailgate.demo.year.agreeing import agree
from mailgate.demo.year.bank_file import Transfer
from mailgate.demo.year.scene import Scene
from mailgate.demo.year.staff import CommandLine
from store.billing.charges import State as ChargeState
from store.billing.invoices import Issued

BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)
ENDS = date(2027, 3, 2)

ORDERS, SUPPORT, BILLING = "orders@support.example", "support@support.example", "billing@support.example"
CARD = "Visa 4242"
GIVEN = 200
"""Credit for an outage."""

_REFERENCE = re.compile(r"^- Reference: (.*)$", re.MULTILINE)


class Year:
    """Plays the year in a scene."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._bob = CommandLine(scene)
        self._check = scene.steps.check

    def play(self) -> None:
        """Every step in turn. Raises NotSeen, and what a flow or the double refuses."""
        self._order()
        self._give_a_card()
        self._give_credit()
        self._decline()
        self._upgrade()
        self._pay_by_transfer()
        self._pay_twice()
        self._pay_by_reply()
        self._pay_from_credit()
        self._cancel()
        self._cancel_what_was_paid_by_transfer()
        self._ask_for_a_statement()
        self._let_the_rest_pass()
        agree(self._scene)

    def _order(self) -> None:
        scene = self._scene
        scene.write(NOOR, ORDERS, "A site", "Hello,\n\nI would like Web S for haddad.example, monthly.\n\nNoor")
        asked = scene.mail(BOB, "Noor writes what she would like, and Bob has it as mail", "Web S for haddad.example")
        one = self._bob.sell(NOOR, "web-s", "haddad.example")
        scene.reply(BOB, asked, "!close\nHello Noor,\n\nyour site is there. The invoice comes by itself.\n\nBob")
        scene.mail(NOOR, "he orders it for her, and tells her", "your site is there")
        scene.until(date(2026, 3, 3))
        bill = scene.mail(
            NOOR, f"invoice {one.number} of {_eur(one.total_minor)} comes with a link", _head(one), "/pay/plink_"
        )
        scene.pay(f"links/{_last_of(_word(bill, '/pay/plink_'))}", NOOR)
        scene.seen("she pays by it", lambda: scene.is_paid(one.number))
        scene.until(date(2026, 3, 4))
        scene.mail(NOOR, "and has her receipt", "Receipt", one.number)

    def _give_a_card(self) -> None:
        scene = self._scene
        scene.write(NOOR, SUPPORT, "My card", "!card")
        answer = scene.mail(NOOR, "she writes !card and gets a link", "/pay/cs_")
        scene.pay(f"sessions/{_last_of(_word(answer, '/pay/cs_'))}", NOOR)
        scene.seen("by which she gives a card", lambda: scene.card(NOOR))
        scene.until(date(2026, 3, 6))
        scene.mail(NOOR, "and hears that it is kept", f"Card {CARD} is saved")

    def _give_credit(self) -> None:
        scene = self._scene
        scene.write(NOOR, SUPPORT, "Not there on Sunday", "Hello,\n\non Sunday my site was not there.\n\nNoor")
        asked = scene.mail(BOB, "her site was away, she writes", "on Sunday my site was not there")
        scene.reply(BOB, asked, f"!credit {written(GIVEN, 'EUR')} the outage of March")
        question = scene.mail(BOB, "Bob writes !credit, and is asked whether it was he", "Shall we do this?")
        self._check("nothing is done before he has answered", scene.credit(NOOR) == 0)
        scene.reply(BOB, question, "yes")
        scene.seen(f"he answers yes, and she has {_eur(GIVEN)} of credit", lambda: scene.credit(NOOR) == GIVEN)
        scene.reply(BOB, asked, "!close\nHello Noor,\n\nthat was us, sorry. You have credit for it.\n\nBob")
        scene.mail(NOOR, "he tells her", "You have credit for it")

    def _decline(self) -> None:
        scene = self._scene
        scene.until(date(2026, 3, 24))
        one, card = scene.documents(NOOR)[-1], scene.card(NOOR)
        assert card is not None
        self._check("the next invoice is written ten days before it is due", (one.due_on - one.issued_on).days == 10)
        scene.knock(f"cards/{card.token}", does=FAILS)
        scene.until(one.due_on + timedelta(1))
        rest = one.total_minor - GIVEN
        scene.seen("on that day her credit pays first", lambda: self._is_open(one, rest) and scene.credit(NOOR) == 0)
        step = f"her card is declined for the rest of {_eur(rest)}, and she hears of it"
        scene.mail(NOOR, step, "declined", one.number)
        scene.knock(f"cards/{card.token}", does=PAYS)
        scene.until(one.due_on + timedelta(4))
        both = [ChargeState.FAILED, ChargeState.SUCCEEDED]
        step = "three days later it is tried again, and pays"
        scene.seen(step, lambda: [each.state for each in scene.charges(NOOR)] == both)
        scene.seen("the invoice is paid", lambda: scene.is_paid(one.number))

    def _upgrade(self) -> None:
        scene = self._scene
        scene.until(date(2026, 4, 25))
        before = scene.documents(NOOR)
        self._check("the next renewal is billed", len(before) == 3 and before[-1].open_minor == before[-1].total_minor)
        scene.write(NOOR, SUPPORT, "More room", "Hello,\n\nI need more room. Web M, please.\n\nNoor")
        asked = scene.mail(BOB, "after that invoice Noor wants the bigger plan", "Web M, please")
        self._bob.change(NOOR, "web-m")
        scene.reply(BOB, asked, "!close\nHello Noor,\n\nyou have Web M now.\n\nBob")
        scene.mail(NOOR, "Bob changes it and tells her", "you have Web M now")
        scene.until(date(2026, 4, 26))
        added = scene.documents(NOOR)[len(before) :]
        self._check(f"what that costs is billed: {_eur(sum(one.total_minor for one in added))}", added)
        scene.until(date(2026, 5, 10))
        scene.seen("it and the renewal are paid by card", lambda: scene.owed(NOOR) == 0)

    def _pay_by_transfer(self) -> None:
        scene = self._scene
        self._bob.address(MARA, street="Seeweg 3", postcode="10115", city="Berlin")
        one = self._bob.sell(MARA, "web-m", "lind.example")
        scene.until(date(2026, 5, 12))
        bill = scene.mail(MARA, f"Bob orders for Mara; she gets invoice {one.number}", _head(one))
        named = [_bare(reference) for reference in _REFERENCE.findall(bill.text)]
        self._check("it names a reference to pay by", named == [_bare(one.reference)] and is_reference(named[0]))
        is_found = self._transfer(named[0], one.total_minor)
        self._check(
            "she pays by transfer; the reference is found in the bank's file", is_found and scene.is_paid(one.number)
        )

    def _pay_twice(self) -> None:
        scene, one = self._scene, self._scene.documents(MARA)[0]
        scene.until(date(2026, 5, 14))
        self._transfer(one.reference, one.total_minor)
        self._check("she pays it twice: the second is her credit", scene.credit(MARA) == one.total_minor)
        scene.until(date(2026, 5, 15))
        scene.mail(MARA, "and she is told so", "Credit of", one.number)

    def _pay_by_reply(self) -> None:
        scene = self._scene
        scene.until(date(2026, 5, 26))
        one = scene.documents(NOOR)[-1]
        bill = scene.mail(NOOR, f"Noor gets invoice {one.number}, due on {one.due_on}", _head(one))
        self._check("nobody has paid it", self._is_open(one, one.total_minor))
        scene.reply(NOOR, bill, "!pay")
        scene.seen("she answers it with !pay, and her card pays at once", lambda: scene.is_paid(one.number))
        scene.until(date(2026, 5, 27))
        scene.mail(NOOR, "she has the receipt", "Receipt", one.number)

    def _pay_from_credit(self) -> None:
        scene = self._scene
        scene.until(date(2026, 6, 15))
        first, *_, last = scene.documents(MARA)
        self._check("Mara gets another invoice", last.number != first.number)
        scene.seen("it is paid from her credit", lambda: scene.is_paid(last.number) and scene.credit(MARA) == 0)
        scene.until(date(2026, 7, 3))
        third = scene.documents(MARA)[-1]
        self._transfer(third.reference, third.open_minor)
        is_new = third.number != last.number
        self._check("the one after that she pays by transfer, before it is due", is_new and scene.is_paid(third.number))

    def _cancel(self) -> None:
        scene = self._scene
        scene.until(date(2026, 7, 10))
        scene.write(NOOR, SUPPORT, "The end", "Hello,\n\nI move away. Please end it today.\n\nNoor")
        asked = scene.mail(BOB, "Noor wants an end at once", "Please end it today")
        self._bob.cancel(NOOR, "moved away")
        scene.reply(BOB, asked, "!close\nHello Noor,\n\nit has ended. What is left goes to your card.\n\nBob")
        scene.mail(NOOR, "Bob cancels at once, and tells her", "What is left goes to your card")
        scene.until(date(2026, 7, 12))
        self._check("what she has not used is given back", scene.documents(NOOR, DocumentKind.CREDIT_NOTE))
        back, sent = _eur(sum(one.amount_minor for one in scene.refunds(NOOR))), (Way.PROVIDER, RefundState.SUCCEEDED)
        step = f"{back} go to her card, by the provider"
        scene.seen(step, lambda: {(one.way, one.state) for one in scene.refunds(NOOR)} == {sent})

    def _cancel_what_was_paid_by_transfer(self) -> None:
        scene = self._scene
        self._bob.cancel(MARA, "closed")
        tasks = scene.refunds(MARA)
        is_task = {one.state for one in tasks} == {RefundState.TASK}
        self._check("Bob cancels for Mara; a transfer has no way back, so it is a task", is_task)
        days = {(one.deadline_on - scene.clock().date()).days for one in tasks}
        self._check("with a deadline of ten days", days == {10})
        scene.until(date(2026, 7, 20))
        scene.mail(BOB, "near its end Bob has it in a mail each morning", MARA.name, "nearly over", "Seeweg 3")
        self._bob.record(MARA, tasks)
        is_recorded = {one.state for one in scene.refunds(MARA)} == {RefundState.RECORDED}
        self._check("he sends a check and records it", is_recorded)
        scene.until(date(2026, 7, 21))
        scene.mail(MARA, "and Mara is told", "we sent you a check", "check 1")

    def _ask_for_a_statement(self) -> None:
        self._scene.write(NOOR, BILLING, "My statement", "!statement 2026-04")
        self._scene.mail(NOOR, "Noor asks for her statement of April", "from 1 April 2026 to 30 April 2026")

    def _let_the_rest_pass(self) -> None:
        """Nothing is sold any more."""
        scene = self._scene
        scene.until(date(2026, 7, 25))
        payout = scene.knock("payouts", currency="eur")
        scene.knock(f"payouts/{payout['id']}/pay")
        scene.until(ENDS)
        scene.until(ENDS + timedelta(2))

    def _is_open(self, one: Issued, minor: int) -> bool:
        return self._scene.invoice(one.number).open_minor == minor

    def _transfer(self, reference: str, amount_minor: int) -> bool:
        """Mara's bank sends so much, and the file of that day is imported: whether it is booked by itself."""
        today = self._scene.clock().date()
        done = self._scene.bank(Transfer("Lind, Mara", "DE89370400440532013000", reference, amount_minor, today))
        return done.is_balanced and dict(done.states) == {EntryState.BOOKED: 1}


def _head(one: Issued) -> str:
    """How the subject of the mail that brings an invoice begins."""
    return f"Invoice {one.number},"


def _word(mail: Arrived, inside: str) -> str:
    return next(word for word in mail.text.split() if inside in word)


def _last_of(link: str) -> str:
    """The id at the end of a link of the provider's."""
    return link.partition("?")[0].rpartition("/")[2]


def _bare(reference: str) -> str:
    """Without blanks, those that do not break among them."""
    return "".join(reference.split())


def _eur(minor: int) -> str:
    return f"{written(minor, 'EUR')} EUR"
