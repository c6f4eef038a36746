"""How degrees, languages, certificates, places and permits are judged by the records."""

import re
from collections.abc import Callable

from chatbot.knowledge.degrees import list_levels
from chatbot.knowledge.fit_skills import join, judge_words
from chatbot.knowledge.fit_verdict import Evidence, FitStatus, Verdict, quote, quotes
from chatbot.knowledge.job_requirements import LANGUAGE, Requirement
from chatbot.knowledge.records import Passage, Records
from chatbot.knowledge.sections import SectionKind
from chatbot.knowledge.words import content_stems, plain

MET, PARTIAL, GAP, UNKNOWN = FitStatus
# What comes before the field of a degree, and what ends it.
_FIELD_OF = re.compile(
    r"(?i)(?:degree|bachelor(?:'|\u2019)?s?|master(?:'|\u2019)?s?|ph\.? ?d|diploma|doctorate|"
    r"b\.?sc|m\.?sc|b\.?eng|m\.?eng)\b[^,;.()]{0,25}?\b(?:in|of)\s+([^;.]+)"
)
_FIELD_ENDS = re.compile(
    r"(?i)\b(?:with|and (?:at least|proven|several|strong)|plus|from|preferred|required|desirable|"
    r"\d+|who|that|is|are|at|degree)\b"
)
_NO_FIELD = frozenset(
    content_stems(
        "relevant related similar equivalent comparable other any field fields area discipline "
        "subject technical experience practical work study studies degree science sciences a an "
        "for example such as qualification education university"
    )
)
_COMPUTING = re.compile(
    r"(?i)\b(?:comput(?:er|ing)|software|informati(?:cs|on (?:technology|systems))|"
    r"distributed systems|programming|it)\b"
)
_OTHER_WAY = re.compile(
    r"(?i)\bor (?:equivalent|comparable|similar|relevant|related)\b.{0,30}experience"
)
# Levels after the Common European Framework of Reference, and how people put them.
_LEVELS = (
    (6, r"native|mother tongue|bilingual|c2"),
    (5, r"fluent\w*|fluency|excellent|proficien\w+|full professional|c1|business fluent|perfect"),
    (4, r"advanced|very good|strong|professional|business|b2|good|working|solid"),
    (3, r"intermediate|conversational|b1"),
    (2, r"basic|elementary|a2|limited"),
    (1, r"beginner|a1"),
)
_DEFAULT_LEVEL = 4
_LANGUAGE_PARTS = re.compile(r"(?i),|;|&|/|\band\b|\bor\b|\bas well as\b|\bplus\b")
_NAMED_CERTIFICATE = re.compile(
    r"\b(?:[A-Z][\w+/-]*\s+){0,5}(?i:certifi\w+)(?:\s+(?i:in|as|"
    r"for)?\s*(?:[A-Z][\w+/-]*\s*){1,5})?|"
    r"\b(?:PMP|CISSP|CISA|CISM|ITIL|CKA|CKAD|PRINCE2|CCNA|CPA|CFA)\b"
)
_REGIONS = {
    "eu": r"\b(?:eu|european union|europe|schengen|eea)\b",
    "us": r"\b(?:u\.?s\.?a?\b|united states|america)",
    "uk": r"\b(?:uk|united kingdom|britain|england)\b",
    "canada": r"\bcanad\w+",
    "australia": r"\baustralia\w*",
    "switzerland": r"\b(?:switzerland|swiss)\b",
    "germany": r"\b(?:germany|german)\b",
    "sweden": r"\b(?:sweden|swedish)\b",
    "norway": r"\b(?:norway|norwegian)\b",
    "denmark": r"\b(?:denmark|danish)\b",
    "netherlands": r"\b(?:netherlands|dutch)\b",
    "france": r"\b(?:france|french)\b",
    "ireland": r"\b(?:ireland|irish)\b",
    "spain": r"\b(?:spain|spanish)\b",
}
_IN_EU = frozenset({"germany", "sweden", "denmark", "netherlands", "france", "ireland", "spain"})
_MAY_WORK = re.compile(
    r"(?i)\b(?:can work|may work|citizen|permanent resident|without a (?:visa|permit)|no (?:visa|"
    r"permit|sponsorship)|work permit for|right to work|authori[sz]ed to work)\b"
)
_NEEDS_HELP = re.compile(
    r"(?i)\b(?:need|require)\w* (?:a |an )?(?:sponsorship|visa|work permit|permit)"
)
_ASKS_PERMIT = re.compile(r"(?i)\b(?:visa|permit|citizen|sponsor\w*|right to work)\b")
_STAYS = re.compile(
    r"(?i)\b(?:staying here|stay (?:here|put|in)|not (?:re)?locat\w+|cannot move|hard to move|"
    r"(?:do not|dont|not) want to move|will not relocate|not relocate)\b"
)
_MOVES = re.compile(
    r"(?i)\b(?:willing|open|happy|ready|glad) to (?:relocate|move)\b|\bwould relocate\b"
)


_BE_THERE = re.compile(
    r"(?i)\brelocat\w+|\bbased in\b|\bin[- ]office\b|\bin the office\b|\bcommut\w+|"
    r"\bon-?site\b(?! (?:at|with) )|\bhybrid\b|\bdays? (?:a|per) week\b"
)
_ALSO_OFFICE = re.compile(r"(?i)\b(?:office|on-?site|in person|hybrid|days? (?:a|per) week)\b")
_CHOICE = re.compile(r"(?i)\bor\b|/|\b(?:possible|optional|no office)\b")


def judge_degree(wanted: Requirement, records: Records) -> Verdict:
    """By level and field; a lower degree is a gap, another field is met in part."""
    schools = records.of_kind(SectionKind.EDUCATION)
    if not schools:
        return Verdict(UNKNOWN, "The records name no education.")
    needed = min(list_levels(wanted.said), default=1)
    held = [
        (level, passage)
        for passage in schools
        for level in {*list_levels(passage.section.heading), *list_levels(passage.text)}
    ]
    top = max((level for level, _ in held), default=0)
    best = [passage for level, passage in held if level == top]
    if top < needed:
        status = PARTIAL if _OTHER_WAY.search(wanted.said) and records.jobs else GAP
        return Verdict(status, "A lower degree", quotes(best or schools))
    fields = _list_fields(wanted.said)
    fitting = [passage for _, passage in held if any(_names(passage, field) for field in fields)]
    if not fields or fitting:
        return Verdict(MET, "", quotes([*fitting[:1], *best[:1], *fitting]))
    is_open = re.search(
        r"(?i)related|relevant|similar|equivalent|comparable|other|any", wanted.said
    )
    near = [passage for _, passage in held if _COMPUTING.search(passage.section.heading)]
    if near and any(_COMPUTING.search(field) for field in fields):
        note = "A degree in a neighbouring field"
        return Verdict(MET if is_open else PARTIAL, note, quotes(near[:2]))
    note = "A degree of this level" + (
        "; whether its field counts is open" if is_open else " in another field"
    )
    return Verdict(PARTIAL, note, quotes(best))


def _list_fields(text: str) -> list[str]:
    """The fields of study that a requirement names; none where any will do."""
    match = _FIELD_OF.search(text)
    if match is None:
        return []
    named = _FIELD_ENDS.split(match[1])[0]
    parts = re.split(r"(?i)[,/()]|\b(?:or|and|e\.g\.?)\b", named)
    return [part.strip() for part in parts if set(content_stems(part)) - _NO_FIELD]


def _names(passage: Passage, field: str) -> bool:
    """Whether a school's record names a field, all of its words in one line."""
    wanted = set(content_stems(field)) - {"degree"}
    lines = [passage.section.heading, *passage.section.text.splitlines()]
    return any(wanted <= set(content_stems(line)) for line in lines)


def judge_language(wanted: Requirement, records: Records) -> Verdict:
    """By the level that the records tell; a language that the list of them lacks is a gap."""
    needed = _needed_levels(wanted.said)
    listed = records.of_kind(SectionKind.LANGUAGE)
    verdicts = [_judge_one_language(name, level, listed, records) for name, level in needed.items()]
    if len(verdicts) > 1 and re.search(r"(?i)\bor\b|/", wanted.said):
        order = (MET, PARTIAL, UNKNOWN, GAP)
        return min(verdicts, key=lambda verdict: order.index(verdict.status))
    return join(verdicts)


def _needed_levels(text: str) -> dict[str, int]:
    """The languages that a requirement names, each with the level that stands beside it, that of
    the one before it ("fluent in English and German"), or the only one of the text."""
    levels: dict[str, int] = {}
    last = None
    for part in _LANGUAGE_PARTS.split(text):
        names = [match[1] for match in LANGUAGE.finditer(part)]
        last = _level(part) or last
        for name in names:
            levels.setdefault(name, last or _level(text) or _DEFAULT_LEVEL)
    return levels


def _judge_one_language(name: str, needed: int, listed: list[Passage], records: Records) -> Verdict:
    pattern = re.compile(rf"(?i)\b{name}\b")
    found = [passage for passage in listed if pattern.search(passage.text)]
    if not found:
        if listed:
            return Verdict(GAP, name, (quote(listed[0]),))
        answers = [p for p in records.of_kind(SectionKind.ANSWER) if pattern.search(p.text)]
        if answers:
            return Verdict(GAP if answers[0].denies else PARTIAL, name, quotes(answers))
        return Verdict(UNKNOWN, name, asks=(name,))
    held = _level(found[0].text)
    if held is None:
        return Verdict(PARTIAL, f"{name}, without a level", quotes(found))
    return Verdict(MET if held >= min(needed, 5) else PARTIAL, name, quotes(found))


def _level(text: str) -> int | None:
    """The highest level that a text names, of 6 for a native speaker."""
    found = [level for level, words in _LEVELS if re.search(rf"(?i)\b(?:{words})\b", text)]
    return max(found, default=None)


def judge_certificate(wanted: Requirement, records: Records) -> Verdict:
    """By name; where the records list certificates and not this one, it is a gap."""
    held = records.of_kind(SectionKind.CERTIFICATE)
    names = [match[0].strip() for match in _NAMED_CERTIFICATE.finditer(wanted.said)]
    wanted_stems = set(content_stems(" ".join(names) or wanted.said)) - _CERTIFICATE_STEMS
    scored = []
    for passage in held:
        told = set(content_stems(passage.text))
        initials = "".join(word[0] for word in re.findall(r"\b[A-Z]\w+", passage.text)).lower()
        share = len(wanted_stems & told) / len(wanted_stems) if wanted_stems else 0.0
        if any(stem in initials for stem in wanted_stems if len(stem) >= 3):
            share = 1.0
        scored.append((share, passage))
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best and best[0] >= 0.5:
        return Verdict(MET if best[0] >= 0.99 else PARTIAL, "", (quote(best[1]),))
    if not wanted_stems and held:
        return Verdict(PARTIAL, "Which certificate is not said", quotes(held))
    if held:
        return Verdict(GAP, "Not among the certificates", (quote(held[0]),))
    verdict = judge_words(wanted, records)
    return Verdict(UNKNOWN, asks=tuple(names[:1])) if verdict.status is MET else verdict


_CERTIFICATE_STEMS = frozenset(
    content_stems(
        "certified certification certifications certificate certificates professional required "
        "preferred plus valid relevant similar equivalent a an in or and as for is nice to have"
    )
)


def judge_permit(wanted: Requirement, records: Records) -> Verdict:
    """Only what the records themselves say of the region that is asked about; else unknown."""
    about = [p for p in records.passages if _ASKS_PERMIT.search(p.text)]
    regions = _regions(wanted.said)
    if re.search(r"(?i)clearance", wanted.said) and not regions:
        return judge_by(records, lambda p: bool(re.search(r"(?i)clearance", p.text)))
    for passage in about:
        told = _regions(passage.text)
        shared = regions & told
        if not shared:
            continue
        if _NEEDS_HELP.search(passage.text):
            offered = re.search(
                r"(?i)sponsor\w*.{0,30}\b(?:available|offered|provided|possible)", wanted.said
            )
            return Verdict(PARTIAL if offered else GAP, "", (quote(passage),))
        if _MAY_WORK.search(passage.text):
            citizen = re.search(r"(?i)citizen", wanted.said)
            names_it = re.search(r"(?i)citizen", passage.text)
            return Verdict(MET if not citizen or names_it else PARTIAL, "", (quote(passage),))
    return Verdict(UNKNOWN, "", tuple(quote(passage) for passage in about[:1] if not regions))


def _regions(text: str) -> set[str]:
    found = {name for name, words in _REGIONS.items() if re.search(words, plain(text))}
    return found | ({"eu"} if found & _IN_EU else set()) | (set(_IN_EU) if "eu" in found else set())


def judge_place(wanted: Requirement, records: Records) -> Verdict:
    """Remote work, the place of the office, moving and travel: by what the records say of each."""
    text, place = wanted.said, records.profile.place or ""
    city = plain(place.split(",")[0]) if place else ""
    if city and city in plain(text):
        return Verdict(MET, f"Based in {place}", _place_quotes(records, city))
    if re.search(r"(?i)\bremote", text) and not re.search(
        r"(?i)\b(?:no|not) remote|remote.{0,20}not", text
    ):
        verdict = judge_by(records, lambda p: bool(re.search(r"(?i)\bremote", p.text)))
        if verdict.status is not MET:
            return verdict
        if _ALSO_OFFICE.search(text) and not _CHOICE.search(text):
            return Verdict(PARTIAL, "The office is asked for, too", verdict.evidence)
        if (regions := _regions(text)) and not regions & _regions(place):
            return Verdict(PARTIAL, f"Based in {place}" if place else "", verdict.evidence)
        return verdict
    if re.search(r"(?i)\btravel", text):
        return judge_by(records, lambda p: bool(re.search(r"(?i)\btravel", p.text)))
    movers = [p for p in records.passages if _MOVES.search(p.text) and not p.denies]
    if movers:
        return Verdict(MET, "", quotes(movers))
    stays = [p for p in records.passages if _STAYS.search(p.text)]
    if stays and _BE_THERE.search(text):
        return Verdict(GAP, f"Based in {place}" if place else "", quotes(stays))
    return Verdict(UNKNOWN, f"Based in {place}" if place else "", _place_quotes(records, city))


def judge_by(records: Records, is_about: Callable[[Passage], bool]) -> Verdict:
    """Met by a record that speaks of the same and denies nothing; otherwise what it says."""
    about = [p for p in records.passages if is_about(p) and p.section.kind not in _HISTORY]
    if not about:
        return Verdict(UNKNOWN)
    good = [passage for passage in about if not passage.denies]
    return Verdict(MET if good else GAP, "", quotes(good or about))


# Where somebody worked, studied or travelled once says nothing of what they want.
_HISTORY = frozenset(
    {
        SectionKind.WORK,
        SectionKind.PROJECT,
        SectionKind.EDUCATION,
        SectionKind.STORY,
        SectionKind.CERTIFICATE,
        SectionKind.SKILL,
    }
)


def _place_quotes(records: Records, city: str) -> tuple[Evidence, ...]:
    found = [p for p in records.passages if city and city in plain(p.text)]
    found = [p for p in found if p.section.kind not in _HISTORY]
    return quotes(found[:1])
