"""The content of one message as it comes over the wire: everything up to the lone dot (RFC 5321 §4.1.1.4)."""

END = b"\r\n.\r\n"


class Content:
    """Takes what arrives, whatever way it is cut. Of what is too large it keeps nothing but looks on for the end."""

    def __init__(self, *, max_bytes: int, max_line_bytes: int) -> None:
        self.is_too_large = False
        self._max_bytes = max_bytes
        self._max_line_bytes = max_line_bytes
        self._held = bytearray(b"\r\n")  # the end of DATA's own line: a dot right behind it ends an empty message

    def feed(self, arrived: bytes) -> bytes | None:
        """Take more; None while the end has not come, and then what was sent behind it."""
        held = self._held
        looked_at = max(0, len(held) - len(END) + 1)
        held += arrived
        end = held.find(END, looked_at)
        if (len(held) if end < 0 else end) > self._max_bytes + len(END):
            self.is_too_large = True
        if end >= 0:
            behind = bytes(memoryview(held)[end + len(END) :])
            del held[end + 2 :]
            return behind
        if self.is_too_large:
            del held[: 1 - len(END)]
        return None

    def raw(self) -> bytes:
        """The message, without the dots that were put before others for the way (RFC 5321 §4.5.2)."""
        return bytes(memoryview(self._held.replace(b"\r\n.", b"\r\n"))[2:])

    def has_too_long_line(self) -> bool:
        """A line, its end included, is longer than the limit."""
        held, begin = self._held, 2
        while len(held) - begin > self._max_line_bytes:  # from the end of a line on to the last end within the limit
            end = held.rfind(b"\n", begin, begin + self._max_line_bytes)
            if end < 0:
                return True
            begin = end + 1
        return False
