"""How much of a message is looked at: one table, so that whoever adds a reader sees what the others cost.

What is past a bound is a defect, not a refusal, and the rest of the message is read. Together they keep the promise at
the end of the table, whatever the bytes are: `tests/mail/test_bombs.py` walks through mails that were made to break it.
"""

MAX_INPUT = 35 * 1024 * 1024  # bytes of a message: the largest that any door of ours takes

# The header
MAX_HEADER_BYTES = 256 * 1024
MAX_FIELDS = 1000
MAX_ADDRESS_BYTES = 32 * 1024  # of an address field: readers of addresses cost the most
MAX_GUESSES = 8  # encoded words of one value that are read in another charset than they name
MAX_GUESSES_OF_MAIL = 200  # values and encoded words of a mail whose charset is told by weighing all of them

# Parts
MAX_PARTS = 500
MAX_PART_DEPTH = 50
MAX_STRUCTURED_BYTES = 16 * 1024  # of a field of a part

# Text
MAX_TEXT_BYTES = 4 * 1024 * 1024  # of the bodies of one kind; files count for nothing here
MAX_MASKED = 512 * 1024  # bytes of a part that are looked through for card numbers
MAX_SNIFFED = 400  # bytes by which a charset is told, from the first that is not ASCII

# HTML
MAX_HTML = 1_000_000  # characters; what is behind them is not shown as text
MAX_ELEMENT_DEPTH = 2_000  # open elements; further ones have no end of their own
MAX_ATTRIBUTES = 100  # of a tag
MAX_VALUE = 2_000  # characters of an attribute
MAX_SHEET = 100_000  # characters of a style sheet
MAX_QUOTE_MARKS = 20  # at the beginning of a line: below that depth nobody tells whose words they are
MAX_TIMES = 3  # the text is no longer than so many times its source: each line of a quotation bears its marks

# What follows for the whole message
SECONDS_OF_A_MEGABYTE = 2  # of processor time, to know everything about a message of one megabyte
SECONDS_OF_THE_LARGEST = 10
MEMORY_BYTES = 300 * 1024 * 1024  # beside what the program has anyway
SECONDS_AT_WORK = 60  # of processor time: whoever takes longer has met a mistake of ours, and is broken off
