"""What an import changes: which products are new, different, gone or as they were."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """Skus, in the order of the new catalogue; those that are gone in the order of the old one."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]
    same: tuple[str, ...]


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> Changes:
    """Compare the digests of two catalogues' products by sku."""
    return Changes(
        added=tuple(sku for sku in new if sku not in old),
        changed=tuple(sku for sku, digest in new.items() if old.get(sku, digest) != digest),
        retired=tuple(sku for sku in old if sku not in new),
        same=tuple(sku for sku, digest in new.items() if old.get(sku) == digest),
    )
