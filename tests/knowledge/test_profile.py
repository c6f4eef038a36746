import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.knowledge.profile import MAX_FILE_BYTES, load_profile
from chatbot.knowledge.sections import SectionKind

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
RESUME_KEYS = st.sampled_from(
    "basics work volunteer education awards certificates publications skills languages interests "
    "references projects meta extra".split()
)


def write(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_a_missing_folder_gives_a_nameless_profile_that_says_what_to_do(tmp_path: Path) -> None:
    profile = load_profile(tmp_path / "nowhere")

    assert (profile.name, profile.sections) == ("the owner", ())
    assert "does not exist" in profile.problems[0].reason
    assert "resume.json" in profile.problems[0].reason


def test_an_empty_folder_says_what_to_put_there(tmp_path: Path) -> None:
    [problem] = load_profile(tmp_path).problems

    assert problem.source == tmp_path.name
    assert "JSON Resume" in problem.reason


def test_files_are_read_in_a_stable_order(tmp_path: Path) -> None:
    basics = json.dumps({"basics": {"name": "Ada Quill", "summary": "Builds things."}})
    write(tmp_path, z__txt="Summary\nText.", b__md="# Two\nText.", a__md="# One\nText.")
    write(tmp_path, a__json=basics, resume__json=basics)

    sources = [section.source for section in load_profile(tmp_path).sections]

    assert list(dict.fromkeys(sources)) == ["resume.json", "a.json", "a.md", "b.md", "z.txt"]


def test_a_broken_file_is_named_and_the_rest_still_loads(tmp_path: Path) -> None:
    write(tmp_path, resume__json='{"basics": ', notes__md="# Notes\nStill here.")

    profile = load_profile(tmp_path)

    assert [section.text for section in profile.sections] == ["Still here."]
    assert [problem.source for problem in profile.problems] == ["resume.json"]
    assert "line 1" in profile.problems[0].reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b"[]", "not an object"),
        ("a.json", b'"text"', "not an object"),
        ("a.json", b"{}", "no JSON Resume content"),
        ("a.json", b"[" * 100_000, "too large"),
        ("a.json", b'{"a": ' + b"9" * 5_000 + b"}", "too large"),
        ("a.md", b"", "empty"),
        ("a.txt", b" \n\t ", "empty"),
        ("a.txt", b"Caf\xe9 au lait", "UTF-8"),
        ("a.md", b"PK\x03\x04\x00\x00binary", "not a text file"),
        ("a.md", b"# Only a heading", "no text"),
        ("a.txt", b"x" * (MAX_FILE_BYTES + 1), "larger than 5 MB"),
        ("cv.docx", b"PK\x03\x04", "Save it as PDF"),
    ],
)
def test_an_unusable_file_becomes_a_problem(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)

    profile = load_profile(tmp_path)

    assert profile.sections == ()
    assert [problem.source for problem in profile.problems] == [name]
    assert reason in profile.problems[0].reason


def test_readme_hidden_files_folders_and_other_types_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, README__md="# How to", portrait__png=b"\x89PNG", me__txt="Summary\nHello.")
    (tmp_path / ".secret.md").write_text("# Hidden\nNo.")
    (tmp_path / "drafts.md").mkdir()

    profile = load_profile(tmp_path)

    assert {section.source for section in profile.sections} == {"me.txt"}
    assert profile.problems == ()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("# Secret\nNot for visitors.")
    folder = tmp_path / "profile"
    folder.mkdir()
    (folder / "leak.md").symlink_to(tmp_path / "outside.md")
    (folder / "gone.md").symlink_to(folder / "missing.md")
    (folder / "cv.md").write_text("# CV\nFor visitors.")
    (folder / "copy.md").symlink_to(folder / "cv.md")

    profile = load_profile(folder)

    assert [section.source for section in profile.sections] == ["copy.md", "cv.md"]


def test_ids_are_stable_and_different(tmp_path: Path) -> None:
    paragraph = "A sentence that repeats itself. " * 30
    write(tmp_path, a__md=f"# Same\n{paragraph}\n\n{paragraph}\n# Same\nAgain.", b__md="# Same\nB.")

    first, second = load_profile(tmp_path), load_profile(tmp_path)

    ids = [section.id for section in first.sections]
    assert ids == [section.id for section in second.sections]
    assert len(set(ids)) == len(ids) == 4


def test_a_long_section_is_cut_at_its_bullets_with_nothing_lost(tmp_path: Path) -> None:
    bullets = [f"- Item {number} " + "word " * 30 for number in range(20)]
    write(tmp_path, a__md="# Work\n" + "\n".join(bullets))

    sections = load_profile(tmp_path).sections

    assert all(len(section.text) <= 1200 for section in sections)
    assert {section.heading for section in sections} == {"Work"}
    assert all(section.text.startswith("- Item") for section in sections)
    assert sum(section.text.count("- Item") for section in sections) == 20


def test_text_is_cleaned_of_invisible_and_ill_formed_characters(tmp_path: Path) -> None:
    name = '{"basics": {"name": "Ada\\u0000\\u202e Qui\\u00adll \\ud800", "summary": "O\\ufb03ce"}}'
    write(tmp_path, resume__json=name)

    profile = load_profile(tmp_path)

    assert profile.name == "Ada Quill"
    assert "Office" in profile.sections[0].text


def test_text_in_utf_16_is_read(tmp_path: Path) -> None:
    write(tmp_path, notes__txt="Summary\nGrüße aus Malmö".encode("utf-16"))

    assert load_profile(tmp_path).sections[0].text == "Grüße aus Malmö"


@settings(max_examples=60, deadline=None)
@given(resume=st.dictionaries(RESUME_KEYS, JSON_VALUES, max_size=4))
def test_json_of_any_shape_loads_or_becomes_a_problem(
    tmp_path_factory: pytest.TempPathFactory, resume: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("profile")
    (folder / "resume.json").write_text(json.dumps(resume))

    profile = load_profile(folder)

    assert profile.name
    assert bool(profile.sections) != bool(profile.problems)
    "".join(section.heading + section.text for section in profile.sections).encode()


def test_a_file_named_after_questions_or_stories_has_that_kind(tmp_path: Path) -> None:
    write(tmp_path, faq__md="# FAQ\n## Remote?\nYes.", stories__md="# Two\n## The night\nDark.")

    kinds = [(section.kind, section.heading) for section in load_profile(tmp_path).sections]

    assert kinds == [(SectionKind.FAQ, "Remote?"), (SectionKind.STORY, "The night")]
