"""Writes a text in one way before it is read: degrees, halves, ranges of months."""

import re

_DOTTED = re.compile(r"\b(Ph|[A-Z])\.\s?(?:([A-Z][a-z]{0,2})\.)(?:\s?([A-Z])\.)?")
_OF_SCIENCE = re.compile(r"\b([Bb]achelor|[Mm]aster)(?:['’]?s)? of ([Ss]cience|[Aa]rts)\b")
_TO_FOUND = re.compile(r"\bto (?:co-?)?found\b")
_ONE = re.compile(r"\b[Oo]ne(?=[ -](?:year|month|decade)s?\b)")
_MONTH_NAME = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
# "From February to September 2022": the year is that of both.
_RANGE_IN_YEAR = re.compile(
    rf"\b({_MONTH_NAME})\s+(to|until|through|till|and|–|-)\s+({_MONTH_NAME})\s+((?:19|20)\d\d)\b"
)
_HALVES = (
    (re.compile(r"(?i)\bhalf a year\b"), "6 months"),
    (re.compile(r"(?i)\b(?:a|one) year and a half\b|\bone and a half years\b"), "18 months"),
    (re.compile(r"(?i)\btwo and a half years\b"), "30 months"),
    (re.compile(r"(?i)\bthree and a half years\b"), "42 months"),
    (
        re.compile(
            r"(?i)(\b(?:spent|nearly|almost|over|about|around|for|than) )an? (?=(?:decade|year)\b)"
        ),
        r"\g<1>1 ",
    ),
)


def written_out(text: str) -> str:
    """A text with degrees and "one year" written in one way: B.S. and Bachelor of Science as BS."""
    text = _DOTTED.sub(lambda m: "".join(part for part in m.groups() if part), text)
    text = _OF_SCIENCE.sub(lambda m: m[1][0].upper() + m[2][0].upper(), text)
    text = _RANGE_IN_YEAR.sub(r"\1 \4 \2 \3 \4", text)
    for pattern, months in _HALVES:
        text = pattern.sub(months, text)
    text = _TO_FOUND.sub("to establish", text)
    return _ONE.sub("1", text)
