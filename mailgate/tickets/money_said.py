"""What a receipt says about money: values alone, the words stand in `templates/mail/<locale>/parts/money.md`.

Amounts are minor units beside their `currency`, days are ISO dates: each reader is told them in their own way.
"""

from enum import StrEnum


class MoneySaid(StrEnum):
    """What a line says; behind each what its words are given."""

    # invoices; `rests` is the last day without reminders, "" where they do not rest
    INVOICES = "invoices"
    INVOICES_OF = "invoices-of"  # account
    NO_INVOICES = "no-invoices"
    INVOICE_OPEN = "invoice-open"  # number, open_minor, currency, due, rests
    INVOICE_PART = "invoice-part"  # and total_minor
    INVOICE_LATE = "invoice-late"  # as of one that is open
    INVOICE_LATE_PART = "invoice-late-part"
    INVOICE_PAID = "invoice-paid"  # number, total_minor, currency, issued
    INVOICE_VOID = "invoice-void"
    INVOICE_WRITTEN_OFF = "invoice-written-off"
    OLDER_INVOICES = "older-invoices"  # url
    OLDER_BY_NUMBER = "older-by-number"
    INVOICE_ENCLOSED = "invoice-enclosed"  # number
    INVOICE_LINKED = "invoice-linked"  # number, url
    INVOICE_SHOWN = "invoice-shown"  # number
    NO_SUCH_INVOICE = "no-such-invoice"  # number
    DAY_IS_WRITTEN = "day-is-written"
    WHICH_INVOICE = "which-invoice"
    WHICH_ACCOUNT = "which-account"
    # services
    SERVICES = "services"
    SERVICES_OF = "services-of"  # account
    NO_SERVICES = "no-services"
    SERVICE = "service"  # product, name, domain, state, amount_minor, currency, is_taxed, cycle, due, ends: "" for none
    MORE_SERVICES = "more-services"  # url
    # the balance
    BALANCE = "balance"
    BALANCE_OF = "balance-of"  # account
    NOTHING_TO_PAY = "nothing-to-pay"
    TO_PAY = "to-pay"  # amount_minor, currency
    CREDIT = "credit"  # amount_minor, currency
    NEXT_INVOICE = "next-invoice"  # number, open_minor, currency, due
    NEXT_LATE = "next-late"  # the same of one that was due before
    NEXT_SERVICE = "next-service"  # as of a service
    # a statement
    STATEMENT = "statement"  # first, last
    STATEMENT_OF = "statement-of"  # account, first, last
    NO_STATEMENT = "no-statement"  # first
    STATEMENT_AHEAD = "statement-ahead"  # first
    OPENING = "opening"  # first, balance_minor, currency
    ENTRY = "entry"  # on, entry (of the ledger's events), number, amount_minor, currency
    CLOSING = "closing"  # last, balance_minor, currency
    MORE_ENTRIES = "more-entries"  # more
    # money is on its way
    PAID_NOTED = "paid-noted"  # on, until
    PAID_BEFORE = "paid-before"  # until
    PAID_AHEAD = "paid-ahead"  # on
    PAID_LONG_AGO = "paid-long-ago"  # on
    PAID_IN_VAIN = "paid-in-vain"  # numbers
    # time
    DEFERRED = "deferred"  # until
    DEFER_RUNS = "defer-runs"  # until
    DEFER_TOO_LONG = "defer-too-long"  # days, most
    DEFER_USED_UP = "defer-used-up"  # most, again
    DEFER_SUSPENDED = "defer-suspended"
    DEFER_OFF = "defer-off"
    # what either is about, and what follows
    ABOUT_INVOICE = "about-invoice"  # number, open_minor, currency, due
    THEN_GOES_ON = "then-goes-on"
    DUE_DATE_STAYS = "due-date-stays"
    DEFERS_LEFT = "defers-left"  # left
    NONE_LEFT = "none-left"
    NOTHING_OPEN = "nothing-open"
    NOT_OPEN = "not-open"  # number
    # an invoice is paid by reply
    PAY_BEGUN = "pay-begun"  # number, amount_minor, currency, card
    PAID_BY_CREDIT = "paid-by-credit"  # number, amount_minor, currency
    PAY_UNDER_WAY = "pay-under-way"  # number
    PAY_HERE = "pay-here"  # number, amount_minor, currency, url
    CARD_RESTS = "card-rests"  # the same: a card is there, and is not charged
    CARD_OVER = "card-over"  # the same: it has expired
    PAY_OTHERWISE = "pay-otherwise"  # number, open_minor, currency
    WHICH_TO_PAY = "which-to-pay"
    LINK_COMES = "link-comes"
    # a card, and credit in advance
    WHICH_OF_YOURS = "which-of-yours"
    NO_CARDS = "no-cards"
    NO_CARD = "no-card"
    CARD_REMOVED = "card-removed"  # card
    TOO_MANY_LINKS = "too-many-links"
    NO_FUNDS = "no-funds"
    FUNDS_NOT_IN = "funds-not-in"  # currency
    FUNDS_MISREAD = "funds-misread"  # words, amount_minor: the least, currency
    FUNDS_TOO_LITTLE = "funds-too-little"  # amount_minor, total_minor: the least, currency
    FUNDS_TOO_MUCH = "funds-too-much"  # amount_minor, total_minor: the most, currency
