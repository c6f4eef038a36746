"""Facts of the people in `resumes/`, read apart from the program, in three formats."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MONTHS = (
    "January February March April May June July August September October November December".split()
)
Month = tuple[int, int]


@dataclass(frozen=True)
class Job:
    """A job; `end` is None while it lasts."""

    title: str
    employer: str
    start: Month
    end: Month | None
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True)
class Degree:
    """A degree; `kind` as the resume writes it, "" when it does not."""

    kind: str
    area: str
    school: str
    start: Month
    end: Month


@dataclass
class Person:
    """One person; `profile` is the file that the program loads."""

    profile: str
    name: str
    jobs: list[Job] = field(default_factory=list)
    degrees: list[Degree] = field(default_factory=list)
    skills: dict[str, list[str]] = field(default_factory=dict)
    awards: list[tuple[str, str]] = field(default_factory=list)
    projects: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    salaries: dict[int, int] = field(default_factory=dict)
    bonuses: dict[int, int] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)

    @property
    def first(self) -> str:
        """The first name."""
        return self.name.split()[0]


def load_people(resumes: Path) -> list[Person]:
    """Everybody whose facts can be read from a folder of resumes."""
    people: list[Person] = []
    for path in sorted(resumes.glob("*.rendercv.yaml")):
        text = resumes / path.name.replace(".rendercv.yaml", ".txt")
        if text.exists():
            people.append(_from_yaml(path, text.name))
    for path in sorted(resumes.glob("*.json")):
        person = _from_json(path)
        if person is not None:
            people.append(person)
    people += [_from_record(path) for path in sorted(resumes.glob("*.md"))]
    return [person for person in people if person.jobs or person.salaries]


def _month(text: str) -> Month:
    numbers = re.findall(r"\d+", text)
    return int(numbers[0]), int(numbers[1]) if len(numbers) > 1 else 1


def _from_yaml(path: Path, profile: str) -> Person:
    import yaml

    cv: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["cv"]
    person = Person(profile, cv["name"])
    for section, rows in cv["sections"].items():
        for row in rows:
            if isinstance(row, dict):
                _take_yaml(person, section, row)
    return person


def _take_yaml(person: Person, section: str, row: dict[str, Any]) -> None:
    highlights = tuple(
        item for item in row.get("highlights") or () if isinstance(item, str) and ":" not in item
    )
    if "position" in row:
        end = None if row["end_date"] == "present" else _month(str(row["end_date"]))
        job = Job(row["position"], row["company"], _month(str(row["start_date"])), end, highlights)
        person.jobs.append(job)
    elif "institution" in row:
        start, end = _month(str(row["start_date"])), _month(str(row["end_date"]))
        person.degrees.append(Degree(row["degree"], row["area"], row["institution"], start, end))
    elif section == "skills":
        person.skills[row["label"]] = [item.strip() for item in row["details"].split(",")]
    elif section == "projects":
        name = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", row["name"])
        person.projects.append((name, highlights))
    elif section == "selected_honors" and "bullet" in row:
        match = re.match(r"(.+) \((\d{4})\)$", row["bullet"])
        if match:
            person.awards.append((match[1], match[2]))


def _from_json(path: Path) -> Person | None:
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or "basics" not in data:
        return None
    person = Person(path.name, data["basics"]["name"])
    for row in data.get("work", []):
        highlights = tuple(h for h in row.get("highlights", ()) if h[:3] not in ("Acc", "Etc"))
        end = _month(row["endDate"]) if row.get("endDate") else None
        start = _month(row["startDate"])
        person.jobs.append(
            Job(row["position"], row.get("name") or row["company"], start, end, highlights)
        )
    for row in data.get("education", []):
        person.degrees.append(
            Degree(
                row.get("studyType") or "",
                row.get("area") or "",
                row["institution"],
                _month(row["startDate"]),
                _month(row["endDate"]),
            )
        )
    person.skills = {row["name"]: row["keywords"] for row in data.get("skills", [])}
    person.awards = [
        (f"{a['title']} from {a['awarder']}", a["date"][:4]) for a in data.get("awards", [])
    ]
    person.languages = [row["language"] for row in data.get("languages", [])]
    return person


def _from_record(path: Path) -> Person:
    text = path.read_text(encoding="utf-8").replace("**", "")
    name = re.findall(r"^# (.+)$", text, re.M)[1].strip()
    person = Person(path.name, name)
    part = text.split("Career Progression")[-1].split("\n## ")[0]
    pattern = r"^- (\w+) (\d{4}) - (?:(\w+) (\d{4})|Present):? *:? *(.+)$"
    starts = list(re.finditer(pattern, part, re.M))
    for index, match in enumerate(starts):
        stop = starts[index + 1].start() if index + 1 < len(starts) else len(part)
        lines = re.findall(r"^ +- (.+)$", part[match.end() : stop], re.M)
        title, _, employer = match[5].strip().partition(" at ")
        end = (int(match[4]), MONTHS.index(match[3]) + 1) if match[3] else None
        start = (int(match[2]), MONTHS.index(match[1]) + 1)
        lines = [line.strip().rstrip(".") for line in lines]
        person.jobs.append(Job(title, employer or "Insurellm", start, end, tuple(lines)))
    for year, row in re.findall(r"^- (\d{4}): *((?:.|\n +-)+)$", text, re.M):
        salary = re.search(r"Base Salary: \$([\d,]+)", row)
        bonus = re.search(r"Bonus: \$([\d,]+)", row)
        if salary:
            person.salaries[int(year)] = int(salary[1].replace(",", ""))
        if bonus:
            person.bonuses[int(year)] = int(bonus[1].replace(",", ""))
    return person
