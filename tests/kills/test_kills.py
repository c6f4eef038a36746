"""What a visitor was told is kept survives kills of the program together with its disk."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kills.harness import Harness, Tally, read_tally
from tests.stand_in import Reply, StandIn

KILLS = 20
SOAK_KILLS = 1000
PART_SECONDS = float(os.environ.get("SOAK_SECONDS", "1800"))
FAULT_RATE = 0.25
KEY = "a passphrase of the owner"
MODEL = {"OPENAI_API_KEY": "none", "LOG_LEVEL": "warning"}


@pytest.fixture
def model():
    with StandIn() as stand_in:
        stand_in.default = Reply(tokens=30, tokens_per_second=60)
        yield {**MODEL, "OPENAI_BASE_URL": stand_in.base_url}


def kill(folder: Path, model: dict[str, str], kills: int, **values: object) -> Tally:
    seconds = values.pop("seconds", float("inf"))
    harness = Harness(folder, model, rate=FAULT_RATE, **values)
    try:
        return harness.run(kills, seconds=seconds)
    finally:
        harness.close()
        print(harness.tally.describe())  # noqa: T201


@pytest.mark.timeout(240)
def test_twenty_kills_lose_nothing_that_was_confirmed(tmp_path, model):
    with ThreadPoolExecutor(2) as lanes:
        plain = lanes.submit(kill, tmp_path / "plain", model, KILLS // 2)
        sealed = lanes.submit(kill, tmp_path / "sealed", model, KILLS // 2, key=KEY)
    tallies = [plain.result(), sealed.result()]
    assert sum(tally.kills for tally in tallies) == KILLS
    assert all(tally.faults == [] for tally in tallies)
    # Nothing would be missing either if nothing was ever confirmed.
    assert all(tally.contacts and tally.escalations and tally.messages for tally in tallies)


@pytest.mark.soak
@pytest.mark.timeout(2 * PART_SECONDS + 120)
def test_a_thousand_kills_lose_nothing_that_was_confirmed(model):
    """One part of half an hour; the next run goes on where this one ended."""
    folder = Path(os.environ.get("SOAK_FOLDER", ".soak")).absolute()
    left = SOAK_KILLS - read_tally(folder).kills
    tally = kill(folder, model, max(left, 0), key=KEY, seconds=PART_SECONDS)
    assert tally.faults == []
