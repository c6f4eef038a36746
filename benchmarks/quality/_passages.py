"""Passages of the labelled data as the sections that the app would have made of them."""

from pathlib import Path
from typing import Any

from benchmarks.quality.figures import read_rows
from chatbot.knowledge.headings import heading_kind
from chatbot.knowledge.sections import Section, SectionKind

EMPLOYEES = "employees/"


def read_documents(folder: Path, source: str) -> dict[str, list[Section]]:
    """The passages of `retrieval/<source>` in order, by the document that they are from."""
    documents: dict[str, list[Section]] = {}
    for row in read_rows(folder / "retrieval" / source / "passages.jsonl"):
        documents.setdefault(row["doc"], []).append(_section(row))
    return documents


def read_sections(folder: Path, source: str) -> list[Section]:
    """The passages of all documents of `retrieval/<source>`."""
    return [s for sections in read_documents(folder, source).values() for s in sections]


def owner_of(doc: str) -> str:
    """The name of the person that a document is about: "john_doe" is John Doe."""
    return doc.removeprefix(EMPLOYEES).replace("_", " ").title()


def _section(row: dict[str, Any]) -> Section:
    heading = row.get("heading") or ""
    kind = heading_kind(heading) if heading else None
    # A passage without heading and title is a bare reply: the name of its "file" is its label.
    is_file = bool(heading or row.get("title"))
    return Section(
        id=row["id"],
        kind=kind or SectionKind.TEXT,
        heading=heading or row.get("title") or "",
        text=row["text"],
        source=f"{row['doc']}.md" if is_file else "",
    )
