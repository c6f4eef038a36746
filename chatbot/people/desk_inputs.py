"""Reading what a page or an address says it wants: ids, choices and words to look for."""

import uuid
from enum import StrEnum
from typing import TypeVar

from chatbot.errors import InvalidInput, NotFound
from chatbot.text import clean_line

MAX_SEARCH = 200

Choice = TypeVar("Choice", bound=StrEnum)


def read_key(value: uuid.UUID | str, gone: str) -> uuid.UUID:
    """An id; raises NotFound with the words `gone` for what is none."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise NotFound(gone) from None


def read_choice(choices: type[Choice], value: str | None) -> Choice | None:
    """One of some values, None for nothing; raises InvalidInput for any other."""
    if not value:
        return None
    try:
        return choices(value)
    except ValueError:
        raise InvalidInput(f"Choose one of these: {', '.join(choices)}.") from None


def read_search(words: str) -> str:
    """Words to look for, on one line."""
    return clean_line(words, limit=MAX_SEARCH)
