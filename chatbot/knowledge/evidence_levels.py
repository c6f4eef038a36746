"""How well somebody is said to know a language or a skill, against what the profile says of it."""

import re
from collections.abc import Iterable, Sequence

from chatbot.knowledge.evidence_records import Record
from chatbot.knowledge.job_requirements import LANGUAGES
from chatbot.knowledge.sections import SectionKind


def _compile(*rows: tuple[int, str]) -> list[tuple[int, re.Pattern[str]]]:
    return [(level, re.compile(rf"(?i)\b(?:{words})\b")) for level, words in rows]


# After the Common European Framework of Reference, from 6 (native) to 1, and how people put it.
_HELD = _compile(
    (6, r"native|mother tongues?|first language|home language|bilingual|c2"),
    (5, r"fluent|fluency|full professional|c1|excellent|proficient"),
    (4, r"advanced|very good|professional|business|b2|upper[- ]intermediate"),
    (3, r"intermediate|conversational|good|working|b1"),
    (2, r"basic|basics|elementary|limited|some|a2|a little"),
    (1, r"beginner|a1|understands?|can read|reading|passive|learning"),
)
_SAID = _compile(
    (6, r"native|mother[- ]tongue|bilingual"),
    (5, r"fluent(?:ly)?|fluency|perfect(?:ly)?|proficient(?:ly)?"),
    (
        4,
        r"comfortabl[ey]|confident(?:ly)?|negotiat\w+|hold (?:meetings|interviews)"
        r"|present(?:s|ing)?|teach(?:es|ing)?|works? (?:\w+ )?in|business|professional(?:ly)?"
        r"|advanced",
    ),
)
_STRONG = re.compile(
    r"(?i)\b(?:deep|extensive|strong|expert(?:ise)?|advanced|excellent|highly|specialist|mastery?"
    r"|in-depth|profound|comprehensive|years of)\b"
)
_WEAK = re.compile(
    r"(?i)\b(?:basics?|beginner|elementary|a little|some|limited|introductory|learning|novice"
    r"|exposure|rudimentary)\b"
)
_NAMED = re.compile(
    rf"\b({LANGUAGES}|Afrikaans|Irish|Welsh|Gaelic|Basque|Galician|Swahili|Kikuyu|Zulu|isiZulu|Xhosa"
    r"|Sepedi|Sotho|Yoruba|Igbo|Hausa|Amharic|Kannada|Telugu|Malayalam|Marathi|Punjabi|Gujarati|Farsi"
    r"|Persian|Kurdish|Kurmanji|Tagalog|Filipino|Khmer|Lao|Nepali|Sinhala|Georgian|Armenian|Albanian"
    r"|Macedonian|Bosnian|Luxembourgish|Maltese|Mongolian|Kazakh|Uzbek|Azerbaijani)\b"
)
_ITEM = re.compile(r"[,;\n]\s*(?![^(]*\))|\.\s+")
_OTHER = re.compile(r"(?i)\b(?:not|never|no)\b|n['\u2019]t\b")


class Levels:
    """The levels that one profile tells."""

    def __init__(self, records: Iterable[Record]) -> None:
        spoken, skilled = list[str](), list[str]()
        for record in records:
            items = [item for item in _ITEM.split(record.section.text) if item.strip()]
            if record.kind is SectionKind.LANGUAGE:
                spoken += items
            elif record.kind is SectionKind.SKILL:
                skilled += [item for item in items if _WEAK.search(item)]
        self._languages = {
            match[1]: level
            for item in spoken
            for match in _NAMED.finditer(item)
            if (level := _level(item, _HELD))
        }
        self._weak = [item.casefold() for item in skilled]

    def overstates(self, text: str, names: Iterable[str]) -> bool:
        """Whether a clause says that something is known better than the profile says; `names` are
        the words of the names in it."""
        if _OTHER.search(text):
            return False
        spoken = [match[1] for match in _NAMED.finditer(text)]
        said = _level(text, _SAID) if spoken else None
        if said and min(self._languages.get(name, said) for name in spoken) < said:
            return True
        if not _STRONG.search(text) or _WEAK.search(text):
            return False
        named = [name.casefold() for name in names]
        return any(name in item for item in self._weak for name in named if len(name) > 1)


def _level(text: str, table: Sequence[tuple[int, re.Pattern[str]]]) -> int | None:
    """The highest level that a text tells; None for none."""
    return next((level for level, words in table if words.search(text)), None)
