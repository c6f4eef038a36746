"""How skills, years of experience and free words are judged by the records."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.knowledge.fit_verdict import FitStatus, Verdict, quote, quotes
from chatbot.knowledge.job_requirements import Requirement, RequirementKind
from chatbot.knowledge.records import Job, Passage, Records, count_months, list_passages
from chatbot.knowledge.sections import SectionKind
from chatbot.knowledge.skill_names import Mention, Skill, find_skills, known_skills, name_pattern
from chatbot.knowledge.words import content_stems

MET, PARTIAL, GAP, UNKNOWN = FitStatus
# A list with so many names of one topic tells what else its owner does not list.
COVERED_BY = {"cloud providers": 1, "mobile": 1, "message brokers": 1}
COVERED = 2
_CLOSE, _SAME = 0.6, 0.8
LEADING = "in a leading role"
_PART_OF_YEARS = 0.6
_JOINS = re.compile(r"^[\s(]*(?:,|/|&|;|\bor\b|\band\b|\band/or\b|, ?or\b|, ?and\b|\+)[\s(]*$")
_ANY_BEFORE = re.compile(
    r"(?i)(?:such as|e\.?g\.?,?|like|for example|one of|any of|at least one|similar to)[\s:(]*$"
)
_ANY_AFTER = re.compile(
    r"(?i)^[\s,)]*(?:or|and/or) (?:a |any |an )?(?:similar|equivalent|other|comparable|related)"
)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten".split(), start=1
    )
}
MOST_NAMES = 4
_NAME = re.compile(
    r"(?<![\w.-])(?:[A-Z]{2,5}\d{0,2}|[A-Z]+[a-z]+[A-Z]\w+|[A-Z]{2,}[a-z]+[A-Z]?\w*)(?![\w.-])"
)
_NO_NAMES = frozenset(
    "IT API APIs UI UX OK US USA UK EU HR QA CEO CTO KPI KPIs SaaS PaaS IaaS OS PC CV EMEA ID IDs "
    "FAQ MVP ROI SLA SLAs PR PM GmbH PhD BSc MSc BA MA MBA LinkedIn YouTube AND OR NOT MUST AI ML "
    "VP VPs CS STEM".split()
)
_ENGINEER = re.compile(
    r"(?i)\b(?:engineer|developer|programmer|architect|tech(?:nical)? lead|sre|devops)\b"
)
_SOFTWARE = re.compile(
    r"(?i)\b(?:software|backend|back-end|full[- ]stack|web|application)"
    r"(?:(?: or | and |/)\w+)? (?:engineer\w*|develop\w*)|"
    r"\bprogramming\b|\bcoding\b|\bdeveloper\b"
)
# The field alone: what is done in it may be something else.
_FIELD = re.compile(r"(?i)\bsoftware\b|\bengineering\b|(?-i:\bIT\b)")
_OTHER_WORK = re.compile(
    r"(?i)\b(?:sales|sell\w*|marketing|test(?:ing|er)|qa|quality|security|hardware|"
    r"(?:mechanic|electric|chemic)\w*|civil|embedded|consult\w*|support|train(?:ing|er)|teach\w*|"
    r"recruit\w*|design(?:er)?|data scien\w+|machine learning|games?|mobile|ios|android|"
    r"front[- ]?end|product|project|audit\w*|procurement|licens\w+|sponsor\w*)\b"
)
_MANAGING = re.compile(
    r"(?i)\b(?:manag(?:er|ers|ing|ement|ed)\b(?! systems?)|direct reports|"
    r"(?:people|team|line) lead\w*|"
    r"(?:lead|leading|led) (?:and \w+ )?(?:\w+ )?(?:teams?|people|engineers|developers))\b"
)
_MANAGER = re.compile(r"(?i)\b(?:manager|head|director|vp|vice president|chief|cto|ceo)\b")
_LEAD = re.compile(rf"{_MANAGER.pattern}|\b(?:lead|principal)\b")
_INDUSTRY = re.compile(
    r"(?i)\b(?:experience|background|expertise|worked)\b.{0,20}?\b(?:in|from|within)\s+(?:the\s+)?"
    r"(?P<fields>[^.;]{3,80}?)"
    r"(?:\s+(?:industr(?:y|ies)|sectors?|domains?|business(?:es)?|compan(?:y|ies)|space|field))?"
    r"(?: (?:is|are|would be) .*| preferred| required| desirable)?\W*$"
)
# The first lines of a job tell its dates, its place and what the company does.
_ABOUT_COMPANY = 2
_VAGUE = frozenset(
    content_stems(
        "year years experience experienced professional relevant work working industry hands-on "
        "practical proven related similar role position field area minimum least "
        "required preferred "
        "strong solid extensive full-time demonstrated recent plus ideally international "
        "environment "
        "company companies successful building developing designing using background"
    )
)


@dataclass(frozen=True)
class _Group:
    """Names of one list; with `is_any` one of them is enough."""

    mentions: tuple[Mention, ...]
    is_any: bool


def _groups(text: str, mentions: Sequence[Mention]) -> list[_Group]:
    groups: list[_Group] = []
    current: list[Mention] = []
    is_any = False
    for number, mention in enumerate(mentions):
        between = text[mentions[number - 1].end : mention.start] if number else ""
        if current and not _JOINS.match(between):
            groups.append(_Group(tuple(current), is_any))
            current, is_any = [], False
        elif current and (re.search(r"\bor\b|/", between)):
            is_any = True
        if not current and _ANY_BEFORE.search(text[: mention.start]):
            is_any = True
        current.append(mention)
        if _ANY_AFTER.match(text[mention.end :]):
            is_any = True
    return [*groups, _Group(tuple(current), is_any)] if current else groups


def judge_skill(skill: Skill, records: Records) -> Verdict:
    """Whether the records name a skill: in their own words, denied, or in a list that lacks it."""
    pattern = skill.pattern
    found = records.find(pattern)
    good = [passage for passage in found if not passage.denies]
    denied = [passage for passage in found if passage.denies]
    firm = [p for p in good if not p.is_weak and p.section.kind is not SectionKind.EDUCATION]
    if firm and not denied:
        return Verdict(MET, skill.name, quotes(firm, pattern))
    if good:
        return Verdict(PARTIAL, skill.name, quotes([*firm, *denied, *good], pattern))
    if denied:
        weak = any(re.search(r"\b(?:can|some|data side)\b", passage.text) for passage in denied)
        return Verdict(PARTIAL if weak else GAP, skill.name, quotes(denied, pattern))
    listed = _listed_beside(skill, records)
    if listed:
        return Verdict(GAP, skill.name, quotes(listed[:1]))
    return Verdict(UNKNOWN, skill.name, asks=(skill.name,))


def _listed_beside(skill: Skill, records: Records) -> list[Passage]:
    """The lists of skills that hold others of the same topic, when they hold enough of them."""
    if not skill.topic:
        return []
    beside = [other for other in known_skills() if other.topic == skill.topic]
    pattern = name_pattern(tuple(word for other in beside for word in other.wordings))
    lists = [p for p in records.of_kind(SectionKind.SKILL) if pattern.search(p.text)]
    names = {
        m.skill.name for p in lists for m in find_skills(p.text) if m.skill.topic == skill.topic
    }
    lists.sort(key=lambda p: -len(pattern.findall(p.text)))
    return lists if len(names) >= COVERED_BY.get(skill.topic, COVERED) else []


def judge_skills(wanted: Requirement, records: Records) -> Verdict:
    mentions = find_skills(wanted.said, records.own_skills)
    if not mentions:
        return judge_words(wanted, records)
    groups = _groups(wanted.said, mentions)
    verdicts = [_judge_group(group, records) for group in groups]
    if any(group.is_any for group in groups):
        return join(verdicts)
    return join([*verdicts, *(_judge_name(n, records) for n in _other_names(wanted, mentions))])


def _other_names(wanted: Requirement, mentions: Sequence[Mention]) -> list[str]:
    """Names in a requirement that no list of skills has: "EC2", "SQLAlchemy", "GitOps". One right
    beside a skill is part of its name: "SAP HANA"."""
    known = [range(mention.start - 1, mention.end + 2) for mention in mentions]
    return list(
        dict.fromkeys(
            match[0]
            for match in _NAME.finditer(wanted.said)
            if match[0] not in _NO_NAMES
            and not any(match.start() in span or match.end() - 1 in span for span in known)
        )
    )[:MOST_NAMES]


def _judge_name(name: str, records: Records) -> Verdict:
    found = records.find(re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"))
    if found and not any(passage.denies for passage in found):
        return Verdict(MET, name, quotes(found))
    return Verdict(UNKNOWN, name, asks=(name,))


def _judge_group(group: _Group, records: Records) -> Verdict:
    verdicts = [judge_skill(skill, records) for skill in {m.skill: None for m in group.mentions}]
    if not group.is_any:
        return join(verdicts)
    for status in (MET, PARTIAL):
        fitting = [verdict for verdict in verdicts if verdict.status is status]
        if fitting:
            evidence = tuple(found for verdict in fitting[:2] for found in verdict.evidence[:1])
            return Verdict(status, _note(fitting), evidence)
    if any(verdict.status is UNKNOWN for verdict in verdicts):
        open_ones = [verdict for verdict in verdicts if verdict.status is UNKNOWN]
        return Verdict(UNKNOWN, _note(verdicts), asks=(" or ".join(v.note for v in open_ones),))
    return Verdict(GAP, _note(verdicts), verdicts[0].evidence)


def join(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on several things that are all asked for."""
    statuses = {verdict.status for verdict in verdicts}
    asks = tuple(name for verdict in verdicts for name in verdict.asks)
    evidence = tuple(
        dict.fromkeys(e for v in verdicts for e in v.evidence[: 1 if len(verdicts) > 1 else 2])
    )
    if len(statuses) == 1:
        status = statuses.pop()
    elif statuses & {MET, PARTIAL}:
        status = PARTIAL
    else:
        status = GAP
    return Verdict(status, _tell(verdicts), evidence[:4], asks if status is not MET else ())


def _tell(verdicts: Sequence[Verdict]) -> str:
    """Which of several things are met, missing and open, by name."""
    words = {MET: "found", PARTIAL: "in part", GAP: "not in the records", UNKNOWN: "open"}
    if len({verdict.status for verdict in verdicts}) == 1:
        return _note(verdicts)
    parts = []
    for status, word in words.items():
        names = _note([verdict for verdict in verdicts if verdict.status is status])
        if names:
            parts.append(f"{word}: {names}")
    return "; ".join(parts)


def _note(verdicts: Sequence[Verdict]) -> str:
    return ", ".join(dict.fromkeys(verdict.note for verdict in verdicts if verdict.note))


def judge_years(wanted: Requirement, records: Records) -> Verdict:
    years = _read_years(wanted.said)
    jobs, topic = _jobs_for(wanted.said, records)
    if not records.jobs:
        return Verdict(UNKNOWN, "The records tell no dates of work.")
    if not jobs:
        skills = judge_skills(wanted, records) if find_skills(wanted.said) else None
        if skills and skills.status in (MET, PARTIAL):
            note = f"{skills.note}: known, but no dated job names it"
            return Verdict(PARTIAL, note, skills.evidence)
        if skills:
            return skills
        return Verdict(UNKNOWN, "No dated job names this.")
    each = _months_each(jobs, wanted.said, records)
    dated = {skill: months for skill, months in each.items() if months}
    months = min(dated.values(), default=0) if each else count_months(jobs)
    evidence = tuple(quote(job.span) for job in jobs)
    note = f"{_length(months)} {topic} in {len(jobs)} job{'s' if len(jobs) > 1 else ''}"
    if dated:
        named = list(dated.items())[:MOST_NAMES]
        note = ", ".join(f"{_length(time)} with {skill.name}" for skill, time in named)
    status = (
        MET if months >= years * 12 else PARTIAL if months >= years * 12 * _PART_OF_YEARS else GAP
    )
    missing = [
        verdict
        for mention in find_skills(wanted.said)
        if not _is_field(mention.skill)
        for verdict in [judge_skill(mention.skill, records)]
        if verdict.status in (GAP, UNKNOWN)
    ]
    if status is MET and topic == LEADING and not any(_manages(job) for job in jobs):
        return Verdict(PARTIAL, f"{note}, by its title not as a manager", evidence)
    lacking = {verdict.note for verdict in missing}
    undated = [s for s in each if s not in dated and not _is_field(s) and s.name not in lacking]
    if (missing or undated) and status is MET and not _is_any(wanted.said):
        if missing:
            note += f"; not shown: {_note(missing)}"
        if undated:
            note += f"; no dated job names {', '.join(skill.name for skill in undated)}"
        asks = tuple(name for verdict in missing for name in verdict.asks)
        return Verdict(PARTIAL, note, evidence, asks)
    return Verdict(status, note, evidence)


def _manages(job: Job) -> bool:
    return _MANAGER.search(job.section.heading) is not None


def _months_each(jobs: list[Job], text: str, records: Records) -> dict[Skill, int]:
    """The months of the jobs that name each of several skills that are all asked for; nothing where
    one is asked for, or any of them."""
    skills = {mention.skill: None for mention in find_skills(text, records.own_skills)}
    if len(skills) < 2 or _is_any(text):
        return {}
    return {skill: count_months([j for j in jobs if _names_any(j, [skill])]) for skill in skills}


def _is_any(text: str) -> bool:
    return any(group.is_any for group in _groups(text, find_skills(text)))


def _read_years(text: str) -> int:
    match = re.search(
        r"(\d{1,2}) ?\+? ?(?:(?:-|\u2013|to) ?\d{1,2} ?\+? ?)?(?:years?|yrs?)", text, re.I
    )
    if match:
        return int(match[1])
    word = re.search(rf"(?i)\b({'|'.join(_NUMBERS)}) (?:or more |\+ )?years?", text)
    return _NUMBERS[word[1].lower()] if word else 1


def _jobs_for(text: str, records: Records) -> tuple[list[Job], str]:
    """The jobs whose time counts, and for what: those that name a skill of the requirement, those
    of managers or of engineers, those that share its words, or all for one that names nothing."""
    mentions = find_skills(text, records.own_skills)
    if _SOFTWARE.search(text) and all(_is_field(mention.skill) for mention in mentions):
        return [j for j in records.jobs if _ENGINEER.search(j.section.heading)], "as an engineer"
    if mentions:
        names = list(dict.fromkeys(mention.skill.name for mention in mentions))
        skills = [mention.skill for mention in mentions]
        jobs = [job for job in records.jobs if _names_any(job, skills)]
        return jobs, f"with {' or '.join(names[:4])}"
    subject = [stem for stem in content_stems(text) if stem not in _VAGUE and not stem.isdigit()]
    if _MANAGING.search(text):
        return [j for j in records.jobs if _LEAD.search(j.section.heading)], LEADING
    if _FIELD.search(text) and not _OTHER_WORK.search(text):
        return [j for j in records.jobs if _ENGINEER.search(j.section.heading)], "as an engineer"
    if not subject:
        return list(records.jobs), "of work"
    jobs = [
        job
        for job in records.jobs
        if len(set(subject) & set(content_stems(f"{job.section.heading} {job.section.text}")))
        >= max(1, round(len(set(subject)) * _CLOSE))
    ]
    return jobs, "of work that names this"


def _names_any(job: Job, skills: Sequence[Skill]) -> bool:
    heading = job.section.heading
    text = f"{heading}\n{job.section.text}"
    return any(
        skill.pattern.search(text) or (_is_field(skill) and _is_work_in(skill, heading))
        for skill in skills
    )


def _is_field(skill: Skill) -> bool:
    """Whether a skill is a trade, which a job's title tells: "Data Engineering"."""
    return skill.name.endswith("Engineering")


def _is_work_in(skill: Skill, heading: str) -> bool:
    title = heading.partition(" at ")[0]
    field = skill.name.rpartition(" ")[0]
    is_of_field = re.search(rf"(?i)\b{re.escape(field)}\b", title)
    return bool(is_of_field and _ENGINEER.search(title))


def _length(months: int) -> str:
    years, rest = divmod(months, 12)
    parts = [f"{years} year{'s' if years != 1 else ''}"] if years else []
    parts += [f"{rest} month{'s' if rest != 1 else ''}"] if rest else []
    return " and ".join(parts) or "less than a month"


def judge_words(wanted: Requirement, records: Records) -> Verdict:
    """A requirement in free words: by a record that says nearly the same."""
    mentions = find_skills(wanted.said, records.own_skills)
    if mentions and wanted.kind is not RequirementKind.TRAIT:
        return judge_skills(wanted, records)
    share, passage = records.find_alike(wanted.said)
    if passage is None or share < _CLOSE:
        return judge_industry(wanted, records)
    if passage.denies:
        return Verdict(GAP, "The records say otherwise", (quote(passage),))
    status = MET if share >= _SAME and wanted.kind is not RequirementKind.TRAIT else PARTIAL
    return Verdict(status, "", (quote(passage),))


def judge_industry(wanted: Requirement, records: Records) -> Verdict:
    """Experience in an industry, by what the records say of an employer: met by a line that tells
    what the company does, in part by its name or by what was done there."""
    match = _INDUSTRY.search(wanted.said)
    fields = [
        stems
        for part in re.split(r"(?i)[,/]|\bor\b|\band\b", match["fields"] if match else "")
        if (stems := set(content_stems(part)) - _VAGUE)
    ]
    found: list[tuple[bool, Passage]] = []
    for job in records.jobs:
        lines = list_passages(job.section)
        for place, line in enumerate(lines):
            told = set(content_stems(line))
            if any(field <= told for field in fields):
                tells_it = place <= _ABOUT_COMPANY and line not in job.section.heading
                found.append((tells_it, Passage(line, job.section)))
    if not found:
        return Verdict(UNKNOWN)
    found.sort(key=lambda pair: not pair[0])
    employers = dict.fromkeys(p.section.heading.rpartition(" at ")[2] for _, p in found)
    note = ", ".join(list(employers)[:2])
    return Verdict(MET if found[0][0] else PARTIAL, note, quotes([p for _, p in found]))
