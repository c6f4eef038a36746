"""What people mean when they ask about a career: words that stand for a kind of section, and words
that stand for each other.

The kinds follow the parts of the JSON Resume schema (https://jsonresume.org/schema) and the usual
headings of a CV; the related words are the ones that recruiters and CVs use for one thing.
"""

import re
from enum import StrEnum
from functools import cache

from chatbot.knowledge.sections import Section
from chatbot.knowledge.sections import SectionKind as Kind
from chatbot.knowledge.words import plain, split_stems


class Facet(StrEnum):
    """What only some sections of a kind tell, and questions single out."""

    CURRENT_JOB = "current job"
    YEARS_OF_WORK = "years of work"


_LANGUAGES = (
    "arabic bengali chinese czech danish dutch english finnish french german greek hebrew hindi"
    " hungarian indonesian italian japanese korean mandarin norwegian polish portuguese romanian"
    " russian spanish swedish thai turkish ukrainian urdu vietnamese"
)

_KIND_WORDS: dict[Kind, str] = {
    Kind.ABOUT: "summary background profile bio biography overview introduction introduce resume cv"
    " yourself headline pitch",
    Kind.WORK: "work job role position employment employer company experience career background"
    " resume cv responsibility duty profession professional occupation worked impact achievement"
    " accomplishment internship industry promotion",
    Kind.PROJECT: "project portfolio build built prototype product app hackathon github demo",
    Kind.SKILL: "skill technology technical tech stack tool framework proficiency proficient"
    " expertise expert competence strength programming coding software library platform",
    Kind.EDUCATION: "education degree study studied university college school graduate graduated"
    " graduation major bachelor master phd doctorate academic diploma gpa thesis qualification",
    Kind.CERTIFICATE: "certification certificate certified license accreditation credential"
    " qualification course training",
    Kind.PUBLICATION: "publication published publish paper article research journal book conference"
    " blog wrote written author",
    Kind.AWARD: "award honor honour prize recognition achievement accomplishment proud scholarship"
    " fellowship grant distinction medal",
    Kind.LANGUAGE: f"language speak fluent native bilingual multilingual spoken {_LANGUAGES}",
    Kind.VOLUNTEER: "volunteer volunteering charity nonprofit community mentoring",
    Kind.INTEREST: "hobby interest passion leisure fun pastime sport",
    Kind.REFERENCE: "reference recommendation testimonial colleague endorsement referee vouch",
    Kind.CONTACT: "contact reach email mail phone telephone call linkedin github website address"
    " location located based live city country social",
    Kind.STORY: "failure fail failed mistake lesson challenge challenging conflict difficult"
    " weakness learned setback hardest problem disagreement",
}

_KIND_PHRASES: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"\babout (?:your ?self|you|him|her|them|{name})\b(?! \w)", (Kind.ABOUT, Kind.WORK)),
    (r"\bwho (?:are you|is (?:he|she|{name}))\b", (Kind.ABOUT,)),
    (
        r"\bintroduce\b|\bin a nutshell\b|\bstand out\b|\bhire (?:you|him|her|{name})\b",
        (Kind.ABOUT,),
    ),
    (r"\b(?:do|does) (?:you|he|she|{name}) do\b|\bfor a living\b", (Kind.WORK, Kind.ABOUT)),
    (r"\b(?:know|see|read|hear|learn) (?:more )?about (?:you|him|her|{name})$", (Kind.ABOUT,)),
    (
        r"\b(?:free|spare) time\b|\boutside (?:of )?work\b|\bfor fun\b|\bweekends?\b",
        (Kind.INTEREST,),
    ),
    (r"\bgood at\b|\bfamiliar with\b|\bhow (?:well|good)\b", (Kind.SKILL,)),
    (r"\bwent to (?:school|college|university)\b|\balma mater\b", (Kind.EDUCATION,)),
    (r"\b(?:a|the|one) time (?:when|you|that|where)\b|\bwent wrong\b", (Kind.STORY, Kind.WORK)),
    (
        r"\bget in touch\b|\bget hold of\b|\bwhere (?:are|is) (?:you|he|she|{name})\b",
        (Kind.CONTACT,),
    ),
    (r"\bopen[- ]source\b", (Kind.PROJECT,)),
    (r"\bgiv(?:e|ing) back\b", (Kind.VOLUNTEER,)),
    (r"\b(?:you|youve|he|she|{name}) (?:have |has )?(?:ever |also )?w[io]n\b", (Kind.AWARD,)),
    (r"\b(?:you|youve|he|she|{name}) (?:have |has )?(?:ever |also )?made\b", (Kind.PROJECT,)),
    (
        r"\bhow (?:many years|long)\b.{0,40}\b(?:experience|career|been|work(?:ed|ing)|in total)\b",
        (Kind.ABOUT, Kind.WORK),
    ),
)

_JOB = r"(?:role|job|position|title|employer|company|occupation|employment)"
_NOW = r"\b(?:now|today|currently|nowadays|these days|at the moment|at present)"
_HINTS: tuple[tuple[str, tuple[Kind | Facet, ...]], ...] = (
    (
        rf"\b(?:current|present) (?:\w+ )?{_JOB}\b"
        rf"|\b(?:work|working|employed|doing|do) .{{0,10}}{_NOW}"
        rf"|\bcurrently (?:work|do|employ)|\b{_JOB} .{{0,10}}{_NOW}",
        (Facet.CURRENT_JOB,),
    ),
    (
        r"\bhow (?:many years|long)\b.*\b(?:experience|been|work(?:ed|ing)|career)\b"
        r"|\byears of experience\b|\bhow much experience (?:do|does|have|has) \w+(?: have)?\W*$",
        (Facet.YEARS_OF_WORK,),
    ),
    (
        r"\b(?:where|what|which|did|have|has)\b.{0,30}\b(?:stud(?:y|ied)|graduated?|degrees?|university|college"
        r"|school|major)\b",
        (Kind.EDUCATION,),
    ),
    (r"\bwhere (?:do|does|did|have|has|else)\b.{0,25}\bwork(?:ed|ing)?\b", (Kind.WORK,)),
    (
        r"\bexperienced? (?:with|in|using)\b|\b(?:have|has|got) (?:any |some |much )?[\w+#./-]+"
        r" (?:experience|skills?|knowledge)\b"
        r"|\b(?:do|does|can) (?:you|he|she|{name}) (?:know|use)\b"
        r"|\b(?:worked with|(?:you|he|she|{name}) (?:ever )?used)\b",
        (Kind.SKILL,),
    ),
)

# They say how much or when, and the noun beside them says what: "favourite", "biggest", "current".
_MODIFIERS = (
    "favourite favorite biggest greatest largest best better main top important impressive"
    " significant current currently present today recent recently latest future hold holding"
    " year month previous prior former past earlier first highest level core area way kind title"
    " history personal professional comfortable ever day hold held receive received attend attended"
    " involve involved spend finish finished complete completed consist strong deep full overall"
    " typical usual own big large different various"
)

# An end that is open: "March 2021 – present".
_CURRENT = re.compile(r"\b(?:19|20)\d\d\b.{0,12}\b(?:present|current|ongoing|now|today|to date)\b")
_HOW_OLD = re.compile(r"\bhow old (?:are|is|r) (?=you|u\b|he\b|she\b|they\b|[a-z]+\W*$)")
_WHERE_FROM = re.compile(
    r"\b(?:where (?:are|r|do|did|is|does|were|was) (?:you|u|he|she|they|[a-z]+) (?:\w+ )?from"
    r"|where(?:s| is| are) (?:your|his|her|their) (?:home|origins?|roots?))\b"
)
# It is not of the owner: "what do you think of our company?".
_VISITORS_OWN = re.compile(
    r"\b(?:our|my) (?:\w+ )?(?:company|firm|startup|team|office|organi[sz]ation|product|website|app"
    r"|job|role|position|project|business|mission|culture|industry)\b"
)
_YEARS_OF_EXPERIENCE = re.compile(
    r"\byears (?:of )?(?:(?:work|working|professional|relevant|industry|total) )?experience\b"
)
_YEARS = re.compile(
    r"\bsince (?:\w+ )?(?:19|20)\d\d\b"
    r"|(?:\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty))\+?"
    r" years\b(?! (?:old|ago))"
)

_RELATED = (
    "ai ml machine-learning deep-learning neural nlp llm",
    "leadership lead led mentor mentored manage managed team head director founder supervise",
    "frontend front-end react vue angular svelte javascript typescript css html ui",
    "backend back-end server api django flask node java spring database microservice",
    "fullstack full-stack frontend backend",
    "cloud aws azure gcp",
    "devops docker kubernetes terraform ci deployment deploy pipeline",
    "database sql postgresql postgres mysql mongodb sqlite redis",
    "api rest graphql grpc endpoint",
    "mobile android ios flutter swift kotlin",
    "test testing tested pytest junit selenium qa",
    "developer engineer programmer",
    "built build building created create creation developed develop",
    "employer company firm organisation organization",
    "salary pay compensation rate wage remuneration",
    "notice availability available start",
    "relocate relocation move",
    "remote hybrid onsite office",
    "visa sponsorship permit citizenship",
    "cost price fee free pay",
    "tutorial course masterclass guide documentation",
    "voice speech speak",
    "founder founded started",
    "js javascript",
    "ts typescript",
    "k8s kubernetes",
    "uni university",
    "age birthday birthdate born",
    "born birthplace hometown origin native citizen nationality",
    "married marriage spouse husband wife",
    "patent invention inventor",
)


@cache
def kinds_by_stem() -> dict[str, frozenset[Kind]]:
    """Stem -> the kinds of section that a question with this word is about."""
    found: dict[str, set[Kind]] = {}
    for kind, words in _KIND_WORDS.items():
        for stem in split_stems(words):
            found.setdefault(stem, set()).add(kind)
    return {stem: frozenset(kinds) for stem, kinds in found.items()}


@cache
def related_stems() -> dict[str, frozenset[str]]:
    """Stem -> the stems that a profile may use instead of it."""
    found: dict[str, set[str]] = {}
    for group in _RELATED:
        stems = set(split_stems(group))
        for stem in stems:
            found.setdefault(stem, set()).update(stems - {stem})
    for name in split_stems(_LANGUAGES):
        found.setdefault(name, set()).update(split_stems("language"))
    return {stem: frozenset(others) for stem, others in found.items()}


def kinds_by_phrase(text: str, *, owner_name: str) -> list[frozenset[Kind]]:
    """The kinds asked for by phrases made of question words, such as "tell me about yourself".

    `text` is in plain form (see `words.plain`); each phrase found gives one set of kinds.
    """
    return [kinds for pattern, kinds in _phrases(owner_name) if pattern.search(text)]


def hints_by_phrase(text: str, *, owner_name: str) -> frozenset[Kind | Facet]:
    """The sections that a question's wording prefers among those that hold its words.

    "Do you know Kafka?" prefers skills: a hint ranks, and does not by itself find anything.
    `text` is in plain form (see `words.plain`).
    """
    found: set[Kind | Facet] = set()
    for pattern, hints in _hints(owner_name):
        if pattern.search(text):
            found |= hints
    return frozenset(found)


def facets(section: Section) -> frozenset[Facet]:
    """Which facets a section tells, read from its words."""
    if section.kind is Kind.WORK and is_current(section):
        return frozenset({Facet.CURRENT_JOB})
    if section.kind in (Kind.ABOUT, Kind.TEXT) and _YEARS.search(plain(section.text)):
        return frozenset({Facet.YEARS_OF_WORK})
    return frozenset()


def is_current(section: Section) -> bool:
    """Whether a job or project goes on: its dates have an open end."""
    return _CURRENT.search(plain(section.text)) is not None


@cache
def modifier_stems() -> frozenset[str]:
    """Stems that say less than the noun beside them, so that they weigh less."""
    return frozenset(split_stems(_MODIFIERS))


def reword(text: str) -> str:
    """Put what is asked for in the place of a phrase: "how old are you" asks for an age.

    `text` is in plain form (see `words.plain`).
    """
    text = _VISITORS_OWN.sub("visitor", text)
    text = _WHERE_FROM.sub("where born live", _HOW_OLD.sub("what age are ", text))
    return _YEARS_OF_EXPERIENCE.sub("years", text)


@cache
def _phrases(owner_name: str) -> list[tuple[re.Pattern[str], frozenset[Kind]]]:
    return [(_compile(p, owner_name), frozenset(kinds)) for p, kinds in _KIND_PHRASES]


@cache
def _hints(owner_name: str) -> list[tuple[re.Pattern[str], frozenset[Kind | Facet]]]:
    return [(_compile(p, owner_name), frozenset(hints)) for p, hints in _HINTS]


def _compile(pattern: str, owner_name: str) -> re.Pattern[str]:
    names = "|".join(re.escape(n) for n in owner_name.casefold().split()) or "your ?self"
    return re.compile(pattern.replace("{name}", f"(?:{names})"))
