"""The sentence check: of false sentences those that are shown, of true ones those withheld.

Rows are made by code from the facts in `resumes/` (the seeds are in the figures), or read from
`evidence/*.jsonl` where the folder has them: profile, question, sentence, supported. Those of
`sample_sentences.jsonl` were written by hand about the sample profile, in sets, each before
its results were known; `before` is the sentence that a row continues.
"""

import json
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.quality._people import load_people
from benchmarks.quality._sentences import PRESENT, Row, make_rows
from benchmarks.quality.figures import read_rows as read_objects
from chatbot.knowledge.evidence import Evidence
from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.sentences import SentenceCutter

SEEDS = (7, 19)
PROJECT = Path(__file__).parent.parent.parent
BY_HAND = Path(__file__).parent / "sample_sentences.jsonl"
TARGETS = {"false_shown": 0, "true_withheld_share": 0.05}
# A longer one is no name of a file.
_LONGEST_NAME = 200
TODAY = date(PRESENT[0], PRESENT[1], 15)


@dataclass
class Figures:
    """What came of the rows of one source."""

    false: int = 0
    true: int = 0
    shown: list[Row] = field(default_factory=list)
    withheld: list[Row] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        """The figures as they are printed."""
        spent = sorted(self.milliseconds) or [0.0]
        return {
            "false": self.false,
            "false_shown": len(self.shown),
            "true": self.true,
            "true_withheld": len(self.withheld),
            "true_withheld_share": round(len(self.withheld) / self.true, 4) if self.true else None,
            "targets": TARGETS,
            "kinds": dict(sorted(self.kinds.items())),
            "cpu_ms_per_sentence_mean": round(sum(spent) / len(spent), 3),
            "cpu_ms_per_sentence_p99": round(spent[int(len(spent) * 0.99)], 3),
        }


def score(folder: Path) -> dict[str, object]:
    """The figures of each source in a folder laid out like the evaluation data."""
    resumes = folder / "resumes"
    scores: dict[str, object] = {}
    for seed in SEEDS:
        figures = check_rows(make_all(resumes, seed), resumes)
        scores[f"resumes, seed {seed}"] = figures.summary()
    scores["sample profile, by hand"] = check_rows(read_rows(BY_HAND), resumes).summary()
    for path in sorted(folder.glob("evidence/*.jsonl")):
        scores[f"evidence/{path.name}"] = check_rows(read_rows(path), resumes).summary()
    return scores


def make_all(resumes: Path, seed: int) -> list[Row]:
    """The rows about everybody in a folder, each sentence once."""
    people = load_people(resumes)
    rows = [
        row
        for person in people
        for row in make_rows(person, [p for p in people if p is not person], seed)
    ]
    return list({(row.profile, row.sentence): row for row in rows}.values())


def read_rows(path: Path) -> list[Row]:
    """The rows of a file."""
    return [
        Row(
            _as_text(row["profile"]),
            row.get("question") or "",
            row["sentence"],
            bool(row["supported"]),
            row.get("kind", ""),
            row.get("before", ""),
        )
        for row in read_objects(path)
    ]


def _as_text(profile: object) -> str:
    """What a row says of its profile: a name, a text, passages, or the object of a JSON Resume."""
    if isinstance(profile, str):
        return profile
    if isinstance(profile, list) and all(isinstance(part, str) for part in profile):
        return "\n\n".join(profile)
    return json.dumps(profile, ensure_ascii=False)


def check_rows(rows: Iterable[Row], resumes: Path) -> Figures:
    """Check every row against the profile that it names."""
    figures, by_profile = Figures(), defaultdict(list)
    for row in rows:
        by_profile[row.profile].append(row)
    for profile, some in by_profile.items():
        evidence = load_evidence(profile, resumes)
        for row in some:
            _check(evidence, row, figures)
    return figures


def _check(evidence: Evidence, row: Row, figures: Figures) -> None:
    started = time.thread_time()
    check, cutter = evidence.begin(visitor_words=row.question), SentenceCutter()
    if row.before:
        check.check(row.before)
    sentences = [*cutter.feed(row.sentence), *cutter.finish()]
    is_shown = all(check.check(sentence).supported for sentence in sentences)
    figures.milliseconds.append((time.thread_time() - started) * 1000)
    figures.kinds[("true " if row.supported else "false ") + row.kind] += 1
    if row.supported:
        figures.true += 1
        figures.withheld += [] if is_shown else [row]
    else:
        figures.false += 1
        figures.shown += [row] if is_shown else []


def find_profile(resumes: Path, name: str) -> Path:
    """The file or folder that a row names, with or without its suffix."""
    places = [resumes / name, resumes.parent / name, PROJECT / name, Path(name)]
    places += sorted(p for p in resumes.glob(f"{Path(name).stem}*") if p.suffix != ".yaml")
    for place in places:
        if place.exists() and place.suffix != ".yaml":
            return place
    text = resumes / (Path(name).name.split(".")[0] + ".txt")
    if text.exists():
        return text
    raise FileNotFoundError(name)


def load_evidence(profile_or_name: str, resumes: Path) -> Evidence:
    """The check over one profile: the name of a folder or file, or the whole text of one."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        if "\n" in profile_or_name or len(profile_or_name) > _LONGEST_NAME:
            is_json = profile_or_name.lstrip().startswith("{")
            (place / ("resume.json" if is_json else "cv.md")).write_text(profile_or_name)
        elif (found := find_profile(resumes, profile_or_name)).is_dir():
            place = found
        else:
            shutil.copy(found, place)
        profile = load_profile(place)
    return Evidence(profile.sections, owner_name=profile.name, today=TODAY)


def main(folder: Path) -> None:
    """Print every row that goes wrong, for whoever works on the check."""
    resumes = folder / "resumes"
    for rows in (*(make_all(resumes, seed) for seed in SEEDS), read_rows(BY_HAND)):
        figures = check_rows(rows, resumes)
        for row in figures.shown:
            print("SHOWN   ", row.kind, "|", row.profile, "|", row.sentence)
        for row in figures.withheld:
            print("WITHHELD", row.kind, "|", row.profile, "|", row.sentence)
        print(json.dumps(figures.summary(), indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
