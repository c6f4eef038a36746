"""The fit sheet: each requirement of a job description against the owner's records.

Rules alone decide, so that the same text gives the same sheet and nothing that is written in it can
change one. "Gap" is said only where the records cover the topic and lack what is asked, or say so
themselves; where they are silent it is "unknown", a question for the owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chatbot.knowledge.fit_formal import (
    judge_certificate,
    judge_degree,
    judge_language,
    judge_permit,
    judge_place,
)
from chatbot.knowledge.fit_skills import judge_skills, judge_words, judge_years
from chatbot.knowledge.fit_verdict import Evidence, FitStatus, Verdict
from chatbot.knowledge.job_description import find_job_title
from chatbot.knowledge.job_requirements import (
    Requirement,
    RequirementKind,
    choose_requirements,
    find_requirements,
)
from chatbot.knowledge.records import Records
from chatbot.knowledge.rewording import Phrase, list_gaps
from chatbot.knowledge.sections import Profile

NOTHING_ASKED = (
    "No requirement could be read from this text. Paste the part that says what is asked for."
)
LEFT_OUT = "{count} more are asked for, which are not compared here."
_RULES = {
    RequirementKind.YEARS: judge_years,
    RequirementKind.DEGREE: judge_degree,
    RequirementKind.LANGUAGE: judge_language,
    RequirementKind.CERTIFICATE: judge_certificate,
    RequirementKind.SKILL: judge_skills,
    RequirementKind.PLACE: judge_place,
    RequirementKind.PERMIT: judge_permit,
}


@dataclass(frozen=True)
class FitItem:
    """One line of a sheet. `asks` are the names that only the owner can tell about."""

    requirement: str
    kind: str
    is_must: bool
    status: FitStatus
    note: str = ""
    evidence: tuple[Evidence, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FitSheet:
    """The requirements of a job description with what the records say to each; `left_out` is how
    many more it has."""

    title: str
    items: tuple[FitItem, ...]
    left_out: int = 0

    def count(self, status: FitStatus) -> int:
        """How many requirements have a status."""
        return sum(item.status is status for item in self.items)

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the sections that are quoted, each once."""
        return tuple(
            dict.fromkeys(found.section_id for item in self.items for found in item.evidence)
        )

    def to_json(self) -> dict[str, Any]:
        """The sheet as plain values, for the database and the API."""
        return {
            "title": self.title,
            "left_out": self.left_out,
            "items": [
                {
                    "requirement": item.requirement,
                    "kind": item.kind,
                    "must": item.is_must,
                    "status": str(item.status),
                    "note": item.note,
                    "evidence": [
                        {"quote": e.quote, "source": e.source, "section": e.section_id}
                        for e in item.evidence
                    ],
                    "asks": list(item.asks),
                }
                for item in self.items
            ],
        }


def read_sheet(stored: dict[str, Any]) -> FitSheet:
    """A sheet from the values of `FitSheet.to_json`."""
    return FitSheet(
        title=stored.get("title", ""),
        items=tuple(
            FitItem(
                requirement=item["requirement"],
                kind=item["kind"],
                is_must=item["must"],
                status=FitStatus(item["status"]),
                note=item["note"],
                evidence=tuple(
                    Evidence(e["quote"], e["source"], e["section"]) for e in item["evidence"]
                ),
                asks=tuple(item["asks"]),
            )
            for item in stored.get("items", ())
        ),
        left_out=stored.get("left_out", 0),
    )


def build_fit_sheet(text: str, profile: Profile, *, today: date) -> FitSheet:
    """The sheet of a job description; `today` ends the jobs that go on."""
    records = Records(profile, today=today)
    found = find_requirements(text)
    chosen = choose_requirements(found)
    items = tuple(_item(wanted, judge(wanted, records)) for wanted in chosen)
    return FitSheet(find_job_title(text), items, left_out=len(found) - len(chosen))


def judge(wanted: Requirement, records: Records) -> Verdict:
    """What the records say to one requirement."""
    return _RULES.get(wanted.kind, judge_words)(wanted, records)


def _item(wanted: Requirement, verdict: Verdict) -> FitItem:
    # "Terraform" beside "Terraform" tells nothing.
    is_said = verdict.note.casefold() == wanted.text.strip(" .").casefold()
    return FitItem(
        requirement=wanted.text,
        kind=str(wanted.kind),
        is_must=wanted.is_must,
        status=verdict.status,
        note="" if is_said else verdict.note,
        evidence=verdict.evidence,
        asks=verdict.asks,
    )


def list_questions(sheet: FitSheet, *, first_name: str) -> tuple[str, ...]:
    """What to ask the owner: one question for each thing that the records are silent about.

    Traits are left out: no record can settle them.
    """
    questions: dict[str, None] = {}
    for item in sheet.items:
        if item.status is not FitStatus.UNKNOWN or _is_trait(item):
            continue
        if item.asks:
            for name in item.asks:
                questions[f"Does {first_name} have experience with {name}?"] = None
        else:
            questions[f'A job asks for: "{item.requirement}". Does {first_name} meet this?'] = None
    return tuple(questions)


def build_summary(sheet: FitSheet, *, first_name: str) -> tuple[Phrase, ...]:
    """The sheet in a few sentences, what is missing first; in their gaps stands what comes from the
    job description."""
    if not sheet.items:
        return (Phrase(NOTHING_ASKED, is_fixed=True),)
    musts = [item for item in sheet.items if item.is_must]
    nice = [item for item in sheet.items if not item.is_must]
    tallies = [_tally("requirements", musts)] if musts else []
    if nice:
        tallies.append(_tally("wishes beyond that", nice))
    if sheet.left_out:
        tallies.append(LEFT_OUT.format(count=sheet.left_out))
    lines = [Phrase(tally, is_fixed=True) for tally in tallies]
    said = (
        (FitStatus.GAP, f"Not in {first_name}'s records, though they cover the topic"),
        (FitStatus.PARTIAL, "Met in part"),
        (FitStatus.UNKNOWN, f"The records do not say, and {first_name} is asked"),
    )
    for status, words in said:
        found = [item for item in sheet.items if item.status is status and not _is_trait(item)]
        if found:
            lines.append(_list(words, found))
    traits = [item for item in sheet.items if item.status is FitStatus.UNKNOWN and _is_trait(item)]
    if traits:
        lines.append(_list("No record can show it, so judge it in person", traits))
    return tuple(lines)


def _is_trait(item: FitItem) -> bool:
    return item.kind == RequirementKind.TRAIT


def _tally(what: str, items: Sequence[FitItem]) -> str:
    met = sum(item.status is FitStatus.MET for item in items)
    parts = [f"{met} of {len(items)} {what} met"]
    for status, word in (
        (FitStatus.PARTIAL, "in part"),
        (FitStatus.GAP, "missing"),
        (FitStatus.UNKNOWN, "open"),
    ):
        number = sum(item.status is status for item in items)
        if number:
            parts.append(f"{number} {word}")
    return ", ".join(parts) + "."


def _list(words: str, items: Sequence[FitItem], most: int = 5) -> Phrase:
    named = [_short(item.requirement) for item in items[:most]]
    rest = len(items) - len(named)
    listed = list_gaps(len(named))
    if rest > 0:
        listed += f"; and {{{len(named) + 1}}}"
        named.append(f"{rest} more")
    return Phrase(f"{words}: {listed}.", tuple(named))


def _short(text: str, limit: int = 70) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:(") + "\u2026"
