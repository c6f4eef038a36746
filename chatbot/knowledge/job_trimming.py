"""A job description cut to a token budget: what the work is and what it asks for stays.

The text is read line by line. A heading says what the lines below it are, until the next heading
that is known: requirements and duties, facts of the position, or what every posting of an employer
has (benefits, about us, how to apply, equal opportunity). Inside a section each sentence is weighed
by its own words. The words
stand in `job_wording`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chatbot.knowledge.job_wording import (
    ASKED,
    BULLET,
    DUTY,
    FACT,
    HEADINGS,
    KEEP,
    LIST_ITEM,
    MASKED,
    NAMED_SKILL,
    OPENING,
    PRICES,
    SENTENCE,
)

# Below this a sentence is not worth a token.
_LEAST = 0.0
# What the words of a sentence add: of a requirement (three count), of a duty, a product or skill.
_PER_ASKED, _PER_DUTY, _PER_NAME = 0.4, 1.0, 0.1
_WISHES = re.compile(
    r"(?i)(?:nice|good)[- ]to[- ]have|\b(?:prefer|desir|bonus|pluses|optional|ideal)\w*\b|"
    r"\b(?:a|big) plus\b|\bvon vorteil\b"
)
_LONG_LINE = 20
_MOST_HEADING_WORDS = 9
_LONGEST_READ = 60_000


@dataclass
class _Piece:
    """A sentence or a line: where it stands, what it is worth, and what it costs. `heading` is the
    one above it, where it has to be told."""

    line: int
    text: str
    worth: float
    heading: str = ""
    tokens: int = 0


def trim_job(text: str, budget_tokens: int, count: Callable[[str], int]) -> str:
    """The requirements and duties of a job description, in their order, in at most `budget_tokens`.

    `count` gives the tokens of a text. A text that fits is returned as it is. Of a longer one
    benefits, the employer's praise of itself, application steps and legal lines are left out even
    when room remains; facts such as the place stay out too. What is left may be empty. A text of
    any kind is accepted, and only its first 60,000 characters are read; never raises.
    """
    text = text[:_LONGEST_READ].strip()
    if budget_tokens <= 0 or not text:
        return ""
    if count(text) <= budget_tokens:
        return text
    pieces = [piece for piece in _weigh(text) if piece.worth >= _LEAST]
    for piece in pieces:
        piece.tokens = count(f"{piece.text}\n")
    chosen: list[int] = []
    left = budget_tokens
    for place in sorted(range(len(pieces)), key=lambda place: (-pieces[place].worth, place)):
        if pieces[place].tokens <= left:
            chosen.append(place)
            left -= pieces[place].tokens
    # Tokens of a whole are nearly always fewer than those of its parts, but not by any rule.
    while chosen and count(_join(pieces, chosen)) > budget_tokens:
        chosen.pop()
    return _join(pieces, chosen)


def _join(pieces: list[_Piece], chosen: list[int]) -> str:
    lines: dict[int, list[str]] = {}
    heading = ""
    for place in sorted(chosen):
        piece = pieces[place]
        above = [f"{piece.heading}\n"] if piece.heading != heading else []
        heading = piece.heading
        lines.setdefault(piece.line, above).append(piece.text)
    return "\n".join(" ".join(parts).replace("\n ", "\n") for parts in lines.values())


def _weigh(text: str) -> Iterator[_Piece]:
    section, heading, tells = OPENING, "", False
    for number, line in enumerate(text.splitlines()):
        if not line.strip():
            continue
        kind = _read_heading(line)
        if kind is not None:
            # Below "Nice to have" a line is no requirement, and below the next heading it is.
            tells = tells or _WISHES.search(line) is not None
            section, heading = kind, line.strip() if tells else ""
            continue
        for part in _split(line.strip()):
            yield _Piece(number, part, _worth(part, section), heading)


def _split(line: str) -> list[str]:
    if len(line.split()) < _LONG_LINE:
        return [line]
    return [part for part in SENTENCE.split(line) if part.strip()]


def _read_heading(line: str) -> float | None:
    """What the section below a line is worth; None when the line is no heading that is known."""
    bare = BULLET.sub("", line).strip(" \t*_#=")
    words = bare.split()
    if not words or len(words) > _MOST_HEADING_WORDS or bare[-1] in ".;,!":
        return None
    # "Location: Oslo" is a fact by itself and says nothing of the lines below it.
    is_pair = ":" in bare[:-1] or MASKED.fullmatch(words[0]) is not None
    is_marked = bare.endswith(":") or line.lstrip().startswith("#") or bare.isupper()
    if not is_marked and (len(words) > 6 or line.lstrip()[:1] in "-*\u2022\u00b7"):
        return None
    for pattern, worth in HEADINGS:
        if pattern.search(bare):
            is_item = LIST_ITEM.search(bare) or _is_boilerplate(bare)
            is_line = is_pair if worth != KEEP else not is_marked and is_item
            return None if is_line else worth
    return None


def _is_boilerplate(bare: str) -> bool:
    return any(pattern.search(bare) for pattern, _ in PRICES)


def _worth(part: str, section: float) -> float:
    bare = BULLET.sub("", part)
    worth = section
    for pattern, price in PRICES:
        if pattern.search(bare):
            worth -= price
    if FACT.search(bare):
        worth -= 1.5
    worth += min(len(ASKED.findall(bare)), 3) * _PER_ASKED
    worth += _PER_DUTY if DUTY.search(bare) else 0.0
    return worth + min(len(NAMED_SKILL.findall(MASKED.sub("", bare))), 3) * _PER_NAME
