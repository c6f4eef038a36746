"""Cleaning what people type, in one place: every database and every page can hold the result."""

import re
import unicodedata

# Control characters but for tab and line feed, and code points that are not characters at all.
# PostgreSQL refuses NUL, and a lone surrogate cannot be written as UTF-8.
_UNUSABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Invisible characters that only reorder or hide the text around them; the marks that right-to-left
# languages and joined emoji need (ZWNJ, ZWJ, LRM, RLM, ALM) stay.
_DECEIVING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


def clean_text(text: str, *, limit: int | None = None) -> str:
    """Text in NFC without characters that cannot be stored or shown, cut to `limit` characters.

    Directional overrides (U+202A-202E, U+2066-2069), the byte order mark and tag characters
    (U+E0000-E007F) go: in a chat they serve to disguise text (https://trojansource.codes).
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _DECEIVING.sub("", _UNUSABLE.sub("", text))
    text = unicodedata.normalize("NFC", text).strip()
    return text if limit is None else text[:limit].rstrip()


def clean_line(text: str, *, limit: int) -> str:
    """`clean_text` on one line, for names and titles."""
    return " ".join(clean_text(text).split())[:limit].rstrip()
