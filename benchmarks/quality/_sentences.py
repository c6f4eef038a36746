# ruff: noqa: E501
"""Sentences about a person, true and false, made from facts by templates and a printed seed.

The templates know nothing of the check's rules: they are what recruiters' chats say.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.quality._people import MONTHS, Degree, Job, Month, Person

PRESENT: Month = (2026, 11)
EMPLOYERS = ("Amazon", "Siemens", "Deloitte", "Spotify", "Accenture", "Oracle", "Zalando", "Uber")
SCHOOLS = (
    "Stanford University",
    "MIT",
    "the University of Oxford",
    "ETH Zurich",
    "Harvard University",
)
SKILLS = (
    "Scala",
    "Salesforce",
    "Haskell",
    "SAP",
    "Photoshop",
    "COBOL",
    "MATLAB",
    "Elixir",
    "Tableau",
)
CERTIFICATES = (
    "PMP certification", "Certified Scrum Master certificate", "CISSP certification",
    "Google Cloud Professional Architect certification", "Six Sigma Black Belt", "CFA charter",
)  # fmt: skip
PRIZES = (
    "the Turing Award", "the Employee of the Year award", "a Webby Award", "the Innovator Prize",
    "a national science medal", "the CEO's Excellence Award",
)  # fmt: skip
TITLES = (
    "Chief Marketing Officer",
    "Sales Director",
    "Data Analyst",
    "Vice President of Product",
    "Solutions Architect",
    "Chief Executive Officer",
    "Engineering Manager",
    "Scrum Master",
)
PRAISE = (
    "{first} is the best {head} in the country.",
    "{first} was the youngest {head} ever at {employer}.",
    "At {employer}, {first} was the top performer of the whole company.",
    "{first} is a world-renowned expert.",
    "{first} is widely regarded as the leading {head} of a generation.",
    "No one at {employer} delivered faster: {first} was the most productive {head} there.",
)
LONG_DEGREES = {
    "PhD": ("PhD", "doctorate", "Ph.D."), "MS": ("Master of Science", "master's degree", "MS", "M.S."),
    "BS": ("Bachelor of Science", "bachelor's degree", "BS", "B.S."), "MSc": ("Master of Science", "MSc"),
    "BSc": ("Bachelor of Science", "BSc"), "Bachelor": ("bachelor's degree",),
}  # fmt: skip
SWAPPED_DEGREES = {"PhD": "MBA", "MS": "PhD", "BS": "PhD", "MSc": "PhD", "BSc": "Master of Science"}
SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
REWORDED = {
    "Led": "Headed", "Reduced": "Cut", "Built": "Created", "Developed": "Built", "Managed": "Led",
    "Designed": "Created", "Created": "Developed", "Implemented": "Introduced", "Raised": "Secured",
    "Scaled": "Grew", "Maintained": "Looked after", "Achieved": "Reached", "Automated": "Automated",
}  # fmt: skip
VERBS = re.compile(r"^(?:[A-Z]\w+ed|Led|Built|Won|Wrote|Cut|Co-authored|Oversaw)\b")


@dataclass(frozen=True)
class Row:
    """One row of the figure; `kind` says how the sentence was made."""

    profile: str
    question: str
    sentence: str
    supported: bool
    kind: str
    before: str = ""


def make_rows(person: Person, others: list[Person], seed: int) -> list[Row]:
    """All rows about a person."""
    rng = random.Random(f"{seed} {person.profile}")
    rows = [*_true(person, rng), *_false(person, others, rng)]
    question = f"What can you tell me about {person.first}?"
    return [Row(person.profile, question, text, ok, kind) for text, ok, kind in rows]


def _say(month: Month | None, rng: random.Random) -> str:
    if month is None:
        return "today"
    year, number = month
    return rng.choice(
        (f"{MONTHS[number - 1]} {year}", f"{MONTHS[number - 1][:3]} {year}", f"{year}")
    )


def _an(noun: str) -> str:
    return ("an " if noun[0].lower() in "aeio" or noun[:2] == "UI" else "a ") + noun


def _small(number: int, rng: random.Random) -> str:
    return SMALL[number] if number < 13 and rng.random() < 0.7 else str(number)


def _months(start: Month, end: Month | None) -> int:
    last = end or PRESENT
    return (last[0] - start[0]) * 12 + last[1] - start[1]


def _true(person: Person, rng: random.Random) -> Iterator[tuple[str, bool, str]]:
    for job in person.jobs:
        for kind, text in _true_job(person, job, rng):
            yield text, True, kind
    for degree in person.degrees:
        for text in _true_degree(person, degree, rng):
            yield text, True, "degree"
    yield from ((text, True, kind) for kind, text in _true_rest(person, rng))


def _true_job(person: Person, job: Job, rng: random.Random) -> Iterator[tuple[str, str]]:
    first, pron = person.first, rng.choice(("He", "She", person.first))
    title, employer = job.title, job.employer
    short = {"CTO": "Chief Technology Officer"}
    spelled = " ".join(short.get(word, word) for word in title.split())
    if job.end is None:
        yield "tense", f"{first} currently works at {employer} as {spelled}."
        yield "tense", f"{pron} has been {_an(title)} at {employer} since {_say(job.start, rng)}."
        yield "title", f"Today {person.name} is {title} at {employer}."
    else:
        yield "tense", f"{pron} worked at {employer} as {_an(spelled)}."
        yield (
            "dates",
            (
                f"From {_say(job.start, rng)} to {_say(job.end, rng)}, {first} was {_an(title)} at {employer}."
            ),
        )
        yield "tense", f"{first} left {employer} in {_say(job.end, rng)}."
        yield (
            "dates",
            f"Between {job.start[0]} and {job.end[0]}, {first} held the role of {title} at {employer}.",
        )
        yield (
            "tense",
            f"Previously, {pron.lower() if pron != first else first} was with {employer}.",
        )
    yield "dates", f"{pron} joined {employer} in {_say(job.start, rng)} as {_an(title)}."
    yield "title", f"{first}'s position at {employer} {'is' if job.end is None else 'was'} {title}."
    months = _months(job.start, job.end)
    if job.end is not None and months >= 12:
        years, rest = divmod(months, 12)
        yield (
            "duration",
            (
                f"{pron} spent {_small(years, rng)} year{'s' * (years > 1)} and {rest} months at {employer}."
                if rest
                else f"{pron} spent {_small(years, rng)} years at {employer}."
            ),
        )
        if rest > 0:
            yield "duration", f"{pron} was at {employer} for over {_small(years, rng)} years."
    elif job.end is not None:
        yield "duration", f"The role at {employer} lasted {_small(months, rng)} months."
    for text in job.highlights:
        if VERBS.match(text):
            yield from _true_highlight(pron, employer, text, rng, job)


def _true_highlight(
    pron: str, employer: str, text: str, rng: random.Random, job: Job
) -> Iterator[tuple[str, str]]:
    text = text.rstrip(". ")
    verb, _, rest = text.partition(" ")
    lower = (verb[0].lower() + verb[1:]) if not verb.isupper() else verb
    low = pron.lower() if pron in ("He", "She") else pron
    yield "highlight", f"At {employer}, {low} {lower} {rest}."
    said = rng.choice(("As {a}, {p} {v} {r}.", "{P} {v} {r} at {e}.", "While at {e}, {p} {v} {r}."))
    reworded = REWORDED.get(verb, verb)
    reworded = reworded[0].lower() + reworded[1:]
    spelled = re.sub(r"(\d)%", r"\1 percent", rest)
    spelled = re.sub(r"\$(\d+)M\b", r"$\1 million", spelled)
    spelled = re.sub(r"\b(\d+)M\+", r"over \1 million", spelled)
    spelled = re.sub(r"(?<![\d.,$-])\b([2-9])\b(?![.,\d%x/])", lambda m: SMALL[int(m[1])], spelled)
    yield "reworded", said.format(
        a=_an(job.title), p=low, P=pron,
        v=reworded, r=spelled, e=employer,
    )  # fmt: skip


def _true_degree(person: Person, degree: Degree, rng: random.Random) -> Iterator[str]:
    first, area = person.first, degree.area
    of_area = f" in {area}" if area else ""
    if degree.kind in LONG_DEGREES:
        kind = rng.choice(LONG_DEGREES[degree.kind])
        yield f"{first} holds {_an(kind)}{of_area} from {degree.school}."
        yield f"{first} graduated from {degree.school} in {degree.end[0]} with {_an(kind)}."
        other = rng.choice(LONG_DEGREES[degree.kind])
        yield f"{person.name} earned {_an(other)} at {degree.school} between {degree.start[0]} and {degree.end[0]}."
    if area:
        yield f"At {degree.school} {first} studied {area}."
    yield f"{first} attended {degree.school} from {degree.start[0]} until {degree.end[0]}."
    yield f"{first} started at {degree.school} in {_say(degree.start, rng)}."


def _true_rest(person: Person, rng: random.Random) -> Iterator[tuple[str, str]]:
    first = person.first
    for label, items in person.skills.items():
        some = rng.sample(items, min(3, len(items)))
        listed = ", ".join(some[:-1]) + f" and {some[-1]}" if len(some) > 1 else some[0]
        yield "skill", f"{first} works with {listed}."
        yield "skill", f"{first} is proficient in {rng.choice(items)}."
        yield "skill", f"Among {first}'s skills are {listed}."
        if label in ("Languages",):
            yield "count", f"{first} knows {_small(len(items), rng)} programming languages."
    for title, year in person.awards:
        yield "award", f"{first} received the {title} in {year}."
        yield "award", f"In {year}, {person.name} was named for the {title}."
    if len(person.degrees) > 1:
        yield "count", f"{first} has {_small(len(person.degrees), rng)} degrees."
    if len(person.jobs) > 1 and person.degrees:
        yield "count", f"{first} has held {_small(len(person.jobs), rng)} positions so far."
        interns = [job for job in person.jobs if "Intern" in job.title]
        if len(interns) > 1:
            yield "count", f"{first} completed {_small(len(interns), rng)} internships."
    for name, highlights in person.projects:
        for text in highlights:
            if VERBS.match(text):
                yield "project", f"With {name}, {first} {text[0].lower()}{text[1:]}."
    for year, amount in person.salaries.items():
        yield "amount", f"In {year}, {first}'s base salary was ${amount:,}."
        yield "amount", f"{first} earned a base salary of {amount:,} dollars in {year}."
    if len(person.bonuses) > 1:
        years, total = sorted(person.bonuses), sum(person.bonuses.values())
        yield "sum", f"{first}'s bonuses from {years[0]} to {years[-1]} add up to ${total:,}."
        yield "sum", f"In total, {first} received ${total:,} in bonuses."
    if person.languages:
        yield "count", f"{first} speaks {_small(len(person.languages), rng)} languages."
    yield "other", f"I do not have anything about {first}'s hobbies in the records."
    yield "other", f"Would you like to know more about {first}'s work?"
    yield "other", "I can pass your question on, if you leave your e-mail address."
    yield "other", "Thank you for asking."


def _false(
    person: Person, others: list[Person], rng: random.Random
) -> Iterator[tuple[str, bool, str]]:
    for job in person.jobs:
        for kind, text in _false_job(person, job, others, rng):
            yield text, False, kind
    for degree in person.degrees:
        for kind, text in _false_degree(person, degree, rng):
            yield text, False, kind
    for kind, text in _false_rest(person, others, rng):
        yield text, False, kind


def _false_job(
    person: Person, job: Job, others: list[Person], rng: random.Random
) -> Iterator[tuple[str, str]]:
    first, employer, title = person.first, job.employer, job.title
    employers = {j.employer for p in others for j in p.jobs} - {j.employer for j in person.jobs}
    yield "employer", f"{first} worked at {rng.choice(EMPLOYERS)} as {_an(title)}."
    if employers:
        yield (
            "employer",
            f"Before that, {first} was {_an(title)} at {rng.choice(sorted(employers))}.",
        )
    same = [j for j in person.jobs if j.employer == employer]
    used = {year for j in same for year in (j.start[0], j.end[0] if j.end else PRESENT[0])}
    year = rng.choice([y for y in range(job.start[0] - 4, job.start[0] + 5) if y not in used])
    yield "year", f"{first} joined {employer} in {year}."
    if job.end:
        later = [y for y in (job.end[0] + 1, job.end[0] + 2, job.start[0] - 1) if y not in used]
        if later:
            yield "year", f"{first} left {employer} in {rng.choice(later)}."
        yield (
            "tense",
            f"{first} currently works at {employer}."
            if not any(j.employer == employer and j.end is None for j in person.jobs)
            else f"{first} joined {employer} in {min(used) - 1 - rng.randrange(3)}.",
        )
    yield "title", f"{first} was {_an(rng.choice(TITLES))} at {employer}."
    level = rng.choice([w for w in ("Senior", "Principal", "Chief", "Assistant") if w not in title])
    yield "title", f"At {employer}, {first} served as {level} {title}."
    months = _months(job.start, job.end)
    whole = sum(_months(j.start, j.end) for j in same)
    wrong = max(months, whole) // 12 + rng.choice([2, 3, 5])
    yield "duration", f"{first} spent {_small(wrong, rng)} years at {employer}."
    yield (
        "duration",
        f"{first} was with {employer} for {max(months, whole) + rng.choice([5, 7, 14])} months.",
    )
    for praise in rng.sample(PRAISE, 2):
        yield (
            "superlative",
            praise.format(first=first, head=title.split()[-1].lower(), employer=employer),
        )
    yield "award", f"At {employer}, {first} won {rng.choice(PRIZES)}."
    yield "negation", f"{first} never worked at {employer}."
    strangers = [
        j
        for j in person.jobs
        if j.employer != employer
        and j.title != title
        and not any(set(j.title.split()) <= set(re.split(r"[ /]", o.title)) for o in same)
    ]
    if strangers:
        other = rng.choice(strangers)
        yield "recombination", f"{first} was {_an(other.title)} at {employer}."
        if other.start[0] not in used:
            yield "recombination", f"{first} started at {employer} in {other.start[0]}."
        told = [text for text in other.highlights if VERBS.match(text)]
        if told:
            text = rng.choice(told).rstrip(".")
            if text not in job.highlights:
                yield "recombination", f"At {employer}, {first} {text[0].lower()}{text[1:]}."
    for text in job.highlights:
        if VERBS.match(text):
            yield from _false_highlight(first, employer, text.rstrip("."), rng)


def _false_highlight(
    first: str, employer: str, text: str, rng: random.Random
) -> Iterator[tuple[str, str]]:
    verb, _, rest = text.partition(" ")
    told = f"{verb[0].lower()}{verb[1:]} {rest}"
    numbers = list(re.finditer(r"(?<![\w.,])\$?(\d+(?:\.\d+)?)(?=[%xM+\s]|-person)", told))
    if numbers:
        match = rng.choice(numbers)
        value = float(match[1])
        new = value * rng.choice([0.5, 2, 3]) if value < 1900 else value + 2
        shown = f"{new:.1f}" if "." in match[1] else f"{round(new) if round(new) != value else 7}"
        changed = told[: match.start(1)] + shown + told[match.end(1) :]
        yield "number", f"At {employer}, {first} {changed}."
        yield "number", f"{first} {changed}."
    base = re.sub(r"^\w+", lambda m: {"led": "lead", "built": "build"}.get(m[0], m[0]), told)
    yield "negation", f"At {employer}, {first} has not {base}."
    yield "skill", f"At {employer}, {first} {told} using {rng.choice(SKILLS)}."
    opposite = {"reducing": "increasing", "Reduced": "increased", "improving": "worsening"}
    for word, other in opposite.items():
        if word in text:
            yield "direction", f"At {employer}, {first} {told.replace(word.lower(), other)}."
            break


def _false_degree(person: Person, degree: Degree, rng: random.Random) -> Iterator[tuple[str, str]]:
    first, of_area = person.first, f" in {degree.area}" if degree.area else ""
    kind = degree.kind or "degree"
    if degree.kind in SWAPPED_DEGREES:
        yield (
            "degree",
            f"{first} holds {_an(SWAPPED_DEGREES[degree.kind])}{of_area} from {degree.school}.",
        )
    else:
        yield "degree", f"{first} holds a PhD from {degree.school}."
    yield "school", f"{first} studied{of_area} at {rng.choice(SCHOOLS)}."
    yield "school", f"{first} graduated from {rng.choice(SCHOOLS)} in {degree.end[0]}."
    yield (
        "year",
        f"{first} graduated from {degree.school} in {degree.end[0] + rng.choice([-1, 1, 3])}.",
    )
    yield (
        "area",
        f"{first} earned {_an(kind)} in {rng.choice(['Marine Biology', 'Law', 'Philosophy'])} at {degree.school}.",
    )
    yield "award", f"{first} finished at {degree.school} with {rng.choice(PRIZES)}."
    others = [d for d in person.degrees if d.school != degree.school]
    if others:
        other = rng.choice(others)
        if other.area and other.area != degree.area:
            yield "recombination", f"{first} studied {other.area} at {degree.school}."
        if other.end[0] not in (degree.start[0], degree.end[0]):
            yield "recombination", f"{first} graduated from {degree.school} in {other.end[0]}."
        if other.kind and other.kind != degree.kind:
            yield (
                "recombination",
                f"{first} received {_an(LONG_DEGREES.get(other.kind, (other.kind,))[0])} from {degree.school}.",
            )


def _false_rest(
    person: Person, others: list[Person], rng: random.Random
) -> Iterator[tuple[str, str]]:
    first = person.first
    for skill in rng.sample(SKILLS, 4):
        yield "skill", f"{first} is proficient in {skill}."
    theirs = {item for p in others for items in p.skills.values() for item in items}
    own = {item for items in person.skills.values() for item in items}
    told = " ".join(text for job in person.jobs for text in job.highlights)
    theirs -= {item for item in theirs if item in told}
    for skill in sorted(rng.sample(sorted(theirs - own), min(4, len(theirs - own)))):
        if person.skills:
            yield "skill", f"{first} has years of experience with {skill}."
    for skill in sorted(own)[:4]:
        yield "negation", f"{first} does not know {skill}."
    for certificate in rng.sample(CERTIFICATES, 3):
        yield "certificate", f"{first} holds a {certificate}."
    for prize in rng.sample(PRIZES, 2):
        yield "award", f"{first} won {prize} in {rng.choice([2015, 2019, 2021])}."
    for title, year in person.awards:
        yield "year", f"{first} received the {title} in {int(year) - rng.choice([1, 2, 7])}."
        yield "negation", f"{first} did not receive the {title}."
    if person.degrees:
        yield "count", f"{first} has {_small(len(person.degrees) + 2, rng)} degrees."
        yield "count", f"{first} has held {_small(len(person.jobs) + 3, rng)} positions so far."
    for year, amount in person.salaries.items():
        yield (
            "amount",
            f"In {year}, {first}'s base salary was ${amount + rng.choice([1000, 7500, -2000]):,}.",
        )
        wrong = [y for y in person.salaries if person.salaries[y] != amount]
        if wrong:
            yield (
                "recombination",
                f"In {rng.choice(wrong)}, {first} earned a base salary of ${amount:,}.",
            )
    if len(person.bonuses) > 1:
        total = sum(person.bonuses.values())
        yield "sum", f"In total, {first} received ${total + 3000:,} in bonuses."
    yield "amount", f"{first} managed a budget of $4.5 million."
    yield "language", f"{first} speaks fluent Japanese."
    yield "product", f"{first} built the Windows search feature."
