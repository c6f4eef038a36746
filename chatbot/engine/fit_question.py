"""Questions about how the owner fits a job, answered from its fit sheet without a model."""

import re

from chatbot.engine.job_told import JobTold
from chatbot.knowledge.fit import FitItem, FitSheet, build_summary
from chatbot.knowledge.fit_text import write_item
from chatbot.knowledge.skill_names import find_skills
from chatbot.knowledge.words import content_stems

FIT_LINK = "[Open the fit sheet]({path})"
COMPARED = "This is how {first}'s records compare with the job description:"
ASKED_FOR = "The job description asks for this, and {first}'s records say:"
NO_JOB = (
    "Paste the job description or a link to it here, and I will compare each of its requirements "
    "with {first}'s records."
)
MOST_ITEMS = 4

_FIT = (
    r"(?:(?:good|right|great|strong|perfect|suitable|decent|best|well) )?"
    r"(?:fit(?:s|ting)?|match(?:es|ing)?|suit(?:s|ed|able)?|qualif(?:y|ied|ies)|"
    r"(?:right|good|strong|best|suitable|ideal) (?:person|candidate|choice|one))"
)
_JOB = (
    r"(?:job|role|position|vacancy|opening|opportunity|posting|team|company|us|here|this|it|that|"
    r"requirements?|description|needs?|profile|what (?:we|you) (?:need|want|are looking for))"
)
# Without a job in mind.
_ABOUT_FIT = re.compile(
    rf"(?i)\b{_FIT}\b.{{0,40}}\b{_JOB}\b|\bhow (?:well|far|much|good)\b.{{0,40}}\b{_FIT}\b"
)
# Once a job has been brought.
_ABOUT_JOB = re.compile(
    "(?i)"
    + "|".join(
        (
            rf"\b{_FIT}\W*$",
            r"\b(?:good|strong|right|great|bad|poor) (?:fit|match)\b",
            r"\b(?:is|are|what(?:'s|\u2019s)?)\b.{0,40}\b(?:missing|lacking|not met)\b",
            r"\b(?:gaps?|open points?|weak (?:points?|spots?)|must-?haves?|requirements?)\b",
            r"\bweakness\w*\b.{0,30}\b(?:job|role|position|this|here)\b",
            r"\bmeets? (?:all|the|our|your|every|most)\b",
            r"\bfit sheet\b",
        )
    )
)
_URL = re.compile(r"(?i)\bhttps?://[^\s<>\"']{4,}")
# What stands before a link: "here is the job:", "our opening for a data engineer at".
_LEADS_TO_JOB = re.compile(
    r"(?i)\b(?:here(?:'s|\u2019s| is| are)|this|the|our|an?|following|attached|at|see|about)\b"
    r"[^.!?\n]{0,60}\b(?:job|role|position|vacancy|opening|posting|opportunity|jd)s?\b"
    r"[^.!?\n]{0,60}[:.,(\s]*$|(?:^|\n)\W*(?:job|jd|role|vacancy)(?: description)?\W*$"
)
_EMPTY = frozenset(
    content_stems(
        "requirement requirements meet job role position fit match need description missing lack "
        "gap experience knowledge skill skills strong good candidate ask asked have has mention"
    )
)


def asks_fit(text: str, *, has_job: bool) -> bool:
    """Whether a question is how the owner fits a job; `has_job` is whether one has been brought."""
    return bool(_ABOUT_FIT.search(text) or (has_job and _ABOUT_JOB.search(text)))


def find_job_link(text: str) -> str:
    """The one web address of a message that is nothing else, or that leads to a job with it; "" for
    none."""
    found = list(_URL.finditer(text))
    if len(found) != 1:
        return ""
    url = found[0][0].rstrip(".,;:!?)")
    before, after = text[: found[0].start()], text[found[0].start() + len(url) :]
    words = f"{before} {after}"
    is_job = not re.search(r"\w", words) or _LEADS_TO_JOB.search(before)
    return url if is_job or asks_fit(words, has_job=True) else ""


def tell_fit(job: JobTold, question: str, *, first_name: str, path: str) -> str:
    """The answer, as Markdown: the requirements that the question names, or what the sheet comes
    to; `path` opens the sheet."""
    named = find_items(job.sheet, question)
    if named:
        lines = [line for item in named for line in write_item(item)]
        start = ASKED_FOR
    else:
        summary = build_summary(job.sheet, first_name=first_name)
        lines = [f"- {plain_text(phrase.text)}" for phrase in summary]
        start = COMPARED
    return "\n".join(
        [start.format(first=first_name), "", *lines, "", FIT_LINK.format(path=path) + "."]
    )


def plain_text(line: str) -> str:
    """Words from outside without what would be markup in them."""
    return re.sub(r"[\[\]<>`*_]", "", line)


def find_items(sheet: FitSheet, question: str) -> list[FitItem]:
    """The few requirements that a question names; none for one about all of them."""
    skills = {mention.skill for mention in find_skills(question)}
    stems = set(content_stems(question)) - _EMPTY
    found = [
        item
        for item in sheet.items
        if skills & {mention.skill for mention in find_skills(item.requirement)}
        or (not skills and stems & (set(content_stems(item.requirement)) - _EMPTY))
    ]
    return found if len(found) <= MOST_ITEMS else []
