"""Checks a sentence in another language: names, numbers and dates as they are."""

import re
from collections.abc import Callable, Iterable

from chatbot.knowledge.evidence_groups import concept
from chatbot.knowledge.evidence_index import RecordIndex
from chatbot.knowledge.evidence_kinds import is_job_of
from chatbot.knowledge.evidence_lines import has_length, has_moment, has_number
from chatbot.knowledge.evidence_reading import Reading
from chatbot.knowledge.evidence_records import TOLD, Record
from chatbot.knowledge.evidence_support import Support
from chatbot.knowledge.evidence_words import FOREIGN_TITLES, GERMAN
from chatbot.knowledge.words import plain, split_words

# "War bis 2021 bei Acme" is told of the job there, and of nothing else there.
_STATES = frozenset(
    "war ist arbeitet arbeitete travaille travaillait etait est trabaja trabajo estuvo trabalha"
    " trabalhou esteve lavora".split()
)
_NOW = frozenset("ist arbeitet travaille est trabaja trabalha lavora".split())
_AND = re.compile(r"\s(?:und|et|y|e|en|och)\s")
_THOUSANDS = re.compile(r"(?<!\d)(\d{1,3})[ \u00a0\u202f.](?=\d{3}(?!\d))")
# From two to twelve in German, French, Spanish, Portuguese and Italian; "six" is English as well.
_NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        """zwei deux dos dois duas due|drei trois tres tre|vier quatre cuatro quatro quattro
        |funf cinq cinco cinque|sechs seis sei|sieben sept siete sete sette|acht huit ocho oito
        |neun neuf nueve nove|zehn dix diez dez dieci|elf onze once|zwolf douze doce doze
        """.split("|"),
        start=2,
    )
    for word in words.split()
}
_DECIMAL = re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))")
_QUOTED = re.compile(r"[\"“„«]([^\"”“»]{3,80})[\"”“»]|\(([^()]{3,80})\)")


def foreign_claims(
    text: str, words: Iterable[str], read_part: Callable[[str], Reading], support: Support
) -> tuple[int, bool]:
    """How many claims a sentence in another language makes, and whether one record has them all.

    Names, numbers and dates are compared as they are; a title needs a quotation of its source.
    """
    parts: list[str] = []
    lead = ""
    for part in _AND.split(text):
        # "Trabaja en Acme": what names nothing belongs to what comes next.
        reading, lead = read_part(part), f"{lead} {part}".strip()
        if reading.names or reading.numbers or reading.moments:
            parts.append(lead)
            lead = ""
    read_parts = [(part, read_part(part)) for part in parts]
    if len(parts) > 1:
        found = [
            _claims_of(part, split_words(part), reading, support) for part, reading in read_parts
        ]
        if all(is_held for _, is_held in found):
            return sum(claims for claims, _ in found), True
    return _claims_of(text, words, read_part(text), support)


def _claims_of(
    text: str, words: Iterable[str], reading: Reading, support: Support
) -> tuple[int, bool]:
    index = support.index
    is_german = len(GERMAN.intersection(words)) >= 2
    names = [
        name
        for name in dict.fromkeys([*reading.names, *_known_names(text, index.known)])
        if not is_german or _is_firm_name(name, text, index)
    ]
    titled = FOREIGN_TITLES.search(plain(text))
    quotes = [plain(a or b).strip('"“”„«»') for a, b in _QUOTED.findall(text)]
    claims = len([*names, *reading.numbers, *reading.moments, *reading.lengths]) + bool(titled)
    if not claims:
        return 0, True
    held = [index.records[number] for number in index.holders(names)]
    jobs = [record for record in held if is_job_of(record, reading)]
    if jobs and _STATES.intersection(words):
        held = jobs
        if _NOW.intersection(words):
            held = [job for job in jobs if job.span is None or job.span.end is None]
    for record in held:
        whole = plain(record.head.text + " " + " ".join(line.text for line in record.lines))
        if titled and not any(quote in whole for quote in quotes):
            continue
        if _holds(record, reading, support):
            return claims, True
    return claims, False


def as_english_numbers(text: str) -> str:
    """A text with "2 300" and "3,5" written as 2300 and 3.5."""
    text = _DECIMAL.sub(".", _THOUSANDS.sub(r"\1", text))
    return re.sub(r"[^\W\d_]+", lambda m: _NUMBERS.get(plain(m[0]), m[0]), text)


def _holds(record: Record, reading: Reading, support: Support) -> bool:
    free = Reading(words=reading.words)
    numbers = [n for n in reading.numbers if not has_number(record.head, n)]
    moments = [m for m in reading.moments if not support.head_has(record, m, free)]
    lengths = [length for length in reading.lengths if not support.lasted(record, length)]
    if not (numbers or moments or lengths):
        return True
    is_told = record.kind in TOLD
    return any(
        (not is_told or not numbers or set(reading.names) <= line.stems)
        and all(has_number(line, n) for n in numbers)
        and all(has_moment(line, m) for m in moments)
        and all(has_length(line, length) for length in lengths)
        for line in record.lines
    )


def _known_names(text: str, known: set[str]) -> list[str]:
    words = re.findall(r"(?<![.!?]\s)(?<!^)\b[^\W\d_]\w+", text)
    return [concept(plain(w)) for w in words if w[0].isupper() and plain(w) in known]


def _is_firm_name(name: str, text: str, index: RecordIndex) -> bool:
    """German writes each noun with a capital: what the profile has or follows "bei" is a name."""
    if name in index.postings:
        return True
    low = plain(text)
    return bool(re.search(rf"\b(?:bei|von|an der|am|fur|namens) (?:der )?{re.escape(name)}", low))
