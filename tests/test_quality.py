import json
from pathlib import Path

import pytest

from benchmarks.fit_coverage import Example, fit
from benchmarks.quality.__main__ import find_components, main
from benchmarks.quality.figures import wilson_interval


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One CV of three passages, two questions that it answers and one that it does not."""
    cv = tmp_path / "retrieval" / "cv_questions"
    texts = {
        "Education": "MSc Hydrology, Porto",
        "Skills": "Go, Terraform",
        "Awards": "Delta Prize",
    }
    passages = [
        {"id": f"ines_fabricant/{heading}#1", "doc": "ines_fabricant", "title": ""}
        | {"heading": heading, "text": text}
        for heading, text in texts.items()
    ]
    write_rows(cv / "passages.jsonl", passages)
    asked = {
        "Where did you study?": ["ines_fabricant/Education#1"],
        "Do you know Terraform?": ["ines_fabricant/Skills#1"],
        "What salary do you expect?": [],
    }
    questions = [
        {"profile": "ines_fabricant", "question": question, "in_scope": bool(gold)}
        | {"gold_passages": gold}
        for question, gold in asked.items()
    ]
    write_rows(cv / "questions.jsonl", questions)
    return tmp_path


def test_figures_of_the_folder_are_printed_as_one_object(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "retrieval", "gate"]) == 0
    scores = json.loads(capsys.readouterr().out)
    found = scores["retrieval"]["cv_questions"]
    assert found["rows"] == 2
    assert found["hit@3"]["value"] == 1.0
    assert found["hit@3"]["baseline"] == 0.5
    assert found["hit@3"]["interval"][0] < 1
    assert scores["gate"]["recruiter"]["refused_uncovered"]["value"] == 1.0
    assert list(scores["retrieval"]) == ["cv_questions"]


def test_wrong_passage_lowers_the_figure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = folder / "retrieval" / "cv_questions" / "questions.jsonl"
    questions.write_text(questions.read_text().replace("Education#1", "Patents#1"))
    main([str(folder), "retrieval"])
    scores = json.loads(capsys.readouterr().out)
    assert scores["retrieval"]["cv_questions"]["hit@3"]["value"] == 0.5


def test_folder_without_any_source_gives_no_figures(tmp_path: Path) -> None:
    components = find_components()
    assert components["retrieval"](tmp_path) == {}
    assert components["gate"](tmp_path) == {}


@pytest.mark.parametrize("arguments", [[], ["/no/such/folder"]])
def test_missing_folder_is_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "DATA=DIR" in capsys.readouterr().err


def test_unknown_component_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "astrology"]) == 2
    assert "astrology" in capsys.readouterr().err


def test_interval_of_a_share() -> None:
    low, high = wilson_interval([True] * 8 + [False] * 2)
    assert low == pytest.approx(0.490, abs=0.001)
    assert high == pytest.approx(0.943, abs=0.001)


def test_fit_separates_within_each_source() -> None:
    """Where a covered question of one source is weaker than an uncovered one of the other."""
    strengths = {"recruiter": (0.2, 0.3, 0.5, 0.6), "xquad_en": (0.6, 0.7, 0.9, 1.0)}
    examples = [
        Example(source, "far" if place < 2 else "in", (1.0, strength))
        for source, values in strengths.items()
        for place, strength in enumerate(values)
    ]
    constant, factor = fit([*examples, Example("recruiter", "far", ())])
    assert factor > 0
    assert constant + factor * 0.3 < 0 < constant + factor * 0.5
