"""Loads the owner's facts from the profile folder."""

from dataclasses import replace
from pathlib import Path

from chatbot.errors import InvalidInput
from chatbot.knowledge.audience import list_misspelt, split_sections, strip_tags
from chatbot.knowledge.identity import FileContent, Identity, merge_identities
from chatbot.knowledge.markdown_text import read_markdown
from chatbot.knowledge.pdf_text import read_pdf
from chatbot.knowledge.plain_text import read_plain_text
from chatbot.knowledge.resume_json import read_resume
from chatbot.knowledge.sections import NAMELESS, Profile, ProfileProblem, SectionKind

MAX_FILE_BYTES = 5_000_000
MAX_TEXT_CHARACTERS = 400_000


_KINDS_IN_ORDER = (".json", ".md", ".markdown", ".pdf", ".txt")
# A heading of a Markdown file is the least certain place for a name.
_NAME_ORDER = (".json", ".pdf", ".txt", ".md", ".markdown")
_NOT_READ = frozenset({".doc", ".docx", ".odt", ".rtf", ".pages", ".html", ".yaml", ".yml"})
_STEM_KINDS = {
    "faq": SectionKind.FAQ,
    "question": SectionKind.FAQ,
    "stor": SectionKind.STORY,
    "failure": SectionKind.STORY,
    "lesson": SectionKind.STORY,
    "summary": SectionKind.ABOUT,
    "about": SectionKind.ABOUT,
    "project": SectionKind.PROJECT,
}


MARK_MISSPELT = (
    "\u201c[{words}]\u201d at \u201c{heading}\u201d is no mark that is known, so that this is told "
    "only to whom you let. Write [approved], [verified] or [public]."
)


def load_profile(folder: Path, *, sends_codes: bool = True) -> Profile:
    """Return all that the files of `folder` tell about the owner.

    `sends_codes` is whether visitors can confirm an e-mail address, which some facts ask for.

    Reads JSON Resume, Markdown, PDF and plain text, in this order (`resume.json` first), each by
    name. Never raises for what a file contains: a file that cannot be used is in
    `Profile.problems` with the reason and the remedy, and an empty folder is a problem too.
    Hidden files, folders, README.md and links that lead out of the folder are passed over.
    """
    problems: list[ProfileProblem] = []
    contents: dict[Path, FileContent] = {}
    for path in _list_files(folder):
        try:
            content = _read_file(path)
        except InvalidInput as error:
            problems.append(ProfileProblem(path.name, error.user_message))
            continue
        contents[path] = content
        if content.note:
            problems.append(ProfileProblem(path.name, content.note))
    if not contents and not problems:
        problems.append(ProfileProblem(folder.name, _empty_folder_reason(folder)))
    return _build_profile(contents, problems, sends_codes=sends_codes)


def _build_profile(
    contents: dict[Path, FileContent], problems: list[ProfileProblem], *, sends_codes: bool
) -> Profile:
    by_certainty = sorted(contents, key=lambda path: _NAME_ORDER.index(path.suffix.lower()))
    identity = merge_identities([contents[path].identity for path in by_certainty] or [Identity()])
    name = identity.name or NAMELESS
    found = [section for content in contents.values() for section in content.sections]
    for section, words in list_misspelt(found):
        reason = MARK_MISSPELT.format(words=words, heading=strip_tags(section.heading))
        problems.append(ProfileProblem(section.source, reason))
    sections, gated = split_sections(
        found, first_name=Profile(name).first_name, sends_codes=sends_codes
    )
    return Profile(
        name=name,
        headline=identity.headline,
        place=identity.place,
        email=identity.email,
        availability=identity.availability,
        links=identity.links,
        sections=sections,
        problems=tuple(problems),
        gated=gated,
        sends_codes=sends_codes,
    )


def _empty_folder_reason(folder: Path) -> str:
    fact = "has no file that can be read" if folder.is_dir() else "does not exist"
    return (
        f"The profile folder {fact}. Put your resume.json (JSON Resume), a CV or LinkedIn export "
        "as PDF, or Markdown or text files into it and start again."
    )


def _list_files(folder: Path) -> list[Path]:
    try:
        inside = [path for path in folder.iterdir() if _belongs(path, folder)]
    except OSError:
        return []
    return sorted(inside, key=_reading_order)


def _belongs(path: Path, folder: Path) -> bool:
    suffix = path.suffix.lower()
    if path.name.startswith(".") or path.name.lower() == "readme.md":
        return False
    if suffix not in _KINDS_IN_ORDER and suffix not in _NOT_READ:
        return False
    try:
        return path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def _reading_order(path: Path) -> tuple[bool, int, str]:
    suffix = path.suffix.lower()
    known = suffix in _KINDS_IN_ORDER
    rank = _KINDS_IN_ORDER.index(suffix) if known else len(_KINDS_IN_ORDER)
    return path.name.lower() != "resume.json", rank, path.name


def _read_file(path: Path) -> FileContent:
    suffix = path.suffix.lower()
    if suffix in _NOT_READ:
        raise InvalidInput(f"Files of type {suffix} are not read. Save it as PDF or as Markdown.")
    data = _read_bytes(path)
    fallback = _stem_kind(path.stem)
    if suffix == ".pdf":
        return read_pdf(data, source=path.name, fallback=fallback)
    text = _decoded(data)
    if suffix == ".json":
        return read_resume(text, source=path.name)
    read = read_plain_text if suffix == ".txt" else read_markdown
    content = read(text[:MAX_TEXT_CHARACTERS], source=path.name, fallback=fallback)
    if not content.sections:
        raise InvalidInput("The file has headings but no text. Write something under them.")
    if len(text) > MAX_TEXT_CHARACTERS:
        note = f"Only the first {MAX_TEXT_CHARACTERS:,} characters are used. Shorten the file."
        return replace(content, note=note)
    return content


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput(
                f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB. Make it smaller, for "
                "example by leaving out pictures."
            )
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"The file cannot be opened ({error.strerror}). Allow the app to read it."
        ) from error
    if not data.strip():
        raise InvalidInput("The file is empty. Fill it or delete it.")
    return data


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "The text is not in UTF-8. Open it in an editor and save it with encoding UTF-8."
        ) from error
    if "\0" in text:
        raise InvalidInput("This is not a text file. Replace it by a text, Markdown or PDF file.")
    return text


def _stem_kind(stem: str) -> SectionKind:
    lowered = stem.lower()
    return next((kind for word, kind in _STEM_KINDS.items() if word in lowered), SectionKind.TEXT)
