"""Finds the store that an address names. Light, because the settings check addresses with it."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.storage.copies.stores import Store

HUB = re.compile(r"hf://(buckets|datasets)/([A-Za-z0-9._-]+/[A-Za-z0-9._-]+)/?")
WRONG = "write it as a folder, hf://buckets/OWNER/NAME or hf://datasets/OWNER/NAME"


def check_address(address: str) -> str:
    """The address, unchanged; raises ValueError for one that names no store."""
    if "://" in address and not (HUB.fullmatch(address) or address.startswith("file:///")):
        raise ValueError(WRONG)
    return address


def needs_token(address: str) -> bool:
    """Whether the store asks for a token (`SNAPSHOT_TOKEN`)."""
    return HUB.fullmatch(address) is not None


def open_store(address: str, token: str | None) -> "Store":
    """The store at an address that `check_address` accepts; nothing is sent yet."""
    found = HUB.fullmatch(address)
    if found is None:
        from chatbot.storage.copies.stores import DirectoryStore

        return DirectoryStore(Path(address.removeprefix("file://")).absolute())
    from chatbot.storage.copies.hub_stores import BucketStore, DatasetStore

    kind = BucketStore if found[1] == "buckets" else DatasetStore
    return kind(found[2], token=token)
