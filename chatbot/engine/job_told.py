"""The job description that a visitor has brought, as the turns after it know it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.knowledge.fit import FitSheet, read_sheet
from chatbot.knowledge.sections import Profile
from chatbot.people.job_descriptions import JobReader
from chatbot.storage.job_descriptions import JobInMind


@dataclass(frozen=True)
class JobTold:
    """A job in mind: `text` is what a model is told of it, `summary` what its fit sheet comes to in
    the program's own words, which stay the same for as long as the sheet is kept."""

    id: uuid.UUID
    text: str
    sheet: FitSheet
    summary: tuple[str, ...]


def tell_last(jobs: Sequence[JobInMind], reader: JobReader, profile: Profile) -> JobTold | None:
    """The last of the job descriptions that a visitor has brought; None for none."""
    if not jobs:
        return None
    last, first_name = jobs[-1], profile.first_name
    sheet = read_sheet(last.fit or {})
    return JobTold(
        id=last.id,
        text=last.trimmed or reader.trim(last.text, sheet, first_name=first_name),
        sheet=sheet,
        summary=reader.summarize(sheet, first_name=first_name),
    )
