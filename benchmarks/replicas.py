"""CPU of a turn with one, two and three processes of the program on one PostgreSQL.

The visitors are the same and are spread evenly. Each number of processes is measured on the way up
and on the way down, and what the same processes cost without visitors is taken off: the figure is
the work of a turn in all processes together. `TEST_POSTGRES_URL` names the server.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.measure import MODEL_SETTINGS, cpu_seconds, print_figure, stand_in_process
from benchmarks.visitors import Load, visit
from tests.app_process import AppProcess

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://root@127.0.0.1:5432/test")
REPLICAS = 3
VISITORS = 12
QUESTIONS = ("What does Mara do now?", "And before that?", "Where did she study?") * 2
TOKENS, RATE, FIRST_TOKEN_SECONDS = 40, 200, 0.1
ARRIVAL_SECONDS = 3.0
IDLE_SECONDS = 10.0


@contextmanager
def postgres_database() -> Iterator[str]:
    """A database of its own on the server; yields its address."""
    name = f"career_chatbot_bench_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def spent(apps: Sequence[AppProcess]) -> float:
    return sum(cpu_seconds(app.pid) for app in apps)


async def talk(apps: Sequence[AppProcess], questions: tuple[str, ...]) -> Load:
    load = Load()
    await asyncio.gather(
        *(
            visit(
                apps[number % len(apps)].url,
                load,
                delay=number * ARRIVAL_SECONDS / VISITORS,
                questions=questions,
            )
            for number in range(VISITORS)
        )
    )
    return load


def measure(apps: Sequence[AppProcess]) -> float:
    """CPU seconds of a turn, in all processes together."""
    asyncio.run(talk(apps, QUESTIONS[:1]))
    before = spent(apps)
    time.sleep(IDLE_SECONDS)
    idle = (spent(apps) - before) / IDLE_SECONDS
    before, begun = spent(apps), time.monotonic()
    load = asyncio.run(talk(apps, QUESTIONS))
    turns = VISITORS * len(QUESTIONS)
    if load.whole != turns:
        raise SystemExit(f"{turns - load.whole} of {turns} turns did not end well.")
    return (spent(apps) - before - idle * (time.monotonic() - begun)) / turns


def measure_all(folder: Path, provider: str, database: str) -> dict[int, list[float]]:
    settings = {
        **MODEL_SETTINGS,
        "OPENAI_BASE_URL": provider,
        "DATABASE_URL": database,
        "SECRET_KEY": "a secret key that all the replicas of a benchmark have",
    }
    found: dict[int, list[float]] = {number: [] for number in range(1, REPLICAS + 1)}
    with ExitStack() as stack:
        apps = [AppProcess(folder / str(number), settings) for number in found]
        for number, app in enumerate(apps, start=1):
            stack.enter_context(app)
            found[number].append(measure(apps[:number]))
        for number in reversed(found):
            found[number].append(measure(apps[:number]))
            apps[number - 1].stop()
    return found


def run() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        stand_in_process(tokens=TOKENS, rate=RATE, first_token=FIRST_TOKEN_SECONDS) as provider,
    ):
        try:
            with postgres_database() as database:
                found = measure_all(Path(folder), provider, database)
        except psycopg.OperationalError:
            print("skipped: PostgreSQL is not reachable at TEST_POSTGRES_URL")
            return
    figures = {number: statistics.mean(values) for number, values in found.items()}
    for number, seconds in figures.items():
        more = f"{(seconds / figures[1] - 1) * 100:+.0f} % of one"
        target = "within 15 %" if number > 1 else "-"
        name = f"CPU per turn, {number} processes ({more})" if number > 1 else "CPU per turn, one"
        print_figure(name, f"{seconds * 1000:.1f} ms", target)
