"""Reads Markdown: a summary, questions and answers, stories, a CV."""

import re
from dataclasses import dataclass, field

from chatbot.knowledge.audience import find_marks, write_tag
from chatbot.knowledge.headings import ENTRY_KINDS, heading_kind, known_heading, readable_heading
from chatbot.knowledge.identity import FileContent, Identity, looks_like_name, read_identity
from chatbot.knowledge.passages import SectionWriter
from chatbot.knowledge.plain_text import read_plain_text
from chatbot.knowledge.sections import SectionKind
from chatbot.knowledge.text_cleaning import clean_text, strip_markup

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(\S.*)$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_SETEXT = re.compile(r"^ {0,3}(=+|-{2,})\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]+\|[\s:|-]*$")
_FRONT_MATTER = re.compile(r"\A---\s*\n(?:[^\n]{0,500}\n){0,200}?---\s*\n")
# "**Engineer, Acme**" on a line of its own; deeper than every heading.
_BOLD = re.compile(r"^ {0,3}(?:\*\*|__)([^*_].{2,120}?)(?:\*\*|__):?\s*\\?\s*$")
_ENTRY_LEVEL = 7
HEADER_LINES = 10
LINE_CHARACTERS = 300


@dataclass
class _Block:
    """A heading (level 0: none) and the lines under it, up to the next heading."""

    level: int
    heading: str
    lines: list[str] = field(default_factory=list)


def read_markdown(text: str, *, source: str, fallback: SectionKind) -> FileContent:
    """Return one section per heading of the file; `fallback` is the kind where none tells."""
    blocks = _blocks(_FRONT_MATTER.sub("", text))
    if len(blocks) == 1 and fallback is SectionKind.TEXT:
        plain = read_plain_text(text, source=source, fallback=fallback)
        if len(plain.sections) > 1:
            return plain
    writer = SectionWriter(source)
    path: list[_Block] = []
    for block in blocks:
        path = [outer for outer in path if outer.level < block.level] + [block]
        kind = _kind(path, fallback)
        # They hold for all that is below a heading.
        above = [mark.audience for outer in path[:-1] for mark in find_marks(outer.heading)]
        marks = "".join(map(write_tag, above))
        heading = _heading(path, kind) or _file_heading(source)
        writer.add(kind, heading + marks, _body(block.lines))
    return FileContent(_identity(blocks), tuple(writer.sections))


def _identity(blocks: list[_Block]) -> Identity:
    titles = [block for block in blocks if block.level == 1][:3]
    owner = next((block for block in titles if looks_like_name(block.heading)), None)
    if owner is None:
        return Identity()
    header = _body(owner.lines).splitlines()[:HEADER_LINES]
    return read_identity(header, name=owner.heading, everywhere=header)


def _blocks(text: str) -> list[_Block]:
    blocks = [_Block(0, "")]
    fence = ""
    for line in text.splitlines():
        marker = _FENCE.match(line)
        if marker:
            fence = "" if fence == marker[1] else fence or marker[1]
            blocks[-1].lines.append("")
            continue
        heading = None if fence else _HEADING.match(line)
        underline = None if fence else _SETEXT.match(line)
        if heading:
            blocks.append(_Block(len(heading[1]), _plain(heading[2].rstrip().rstrip("#"))))
        elif not fence and (entry := _BOLD.match(line)) and _opens_entry(blocks):
            blocks.append(_Block(_ENTRY_LEVEL, _plain(entry[1])))
        elif underline and _can_be_underlined(blocks[-1].lines):
            title = blocks[-1].lines.pop()
            blocks.append(_Block(1 if "=" in underline[1] else 2, _plain(title)))
        else:
            blocks[-1].lines.append(line)
    return blocks


def _opens_entry(blocks: list[_Block]) -> bool:
    """Whether a line in bold letters is a job or a degree: it stands alone below such a heading."""
    above = next((block for block in reversed(blocks) if block.level < _ENTRY_LEVEL), blocks[0])
    is_apart = not blocks[-1].lines or not blocks[-1].lines[-1].strip()
    return is_apart and known_heading(above.heading) in ENTRY_KINDS


def _can_be_underlined(lines: list[str]) -> bool:
    stands_alone = len(lines) == 1 or (len(lines) > 1 and not lines[-2].strip())
    return stands_alone and bool(re.match(r"^ {0,3}[^\s|>*+-]", lines[-1])) and len(lines[-1]) < 100


def _kind(path: list[_Block], fallback: SectionKind) -> SectionKind:
    if fallback in (SectionKind.FAQ, SectionKind.STORY):
        return fallback
    above = [kind for block in path[:-1] if (kind := known_heading(block.heading)) in ENTRY_KINDS]
    if above and known_heading(path[-1].heading) is None:
        # "Project Engineer" below "Experience" is no project.
        return above[-1] or fallback
    kinds = (heading_kind(block.heading) for block in reversed(path) if block.heading)
    return next((kind for kind in kinds if kind is not None), fallback)


def _heading(path: list[_Block], kind: SectionKind) -> str:
    """Return the heading, after the CV heading that it stands under: "Experience: Nordwind"."""
    own = readable_heading(path[-1].heading)
    above = [block.heading for block in path[:-1] if known_heading(block.heading)]
    if above and kind in ENTRY_KINDS:
        return f"{readable_heading(above[-1])}: {own}"
    return own


def _file_heading(source: str) -> str:
    stem = source.rsplit(".", 1)[0]
    return stem.replace("_", " ").replace("-", " ").strip().capitalize()


def _body(lines: list[str]) -> str:
    kept = [
        line
        for line in lines
        if len(line) > LINE_CHARACTERS
        or not (_RULE.match(line) or _TABLE_RULE.match(line) or _SETEXT.match(line))
    ]
    return _plain("\n".join(_line(line) for line in kept))


def _line(line: str) -> str:
    line = re.sub(r"^(\s*>)+ ?", "", line)
    line = re.sub(r"^(\s*)[*+-]\s+(?:\[[ xX]\]\s+)?", _bullet, line)
    if line.lstrip().startswith("|"):
        line = " | ".join(cell.strip() for cell in line.strip().strip("|").split("|"))
    return line


def _bullet(marker: re.Match[str]) -> str:
    return "- " if len(marker[1].expandtabs(4)) < 2 else "◦ "


def _plain(text: str) -> str:
    return clean_text(strip_markup(text, keep_addresses=True))
