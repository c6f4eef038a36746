"""50 visitors arrive within 10 s and ask twice; everything is stored.

Each visitor speaks the page's own protocol over HTTP: the page, its load event, then two messages
whose answers are followed to the end. The provider is a stand-in in a process of its own that sends
200 tokens at 200 a second. CPU per turn is the server's CPU time from the first arrival to the last
answer, less what the same 50 arrivals cost without a turn, over the 100 turns.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import MODEL_SETTINGS, cpu_seconds, print_figure, stand_in_process
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.messages import Message
from tests.app_process import ROOT, AppProcess
from tests.page_client import PageClient

VISITORS = 50
ARRIVAL_SECONDS = 10.0
QUESTIONS = ("What does Mara do now?", "And what did she do before that?")
TOKENS = 200
RATE = 200
FIRST_TOKEN_SECONDS = 0.3


@dataclass
class Load:
    """What the visitors saw: seconds to the first text, and how many turns ended whole."""

    first_texts: list[float] = field(default_factory=list)
    whole: int = 0


async def visit(url: str, load: Load, *, delay: float, questions: tuple[str, ...]) -> None:
    await asyncio.sleep(delay)
    async with PageClient(url) as page:
        await page.open()
        for question in questions:
            state = await page.ask(question)
            if page.timing.first_text is not None:
                load.first_texts.append(page.timing.first_text)
            load.whole += not state.is_answering and not state.error and bool(state.answer)


async def arrive(url: str, questions: tuple[str, ...]) -> Load:
    load = Load()
    gap = ARRIVAL_SECONDS / VISITORS
    await asyncio.gather(
        *(visit(url, load, delay=n * gap, questions=questions) for n in range(VISITORS))
    )
    return load


def measure(app: AppProcess, questions: tuple[str, ...]) -> tuple[Load, float]:
    before = cpu_seconds(app.pid)
    load = asyncio.run(arrive(app.url, questions))
    return load, cpu_seconds(app.pid) - before


def count_stored(app: AppProcess) -> int:
    """Answers that are in the database as done, with all their words."""
    database = Database(DatabaseValues(app.database_url))
    try:
        return database.read_now(
            lambda session: sum(
                message.status == "done" and len(message.content) > TOKENS
                for message in session.query(Message).filter_by(role="assistant")
            )
        )
    finally:
        database.close()


def measure_sdk(provider: str) -> str:
    """Milliseconds of CPU per turn of the SDK alone, on this machine."""
    command = [sys.executable, "-m", "benchmarks.sdk_alone", provider]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def run() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        stand_in_process(tokens=TOKENS, rate=RATE, first_token=FIRST_TOKEN_SECONDS) as provider,
        AppProcess(Path(folder), {**MODEL_SETTINGS, "OPENAI_BASE_URL": provider}) as app,
    ):
        asyncio.run(visit(app.url, Load(), delay=3.0, questions=QUESTIONS))
        _, arrivals = measure(app, ())
        load, whole = measure(app, QUESTIONS)
        stored = count_stored(app) - len(QUESTIONS)
        alone = measure_sdk(provider)
    turns = VISITORS * len(QUESTIONS)
    added = statistics.median(load.first_texts) - FIRST_TOKEN_SECONDS
    print_figure("turns that ended, of 100", f"{load.whole}", "100")
    print_figure("answers stored whole, of 100", f"{stored}", "100")
    print_figure("added time to first text, median", f"{added * 1000:.0f} ms", "150 ms")
    print_figure("server CPU per turn", f"{(whole - arrivals) / turns * 1000:.1f} ms", "45 ms")
    print_figure("the openai SDK alone, CPU per turn", f"{alone.strip()} ms", "-")
    print_figure("server CPU per turn, arrivals included", f"{whole / turns * 1000:.1f} ms", "-")
