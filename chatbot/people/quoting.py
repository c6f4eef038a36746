"""Anybody's words as they may stand in a message to the owner: inert, on one line, shortened."""

import re
import unicodedata

_QUOTE_MARKS = re.compile('["\u00ab\u00bb\u201c-\u201f\u2033\u2036\u275d\u275e\u301d-\u301f\uff02]')
# Chat services call a whole group by these words; a space keeps them words.
_GROUP_CALLS = re.compile(r"@(?=(?:everyone|here|channel|all|room)\b)", re.IGNORECASE)
_KEPT_MARKS = "\u200c\u200d"  # joiners, without which some scripts and emoji fall apart


def plain(value: object, limit: int) -> str:
    """Anybody's text on one line without control, direction and invisible characters."""
    text = unicodedata.normalize("NFC", str(value or ""))
    text = "".join(map(_visible, text))
    return cut(_GROUP_CALLS.sub("@ ", " ".join(text.split())), limit)


def quote(value: object, limit: int) -> str:
    """`plain` between double quotes that the text cannot end."""
    return f'"{plain(_QUOTE_MARKS.sub(chr(39), str(value or "")), limit)}"'


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    return character if category[0] != "C" or character in _KEPT_MARKS else ""


def cut(text: str, limit: int) -> str:
    """The beginning of a text that is too long, with an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}\u2026"
