"""What may go wrong between us and the smarthost, with the words of its reply.

Nothing here says when to try again: that is for whoever catches it.
"""

from mailgate.errors import Permanent, Temporary


class SmarthostDeferred(Temporary):
    """Not taken now, and certainly not sent: a 4yz reply, or one that makes no sense."""

    pause = False  # True: nothing is wrong with the message, and no other would fare better; a person must look

    def __init__(self, reason: str, reply_line: str = "", *, step: str = "") -> None:
        super().__init__(f"{reason}: {reply_line}" if reply_line else reason)
        self.reply_line = reply_line  # "" when the smarthost said nothing
        self.step = step

    @property
    def is_about_recipient(self) -> bool:
        """It was said of the address that was written to."""
        return self.step == "RCPT"


class SmarthostUnreachable(SmarthostDeferred):
    """No connection, a broken one, or a smarthost that closes (421): the next message would meet the same."""


class SmarthostNotReady(SmarthostDeferred):
    """Its TLS, its certificate or our login is not in order."""

    pause = True


class ReplyLost(SmarthostDeferred):
    """The whole message was sent and no reply to it was read: in doubt, for it may have been taken (RFC 5321 §6.1)."""


class SmarthostRefused(Permanent):
    """A 5yz reply to MAIL, RCPT or DATA: this message will never be taken for this recipient."""

    def __init__(self, step: str, reply_line: str) -> None:
        super().__init__(f"refused at {step}: {reply_line}")
        self.reply_line = reply_line
        self.step = step

    @property
    def is_about_recipient(self) -> bool:
        """What it says is of the address that was written to, not of the sender or the message."""
        return self.step == "RCPT"
