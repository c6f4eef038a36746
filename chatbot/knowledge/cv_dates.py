"""Dates of CVs that are written in numbers, in words: 02/2023 and 2023.02 are Feb 2023."""

import re

_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_YEAR = r"(?:19|20)\d\d"
_NUMERIC = re.compile(
    rf"(?<![\d./])(?:(0?[1-9]|1[0-2])[./]({_YEAR})|({_YEAR})[./](0[1-9]|1[0-2]))(?![\d/]|\.\d)"
)


def with_months(text: str) -> str:
    """A text with each month that is a number beside its year written as a word."""

    def write(match: re.Match[str]) -> str:
        month, year = (match[1], match[2]) if match[1] else (match[4], match[3])
        return f"{_NAMES[int(month) - 1]} {year}"

    return _NUMERIC.sub(write, text)
