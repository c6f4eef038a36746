"""The sections of a JSON Resume that are lists of short facts: skills, languages, awards."""

from collections.abc import Iterable

from chatbot.knowledge.passages import PASSAGE_CHARACTERS, SectionWriter
from chatbot.knowledge.resume_fields import (
    SUMMARY,
    Entry,
    date_words,
    joined,
    list_items,
    text_field,
    web_address,
)
from chatbot.knowledge.sections import SectionKind


def _write_list(kind: SectionKind, heading: str, lines: list[str], writer: SectionWriter) -> None:
    """Add a list of short facts as one section, or one each when they are long together."""
    lines = [line for line in lines if line]
    text = "\n".join(f"- {line}" for line in lines)
    if len(text) <= PASSAGE_CHARACTERS:
        writer.add(kind, heading, text)
        return
    for line in lines:
        writer.add(kind, f"{heading}: {line.split(':')[0].split(' (')[0]}", line)


def write_skills(entries: Iterable[Entry], writer: SectionWriter) -> None:
    """Write the skills of a JSON Resume as sections."""
    lines = []
    for entry in entries:
        level = text_field(entry, "level")
        name = text_field(entry, "name", "skill", "category")
        group = f"{name} ({level})" if name and level else name
        lines.append(
            joined(": ", group, ", ".join(list_items(entry, "keywords", "skills", "items")))
        )
    _write_list(SectionKind.SKILL, "Skills", lines, writer)


def write_languages(entries: Iterable[Entry], writer: SectionWriter) -> None:
    """Write the languages of a JSON Resume as a section."""
    lines = [
        joined(": ", text_field(entry, "language", "name"), text_field(entry, "fluency", "level"))
        for entry in entries
    ]
    _write_list(SectionKind.LANGUAGE, "Languages", lines, writer)


def write_certificates(entries: Iterable[Entry], writer: SectionWriter) -> None:
    """Write the certificates of a JSON Resume as sections."""
    lines = [
        joined(
            ", ",
            text_field(entry, "name", "title"),
            text_field(entry, "issuer", "organization"),
            date_words(text_field(entry, "date", "startDate")),
            web_address(entry),
        )
        for entry in entries
    ]
    _write_list(SectionKind.CERTIFICATE, "Certificates", lines, writer)


def write_awards(entries: Iterable[Entry], writer: SectionWriter) -> None:
    """Write the awards of a JSON Resume as sections."""
    lines = []
    for entry in entries:
        title, awarder = text_field(entry, "title", "name"), text_field(entry, "awarder", "issuer")
        facts = joined(", ", title, awarder, date_words(text_field(entry, "date")))
        lines.append(joined(": ", facts, text_field(entry, *SUMMARY)))
    _write_list(SectionKind.AWARD, "Awards", lines, writer)


def write_interests(entries: Iterable[Entry], writer: SectionWriter) -> None:
    """Write the interests of a JSON Resume as a section."""
    lines = []
    for entry in entries:
        keywords = ", ".join(list_items(entry, "keywords"))
        facts = joined(". ", text_field(entry, *SUMMARY).rstrip("."), keywords)
        lines.append(joined(": ", text_field(entry, "name", "title"), facts))
    _write_list(SectionKind.INTEREST, "Interests", lines, writer)
