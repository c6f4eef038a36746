"""What a visitor was told is kept survives kills of the program together with its disk."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kills.harness import Harness, Tally, read_tally
from tests.kills.nursery import Nursery
from tests.stand_in import Reply, StandIn

KILLS = 20
# Lives wait for their store and their model for most of the time: several share a core.
LANES = {"plain": None, "sealed": "a passphrase of the owner", "plain too": None, "last": "another"}
SOAK_KILLS, SOAK_COLD_STARTS = 1000, 25
PART_SECONDS = float(os.environ.get("SOAK_SECONDS", "1800"))
FAULT_RATE = 0.25
MODEL = {"OPENAI_API_KEY": "none", "LOG_LEVEL": "warning"}


@pytest.fixture
def model() -> Iterator[dict[str, str]]:
    with StandIn() as stand_in:
        stand_in.default = Reply(tokens=30, tokens_per_second=60)
        yield {**MODEL, "OPENAI_BASE_URL": stand_in.base_url}


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.mark.timeout(240)
def test_twenty_kills_lose_nothing_that_was_confirmed(
    tmp_path: Path, model: dict[str, str], nursery: Nursery
) -> None:
    def run(lane: str) -> Tally:
        key = LANES[lane]
        harness = Harness(tmp_path / lane, model, nursery, rate=FAULT_RATE, key=key, lane=lane)
        return harness.run(KILLS // len(LANES))

    with ThreadPoolExecutor(len(LANES)) as lanes:
        tallies = list(lanes.map(run, LANES))
    for tally in tallies:
        print(tally.describe())  # noqa: T201
    assert sum(tally.kills for tally in tallies) == KILLS
    assert all(tally.faults == [] for tally in tallies)
    # Nothing would be missing either if nothing was ever confirmed.
    assert sum(tally.contacts + tally.calls + tally.escalations for tally in tallies) > 0
    assert sum(tally.messages for tally in tallies) > 0


@pytest.mark.soak
@pytest.mark.timeout(2 * PART_SECONDS + 120)
def test_a_thousand_kills_lose_nothing_that_was_confirmed(
    model: dict[str, str], nursery: Nursery
) -> None:
    """One part of half an hour; the next run goes on where this one ended."""
    folder = Path(os.environ.get("SOAK_FOLDER", ".soak")).absolute()
    left = SOAK_KILLS - read_tally(folder).kills
    key = LANES["sealed"]
    harness = Harness(folder, model, nursery, rate=FAULT_RATE, key=key)
    try:
        tally = harness.run(max(left, 0), seconds=PART_SECONDS)
    finally:
        print(f"\n{harness.tally.describe()}\n{_tell_next(folder, harness.tally)}")  # noqa: T201
    assert tally.faults == []
    if tally.kills >= SOAK_KILLS:
        assert tally.cold_starts >= SOAK_COLD_STARTS


def _tell_next(folder: Path, tally: Tally) -> str:
    """What whoever runs this can do next."""
    if tally.faults:
        return (
            f"Something was lost. The store and the log are in {folder}; remove it to begin anew."
        )
    left = SOAK_KILLS - tally.kills
    if left > 0:
        return f"{left} kills are left: run `make soak` again to go on."
    return f"All {SOAK_KILLS} kills are done. Remove {folder} to begin anew."
