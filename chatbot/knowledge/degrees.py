"""Degrees by their short names, read as what they stand for.

"BS/BA", "M.S." and "BA or BS" are how most postings and many CVs write a degree. BS, BA, MS and MA
mean other things, too (Microsoft, a business analyst, a state), so they count only beside another
degree, before "degree", "in" or "or equivalent", or before a field of study.
"""

import re

_FIELDS = (
    "Computer|Software|Electrical|Mechanical|Civil|Chemical|Industrial|Data Science|Information|"
    "Engineering|Math|Mathematics|Physics|Economics|Statistics|Business (?:Admin|Manag|Stud)|"
    "Finance|Biology|Chemistry|Marketing|Psychology|History|English|Law|Applied|Political|"
    "International|Accounting|Nursing|Education|Philosophy|Communications?|Linguistics"
)
_BESIDE = r"Bachelor\b|Master\b|Doctor|Ph\.? ?D\b|MBA\b|[BM][AS]\b"
_BETWEEN = r"\s?(?:/|,\s?(?:or|and)\b|,|\bor\b|\band\b|&)\s?(?:an?\s)?"
_BEFORE = (
    rf"(?={_BETWEEN}(?:{_BESIDE})|\s?[-/]?\s?(?:[Dd]egree|[Dd]iploma)\b"
    r"|\s(?:degree )?in (?!Microsoft|MS\b|the\b|an?\b|our\b|\d)"
    r"|,?\s?(?:\(?or |/)\s?(?:an? )?(?:equivalent|higher|similar|related|comparable|above|advanced)"
    rf"|,? (?:{_FIELDS}))"
)
_AFTER = rf"(?P<first>\b(?:Bachelor|Master|Doctorate|Ph\.? ?D|MBA)(?:'s)?{_BETWEEN})"
# What has no other meaning; then what needs a neighbour, before it and after it.
_SHORT = tuple(
    (re.compile(pattern), rf"\g<first>{degree}" if "<first>" in pattern else degree)
    for letter, degree in (("B", "Bachelor's"), ("M", "Master's"))
    for pattern in (
        rf"\b(?i:{letter}\.? ?(?:sc|eng|tech)\b)\.?",
        rf"\b{letter}\. ?[SA]\b\.?",
        rf"(?<!\bas )(?<!\bas a )\b{letter}[SA]\b{_BEFORE}",
    )
) + tuple(
    (re.compile(rf"{_AFTER}{letter}[SA]\b(?! [A-Z])"), rf"\g<first>{degree}")
    for letter, degree in (("B", "Bachelor's"), ("M", "Master's"))
)
# In what is known to tell of a degree, a bare name is one unless it is Microsoft's.
_MICROSOFT = "Office|SQL|Excel|Word|Teams|Windows|Azure|Dynamics|Project|Access|365|Power"
_LEVELS = (
    (3, re.compile(r"(?i)\bph\.? ?d\b|\bdoctora\w+|\bdr\.")),
    (2, re.compile(r"(?i)\bmaster(?:'|\u2019)?s?\b|\bma\b|\bmba\b|\bdiplom\b")),
    (2, re.compile(rf"\bMS\b(?! (?:{_MICROSOFT}))")),
    (1, re.compile(r"(?i)\bbachelor(?:'|\u2019)?s?\b|\bba\b|\bdegree\b|\bdiploma\b|(?-i:\bBS\b)")),
)
# "A master's degree" asks for no lower one; "a degree or a PhD" does.
_ITS_DEGREE = re.compile(
    r"(?i)\b((?:master|doctora|ph\.? ?d|mba)(?:(?!\bor\b|/)[^,;.(]){0,30}?)\bdegrees?\b"
)


def spell_out_degrees(text: str) -> str:
    """A text with the short names of degrees as words: "BS/BA in Physics" is "Bachelor's/Bachelor's
    in Physics"."""
    for pattern, words in _SHORT:
        text = pattern.sub(words, text)
    return text


def list_levels(text: str) -> list[int]:
    """The levels of the degrees that a text names: 1 for a bachelor's, 2 for a master's, 3 for a
    doctorate."""
    spelled = _ITS_DEGREE.sub(r"\1", spell_out_degrees(text))
    return [level for level, pattern in _LEVELS if pattern.search(spelled)]
