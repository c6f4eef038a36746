"""Whether a text is a job description, and what to call it.

A posting says several of these things, each of them a kind of sign: what the work is, what it asks
for, what it pays, how long and where, who is looking, how to apply, and the employer's legal line.
The kinds are the properties of https://schema.org/JobPosting (responsibilities, qualifications,
experienceRequirements, jobBenefits, baseSalary, employmentType, jobLocation, hiringOrganization)
and the parts that 5 CFR 330.104 asks of a vacancy announcement
(https://www.ecfr.gov/current/title-5/section-330.104). A sign counts once, however often it comes.
"""

import re

from chatbot.knowledge.job_requirements import is_to_reader
from chatbot.text import clean_line

MIN_CHARACTERS = 250
MIN_KINDS = 3
# Somebody is looking, and for what: two kinds say enough in a text that is no mere message.
LONG_CHARACTERS = 600
MAX_TITLE = 120
_FIRST_LINES = 8

# Where a sign is a heading, or begins a line "Location: Oslo".
_HEAD = r"^[ \t>#*\-\u2022]{0,4}(?:(?:the|our|your|key|job|position|role|minimum|basic|main)\s+)*"


def _heading(words: str) -> str:
    return rf"(?m:{_HEAD}(?:{words})\b[^.?!\n]{{0,40}}$)"


def _sign(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_KINDS = {
    "work": _sign(  # responsibilities
        _heading("responsibilities|duties|tasks|objectives?|mission|job|aufgaben|deine aufgaben"),
        r"\bwhat you(?:'|\u2019)?(?: wi)?ll (?:do|be doing)\b",
        r"\b(?:key|main|core|primary|your) (?:responsibilities|duties|tasks|objectives)\b",
        r"\b(?:responsibilities|duties) (?:include|are|will)\b",
        r"\b(?:in this (?:role|position|job),? you|you (?:wi|')ll be responsible|"
        r"you will (?:be |also |have |lead |work |help |join |design |develop |support |report ))",
        r"\byou(?:'|\u2019)ll (?:be|lead|work|help|join|design|develop|own|report)\b",
        r"\b(?:ihre|deine) (?:aufgaben|t\u00e4tigkeiten)\b",
    ),
    "asked": _sign(  # qualifications, experience, education
        _heading("qualifications|requirements|skills|profile|technologies|anforderungen|profil"),
        r"\bwhat (?:you(?:'|\u2019)?(?:ll)? (?:bring|need|have)|we(?:'|\u2019)re looking for|"
        r"we are looking for)\b",
        r"\b(?:required|preferred|minimum|desired|key) (?:qualifications|skills|experience|"
        r"requirements)\b",
        r"\b\d+ ?\+?(?: ?(?:-|to|\u2013) ?\d+)? ?\+? years?(?:'|\u2019)? (?:of )?(?:\w+ ){0,3}"
        r"(?:experience|expertise)\b",
        r"\b(?:you have|you possess|must have|you should have|strong|proven|solid|extensive) "
        r"(?:\w+ ){0,4}(?:experience|track record|knowledge|skills)\b",
        r"\bexperience (?:with|in|of|as) .{2,60}\b(?:a plus|an advantage|required|preferred)\b",
        r"\b(?:nice to have|must[- ]haves?|(?:bachelor|master)(?:'|\u2019)?s? degree)\b",
        r"\b(?:ihr|dein) profil\b",
    ),
    "pay": _sign(  # jobBenefits, baseSalary
        _heading("benefits|compensation|salary(?: range)?|perks|pay"),
        r"\b(?:what )?we (?:can )?offer(?: you)?\b|\bwir bieten\b",
        r"\b(?:base salary|salary (?:range|band)|competitive (?:salary|pay|compensation)|"
        r"compensation package|stock options|health insurance|dental|pension|401\(?k\)?|"
        r"paid (?:time off|leave|holidays)|days? (?:of )?(?:paid )?(?:vacation|holiday|leave))\b",
    ),
    "terms": _sign(  # employmentType, jobLocation, workHours
        _heading(
            "location|job type|employment type|contract|start date|working hours|industry|"
            "experience level|department|vacancies|supervisory status|company size"
        ),
        r"\b(?:full|part)[-_ ]?time\b|\b(?:permanent|fixed[- ]term|temporary) (?:contract|position|"
        r"role|employment)\b|\b(?:fully|100%) remote\b|\bhybrid (?:role|working|position)\b",
        r"\b(?:based in|located in) (?:our|the) \b|\breport(?:s|ing)? to the\b|\(m/[fw]/[dxn]\)",
        r"\b(?:vollzeit|teilzeit|unbefristet)\b",
    ),
    "hiring": _sign(  # hiringOrganization: somebody is looking
        _heading(
            r"about (?:us|the (?:role|job|team|company|position))|who we are|company description|"
            r"(?:description|job|role|opportunity|position) (?:summary|overview|description|title)"
        ),
        r"\b(?:we are|we(?:'|\u2019)re|is|are) (?:currently |now |actively )?(?:hiring|recruiting|"
        r"looking for (?:an?\b|(?:\w+ ){0,4}(?:to join|who))|seeking an?|searching for an?)\b",
        r"\bwir suchen\b",
        r"\bjoin (?:our|us|the) \b|\b(?:ideal|successful|right) candidate\b|\bas an? [^.\n]{3,60}"
        r" you (?:will|are|have|work)\b|\bthis (?:role|position) (?:is|will|requires|reports)\b|"
        r"\bopen position\b|\bjob (?:posting|description|opening)\b",
    ),
    "apply": _sign(  # how to apply
        _heading("how to apply|apply|application|next steps|bewerbung"),
        r"\b(?:apply (?:now|today|by|online|via|here|for this)|how to apply|send (?:us )?your "
        r"(?:cv|resume|application)|(?:submit|upload|your) (?:\w+ )?(?:application|cover letter)|"
        r"application (?:deadline|closes|process)|closing date|invites applications|"
        r"date posted|interviews will)\b",
        r"\bbewirb dich\b",
    ),
    "legal": _sign(  # the legal line
        r"\bequal(?:[- ]| employment )opportunit(?:y|ies)\b|\breasonable accommodations?\b",
        r"\bregardless of (?:race|age|gender|your|religion|sex|colou?r|background)\b",
        r"\bwithout regard to\b|\b(?:background check|security clearance|right to work|"
        r"work permit|visa sponsorship|u\.?s\.? citizen)",
        r"\bdiverse (?:workforce|team|backgrounds)\b|\binclusive (?:workplace|environment|culture)",
    ),
}
_NAMED = re.compile(
    r"(?im)^[ \t*#\-]*(?:job title|position(?: title)?|role|title|vacancy|stelle)\s*:\s*(.{3,})$"
)
_HIRING = re.compile(
    r"\b(?i:hiring for|looking for|hiring|seeking|searching for|recruiting)(?i: an?| our| the)? "
    r"(?:[a-z-]+ ){0,4}"
    r"((?:[A-Z0-9](?:[^\s,;:!?.]|\.(?=\w))*(?: (?:of|and|&|/|-)(?= [A-Z]))? ?){1,8})"
)
_OPENING = re.compile(
    r"(?i)^(?:job description|description|about (?:us|the .*)|hi|hello|hey|dear|this job posting|"
    r"basic information|opportunity|role summary|upcoming|we are hiring|please|here)\b.*|"
    r"^\W*(?:(?:key|your|our|the|main|minimum) )?(?:requirements?|qualifications?|skills|profile|"
    r"responsibilities|duties|tasks|benefits|what (?:you|we)\b.*)\W*$"
)


def is_job_description(text: str) -> bool:
    """Whether a visitor's message is, or holds, a job description."""
    if len(text) < MIN_CHARACTERS:
        return False
    found = {name for name, kind in _KINDS.items() if kind.search(text)}
    if len(text) >= LONG_CHARACTERS and "hiring" in found and found & {"work", "asked", "terms"}:
        return True
    return len(found) >= MIN_KINDS


def find_job_title(text: str) -> str:
    """What to call a job description: the position it names, or else its first line."""
    lines = [clean_line(line, limit=MAX_TITLE) for line in text.splitlines()]
    first = [line for line in lines if line and not is_to_reader(line)][:_FIRST_LINES]
    named = _NAMED.search("\n".join(first))
    if named:
        return clean_line(named[1], limit=MAX_TITLE)
    short = next((line for line in first[:2] if len(line) <= 80 and not _is_opening(line)), "")
    if short:
        return short.strip("#*- :")
    hiring = _HIRING.search(text)
    return clean_line(hiring[1] if hiring else first[0] if first else "", limit=MAX_TITLE)


def _is_opening(line: str) -> bool:
    """Greetings, headings and sentences are no titles."""
    return bool(_OPENING.match(line)) or line.endswith((".", "!", "?", ":", ","))
