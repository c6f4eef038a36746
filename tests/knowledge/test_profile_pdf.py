import json
import re
import subprocess
import sys
import unicodedata
import zlib
from pathlib import Path

import pytest

from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.sections import Profile, SectionKind

SHARED_RESUMES = Path(__file__).parents[2].parent / "shared" / "evaldata" / "resumes"


def build_pdf(objects: list[bytes], *, trailer: bytes = b"") -> bytes:
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, trailer, len(data))
    )


def one_page(
    content: bytes, *, filters: bytes = b"", trailer: bytes = b"", pages: int = 1
) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 7) for number in range(pages))
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R"
        b"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>>>"
    )
    encrypt = b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>" % (b"11" * 32, b"22" * 32)
    return build_pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>",
            b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), filters, content),
            encrypt,
            *[page] * pages,
        ],
        trailer=trailer,
    )


def text_at(x: int, y: int, text: str, *, size: int = 10, bold: bool = False) -> bytes:
    font = b"F2" if bold else b"F1"
    shown = text.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /%s %d Tf %d %d Td (%s) Tj ET\n" % (font, size, x, y, shown)


def load_pdf(folder: Path, data: bytes) -> Profile:
    (folder / "cv.pdf").write_bytes(data)
    return load_profile(folder)


def cv_page() -> bytes:
    return b"".join(
        [
            text_at(220, 740, "Ada Quill", size=26),
            text_at(150, 715, "Staff Engineer | Ghent, Belgium | ada@example.com"),
            text_at(50, 680, "Experience", size=14, bold=True),
            text_at(50, 660, "Tern, Lead", bold=True),
            text_at(60, 646, "• Built the event platform for twelve teams and kept the multi-"),
            text_at(68, 632, "region set-up simple"),
            text_at(60, 618, "• Wrote the migra-"),
            text_at(68, 604, "tion guide"),
            text_at(480, 660, "Ghent, Belgium"),
            text_at(480, 646, "2020 – present"),
            text_at(50, 580, "Oak, Developer", bold=True),
            text_at(60, 566, "• Fixed the printers"),
            text_at(480, 580, "2015 – 2019"),
            text_at(50, 540, "Education", size=14, bold=True),
            text_at(50, 520, "BSc Computer Science, Marsh"),
            text_at(280, 20, "Ada Quill – 1/1", size=9),
        ]
    )


def test_a_cv_in_pdf_gives_sections_with_pages(tmp_path: Path) -> None:
    profile = load_pdf(tmp_path, one_page(cv_page()))

    assert (profile.name, profile.headline) == ("Ada Quill", "Staff Engineer")
    assert (profile.place, profile.email) == ("Ghent, Belgium", "ada@example.com")
    assert [(section.kind, section.heading) for section in profile.sections] == [
        (SectionKind.CONTACT, "Contact: Ada Quill"),
        (SectionKind.WORK, "Experience: Tern, Lead"),
        (SectionKind.WORK, "Experience: Oak, Developer"),
        (SectionKind.EDUCATION, "Education: BSc Computer Science, Marsh"),
    ]
    assert {section.page for section in profile.sections} == {1}


def test_side_notes_wrapped_lines_and_broken_words_are_put_together(tmp_path: Path) -> None:
    job = load_pdf(tmp_path, one_page(cv_page())).sections[1]

    assert job.text == (
        "Tern, Lead\nGhent, Belgium\n2020 – present\n"
        "• Built the event platform for twelve teams and kept the multi-region set-up simple\n"
        "• Wrote the migration guide"
    )


def test_a_second_column_is_read_after_the_first(tmp_path: Path) -> None:
    left = [text_at(40, 700 - 14 * row, f"Left line {row}") for row in range(6)]
    right = [text_at(320, 700 - 14 * row, f"Right line {row}") for row in range(6)]

    profile = load_pdf(tmp_path, one_page(b"".join(left + right)))

    text = " ".join(section.text for section in profile.sections)
    assert text.index("Left line 5") < text.index("Right line 0")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"This is no PDF at all.", "not a PDF"),
        (b"%PDF-1.7\n" + b"\x00\xff" * 500 + b"\n%%EOF", "damaged"),
        (one_page(cv_page())[:-200], "cut off"),
        (one_page(cv_page(), trailer=b"/Encrypt 6 0 R/ID[<00><00>]"), "password"),
        (one_page(b"0 0 m 100 100 l S"), "scan"),
        (b"", "empty"),
    ],
    ids=["not-a-pdf", "damaged", "truncated", "encrypted", "scanned", "empty"],
)
def test_a_broken_pdf_becomes_a_problem_and_the_rest_loads(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "notes.md").write_text("# Notes\nStill here.")

    profile = load_pdf(tmp_path, data)

    assert [section.source for section in profile.sections] == ["notes.md"]
    assert [problem.source for problem in profile.problems] == ["cv.pdf"]
    assert reason in profile.problems[0].reason


def test_a_pdf_that_unpacks_to_gigabytes_ends_only_its_own_process(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(700)) + packer.flush()

    profile = load_pdf(tmp_path, one_page(packed, filters=b"/Filter/FlateDecode"))

    assert "too much time or memory" in profile.problems[0].reason


def test_pages_over_the_limit_are_left_out_and_named(tmp_path: Path) -> None:
    profile = load_pdf(tmp_path, one_page(text_at(50, 700, "A page with some text"), pages=45))

    assert profile.sections
    assert "40 of 45 pages" in profile.problems[0].reason


def test_the_pdf_reader_is_not_loaded_into_the_program() -> None:
    code = "import chatbot.knowledge.profile, sys; sys.exit('pypdfium2' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


@pytest.mark.skipif(not SHARED_RESUMES.is_dir(), reason="the shared CV collection is not here")
def test_every_expected_string_survives_all_pdf_layouts(tmp_path: Path) -> None:
    facts = json.loads((SHARED_RESUMES / "john_doe_pdf_expected_strings.json").read_text())["facts"]
    layouts = sorted(SHARED_RESUMES.glob("*.pdf"))
    assert layouts
    for layout in layouts:
        profile = load_pdf(tmp_path, layout.read_bytes())
        sections = [_letters(section.heading + section.text) for section in profile.sections]
        lost = [fact for fact in facts if not any(_letters(fact) in text for text in sections)]
        assert (layout.name, lost) == (layout.name, [])
        kinds = [section.kind for section in profile.sections]
        assert kinds.count(SectionKind.WORK) == 5
        assert kinds.count(SectionKind.EDUCATION) == kinds.count(SectionKind.PROJECT) == 2


@pytest.mark.skipif(not SHARED_RESUMES.is_dir(), reason="the shared CV collection is not here")
def test_every_shared_cv_has_a_name_and_no_problem(tmp_path: Path) -> None:
    paths = [path for path in SHARED_RESUMES.iterdir() if path.suffix in (".md", ".txt", ".pdf")]
    paths += SHARED_RESUMES.glob("*.jsonresume.json")
    for number, path in enumerate(paths):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / path.name).write_bytes(path.read_bytes())
        profile = load_profile(folder)
        assert (path.name, profile.problems) == (path.name, ())
        assert profile.name != "the owner"
        assert len(profile.sections) >= 5
