"""Finds the store that an address names. Light, because the settings check addresses with it."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.storage.copies.stores import Store

WRONG = "write it as a folder"


def check_address(address: str) -> str:
    """The address, unchanged; raises ValueError for one that names no store."""
    if "://" in address and not address.startswith("file:///"):
        raise ValueError(WRONG)
    return address


def open_store(address: str) -> "Store":
    """The store at an address that `check_address` accepts; nothing is sent yet."""
    from chatbot.storage.copies.stores import DirectoryStore

    return DirectoryStore(Path(address.removeprefix("file://")).absolute())
