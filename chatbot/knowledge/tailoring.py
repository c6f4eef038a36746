"""Advice on a CV for one job, and a cover letter, from the fit sheet alone: by rules, with sources.

Nothing is proposed that the records do not hold: advice moves and rewords what is there, and every
claim of the letter is a quote or a figure of the sheet.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chatbot.knowledge.fit import FitItem, FitSheet
from chatbot.knowledge.fit_verdict import Evidence, FitStatus
from chatbot.knowledge.records import list_passages
from chatbot.knowledge.rewording import Phrase, list_gaps, quoted
from chatbot.knowledge.sections import Profile, Section, SectionKind
from chatbot.knowledge.skill_names import find_skills

MAX_LETTER_POINTS = 5
_SHOWN = frozenset({SectionKind.WORK, SectionKind.PROJECT})
# Where somebody lives or may work is talked about, and not learned.
_NOT_LEARNED = frozenset({"place", "permit"})
_MEANT = {
    "letter": re.compile(r"(?i)\b(?:cover|letter|application|apply)\b"),
    "learn": re.compile(r"(?i)\b(?:learn|gaps?|lack|study|weak\w*)\b"),
    "reorder": re.compile(r"(?i)\b(?:re-?order|order|first|move|top|structure)\b"),
    "rephrase": re.compile(r"(?i)\b(?:re-?phrase|re-?word|wording|words|keywords?|terms?|say)\b"),
    "tell": re.compile(r"(?i)\btell (?:them|him|her|the)\b|\b(?:unknown|silent|not say)\b"),
    "highlight": re.compile(r"(?i)\b(?:highlight|strengths?|stress|emphasi[sz]e|show|best)\b"),
}


class AdviceKind(StrEnum):
    """What a piece of advice proposes to do with the CV."""

    HIGHLIGHT = "highlight"
    REORDER = "reorder"
    REPHRASE = "rephrase"
    LEARN = "learn"
    TELL = "tell"


@dataclass(frozen=True)
class Advice:
    """One proposal and what of the records or of the job it rests on."""

    kind: AdviceKind
    phrase: Phrase
    evidence: tuple[Evidence, ...] = ()

    @property
    def text(self) -> str:
        """The proposal in words."""
        return self.phrase.text


@dataclass(frozen=True)
class LetterLine:
    """One paragraph of a letter; one that claims something about the owner has its evidence."""

    phrase: Phrase
    evidence: tuple[Evidence, ...] = ()

    @property
    def text(self) -> str:
        """The paragraph in words."""
        return self.phrase.text


def build_advice(sheet: FitSheet, profile: Profile) -> tuple[Advice, ...]:
    """What to highlight, reorder, rephrase, learn or tell for this job."""
    sections = {section.id: section for section in profile.sections}
    return (
        *_highlight(sheet, sections),
        *_reorder(sheet, profile),
        *_reorder_skills(sheet, profile),
        *_rephrase(sheet, sections),
        *_learn(sheet),
        *_tell(sheet),
    )


def build_letter(sheet: FitSheet, profile: Profile) -> tuple[LetterLine, ...]:
    """A cover letter: what the job asks for, each with what the records say to it."""
    role = f"the role {sheet.title}" if sheet.title else "the role that you describe"
    hello = _fixed("Dear hiring team,"), _fixed("I am writing about {1}.", role)
    met = [item for item in sheet.items if item.status is FitStatus.MET and item.evidence]
    points = _choose_points(met)
    missing = [i for i in sheet.items if i.status is FitStatus.GAP and i.is_must and i.evidence]
    gaps = [item for item in missing if item.kind not in _NOT_LEARNED][:2]
    terms = [item for item in missing if item.kind in _NOT_LEARNED][:2]
    lines = [LetterLine(phrase) for phrase in hello]
    lines += [LetterLine(_point(item, found[0]), found) for item, found in points]
    if not points:
        none = "My records show none of what you ask for, so I would rather ask."
        lines.append(LetterLine(_fixed(none)))
    for items, words, is_fixed in (
        (gaps, "To be plain: I do not bring {} today.", False),
        # What it does not deny in so many words, no other wording may turn into a claim.
        (terms, "We would have to talk about {}.", True),
    ):
        if items:
            named = [quoted(item.requirement) for item in items]
            evidence = tuple(found for item in items for found in item.evidence[:1])
            listed = list_gaps(len(named), separator=" and ")
            said = Phrase(words.format(listed), tuple(named), is_fixed=is_fixed)
            lines.append(LetterLine(said, evidence))
    contact = [
        s for s in profile.sections if profile.availability and profile.availability in s.text
    ]
    if contact:
        held = Evidence(profile.availability, contact[0].label, contact[0].id)
        available = Phrase("On my availability: {1}.", (profile.availability,))
        lines.append(LetterLine(available, (held,)))
    return (*lines, LetterLine(_fixed("Kind regards,\n{1}", profile.name)))


def find_topic(question: str) -> str:
    """What a question about a job is about: "letter", a kind of advice, or "" for another."""
    return next((name for name, pattern in _MEANT.items() if pattern.search(question)), "")


def _fixed(template: str, *slots: str) -> Phrase:
    return Phrase(template, slots, is_fixed=True)


def _choose_points(items: Sequence[FitItem]) -> list[tuple[FitItem, tuple[Evidence, ...]]]:
    """What the letter shows, musts first, what a sentence tells before what a list names, and no
    quote or length of time twice. A length of time has every job that it was counted of."""
    told: set[str] = set()
    chosen: list[tuple[FitItem, tuple[Evidence, ...]]] = []
    for item in sorted(
        items, key=lambda item: (not item.is_must, not any(map(_tells, item.evidence)))
    ):
        if item.kind == "years":
            says, found = {item.note}, item.evidence
        else:
            fresh = (e for e in item.evidence if e.quote not in told)
            found = tuple(sorted(fresh, key=lambda e: not _tells(e))[:1])
            says = {e.quote for e in found}
        if found and not says <= told and len(chosen) < MAX_LETTER_POINTS:
            told |= says
            chosen.append((item, found))
    return chosen


def _tells(found: Evidence) -> bool:
    """Whether a quote is more than a line of a list: "Technologies: Python, Kafka"."""
    return not re.match(r"[^,.]{2,40}: ", found.quote)


def _point(item: FitItem, found: Evidence) -> Phrase:
    asked = quoted(item.requirement)
    if item.kind == "years":
        return Phrase("You ask for {1}. My records show {2}.", (asked, item.note))
    held = quoted(found.quote.strip(" ."))
    return Phrase("You ask for {1}. From my records: {2}.", (asked, held))


def _highlight(sheet: FitSheet, sections: dict[str, Section]) -> Iterable[Advice]:
    told: set[str] = set()
    for item in sheet.items:
        shown = [e for e in item.evidence if _kind(e, sections) in _SHOWN and e.quote not in told]
        if item.status is FitStatus.MET and item.kind != "years" and shown:
            told.add(shown[0].quote)
            words = "Let this stand out, because {1} is asked for:"
            phrase = Phrase(words, (quoted(item.requirement),))
            yield Advice(AdviceKind.HIGHLIGHT, phrase, tuple(shown[:1]))


def _reorder(sheet: FitSheet, profile: Profile) -> Iterable[Advice]:
    """A job or project that shows more of what is asked than the one above it."""
    counts = Counter(
        key
        for item in sheet.items
        if item.status in (FitStatus.MET, FitStatus.PARTIAL)
        for key in {found.section_id for found in item.evidence}
    )
    for kind in (SectionKind.PROJECT, SectionKind.WORK):
        rows = list(dict.fromkeys(s for s in profile.sections if s.kind is kind))
        best = max(rows, key=lambda section: counts[section.id], default=None)
        if best is None or counts[best.id] < 2 or rows[0] is best:
            continue
        if counts[best.id] > counts[rows[0].id]:
            name = quoted(_name(best))
            words = "Give {1} the most room: of all your jobs it shows most of what is asked for."
            phrase = Phrase(words, (name,))
            if kind is SectionKind.PROJECT:
                slots = (name, quoted(_name(rows[0])), str(counts[best.id]))
                words = "Move {1} above {2}: it shows {3} of the things asked for."
                phrase = Phrase(words, slots)
            first = best.text.splitlines()[0]
            yield Advice(AdviceKind.REORDER, phrase, (Evidence(first, best.label, best.id),))


def _reorder_skills(sheet: FitSheet, profile: Profile) -> Iterable[Advice]:
    """Skills that are asked for and stand behind others in a list of the CV."""
    asked = {
        mention.skill
        for item in sheet.items
        if item.status in (FitStatus.MET, FitStatus.PARTIAL)
        for mention in find_skills(item.requirement)
    }
    for section in (s for s in profile.sections if s.kind is SectionKind.SKILL):
        for line in list_passages(section):
            named = [m.skill for m in find_skills(line)]
            first = [skill for skill in named if skill in asked]
            if first and len(named) > len(first) and named[: len(first)] != first:
                listed = " and ".join(skill.name for skill in first)
                phrase = Phrase("Name {1} first in this list: the job asks for it:", (listed,))
                yield Advice(
                    AdviceKind.REORDER, phrase, (Evidence(line, section.label, section.id),)
                )


def _rephrase(sheet: FitSheet, sections: dict[str, Section]) -> Iterable[Advice]:
    """Words of the job for what the CV calls otherwise, and skills that only a list names."""
    for item in sheet.items:
        if item.status not in (FitStatus.MET, FitStatus.PARTIAL):
            continue
        for mention in find_skills(item.requirement):
            asked = item.requirement[mention.start : mention.end]
            found = [e for e in item.evidence if mention.skill.pattern.search(e.quote)]
            if not found:
                continue
            same = any(re.search(rf"(?i)(?<!\w){re.escape(asked)}(?!\w)", e.quote) for e in found)
            if not same:
                named = mention.skill.pattern.search(found[0].quote)
                yours = named[0] if named else mention.skill.name
                words = "The job says {1} where you say {2}. Use both."
                phrase = Phrase(words, (quoted(asked), quoted(yours)))
                yield Advice(AdviceKind.REPHRASE, phrase, tuple(found[:1]))
            elif all(_kind(e, sections) is SectionKind.SKILL for e in found):
                words = "{1} stands in a list only. Say where you used it."
                phrase = Phrase(words, (quoted(asked),))
                yield Advice(AdviceKind.REPHRASE, phrase, tuple(found[:1]))


def _learn(sheet: FitSheet) -> Iterable[Advice]:
    for item in sheet.items:
        if item.status is FitStatus.GAP and item.kind in _NOT_LEARNED:
            continue
        if item.status is FitStatus.GAP:
            weight = "must" if item.is_must else "wish"
            words = f"{{1}} is a gap. It is a {weight} here; learn it or be plain about it."
            phrase = Phrase(words, (quoted(item.requirement),))
            yield Advice(AdviceKind.LEARN, phrase, item.evidence[:1])
        elif item.status is FitStatus.PARTIAL and "not in the records" in item.note:
            missing = item.note.partition("not in the records: ")[2].partition(";")[0]
            # Denied of one gap and not of the other, which a rewording could blur.
            phrase = _fixed("Of {1} you lack {2}.", quoted(item.requirement), missing)
            yield Advice(AdviceKind.LEARN, phrase, item.evidence[:1])


def _tell(sheet: FitSheet) -> Iterable[Advice]:
    for item in sheet.items:
        if item.status is FitStatus.GAP and item.kind in _NOT_LEARNED:
            words = "Your records speak against {1}. Say early what you could offer."
            phrase = Phrase(words, (quoted(item.requirement),))
            yield Advice(AdviceKind.TELL, phrase, item.evidence[:1])
        if item.asks or (item.status is FitStatus.UNKNOWN and item.kind != "trait"):
            named = " and ".join(item.asks) or item.requirement
            words = "Your records do not say anything about {1}. If you have it, add it."
            yield Advice(AdviceKind.TELL, Phrase(words, (named,)))


def _kind(found: Evidence, sections: dict[str, Section]) -> SectionKind | None:
    section = sections.get(found.section_id)
    return section.kind if section else None


def _name(section: Section) -> str:
    return section.heading.partition(": ")[2] or section.heading


def number_sources(lines: Sequence[LetterLine]) -> tuple[Evidence, ...]:
    """The evidence of a letter, each once, in the order of its numbers from 1."""
    return tuple(dict.fromkeys(found for line in lines for found in line.evidence))


def write_letter(lines: Sequence[LetterLine]) -> str:
    """A letter as text, each claim with the numbers of its sources, which are listed below it."""
    sources = number_sources(lines)
    paragraphs = [
        line.text + "".join(f" [{sources.index(e) + 1}]" for e in line.evidence) for line in lines
    ]
    listed = [f"[{n}] {e.source}: \u201c{e.quote}\u201d" for n, e in enumerate(sources, start=1)]
    return "\n\n".join(paragraphs) + ("\n\nSources\n" + "\n".join(listed) if listed else "")
