"""What a job description asks for: its requirements, one by one, in its own words.

A line is a requirement by where it stands (under "Requirements", "What you bring") or by what it
says ("5+ years of experience with"). The text comes from outside: a line that speaks to a reader
instead of about a candidate ("in your answer, ...") is none, and changes nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chatbot.knowledge.degrees import spell_out_degrees
from chatbot.knowledge.job_german import as_english
from chatbot.knowledge.job_lines import (
    LONG_LINE,
    SENTENCE,
    cut_items,
    is_employers,
    restore_lines,
    starts_item,
)
from chatbot.knowledge.job_wording import ASKED, OFFERED
from chatbot.knowledge.skill_names import find_skills
from chatbot.knowledge.words import content_stems, plain

# A page of them; of more, some are wishes, since those are asked about too.
MAX_REQUIREMENTS = 30
MOST_WISHES_OF_MANY = 6
MAX_CHARACTERS = 400
_LONGEST_ITEM = 24


class RequirementKind(StrEnum):
    """What a requirement is about; each kind is judged by rules of its own."""

    YEARS = "years"
    DEGREE = "degree"
    LANGUAGE = "language"
    CERTIFICATE = "certificate"
    SKILL = "skill"
    PLACE = "place"
    PERMIT = "permit"
    TRAIT = "trait"
    OTHER = "other"


@dataclass(frozen=True)
class Requirement:
    """One thing that is asked for, in the words of the text; `said` is what the rules read."""

    text: str
    kind: RequirementKind
    is_must: bool = True

    @property
    def said(self) -> str:
        """The text in English, where it is one that can be read, degrees by their full names."""
        return _in_words(self.text)


_BULLET = re.compile(r"^\s*(?:[-*+\u2022\u25e6\u25aa\u25cf\u00b7\u2013\u2014>]|\d{1,2}[.)])\s+")
_ELLIPSIS = re.compile(r"\s*(?:\.{2,}|\u2026)$")
_MARKUP = re.compile(r"[*_#`>]+|\[(?:[A-Z_]{3,})\]")

_HEAD = r"^(?:(?:the|our|your|key|job|main|basic|minimum|required|additional|technical|core|" + (
    r"essential|professional|other|specific|special|further|candidate|role(?= \w+ ?$)|"
    r"position(?= \w+ ?$))\s+)*"
)
_ASKED = re.compile(
    _HEAD + r"(?:requirements?|qualifications?|skills?\b|experience\b|profile|background|education|"
    r"competenc(?:y|ies|es)|technologies|tech(?:nology)? stack|criteria|expertise|languages?|"
    r"what you(?:'|\u2019)?(?:ll)?(?: will)? (?:bring|need|have)|what we(?:'|\u2019)?(?:re| are)?"
    r" look|who you are|about you|you (?:have|bring|are|should|must)\b|must[- ]haves?|"
    r"you$|expectations? (?:of|to|for) (?:you|the candidate)|"
    r"we (?:expect|are looking|require)|(?:ideal|successful) candidate|to (?:succeed|qualify)|"
    r"anforderungen|profil|(?:dein|ihr|das) profil|"
    r"(?:deine |ihre )?(?:qualifikation|voraussetzung)|"
    r"(?:das|was) (?:bringst du|du|sie|bringen sie)\b.*\bmit)"
)
_NICE = re.compile(
    r"^(?:nice[- ]to[- ]haves?|preferred|bonus|desir(?:able|ed)|(?:strong )?good[- ]to[- ]haves?|"
    r"(?:big )?plus(?:es)?\b|"
    r"von vorteil|wunschenswert|idealerweise|it(?:'|\u2019)?s a plus|extra|ideally|"
    r"would be (?:great|nice)|advantage)"
)
_ENDS = re.compile(
    _HEAD + r"(?:responsibilit|dut(?:y|ies)|tasks|objectives?|mission|benefits?|perks|salary|"
    r"compensation|pay\b|company|about (?:us|the|our)|who we|what (?:we|you(?:'|"
    r"\u2019)?(?:ll| will)"
    r" (?:do|get|learn|be))|we offer|why |how (?:to|we)|appl(?:y|ication)|process|evaluation|"
    r"interview|description|summary|overview|opportunity|role\b(?! (?:requirem|qualif))|team\b|"
    r"where you|we$|"
    r"experience level|seniority level|industry\b|job type|contact|culture|values|"
    r"equal|diversity|legal|additional information|further information|start date|"
    r"wir bieten|(?:das|was) (?:wir )?bieten|(?:unser )?angebot|uber uns|"
    r"(?:deine |ihre )?aufgaben|project|research|assessment|approval|location|place)"
)
# A whole sentence that ends with a colon says what the list below it is.
_LEADS_TO_ASKED = re.compile(
    r"\b(?:(?:role|position|job) requires|"
    r"(?:looking for|need|seek) (?:someone|somebody|an?\b.{0,40}|candidates|people) (?:with|who)|"
    r"(?:candidate|applicant|person|you)s? (?:should|must|will|would|need to)? ?"
    r"(?:also )?(?:have|bring|possess)|following (?:skills|qualifications|requirements|"
    r"experience))\b"
)
# What only says that something follows.
_ANNOUNCES = re.compile(
    r"(?i)\b(?:following|below|qualifications?|requirements?|conditions?|documents?|criteria|role|"
    r"mission|challenge|month|week|year|one|consists?|includes?|defined|as)\b[^:]{0,30}:$"
)
_NAMES_IT = re.compile(r"\d|\b(?:years?|degree)\b")
_LEADS_TO_OTHER = re.compile(
    r"\b(?:benefits|rewards|perks|offer|(?:get|receive|enjoy)|responsib\w+|tasks|duties|your job)\b"
)
# In a list without marks, these begin an item; "Experience" alone is a heading.
_ASKS_ITSELF = re.compile(
    r"\s*(?:Experience|Expertise|Background|Education|Skills|Languages?) (?:with|in|of|using|as|"
    r"building|working|leading|managing|developing|designing|writing)\b(?!.*:\s*$)"
)
_PLACE = re.compile(
    r"(?i)(?:fully|100 ?%|completely|partly|mostly|be|being|is|are|virtual|anywhere.{0,20}) "
    r"\(?(?:100 ?% )?remote\b|\bwork(?:ing|s)? (?:\w+ )?remote(?:ly)?\b|"
    r"\bremote(?:ly)?(?=(?: or [\w-]+| and hybrid)?(?: (?:work\w*|jobs?|roles?|positions?|first|"
    r"only|within|from|in)\b|[,;)./]|-\w|$))|"
    r"\bhybrid(?= (?:work\w*|role|model|position|set-?up|schedule|arrangement|or|and)\b|[,;)./]|$)|"
    r"\bon-?site\b(?! (?:social|meet-?up|event|fitness|gym|parking|canteen|restaurant|support))|"
    r"\bin[- ]office\b|\bin the office\b|\brelocat\w+|\bbased in\b|\bcommut\w+|"
    r"\btravel\w*\b.{0,40}(?:%|required|willing)|\bwilling\w* to travel"
)
_PERMIT = re.compile(
    r"(?i)\b(?:visa|sponsorship|right to work|work permit|(?:authori[sz]ed|eligible|permitted|"
    r"eligibility|authori[sz]ation) to work|citizen(?:s|ship)?|security clearance|green card)\b"
)
_YEARS = re.compile(
    r"(?i)\b\d{1,2} ?\+? ?(?:(?:-|\u2013|to) ?\d{1,2} ?\+? ?)?(?:years?|yrs?)\b|"
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten) (?:or more |\+ )?years?\b"
)
_DEGREE = re.compile(
    r"(?i)\b(?:(?:bachelor|master)(?:'|\u2019)?s?\b|b\.?sc\b|m\.?sc\b|"
    r"ph\.? ?d\b(?! (?:project|student|position|fellow|programme|program|candidate|stud|thesis|"
    r"school))|doctorate|(?:university|college|academic|engineering) degree|degree in|diploma|"
    r"mba\b|graduate degree)"
)
_CERTIFICATE = re.compile(r"(?i)\bcertifi(?:ed|cations?|cates?)\b|\bPMP\b|\bCISSP\b|\bITIL\b")
LANGUAGES = (
    "English|German|French|Spanish|Italian|Portuguese|Dutch|Swedish|Norwegian|Danish|Finnish|"
    "Polish|Czech|Slovak|Hungarian|Romanian|Bulgarian|Greek|Turkish|Russian|Ukrainian|Arabic|"
    "Hebrew|Hindi|Urdu|Bengali|Tamil|Chinese|Mandarin|Cantonese|Japanese|Korean|Vietnamese|Thai|"
    "Indonesian|Malay|Croatian|Serbian|Slovenian|Estonian|Latvian|Lithuanian|Icelandic|Catalan"
)
# Of a people, a country or an office it says nothing of what is spoken.
LANGUAGE = re.compile(
    rf"\b({LANGUAGES})\b(?! (?:Confederation|Embass|Government|Ministr|Agenc|Associat|Universit|"
    r"Institut|Council|Bank|Parliament|[Cc]ompan|[Mm]arket|[Ll]aw|[Cc]ustomer|[Cc]lient|[Cc]itizen))"
)
_SPEAKS = re.compile(
    r"(?i)\b(?:fluen\w+|native|proficien\w+|business|written|verbal|spoken|oral|speak\w*|language|"
    r"communicat\w+|command|professional|good|excellent|strong|level|conversational|knowledge|"
    r"[abc][12])\b"
)
_SHORT_LINE = 8
# "Data Engineer in Berlin or remote", "Data Engineer (Berlin, hybrid)": the title is no place.
_NAMED_PLACE = re.compile(
    r"(?:\bin (?=[A-Z])([^()]*\b(?i:remote|hybrid|on-?site)\b[^()]*)|"
    r"\(([A-Z][^()]*\b(?i:remote|hybrid|on-?site)\b[^()]*)\))$"
)
_IN_BRACKETS = re.compile(r"\(([^()]+)\)$")
_SENTENCE_WORDS = re.compile(
    r"(?i)\b(?:work\w*|relocat\w+|travel\w*|commut\w+|must|can|is|are|be|based|willing\w*|requir\w+"
    r"|days?|place|location|located)\b"
)
_COMPANY = re.compile(
    r"\b(?:GmbH|AG|SE|KG|Inc|Ltd|LLC|LLP|PLC|plc|Corp|Co|AB|AS|ASA|A/S|Oy|Oyj|B\.?V|N\.?V|S\.?A|SAS"
    r"|S\.?r\.?l|SpA|Group|Company)\b\.?"
)
_TRAIT = re.compile(
    r"(?i)\b(?:communication|interpersonal|team[- ]?(?:player|work|spirit)|self[- ]?(?:motivat\w+|"
    r"starter|driven|organi[sz]ed)|motivated|passion\w*|curious|curiosity|proactive|attention to "
    r"detail|problem[- ]solv\w+|analytical|positive attitude|flexib\w+|enthusias\w+|"
    r"reliab(?:le|ly)|"
    r"work (?:independently|under pressure)|creative|eager|willingness to learn|humou?r)\b"
)
# In a posting without headings "you will have" tells of the work as often as of the candidate.
_YOU_WILL = (
    r"you(?:'|\u2019)?(?:ll| will) (?:also )?(?:have|bring|need) (?:[\w-]+ ){0,4}(?:experience|"
    r"knowledge|skills|understanding|background|track record)"
)
_APPLICANTS = r"applicants? (?:who |must |should )?(?:also )?ha(?:ve|s)"
_YOU_ARE = (
    r"you (?:are (?:also )?|(?:should|must) (?:also )?be )(?:an? )?(?:experienced|skilled|"
    r"proficient|fluent|well[- ]versed)|you (?:should|must) (?:also )?be (?:comfortable|familiar) "
    r"with"
)
_CUE = re.compile(
    r"(?i)\b(?:experience(?:d)? (?:with|in|of|as|working|building|managing|leading)|"
    r"(?:knowledge|understanding|command|mastery|awareness) of|familiar(?:ity)? with|"
    r"proficien(?:t|cy) (?:with|in)|expertise (?:in|with)|skilled in|background in|"
    r"fluen(?:t|cy) in|"
    r"track record|degree in|ability to|able to|must (?:have|be)|should (?:have|be)|"
    rf"required|candidates? (?:should|must|will have|has)|{_APPLICANTS}|"
    rf"you (?:have|bring|possess)|{_YOU_WILL}|{_YOU_ARE})\b"
)
_FIRM_CUE = re.compile(
    rf"(?i)\b(?:{_YOU_WILL}|{_YOU_ARE}|"
    r"you (?:have|bring|possess|must|should have|need)|"
    rf"candidates? (?:should|must|will have|has|have|needs?)|{_APPLICANTS}|"
    r"must have|required to have|we (?:require|expect)|is (?:required|a must)|"
    r"strong|proven|solid|extensive|excellent|experience (?:with|in) .{2,60} (?:is|are|a)\b)"
)
_NICE_WORDS = re.compile(
    r"(?i)\b(?:a (?:big |huge |strong )?(?:plus|bonus)|nice to have|preferred|preferably|"
    r"advantage\w*|"
    r"an asset|desirable|beneficial|ideally|would be (?:great|nice|good)|not required)\b"
)
_OURS = re.compile(
    r"(?i)^(?:wir bieten|bewirb|we|our|us|at (?!least|(?:a )?minimum)\[?|the (?:company|team|bank|"
    r"group))\b(?! (?:require|expect|are looking|look for|need))|"
    r"\b(?:we|our company) (?:offer|provide|support|have|value|believe|encourage|strive)\b|"
    r"\b(?:company|start-?up|firm|business|agency|headquarters?|offices?)\b.{0,40}"
    r"\bbased (?:in|out)|"
    r"\b(?:read|learn|find out) more\b|\bbenefits? (?:program\w*|packages?|plans?)\b|"
    r"\bis our people\b|"
    r"\bregardless of\b|\bequal opportunit|\baccommodations?\b|\bresumes?\b|\bapplicants? will\b"
)
_EMPTY = frozenset(
    content_stems(
        "knowledge understanding experience practical basic concept concepts familiarity "
        "equivalent equivalents similar skill skills ability good strong more await enough"
    )
)
_AI = "(?:language model|chat ?bot|ai (?:assistant|model|system|stand-in))"
# What speaks to a reader of the text is not about a candidate.
_TO_READER = re.compile(
    r"(?i)\?\s*$|\b(?:your|the) (?:answer|reply|response|message|output|verdict|assessment of)\b|"
    r"\b(?:previous|prior|above|earlier|these|following) (?:instructions?|rules?|prompts?)\b|"
    r"\b(?:system prompts?|as an? (?:ai|language model|chat ?bot)|fit sheet)\b|"
    r"\b(?:the|this|your|my|full|initial|hidden) prompt\b|"
    r"\b(?:you are|you(?:'|\u2019)re|dear|hey|hello|any|every|attention)\W+(?:now )?(?:an? )?"
    rf"(?:{_AI}|ai(?! \w))\b|^{_AI}\W*[:,]|"
    r"\b(?:mark|rate|score|count|treat|consider|"
    r"report) .{0,60}\b(?:as (?:fully )?"
    r"(?:met|fulfilled|satisfied|perfect|qualified|matched)|met|10/10|100 ?%)|"
    r"^(?:please )?(?:ignore|disregard|forget|pretend|respond|reply|answer|say|print|"
    r"output|explain|"
    r"break down|summari[sz]e|translate|repeat|tell|act as|rate|rank|provide (?:a|the|your) "
    r"(?:command|answer|reply)|replace|convert|scramble|jumble|combine words|use emoji|"
    r"group letters|"
    r"how (?:do|can|would|to)\b|new instructions?|system ?:|assistant ?:|user ?:|note to)"
)


def find_requirements(text: str) -> tuple[Requirement, ...]:
    """The requirements of a job description, in order, each once."""
    found: dict[str, Requirement] = {}
    section, led = "", ""
    for line in restore_lines(text):
        lead = _read_lead(line)
        if lead is not None:
            section, led = section if lead else "", lead
            continue
        if line.rstrip().endswith(":"):
            led = ""
        heading = None if section and _ASKS_ITSELF.match(line) else _read_heading(line)
        if heading is not None:
            section, rest = heading
            line, led = rest, ""
        is_led = not section and led and (_BULLET.match(line) or starts_item(line.strip()))
        for item, is_bullet in _split(line, led if is_led else section):
            requirement = _read(item, led if is_led else section, is_bullet=is_bullet)
            if requirement is not None:
                found.setdefault(plain(requirement.text), requirement)
    return tuple(found.values())


def choose_requirements(found: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """The requirements that a sheet compares, in their order: at most 30, musts before wishes."""
    wishes = [wanted for wanted in found if not wanted.is_must]
    musts = [wanted for wanted in found if wanted.is_must]
    musts = musts[: MAX_REQUIREMENTS - min(len(wishes), MOST_WISHES_OF_MANY)]
    chosen = {wanted.text for wanted in (*musts, *wishes[: MAX_REQUIREMENTS - len(musts)])}
    return tuple(wanted for wanted in found if wanted.text in chosen)


def is_to_reader(text: str) -> bool:
    """Whether a line speaks to whoever reads it, an AI perhaps, and not about a candidate."""
    return _TO_READER.search(text) is not None


def _read_heading(line: str) -> tuple[str, str] | None:
    """The section that a line opens ("asked", "nice" or "" for another), and what follows it on
    the line; None for a line that is no heading."""
    if _BULLET.match(line) and not line.rstrip().endswith(":"):
        return None
    clean = _ELLIPSIS.sub("", _MARKUP.sub("", _BULLET.sub("", line)).strip())
    head, colon, rest = clean.partition(":")
    label = (head if colon else clean).strip()
    if not label or len(label) > 70 or (not colon and clean.endswith((".", ",", "!", "?"))):
        return None
    is_marked = bool(colon) or line.lstrip().startswith(("#", "**"))
    words = plain(label)
    if len(words.split()) > (10 if is_marked else 6) or is_to_reader(clean):
        return None
    for pattern, name in ((_NICE, "nice"), (_ENDS, ""), (_ASKED, "asked")):
        if pattern.search(words):
            return name, rest.strip()
    return ("", rest.strip()) if is_marked and not rest.strip() and not colon else None


def _read_lead(line: str) -> str | None:
    """The section that a sentence opens, "This role requires a range of skills, such as:"; None
    where it is a short heading, names a thing itself, or opens none that is known."""
    label = _MARKUP.sub("", _BULLET.sub("", line)).strip()
    words = plain(label)
    if not label.endswith(":") or len(words.split()) < 5 or is_to_reader(label):
        return None
    if _LEADS_TO_OTHER.search(words):
        return ""
    is_lead = _LEADS_TO_ASKED.search(words) and not _NAMES_IT.search(words)
    return "asked" if is_lead and not find_skills(label) else None


def _split(line: str, section: str) -> list[tuple[str, bool]]:
    """The sentences of a line, each with whether it is an item of a list."""
    is_bullet = bool(_BULLET.match(line))
    clean = _MARKUP.sub("", _BULLET.sub("", line)).strip()
    is_item = is_bullet or len(clean.split()) <= LONG_LINE
    parts = [(part.strip(), is_item) for part in SENTENCE.split(clean) if part.strip()]
    if is_bullet or not section:
        return parts
    return [cut for part, _ in parts for cut in _cut(part, is_item=is_item)]


def _cut(sentence: str, *, is_item: bool) -> list[tuple[str, bool]]:
    """The items of a list that has lost its marks, where a sentence is one."""
    items = cut_items(sentence)
    # How far an instruction, or the employer's word on itself, goes is not known where nothing
    # ends it: to the end of the sentence.
    ends = (i for i, item in enumerate(items) if is_to_reader(item) or (i and is_employers(item)))
    items = items[: next(ends, len(items))]
    if len(items) < 2:
        return [(item, is_item) for item in items]
    is_list = not any(item.startswith("You") for item in items[:2])
    return [(item, is_list and _is_item(item)) for item in items]


def _is_item(text: str) -> bool:
    is_sentence = text.startswith("You") or text.endswith(":")
    return len(text.split()) <= _LONGEST_ITEM and not is_sentence


def _read(text: str, section: str, *, is_bullet: bool) -> Requirement | None:
    text = _BULLET.sub("", " ".join(text.split())).strip(" -\u2022;,")
    if not 2 <= len(text) <= MAX_CHARACTERS or is_to_reader(text) or _OURS.search(text):
        return None
    if _ANNOUNCES.search(text) and not find_skills(text):
        return None
    said = _in_words(text)
    kind = _kind_of(said)
    if section:
        says_it = is_bullet or _CUE.search(said) or kind is not RequirementKind.OTHER
    else:
        says_it = _stands_alone(said, kind)
    if not says_it or not _says_what(said) or _is_offered(said, kind):
        return None
    is_nice = section == "nice" or bool(_NICE_WORDS.search(said))
    if kind is RequirementKind.PLACE and not section:
        text = _tell_place(text)
    return Requirement(text.rstrip("."), kind, is_must=not is_nice)


def _in_words(text: str) -> str:
    return spell_out_degrees(as_english(text))


def _tell_place(text: str) -> str:
    """A line that is nothing but an employer's place, "Acme GmbH, Berlin (hybrid)", as one that
    says so."""
    if len(text.split()) > _SHORT_LINE or _SENTENCE_WORDS.search(text):
        return text
    named = _NAMED_PLACE.search(text)
    if named:
        return f"Place of work: {(named[1] or named[2]).strip()}"
    parts = [part.strip() for part in re.split(r"[,|\u00b7\u2022]|\s[-\u2013\u2014]\s", text)]
    kept = [part for part in parts if part and not _COMPANY.search(part)]
    inside = _IN_BRACKETS.search(text)
    if inside and len(parts) == 1:
        kept = [inside[1]]
    return f"Place of work: {', '.join(kept)}" if kept else text


def _says_what(text: str) -> bool:
    """Whether a text names anything: of "Knowledge of" or "and" the rest stands elsewhere."""
    if find_skills(text):
        return True
    is_word = len(text.split()) > 1 or text[0].isupper()
    return is_word and bool(set(content_stems(text)) - _EMPTY)


def _is_offered(text: str, kind: RequirementKind) -> bool:
    """Whether a line that looks like a wish is a benefit, a step of applying or a legal line."""
    if kind not in (RequirementKind.PLACE, RequirementKind.TRAIT, RequirementKind.OTHER):
        return False
    return any(words.search(text) for words in OFFERED) and not ASKED.search(text)


def _stands_alone(text: str, kind: RequirementKind) -> bool:
    """Whether a sentence asks for something wherever it stands."""
    if kind in (RequirementKind.PLACE, RequirementKind.PERMIT):
        return True
    if kind is RequirementKind.YEARS and re.search(r"(?i)experience|expertise|background", text):
        return True
    if kind is RequirementKind.LANGUAGE:
        return bool(re.search(r"(?i)fluen|required|must|essential|native|proficien", text))
    if kind is RequirementKind.DEGREE and re.search(r"(?i)\b(?:required|preferred)\b", text):
        return True
    return bool(_FIRM_CUE.search(text) and _CUE.search(text))


def _kind_of(text: str) -> RequirementKind:
    if _YEARS.search(text) and (
        re.search(r"(?i)experience|expertise|background|years? (?:in|of|as)\b", text)
        or find_skills(text)
    ):
        return RequirementKind.YEARS
    if _DEGREE.search(text):
        return RequirementKind.DEGREE
    if _CERTIFICATE.search(text):
        return RequirementKind.CERTIFICATE
    if _PERMIT.search(text):
        return RequirementKind.PERMIT
    if LANGUAGE.search(text) and _SPEAKS.search(text):
        return RequirementKind.LANGUAGE
    if _PLACE.search(text):
        return RequirementKind.PLACE
    if find_skills(text):
        return RequirementKind.SKILL
    return RequirementKind.TRAIT if _TRAIT.search(text) else RequirementKind.OTHER
