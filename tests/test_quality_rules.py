"""The scores of the rules on a folder of a few rows: right, wrong and missed are told apart."""

import json
from pathlib import Path

import pytest

from benchmarks.quality import contacts, escalation, grouping, job_trimming

SOURCE = {"source": "own", "scored": True}
OWN = {"own_contact": True, "own_name": None, "names": None, "emails": [], "phones": []}


def write(folder: Path, name: str, *rows: dict[str, object]) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(SOURCE | {"id": str(n)} | r) for n, r in enumerate(rows)))


def test_contacts_count_own_details_and_those_of_others(tmp_path: Path) -> None:
    write(
        tmp_path,
        "contact_extraction.jsonl",
        OWN | {"text": "my mail is rosa@fjord.no", "emails": ["Rosa@Fjord.no"]},
        OWN | {"text": "write to rosa at fjord", "emails": ["rosa@fjord.no"]},
        OWN | {"text": "call me: 0171 2345678", "phones": ["+49 171 2345678"]},
        OWN | {"text": "mail ines@fabricant.pt", "emails": [], "own_contact": False},
    )
    write(
        tmp_path,
        "email_syntax.jsonl",
        {"address": "a@b.no", "everyday": True, "rfc5322_valid": True, "mailbox_plausible": True},
        {"address": "a@b", "everyday": False, "rfc5322_valid": False, "mailbox_plausible": False},
    )
    scores = contacts.score(tmp_path)
    figures = scores["all"]
    assert figures["e-mail recall"]["value"] == 0.5
    assert figures["e-mail precision"]["value"] == 0.5
    assert figures["phone recall"]["value"] == 1
    assert figures["nothing saved without contact"]["value"] == 0
    assert scores["email_syntax"]["everyday accepted"]["value"] == 1
    assert scores["email_syntax"]["invalid refused"]["value"] == 1
    assert scores["half a"]["rows"] + scores["half b"]["rows"] == 4


def test_escalation_counts_recall_and_false_alarms(tmp_path: Path) -> None:
    ordinary = {"label": "ordinary", "escalate": False}
    write(
        tmp_path,
        "escalation.jsonl",
        {"text": "get me a human", "label": "human_request", "escalate": True, "hard": False},
        {"text": "good day", "label": "human_request", "escalate": True, "hard": False},
        ordinary | {"text": "are you a human?", "hard": True},
        ordinary | {"text": "call me back", "hard": False},
    )
    write(tmp_path, "retrieval/own/questions.jsonl", {"question": "Where did you study?"})
    write(tmp_path, "out_of_scope/queries.jsonl", {"text": "call me back", "in_scope": False})
    scores = escalation.score(tmp_path)
    figures = scores["all"]
    assert figures["human_request recall"]["value"] == 0.5
    assert figures["false alarms, hard"] == {"value": 0, "target": "<= 0.08", "baseline": 1}
    assert figures["false alarms, easy"]["value"] == 1
    assert scores["ordinary questions"]["escalations per 100"]["value"] == 0
    assert scores["off-topic questions"]["escalations per 100"]["value"] == 100


def test_trimming_follows_words_to_their_units(tmp_path: Path) -> None:
    texts = [
        ("heading", "What we offer"),
        ("drop", "Free lunch and a gym for all of us here"),
        ("heading", "Requirements"),
        ("keep", "Solid experience with pumps"),
    ]
    units = [{"gold": gold, "text": text} for gold, text in texts]
    write(tmp_path, "job_descriptions/postings.jsonl", {"units": units})
    figures = job_trimming.score(tmp_path)["own"]
    assert figures["40%: keep words"]["value"] == 1
    assert figures["40%: keep words"]["baseline"] == 0
    assert figures["40%: drop words in the output"]["value"] == 0
    assert figures["40%: over the budget"]["value"] == 0


def test_grouping_counts_b_cubed_and_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_MANY", 20)
    write(
        tmp_path,
        "question_clusters.jsonl",
        {"text": "How long is your notice period?", "cluster": "1"},
        {"text": "how long is your notice period", "cluster": "1"},
        {"text": "When could you start?", "cluster": "1"},
        {"text": "Do you speak French?", "cluster": "2"},
    )
    same = {"q1": "How long is your notice period?", "q2": "how long is the notice period"}
    write(tmp_path, "question_pairs.jsonl", same | {"kind": "same_cluster"})
    scores = grouping.score(tmp_path)
    assert scores["own"]["B-cubed precision"]["value"] == 1
    recall = (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4
    assert scores["own"]["B-cubed recall"]["value"] == pytest.approx(recall, abs=1e-3)
    assert scores["own"]["pairs joined, same_cluster"]["value"] == 1
    assert scores["time"]["rows"] == 20


@pytest.mark.parametrize("component", [contacts, escalation, job_trimming, grouping])
def test_folder_without_the_files_has_no_sources(component, tmp_path: Path) -> None:
    assert component.score(tmp_path) == {}
