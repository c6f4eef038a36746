"""Four questions to begin with, made from the profile."""

import re
from collections.abc import Iterator

from chatbot.knowledge.sections import Profile, Section, SectionKind
from chatbot.knowledge.topics import is_current

STARTER_CHARACTERS = 60
_LOOSE_ENDS = re.compile(r"\s*(?:\(.*|[–—|].*|: .*)$")
_JOB_TITLE = re.compile(
    r"(?i)\b(?:\w*engineer|(?:\w+[- ])?founder|c[eftoimp]o|vp|president|director|manager|head|lead"
    r"|leader|chief|partner|developer|programmer|architect|administrator|admin|analyst|scientist"
    r"|researcher|consultant|designer|specialist|officer|operator|intern|trainee|apprentice"
    r"|assistant|associate|coordinator|executive|representative|technician|teacher|lecturer"
    r"|professor|nurse|doctor|lawyer|accountant|editor|writer|producer|owner|freelancer|strategist"
    r"|recruiter|supervisor|advis[eo]r|postdoc|fellow|sre|ninja)s?\b"
)
_LEVEL = re.compile(
    r"(?i)(?:(?:very|highly|upper|pre|mid|lower)[- ])?(?:advanced|expert|master|mastery|proficient"
    r"|professional|experienced|skilled|strong|senior|fluent|native|solid|good|excellent"
    r"|intermediate|medium|competent|conversational|working|familiar|junior|basics?|beginner|novice"
    r"|elementary|fundamental|learning|limited|some)"
    r"(?: (?:level|knowledge|skills?|user|proficiency|experience))?|[\d\s/.%+*★☆●○•-]+"
    r"|\d+\+? years?"
)


def build_starters(profile: Profile) -> tuple[str, str, str, str]:
    """Return four different questions of at most 60 characters, as concrete as the profile allows.

    They name the current employer, a project, a skill, and a story (or else the availability);
    what the profile does not tell is replaced by a question that fits anyone.
    """
    name = "the owner" if profile.name == "the owner" else profile.first_name
    wishes = (
        _about_work(profile, name),
        _about_project(profile),
        _about_skill(profile, name),
        _about_character(profile, name),
    )
    starters: list[str] = []
    for wish in wishes:
        fitting = (text for text in (*wish, *_for_anyone(name)) if _fits(text, starters))
        starters.append(next(fitting))
    first, second, third, fourth = starters
    return first, second, third, fourth


def _fits(text: str, taken: list[str]) -> bool:
    return len(text) <= STARTER_CHARACTERS and text not in taken


def _for_anyone(name: str) -> Iterator[str]:
    if len(name) <= 20:
        yield f"What does {name} do best?"
        yield f"What has {name} worked on so far?"
    yield "Which skills are the strongest?"
    yield "What would be a good next role?"
    yield "How can I get in touch?"
    yield "What should I know first?"


def _sections(profile: Profile, kind: SectionKind) -> list[Section]:
    return [section for section in profile.sections if section.kind is kind]


def _about_work(profile: Profile, name: str) -> Iterator[str]:
    jobs = _sections(profile, SectionKind.WORK)
    current = [job for job in jobs if is_current(job)]
    for job in (current or jobs)[:1]:
        employer = _employer(job.heading)
        if employer:
            verb = "does" if current else "did"
            yield f"What {verb} {name} do at {employer}?"
        title = _subject(job.heading)
        if title:
            yield f"Tell me about {title}"


def _employer(heading: str) -> str:
    """The employer of "Role at Employer", or of the two in either order behind commas."""
    subject = _subject(heading)
    if " at " in subject:
        return subject.rsplit(" at ", 1)[1]
    first, _, rest = subject.partition(", ")
    if _JOB_TITLE.search(first):
        return next((p for p in rest.split(", ") if p and not _JOB_TITLE.search(p)), "")
    return first if _JOB_TITLE.search(heading.partition(": ")[2]) else ""


def _about_project(profile: Profile) -> Iterator[str]:
    for project in _sections(profile, SectionKind.PROJECT):
        title = _subject(project.heading)
        if title:
            yield f"What is {title}, and why was it built?"
            yield f"Tell me about {title}"


def _about_skill(profile: Profile, name: str) -> Iterator[str]:
    for section in _sections(profile, SectionKind.SKILL):
        skill = _first_skill(section.text)
        if skill:
            yield f"How well does {name} know {skill}?"
            yield f"How strong is the {skill} experience?"


def _first_skill(text: str) -> str:
    """The first skill named; words for a level ("Web: advanced") and bare labels are not skills."""
    lines = [line.strip("-*•◦ \t").rsplit(": ", 1) for line in text.splitlines()]
    listed = [line[-1] for line in lines if len(line) == 2 or "," in line[0]]
    for values in listed or [line[0] for line in lines]:
        skill = values.split(",")[0].split(" (")[0].strip(" .:")
        if skill and not _LEVEL.fullmatch(skill):
            return skill
    return ""


def _about_character(profile: Profile, name: str) -> Iterator[str]:
    if _sections(profile, SectionKind.STORY):
        yield f"Which failure taught {name} the most?"
        yield "Tell me about a failure and its lesson"
    if profile.availability:
        yield f"When could {name} start something new?"


def _subject(heading: str) -> str:
    """Return the entry's own name: "Project: Lantern – a queue" gives "Lantern"."""
    subject = heading.split(": ", 1)[1] if ": " in heading else ""
    return _LOOSE_ENDS.sub("", subject).strip(" ,.?")
