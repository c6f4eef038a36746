"""The text of an HTML page: what a reader sees, line by line, lists with their bullets.

The page comes from outside, and the standard library's parser takes minutes for some that were made
to be slow. This reads every page in one pass: each character is looked at a few times at most.
"""

import html
import re

_UNSEEN = frozenset(
    "noscript template svg head nav header footer form button select iframe".split()
)
_HEADS = frozenset("h1 h2 h3 h4 h5 h6".split())
_LINES = _HEADS | frozenset(
    "p div section article main aside ul ol li br tr table dd dt dl blockquote pre hr".split()
)
_NO_TEXT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b[^<>]*>.*?(?:</\1\b[^<>]*>|\Z)|<[!?][^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")


def read_page_text(source: str) -> str:
    """The lines of a page, empty ones left out; never raises for what it holds."""
    source = _NO_TEXT.sub(" ", source)
    parts: list[str] = []
    hidden, depth, place = "", 0, 0
    for match in _TAG.finditer(source):
        if not hidden:
            parts.append(html.unescape(source[place : match.start()]))
        place = match.end()
        tag, closes = match[2].lower(), bool(match[1])
        if hidden:
            depth += (-1 if closes else 1) if tag == hidden else 0
            hidden = hidden if depth else ""
        elif tag in _UNSEEN and not closes:
            hidden, depth = tag, 1
        elif tag in _LINES:
            parts.append(_break(tag, closes=closes))
    if not hidden:
        parts.append(html.unescape(source[place:]))
    lines = (" ".join(line.split()) for line in "".join(parts).splitlines())
    return "\n".join(line for line in lines if line.strip("-# "))


def _break(tag: str, *, closes: bool) -> str:
    if closes or tag not in _HEADS | {"li"}:
        return "\n"
    return "\n- " if tag == "li" else "\n## "
