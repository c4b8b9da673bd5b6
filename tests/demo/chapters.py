"""What the demo's year has to tell, whoever plays it."""

from collections.abc import Sequence

CHAPTERS = (
    "he orders it for her",
    "comes with a link",
    "she pays by it",
    "and has her receipt",
    "by which she gives a card",
    "ten days before it is due",
    "her credit pays first",
    "her card is declined for the rest",
    "three days later it is tried again, and pays",
    "after that invoice Noor wants the bigger plan",
    "what that costs is billed",
    "it and the renewal are paid by card",
    "the reference is found in the bank's file",
    "she pays it twice: the second is her credit",
    "and she is told so",
    "answers it with !pay, and her card pays at once",
    "it is paid from her credit",
    "by transfer, before it is due",
    "Bob cancels at once",
    "go to her card, by the provider",
    "so it is a task",
    "with a deadline of ten days",
    "he sends a check and records it",
    "her statement of April",
    "hledger adds the ledger up to the same balances",
    "beancount adds the ledger up to the same balances",
    "what came by the provider is what it has charged",
    "what went back is what it has refunded",
    "what it still has is what the ledger says",
    "and so are its fees",
)
"""What has to be told, in this order, among other steps."""


def missing(steps: Sequence[str]) -> list[str]:
    """What is not told, or not in its place."""
    rest = iter(steps)
    return [words for words in CHAPTERS if not any(words in step for step in rest)]
