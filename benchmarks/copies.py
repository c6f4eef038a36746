"""Copies of a 20 MB database: how long a writer waits for a snapshot, and what a restore costs."""

import asyncio
import shutil
import statistics
import tempfile
import threading
import time
import uuid
from pathlib import Path

from sqlmodel import Session

from benchmarks.measure import cpu_seconds, print_figure
from chatbot.storage.copies.copies import Copies
from chatbot.storage.copies.stores import DirectoryStore
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.migrations import migrate
from chatbot.storage.models import ChatSession, Conversation, Message, Role
from tests.app_process import AppProcess
from tests.page_client import PageClient

MEGABYTES = 20
WORDS = "I led the payments team for four years, and we cut failed charges by a third. "
SNAPSHOTS, STARTS = 3, 3
TURNS = 40


def fill(database: Database) -> uuid.UUID:
    """Chats of so many bytes; returns the conversation to go on with."""

    def work(session: Session) -> uuid.UUID:
        visit = ChatSession(token_hash=uuid.uuid4().hex)
        session.add(visit)
        session.flush()
        chat = Conversation(session_id=visit.id)
        session.add(chat)
        session.flush()
        for number in range(500):
            text = f"{number} {uuid.uuid4()} {WORDS * 12}"
            session.add(Message(conversation_id=chat.id, role=Role.ASSISTANT, content=text))
        return chat.id

    place = Path(database.writer_engine().url.database or "")
    while place.stat().st_size < MEGABYTES * 1_000_000:
        chat = database.write_now(work)
        database.work_on_file(lambda c: c.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    return chat


def write_for(
    database: Database, chat: uuid.UUID, until: threading.Event, took: list[float]
) -> None:
    """Commit a message every 3 ms; adds to `took` how long each was, in milliseconds."""
    while not until.is_set():
        begun = time.perf_counter()
        database.write_now(
            lambda s: s.add(Message(conversation_id=chat, role=Role.USER, content="hello"))
        )
        took.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.003)


def measure_stalls(database: Database, copies: Copies, chat: uuid.UUID) -> None:
    shipper = copies._shipper
    assert shipper is not None
    done, found = threading.Event(), list[float]()
    writer = threading.Thread(target=write_for, args=(database, chat, done, found))
    writer.start()
    time.sleep(1.0)
    quiet, times = len(found), []
    shipper.state.longest_stall = 0.0
    for _ in range(SNAPSHOTS):
        begun = time.perf_counter()
        shipper.ask_full()
        shipper.wait().result(60)
        times.append(time.perf_counter() - begun)
    done.set()
    writer.join()
    before, during = found[:quiet], found[quiet:]
    held = shipper.state.longest_stall * 1000
    print_figure("snapshot of 20 MB", f"{statistics.median(times):.2f} s", "-")
    print_figure("writer locked out by a snapshot, longest", f"{held:.1f} ms", "20 ms")
    for name, commits in (("before", before), ("during", during)):
        took = f"{statistics.median(commits):.1f} / {max(commits):.1f} ms"
        print_figure(f"commit {name} snapshots, median / longest", took, "-")


def measure_starts(folder: Path, store: Path) -> None:
    ordinary, restored = list[tuple[float, float]](), list[tuple[float, float]]()
    settings = {"SECRET_KEY": "a secret key that is long enough for a benchmark"}
    for number in range(STARTS):
        with AppProcess(folder / f"plain{number}", settings) as app:
            ordinary.append((app.ready_seconds, cpu_seconds(app.pid)))
        own = folder / f"store{number}"
        shutil.copytree(store, own)
        more = {**settings, "SNAPSHOT_STORE": str(own)}
        with AppProcess(folder / f"restored{number}", more) as app:
            restored.append((app.ready_seconds, cpu_seconds(app.pid)))
    plain, copied = (
        [statistics.median(column) for column in zip(*starts, strict=True)]
        for starts in (ordinary, restored)
    )
    beyond, work = (after - before for before, after in zip(plain, copied, strict=True))
    print_figure("an ordinary start, median", f"{plain[0]:.2f} s", "-")
    print_figure("restore of 20 MB and start, beyond an ordinary start", f"{beyond:.2f} s", "5 s")
    # On a machine that does other work too, the time is mostly the waiting for a core.
    print_figure("CPU of that start, beyond an ordinary start", f"{work:.2f} s", "-")


async def _talk(app: AppProcess) -> float:
    async with PageClient(app.url) as page:
        await page.open()
        await page.ask("Where did you study?")
        before = cpu_seconds(app.pid)
        for number in range(TURNS):
            await page.ask(f"What did you do in your job number {number}?")
            if number % 10 == 9:
                await page.press("new-chat")
        return (cpu_seconds(app.pid) - before) / TURNS * 1000


def measure_turns(folder: Path) -> None:
    figures = {}
    for name, more in (("without", {}), ("with", {"SNAPSHOT_STORE": str(folder / "turns")})):
        with AppProcess(folder / name, more) as app:
            figures[name] = asyncio.run(_talk(app))
    turn = f"{figures['without']:.0f} / {figures['with']:.0f} ms"
    print_figure("CPU of a turn without a model, without / with copies", turn, "-")


def run() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = folder / "chatbot.db"
        values = DatabaseValues(f"sqlite:///{path}")
        copies = Copies(DirectoryStore(folder / "store"), values, path)
        database = Database(values)
        migrate(database)
        chat = fill(database)
        copies.start(database, lambda: None)
        while copies.state().full_age is None:
            time.sleep(0.05)
        measure_stalls(database, copies, chat)
        copies.stop(30)
        database.close()
        measure_starts(folder, folder / "store")
        measure_turns(folder)
