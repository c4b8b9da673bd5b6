"""What comes of an invoice that nobody pays, for its page: in words, with the day."""

from collections.abc import Mapping

from mailgate.billing.dunning import Kind
from webview.words import Words


def step_words(words: Words) -> Mapping[Kind, str]:
    """What each step is, to customers and staff alike."""
    return {
        Kind.CREATED: words.gettext("the mail that brings the invoice"),
        Kind.REMINDER: words.gettext("a reminder by mail"),
        Kind.SUSPEND_WARNING: words.gettext("a reminder that says when the services will be suspended"),
        Kind.SUSPEND: words.gettext("the services of this invoice are suspended until it is paid"),
        Kind.END_WARNING: words.gettext("a mail that says when the services will end"),
        Kind.END: words.gettext("the services of this invoice end"),
    }
