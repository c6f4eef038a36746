"""Writes a text in one way before it is read: degrees, halves, ranges of months."""

import re

from chatbot.knowledge.cv_dates import with_months

_DOTTED = re.compile(r"\b(Ph|[A-Z])\.\s?(?:([A-Z][a-z]{0,2})\.)(?:\s?([A-Z])\.)?")
_OF_SCIENCE = re.compile(r"\b([Bb]achelor|[Mm]aster)(?:['’]?s)? of ([Ss]cience|[Aa]rts)\b")
_TO_FOUND = re.compile(r"\bto (?:co-?)?found\b")
_ONE = re.compile(r"\b[Oo]ne(?=[ -](?:year|month|decade|week)s?\b)")
_MONTH_NAME = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
# "From February to September 2022": the year is that of both.
_RANGE_IN_YEAR = re.compile(
    rf"\b({_MONTH_NAME})\s+(to|until|through|till|and|–|-)\s+({_MONTH_NAME})\s+((?:19|20)\d\d)\b"
)
_SHORT_RATES = {"QPS": "queries", "RPS": "requests", "TPS": "transactions"}
_RATE = re.compile(rf"\b({'|'.join(_SHORT_RATES)})\b")
_QUARTER = re.compile(r"(?i)\b(?:the )?(first|second|third|fourth) quarter\b")
# "Raised engagement by 35 %" raises no money.
_RAISED = re.compile(r"(?i)\brais(?:ed|es|ing)\b(?=[^.;]{0,50}\b(?:by|to|from) [$€£]?\d)")
_NOT_ONLY = re.compile(r"(?i)\bnot (?:only|just|merely|simply) ")
_FRANCS = re.compile(
    r"(?<!CHF )(?<!\w)(\d[\d.,]*(?: (?:thousand|million|billion)|[kKmMbB]n?)?\+?)"
    r" (?:Swiss francs|CHF)\b"
)
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_AND_A_HALF = re.compile(rf"(?i)\b(\d{{1,2}}|{'|'.join(_SMALL)})(?: and a half|\.5)[ -]years?\b")
_QUARTERS = ("first", "second", "third", "fourth")
_IN_A_ROW = re.compile(
    r"(?i)\b(days|weeks|months|quarters|years|times) (?:in a row|in succession)\b"
)
_HALVES = (
    (re.compile(r"(?i)\bhalf a year\b"), "1 halfyears"),
    (re.compile(r"(?i)\b(?:a|one) year and a half\b"), "3 halfyears"),
    (
        re.compile(
            r"(?i)(\b(?:spent|nearly|almost|over|about|around|for|than) )an? (?=(?:decade|year)\b)"
        ),
        r"\g<1>1 ",
    ),
    (
        re.compile(r"(?i)(\b(?:within|under|than) )an? (?=(?:minute|hour|day|week|month)\b)"),
        r"\g<1>1 ",
    ),
)


def _in_half_years(match: re.Match[str]) -> str:
    word = match[1].lower()
    whole = int(word) if word.isdigit() else _SMALL.index(word)
    return f"{2 * whole + 1} halfyears"


def written_out(text: str) -> str:
    """A text with degrees and "one year" written in one way: B.S. and Bachelor of Science as BS."""
    text = with_months(text)
    text = _DOTTED.sub(lambda m: "".join(part for part in m.groups() if part), text)
    text = _OF_SCIENCE.sub(lambda m: m[1][0].upper() + m[2][0].upper(), text)
    text = _RANGE_IN_YEAR.sub(r"\1 \4 \2 \3 \4", text)
    text = _AND_A_HALF.sub(_in_half_years, text)
    for pattern, months in _HALVES:
        text = pattern.sub(months, text)
    text = _TO_FOUND.sub("to establish", text)
    text = _NOT_ONLY.sub("", text)
    text = _FRANCS.sub(r"CHF \1", text)
    text = _RAISED.sub("increased", text)
    text = _RATE.sub(lambda m: f"{_SHORT_RATES[m[1]]} per second", text)
    text = _QUARTER.sub(lambda m: f"Q{_QUARTERS.index(m[1].lower()) + 1}", text)
    text = _IN_A_ROW.sub(r"consecutive \1", text)
    return _ONE.sub("1", text)
