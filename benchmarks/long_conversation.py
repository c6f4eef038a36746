"""CPU of a turn in a conversation of 500 messages against one of 60, in turn, by one visitor."""

import asyncio
import statistics
import tempfile
import uuid
from pathlib import Path

from sqlmodel import Session

from benchmarks.measure import MODEL_SETTINGS, cpu_seconds, print_figure, stand_in_process
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import Message
from tests.app_process import AppProcess
from tests.page_client import PageClient

SHORT, LONG = 60, 500
ROUNDS = 6
TURNS = 10


def fill(app: AppProcess, conversation_id: str, count: int) -> None:
    """Put `count` earlier messages into a conversation that has one turn."""

    def work(session: Session) -> None:
        for number in range(count):
            role = "user" if number % 2 == 0 else "assistant"
            session.add(
                Message(
                    conversation_id=uuid.UUID(conversation_id),
                    role=role,
                    content=f"Message {number}: " + "some words about the work. " * 12,
                )
            )

    database = Database(DatabaseValues(app.database_url))
    database.write_now(work)
    database.close()


async def prepare(app: AppProcess, count: int) -> PageClient:
    page = PageClient(app.url)
    await page.open()
    await page.ask("What does Mara do now?")
    fill(app, page.conversation_id, count)
    await page.ask("And before that?")
    return page


async def measure(app: AppProcess, page: PageClient) -> float:
    """CPU seconds of one turn, as the mean of several."""
    before = cpu_seconds(app.pid)
    for _ in range(TURNS):
        await page.ask("What about the project after that one?")
    return (cpu_seconds(app.pid) - before) / TURNS


async def compare(app: AppProcess) -> tuple[float, float]:
    short_page, long_page = await prepare(app, SHORT), await prepare(app, LONG)
    short, long = [], []
    for _ in range(ROUNDS):
        short.append(await measure(app, short_page))
        long.append(await measure(app, long_page))
    await short_page.close()
    await long_page.close()
    return statistics.median(short), statistics.median(long)


def run() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        stand_in_process(tokens=200, rate=400, first_token=0.05) as provider,
        AppProcess(Path(folder), {**MODEL_SETTINGS, "OPENAI_BASE_URL": provider}) as app,
    ):
        short, long = asyncio.run(compare(app))
    print_figure(f"CPU per turn after {SHORT} messages", f"{short * 1000:.1f} ms", "-")
    print_figure(f"CPU per turn after {LONG} messages", f"{long * 1000:.1f} ms", "-")
    print_figure("more in the long conversation", f"{(long / short - 1) * 100:+.0f} %", "+10 %")
