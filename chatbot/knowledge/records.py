"""The owner's records as a fit sheet reads them: sentences with their places, to be quoted.

A sentence that denies ("I do not train models myself") is kept apart: it is evidence of a gap.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from chatbot.knowledge.cv_dates import with_months
from chatbot.knowledge.sections import Profile, Section, SectionKind
from chatbot.knowledge.skill_names import Skill, known_skills
from chatbot.knowledge.words import content_stems, plain

MAX_QUOTE = 240
_CUT = re.compile(r"\n+|(?<=[.!?])\s+(?=[A-Z\u00c0-\u00dd\"'])")
_BULLET = re.compile(r"^[-*\u2022]\s+")
# "Not only", "no double booking", "without an incident": nothing is denied of the owner there.
_DENIES_OWNER = re.compile(
    r"\b(?:i|she|he|they|it) (?:\w+ ){0,2}(?:not|never|cannot)\b|\b(?:i|she|he) (?:dont|didnt|"
    r"havent|cant|wouldnt|am not|have no|lack)\b|\bnot (?:an? |my |good |yet |much )|"
    r"\bnever (?:used|"
    r"worked|done|learned|learnt)\b|\bno (?:experience|knowledge)\b|\bnobody should\b|"
    r"\bno longer\b|"
    r"\b(?:rarely|barely|little) (?:used|experience|knowledge)\b"
)
_WEAK = re.compile(
    r"\b(?:beginner|basic(?:s)?|elementary|novice|learning|course(?:s|work)?|"
    r"some knowledge|can repair|"
    r"hobby)\b"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
_MOMENT = r"(?:(?:([A-Za-z]{3,9})\.? )?((?:19|20)\d\d)(?:-(\d\d))?)"
_SPAN = re.compile(
    rf"{_MOMENT}\s*(?:-|\u2013|\u2014|to|until)\s*(?:{_MOMENT}|(present|today|now|current|ongoing))",
    re.IGNORECASE,
)
# What tells most comes first: what was done, then what is listed, then what is told of it.
_ORDER = (
    SectionKind.ANSWER,
    SectionKind.WORK,
    SectionKind.PROJECT,
    SectionKind.CERTIFICATE,
    SectionKind.SKILL,
    SectionKind.LANGUAGE,
    SectionKind.EDUCATION,
    SectionKind.FAQ,
    SectionKind.ABOUT,
    SectionKind.TEXT,
    SectionKind.VOLUNTEER,
    SectionKind.PUBLICATION,
    SectionKind.AWARD,
    SectionKind.STORY,
)
# Other people's words and pastimes prove nothing about work, and addresses belong into no sheet.
_UNREAD = frozenset({SectionKind.REFERENCE, SectionKind.INTEREST, SectionKind.CONTACT})


@dataclass(frozen=True)
class Passage:
    """One sentence or line of the records, word for word, and the section that it stands in."""

    text: str
    section: Section

    @property
    def denies(self) -> bool:
        """Whether it says that the owner does not, or cannot."""
        return (
            _DENIES_OWNER.search(plain(self.text).replace("'", "").replace("\u2019", ""))
            is not None
        )

    @property
    def is_weak(self) -> bool:
        """Whether it tells of a beginning only: a course, a hobby, the basics."""
        return _WEAK.search(plain(self.text)) is not None


@dataclass(frozen=True)
class Job:
    """A section of work with its months, counted from the year 0; the end is exclusive."""

    section: Section
    start: int
    end: int
    span: Passage


class Records:
    """The records of one profile; `today` ends the jobs that go on."""

    def __init__(self, profile: Profile, *, today: date) -> None:
        self.profile = profile
        self._today = today
        rank = {kind: place for place, kind in enumerate(_ORDER)}
        read = [section for section in profile.sections if section.kind not in _UNREAD]
        self.sections = sorted(read, key=lambda section: rank.get(section.kind, len(rank)))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every sentence, the most telling sections first."""
        return tuple(
            Passage(text, section) for section in self.sections for text in list_passages(section)
        )

    @cached_property
    def own_skills(self) -> tuple[Skill, ...]:
        """What the owner's own lists name beside the known skills: "Data contracts"."""
        known = {word.lower() for skill in known_skills() for word in skill.wordings}
        names: dict[str, str] = {}
        for passage in self.passages:
            _, colon, listed = passage.text.partition(":")
            is_list = passage.section.kind is SectionKind.SKILL or passage.text.startswith("Tech")
            if colon and is_list:
                for name in re.split(r"[,;]", listed):
                    name = name.strip(" .")
                    if 4 <= len(name) <= 40 and name.lower() not in known:
                        names.setdefault(name.lower(), name)
        return tuple(Skill(name, "", (name,)) for name in names.values())

    def find(self, pattern: re.Pattern[str]) -> list[Passage]:
        """The passages that a pattern is found in."""
        return [passage for passage in self.passages if pattern.search(passage.text)]

    def of_kind(self, kind: SectionKind) -> list[Passage]:
        """The passages of the sections of one kind."""
        return [passage for passage in self.passages if passage.section.kind is kind]

    def find_alike(self, text: str) -> tuple[float, Passage | None]:
        """The passage that shares most of the words of a text, and the share, 0..1."""
        wanted = set(content_stems(text))
        best: tuple[float, Passage | None] = (0.0, None)
        if len(wanted) < 3:
            return best
        for passage, stems in self._stems:
            share = len(wanted & stems) / len(wanted)
            if share > best[0]:
                best = (share, passage)
        return best

    @cached_property
    def _stems(self) -> tuple[tuple[Passage, frozenset[str]], ...]:
        return tuple((passage, frozenset(content_stems(passage.text))) for passage in self.passages)

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """The sections of work that tell from when to when, the latest first."""
        jobs = [
            job
            for section in self.sections
            if section.kind is SectionKind.WORK
            for job in [self._job(section)]
            if job is not None
        ]
        return tuple(sorted(jobs, key=lambda job: -job.end))

    def _job(self, section: Section) -> Job | None:
        for line in section.text.splitlines()[:4]:
            match = _SPAN.search(with_months(line))
            if match:
                now = self._today.year * 12 + self._today.month
                start = _month(match[1], match[2], match[3], is_end=False)
                end = now if match[7] else _month(match[4], match[5], match[6], is_end=True)
                return Job(section, start, max(start, end), Passage(line.strip(), section))
        return None


def count_months(jobs: Sequence[Job]) -> int:
    """The months of some jobs together; two at one time count once."""
    total, covered = 0, 0
    for job in sorted(jobs, key=lambda job: job.start):
        total += max(0, job.end - max(job.start, covered))
        covered = max(covered, job.end)
    return total


def _month(name: str | None, year: str, number: str | None, *, is_end: bool) -> int:
    month = int(number) if number else _MONTHS.get((name or "")[:3].lower(), 0)
    # A year alone is read as the shorter stay that it can mean.
    return int(year) * 12 + (month or (1 if is_end else 7)) + (is_end and bool(month))


def list_passages(section: Section) -> list[str]:
    """The sentences and lines of a section, word for word."""
    parts = (_BULLET.sub("", part.strip()) for part in _CUT.split(section.text))
    return [part for part in parts if part]


def shorten_quote(text: str, pattern: re.Pattern[str] | None = None) -> str:
    """A passage as a quote of at most 240 characters, cut around what it is quoted for."""
    if len(text) <= MAX_QUOTE:
        return text
    match = pattern.search(text) if pattern else None
    start = max(0, (match.start() if match else 0) - MAX_QUOTE // 2)
    start = 0 if start < 20 else text.find(" ", start) + 1
    end = text.rfind(" ", start, start + MAX_QUOTE) if start + MAX_QUOTE < len(text) else len(text)
    return (
        ("\u2026 " if start else "")
        + text[start:end].strip()
        + ("" if end == len(text) else " \u2026")
    )
