"""100 visitors for ten minutes, each a message every 20 s, answered with 40 tokens at 50 a second.

The visitors are in this process, on the same cores as the server; the provider is a stand-in in one
of its own. The added time to first text is what a page waits beyond the provider's first token: it
includes the rest of the first sentence, since text is shown by whole sentences.
"""

import asyncio
import random
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.measure import (
    MODEL_SETTINGS,
    cpu_seconds,
    percentile,
    print_figure,
    resident_megabytes,
    ringing,
    stand_in_process,
)
from tests.app_process import AppProcess
from tests.page_client import PageClient, PageError

VISITORS = 100
MINUTES = 10.0
PAUSE_SECONDS = 20.0
TOKENS, RATE = 40, 50
FIRST_TOKEN_SECONDS = 0.3
SAMPLE_SECONDS = 5.0
# Visitors arrive one after the other, so that the load begins as it goes on.
ARRIVAL_SECONDS = PAUSE_SECONDS
QUESTIONS = (
    "What does Mara do now?",
    "And what did she do before that?",
    "Which languages does she speak?",
    "Where did she study?",
    "What is she most proud of?",
)


@dataclass
class Load:
    """What the visitors saw, and the server's memory over time."""

    first_texts: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    turns: int = 0
    megabytes: list[float] = field(default_factory=list)


async def visit(url: str, load: Load, *, number: int, until: float) -> None:
    await asyncio.sleep(number * ARRIVAL_SECONDS / VISITORS)
    chooser = random.Random(number)
    async with PageClient(url) as page:
        await page.open()
        with ringing(page):
            due = time.monotonic()
            while due < until:
                await asyncio.sleep(due - time.monotonic())
                await _ask(page, chooser.choice(QUESTIONS), load)
                due += PAUSE_SECONDS


async def _ask(page: PageClient, question: str, load: Load) -> None:
    load.turns += 1
    try:
        state = await page.ask(question)
    except (PageError, httpx.HTTPError, TimeoutError) as error:
        load.errors.append(repr(error))
        return
    if state.error or state.is_answering or page.timing.first_text is None:
        load.errors.append(state.error or "no whole answer")
    else:
        load.first_texts.append(page.timing.first_text - FIRST_TOKEN_SECONDS)


async def watch(app: AppProcess, load: Load) -> None:
    while True:
        await asyncio.sleep(SAMPLE_SECONDS)
        load.megabytes.append(resident_megabytes(app.pid))


async def put_load(app: AppProcess, minutes: float) -> Load:
    load = Load()
    until = time.monotonic() + minutes * 60
    watcher = asyncio.create_task(watch(app, load))
    visits = (visit(app.url, load, number=n, until=until) for n in range(VISITORS))
    failed = await asyncio.gather(*visits, return_exceptions=True)
    load.errors += [repr(error) for error in failed if error is not None]
    watcher.cancel()
    return load


def print_load(load: Load, cpu: float, seconds: float) -> None:
    print_figure(f"errors, of {load.turns} turns", str(len(load.errors)), "0")
    for error in load.errors[:3]:
        print(f"  {error[:150]}")
    for share in (0.5, 0.95):
        added = f"{percentile(load.first_texts, share) * 1000:.0f} ms"
        target = "500 ms" if share > 0.5 else "-"
        print_figure(f"added time to first text, p{share * 100:.0f}", added, target)
    memory, quarter = load.megabytes, max(1, len(load.megabytes) // 4)
    steps = " ".join(f"{value:.0f}" for value in memory[:: max(1, len(memory) // 10)])
    print_figure("memory (RSS), highest", f"{max(memory):.0f} MB", "450 MB")
    early = statistics.mean(memory[quarter : 2 * quarter] or memory)
    growth = statistics.mean(memory[-quarter:]) - early
    print_figure("memory, last quarter more than the second", f"{growth:+.0f} MB", "flat")
    print(f"  memory over time, MB: {steps}")
    print_figure("server CPU per turn, visits included", f"{cpu / load.turns * 1000:.1f} ms", "-")
    print_figure("server CPU, of one core", f"{cpu / seconds * 100:.0f} %", "-")


def run(minutes: float | None) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        stand_in_process(tokens=TOKENS, rate=RATE, first_token=FIRST_TOKEN_SECONDS) as provider,
        AppProcess(Path(folder), {**MODEL_SETTINGS, "OPENAI_BASE_URL": provider}) as app,
    ):
        before, begun = cpu_seconds(app.pid), time.monotonic()
        load = asyncio.run(put_load(app, minutes or MINUTES))
        print_load(load, cpu_seconds(app.pid) - before, time.monotonic() - begun)
        app.stop()
        size = (app.data_dir / "chatbot.db").stat().st_size
        print_figure("database, per turn", f"{size / load.turns / 1000:.1f} kB", "-")
