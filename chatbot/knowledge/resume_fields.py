"""Reads single values of a JSON Resume, whatever type they have."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from chatbot.knowledge.identity import build_link
from chatbot.knowledge.text_cleaning import clean_text, strip_markup

Entry = Mapping[str, Any]

_TEXT_KEYS = ("name", "title", "text")
SUMMARY = ("summary", "description")
ADDRESS = ("url", "website", "link")
ENTRY_LIMIT = 200
TEXT_LIMIT = 20_000
MAX_DEPTH = 3


def plain_value(value: object, *, depth: int = 0) -> str:
    """Return any JSON value as one plain text; a list is joined with commas."""
    if isinstance(value, str):
        return clean_text(strip_markup(value[:TEXT_LIMIT], keep_addresses=False))
    if isinstance(value, bool) or value is None or depth > MAX_DEPTH:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        texts = (plain_value(item, depth=depth + 1) for item in value[:ENTRY_LIMIT])
        return ", ".join(filter(None, texts))
    if isinstance(value, dict):
        named = (plain_value(value.get(key), depth=depth + 1) for key in _TEXT_KEYS)
        return next(filter(None, named), "")
    return ""


def text_field(entry: Entry, *names: str) -> str:
    """Return the first of several fields that says something, on one line."""
    return next(
        (" ".join(text.split()) for name in names if (text := plain_value(entry.get(name)))), ""
    )


def list_entries(value: object) -> Iterator[Entry]:
    """Yield the entries of a section; a bare text counts as an entry with only a name."""
    if isinstance(value, list):
        for item in value[:ENTRY_LIMIT]:
            if not isinstance(item, list):
                yield from list_entries(item)
    elif isinstance(value, dict):
        if value and all(isinstance(item, dict) for item in value.values()):
            yield from value.values()
        else:
            yield value
    elif plain_value(value):
        yield {"name": value}


def list_items(entry: Entry, *names: str) -> list[str]:
    """Return a list field as texts; one text counts as its lines or its comma-separated parts."""
    value = next((entry[name] for name in names if entry.get(name)), None)
    if isinstance(value, str):
        value = value.splitlines() if "\n" in value else [value]
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        value = [value]
    texts = (" ".join(plain_value(item).split()) for item in value[:ENTRY_LIMIT])
    return [text.removeprefix("- ") for text in texts if text]


def place_of(location: object) -> str:
    """Return city, region and country; the street and the post code are nobody's business."""
    if not isinstance(location, dict):
        return " ".join(plain_value(location).split())
    parts = [text_field(location, "city"), text_field(location, "region", "state")]
    parts.append(text_field(location, "country", "countryCode"))
    return ", ".join(dict.fromkeys(filter(None, parts)))


def period_of(entry: Entry) -> str:
    """Return "March 2021 – present" and the like; an entry without an end is going on."""
    start = date_words(text_field(entry, "startDate", "start", "from"))
    end = date_words(text_field(entry, "endDate", "end", "to"))
    single = date_words(text_field(entry, "date", "releaseDate"))
    if start:
        return start if start == end else f"{start} – {end or 'present'}"
    return f"until {end}" if end else single


def date_words(text: str) -> str:
    """A JSON Resume date in words, "" for none."""
    match = re.match(r"^(\d{4})-(\d{1,2})(?!\d)", text)
    if match and 1 <= int(match[2]) <= 12:
        return f"{date(2000, int(match[2]), 1):%B} {match[1]}"
    return "present" if text.casefold() in ("present", "current", "now", "today") else text


def joined(separator: str, *parts: str) -> str:
    """The parts that are not empty, joined."""
    return separator.join(part for part in parts if part)


def web_address(entry: Entry) -> str:
    """A web address that may be linked to, "" for anything else."""
    address = text_field(entry, *ADDRESS)
    link = build_link(address) if address else None
    return link.url if link else ""
