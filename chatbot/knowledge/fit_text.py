"""A fit sheet as Markdown, to be kept, sent on or pasted into other tools."""

import re
from collections.abc import Sequence

from chatbot.knowledge.fit import FitItem, FitSheet

STATUS_WORDS = {"met": "Met", "partial": "In part", "gap": "Gap", "unknown": "Open"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def write_markdown(
    sheet: FitSheet, summary: Sequence[str], *, owner_name: str, first_name: str
) -> str:
    """The whole sheet under its summary; what comes from outside is escaped, so that it stays
    text."""
    lines = [
        f"# Fit sheet: {_plain(owner_name)} for {_plain(sheet.title or 'this role')}",
        "",
        *(f"- {_plain(line)}" for line in summary),
        "",
    ]
    musts = [item for item in sheet.items if item.is_must]
    wishes = [item for item in sheet.items if not item.is_must]
    for heading, items in (("Requirements", musts), ("Wishes beyond that", wishes)):
        if items:
            lines += [f"## {heading}", ""]
            for item in items:
                lines += write_item(item)
            lines.append("")
    lines.append(
        "Made by rules from the records of "
        f"{_plain(first_name)}: every quote is word for word. A gap is named only where the "
        "records cover the topic."
    )
    return "\n".join(lines) + "\n"


def write_item(item: FitItem) -> list[str]:
    """One requirement with its status, and the quotes that it rests on below it."""
    note = f" ({_plain(item.note)})" if item.note else ""
    lines = [f"- **{STATUS_WORDS[item.status]}**: {_plain(item.requirement)}{note}"]
    lines += [f'  - "{_plain(e.quote)}" ({_plain(e.source)})' for e in item.evidence]
    return lines


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
