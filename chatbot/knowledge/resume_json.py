"""Reads JSON Resume (https://jsonresume.org/schema), and forgives what people make of it.

Old field names, missing dates, nulls, one value where a list belongs and the reverse are all read
as they are meant; what cannot be meant is left out.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from chatbot.errors import InvalidInput
from chatbot.knowledge.audience import find_marks
from chatbot.knowledge.identity import FileContent, Identity, build_link
from chatbot.knowledge.passages import SectionWriter
from chatbot.knowledge.resume_fields import (
    ADDRESS,
    ENTRY_LIMIT,
    MAX_DEPTH,
    SUMMARY,
    Entry,
    joined,
    list_entries,
    list_items,
    period_of,
    place_of,
    plain_value,
    text_field,
    web_address,
)
from chatbot.knowledge.resume_lists import (
    write_awards,
    write_certificates,
    write_interests,
    write_languages,
    write_skills,
)
from chatbot.knowledge.sections import Link, SectionKind

AUDIENCE_UNKNOWN = (
    "meta.audience names {keys}, which is no part of this resume, so that it hides nothing. Name a "
    "section such as references, or a field such as phone or work.salary."
)
_READ_ELSEWHERE = frozenset({"basics", "meta"})
_ORGANIZATION = ("name", "company", "organization", "employer", "institution", "school")
_TITLE = ("position", "title", "role", "jobTitle")
_HIGHLIGHTS = ("highlights", "achievements", "responsibilities", "bullets")


def read_resume(text: str, *, source: str) -> FileContent:
    """Return the sections of a JSON Resume; raise InvalidInput when it is none."""
    resume = _parsed(text)
    marks, hidden, unknown = _take_marked(resume)
    basics = next(iter(list_entries(resume.get("basics"))), {})
    meta = resume.get("meta")
    identity = _identity(basics, meta if isinstance(meta, dict) else {})
    writer = SectionWriter(source)
    _write_basics(basics, identity, writer)
    for heading, said in hidden:
        writer.add(SectionKind.CONTACT, heading, said)
    for key, value in resume.items():
        write, begin = _WRITERS.get(key), len(writer.sections)
        if write is not None:
            write(list(list_entries(value)), writer)
        elif key not in _READ_ELSEWHERE and not key.startswith(("$", "_")):
            writer.add(
                SectionKind.TEXT, _heading_of_key(key), "\n".join(filter(None, _flattened(value)))
            )
        writer.sections[begin:] = [
            replace(section, heading=section.heading + marks.get(key, ""))
            for section in writer.sections[begin:]
        ]
    if not writer.sections:
        raise InvalidInput(
            "The file has no JSON Resume content. It needs sections such as basics, work and "
            "skills: see https://jsonresume.org/schema."
        )
    note = AUDIENCE_UNKNOWN.format(keys=", ".join(unknown)) if unknown else ""
    return FileContent(identity, tuple(writer.sections), note)


def _take_marked(resume: dict[str, Any]) -> tuple[dict[str, str], list[tuple[str, str]], list[str]]:
    """What `meta.audience` says of who may read which part.

    Sections of the resume with their marks; single fields, which are taken out of the resume, as
    headings with marks and texts; and what names no part of it.
    """
    meta = resume.get("meta")
    named = meta.get("audience") if isinstance(meta, dict) else None
    marks: dict[str, str] = {}
    hidden: list[tuple[str, str]] = []
    unknown: list[str] = []
    for path, value in named.items() if isinstance(named, dict) else ():
        # A mark that is misspelt must not open what it was to close.
        mark = f" [{value}]" if find_marks(f"[{value}]") else " [approved]"
        *above, name = str(path).split(".")
        sections = [] if above else [key for key in resume if _is_same(key, name)]
        sections = [key for key in sections if key not in _READ_ELSEWHERE]
        marks |= dict.fromkeys(sections, mark)
        places = [key for key in resume if any(_is_same(key, part) for part in above)]
        fields = _take_fields(resume, places if above else ["basics", "meta"], name)
        hidden += [(_heading_of_key(key) + mark, text) for key, text in fields]
        if not sections and not fields:
            unknown.append(str(path))
    return marks, hidden, unknown


def _take_fields(resume: dict[str, Any], places: Sequence[str], name: str) -> list[tuple[str, str]]:
    """Take the fields of a name out of some parts; each with its words, "Phone: +46 ..."."""
    taken: dict[str, list[str]] = {}
    found = [resume.get(place) for place in places]
    found = [item for value in found for item in (value if isinstance(value, list) else [value])]
    for entry in (entry for entry in found if isinstance(entry, dict)):
        for key in [key for key in entry if _is_same(key, name) and key != "audience"]:
            value = entry.pop(key)
            lines = list(filter(None, _flattened(value)))
            shown = "\n".join(lines)
            label = f"{_heading_of_key(key)}: " if len(lines) == 1 else ""
            taken.setdefault(key, []).extend([label + shown] if shown else [])
    return [(key, "\n".join(texts)) for key, texts in taken.items()]


def _is_same(key: str, name: str) -> bool:
    """Whether a part is meant by a name: "Phones" is the phone."""
    return _bare(key) == _bare(name)


def _bare(name: str) -> str:
    return name.strip().casefold().removesuffix("s")


def _parsed(text: str) -> dict[str, Any]:
    try:
        resume = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"The file is not valid JSON (line {error.lineno}, column {error.colno}: {error.msg}). "
            "Correct that place, or check the file at https://jsonlint.com."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "The JSON has a number or a nesting too large to read. Remove that part."
        ) from error
    if not isinstance(resume, dict):
        raise InvalidInput(
            "The JSON is not an object. A JSON Resume starts with { and has keys such as basics, "
            "work and skills: see https://jsonresume.org/schema."
        )
    return resume


def _identity(basics: Entry, meta: Entry) -> Identity:
    full_name = " ".join(
        filter(None, (text_field(basics, "firstName"), text_field(basics, "lastName")))
    )
    email = text_field(basics, "email")
    return Identity(
        name=text_field(basics, "name") or full_name,
        headline=text_field(basics, "label", "headline", "title"),
        place=place_of(basics.get("location")),
        email=email if "@" in email else "",
        availability=text_field(meta, "availability") or text_field(basics, "availability"),
        links=tuple(_links(basics)),
    )


def _links(basics: Entry) -> Iterator[Link]:
    site = build_link(text_field(basics, *ADDRESS), label="Website")
    if site is not None:
        yield site
    for profile in list_entries(basics.get("profiles")):
        link = build_link(
            text_field(profile, *ADDRESS), label=text_field(profile, "network", "name")
        )
        if link is not None:
            yield link


def _write_basics(basics: Entry, identity: Identity, writer: SectionWriter) -> None:
    who = ", ".join(filter(None, (identity.name, identity.headline)))
    about = [who, _labelled("Based in", identity.place), plain_value(basics.get("summary"))]
    if identity.name or identity.headline or about[-1]:
        heading = f"About {identity.name}" if identity.name else "About"
        writer.add(SectionKind.ABOUT, heading, "\n".join(filter(None, about)))
    contact = [
        _labelled("E-mail", identity.email),
        _labelled("Phone", text_field(basics, "phone", "telephone")),
        _labelled("Place", identity.place),
        _labelled("Availability", identity.availability),
        *(f"{link.label}: {link.url}" for link in identity.links),
    ]
    heading = f"Contact: {identity.name}" if identity.name else "Contact"
    writer.add(SectionKind.CONTACT, heading, "\n".join(filter(None, contact)))


def _labelled(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""


def _write_work(entries: Iterable[Entry], writer: SectionWriter) -> None:
    for entry in entries:
        title = joined(" at ", text_field(entry, *_TITLE), text_field(entry, *_ORGANIZATION))
        _write_entry(entry, title, "Experience", SectionKind.WORK, writer)


def _write_volunteer(entries: Iterable[Entry], writer: SectionWriter) -> None:
    for entry in entries:
        organization = text_field(entry, "organization", *_ORGANIZATION)
        title = joined(" at ", text_field(entry, *_TITLE), organization)
        _write_entry(entry, title, "Volunteering", SectionKind.VOLUNTEER, writer)


def _write_education(entries: Iterable[Entry], writer: SectionWriter) -> None:
    for entry in entries:
        area = text_field(entry, "area", "major")
        degree = joined(" in ", text_field(entry, "studyType", "degree"), area)
        title = joined(", ", degree, text_field(entry, "institution", *_ORGANIZATION))
        _write_entry(entry, title, "Education", SectionKind.EDUCATION, writer)


def _write_projects(entries: Iterable[Entry], writer: SectionWriter) -> None:
    for entry in entries:
        _write_entry(
            entry, text_field(entry, "name", "title"), "Project", SectionKind.PROJECT, writer
        )


def _write_publications(entries: Iterable[Entry], writer: SectionWriter) -> None:
    for entry in entries:
        title = text_field(entry, "name", "title")
        _write_entry(entry, title, "Publication", SectionKind.PUBLICATION, writer)


def _write_entry(
    entry: Entry, title: str, group: str, kind: SectionKind, writer: SectionWriter
) -> None:
    """Add one job, degree, project or the like: title, time and place, text, bullets, extras."""
    where = place_of(entry.get("location"))
    lines = [
        title,
        " · ".join(
            filter(None, (period_of(entry), where, text_field(entry, "publisher", "entity")))
        ),
        *(plain_value(entry.get(name)) for name in reversed(SUMMARY)),
        *(f"- {item}" for item in list_items(entry, *_HIGHLIGHTS)),
        _labelled("Role", ", ".join(list_items(entry, "roles"))),
        _labelled("Courses", ", ".join(list_items(entry, "courses"))),
        _labelled("Grade", text_field(entry, "score", "gpa")),
        _labelled("Technologies", ", ".join(list_items(entry, "keywords", "technologies"))),
        _labelled("Link", web_address(entry)),
    ]
    text = "\n".join(filter(None, lines))
    writer.add(kind, f"{group}: {title}" if title else group, text)


def _write_references(entries: Iterable[Entry], writer: SectionWriter) -> None:
    for entry in entries:
        name = text_field(entry, "name", "author")
        text = joined(
            "\n", name, plain_value(entry.get("reference")) or text_field(entry, *SUMMARY)
        )
        writer.add(SectionKind.REFERENCE, f"Reference: {name}" if name else "Reference", text)


def _heading_of_key(key: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", key)
    return words.strip().capitalize()


def _flattened(value: object, depth: int = 0) -> Iterator[str]:
    """Yield a section that the schema does not know as lines "key: value"."""
    if not isinstance(value, dict | list):
        yield plain_value(value)
        return
    labelled = value.items() if isinstance(value, dict) else (("", item) for item in value)
    for key, item in list(labelled)[:ENTRY_LIMIT]:
        label = f"{_heading_of_key(key)}: " if key else "- "
        if not isinstance(item, dict | list):
            text = plain_value(item)
            yield f"{label}{text}" if text else ""
        elif depth < MAX_DEPTH:
            yield from _flattened(item, depth + 1)


_WRITERS = {
    "work": _write_work,
    "volunteer": _write_volunteer,
    "education": _write_education,
    "awards": write_awards,
    "certificates": write_certificates,
    "certifications": write_certificates,
    "publications": _write_publications,
    "skills": write_skills,
    "languages": write_languages,
    "interests": write_interests,
    "references": _write_references,
    "projects": _write_projects,
}
