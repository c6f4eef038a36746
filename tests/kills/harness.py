"""Kills the whole program again and again, each time with its disk, and counts what is missing.

Visitors chat, leave contacts, book calls and ask for the owner over HTTP, and note what they were
told is done. After each kill the disk is emptied; the next program has what the store has: every
contact, call and escalation that was confirmed must be in it, and every message that is older than
the loss window. In some lives a second program starts beside the first, as during a deploy.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
from sqlcipher3 import dbapi2

from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import (
    Booking,
    BookingStatus,
    Contact,
    Conversation,
    Escalation,
    Message,
)
from tests.app_process import ROOT, find_free_port
from tests.fakes import list_rows
from tests.kills.nursery import Nursery
from tests.page_client import PageClient, PageError, PageState, plain_words

# What a visitor was shown as sent may be lost for so long: see the README.
WINDOW_SECONDS = 2.0
START_SECONDS = 120.0
ACT_SECONDS = 10.0
# Copying takes several turns at the processor: on a machine that stands still so does the window.
SLOWNESS = 5.0
VISITORS = 2
OVERLAPS, LONGEST_OVERLAP = 0.15, 5.0


@dataclass
class Told:
    """What visitors were told is done: contacts by address, calls by id, chats that were handed to
    the owner, and messages with the moment at which they were shown as sent."""

    contacts: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    escalated: list[str] = field(default_factory=list)
    messages: dict[str, float] = field(default_factory=dict)


@dataclass
class Tally:
    """What came of it; `window` is the age of the oldest message that was lost, in seconds."""

    kills: int = 0
    cold_starts: int = 0
    overlaps: int = 0
    contacts: int = 0
    calls: int = 0
    escalations: int = 0
    messages: int = 0
    lost_messages: int = 0
    window: float = 0.0
    slowest_start: float = 0.0
    faults: list[str] = field(default_factory=list)

    def describe(self) -> str:
        return (
            f"{self.kills} kills, {self.cold_starts} starts on an empty disk (slowest "
            f"{self.slowest_start:.1f} s), {self.overlaps} beside a second program; confirmed: "
            f"{self.contacts} contacts, {self.calls} calls, {self.escalations} escalations, "
            f"{self.messages} messages; lost inside the window: {self.lost_messages} messages, "
            f"the oldest {self.window:.2f} s old; wrong: {len(self.faults)}"
        )


class Harness:
    """Runs one store through kills; state is kept in `folder`, so that a later part goes on.

    `rate` is the share of the store's calls that fail, and `lane` makes a course of its own.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        nursery: Nursery,
        *,
        rate: float,
        key: str | None = None,
        lane: str = "",
    ) -> None:
        self._nursery = nursery
        self._lane = lane
        self._folder = folder
        self._disk = folder / "disk"
        self._log = folder / "program.log"
        self._file = folder / "state.json"
        self._key = key
        self._rate = rate
        self._settings = {
            "HOST": "127.0.0.1",
            "PROFILE_DIR": str(ROOT / "data" / "profile"),
            "SECRET_KEY": "a secret key that outlives every kill of this test",
            "SNAPSHOT_STORE": str(folder / "store"),
            "CALL_HOURS": "Mon-Sun 00:00-24:00",
            "CALL_MINUTES": "5",
            "CALL_BUFFER_MINUTES": "0",
            **({"DATABASE_KEY": key} if key else {}),
            **settings,
        }
        folder.mkdir(parents=True, exist_ok=True)
        self.told, self.tally = self._load()
        self._gap = 0.0
        self._events: dict[str, Any] = {}

    def run(self, kills: int, *, seconds: float = float("inf")) -> Tally:
        """Kill so many times, for so long at most; the last start is looked at too.

        What an earlier part found wrong stays in the tally.
        """
        until = time.monotonic() + seconds
        for _ in range(kills):
            if time.monotonic() > until:
                break
            self._live_and_die()
        pid = self._start()
        self._end(pid)
        self._save()
        return self.tally

    def _live_and_die(self) -> None:
        chance = random.Random(f"kill {self._lane}{self.tally.kills}")
        if chance.random() < 0.1:
            self._die_while_starting(chance)
        else:
            pid = self._start()
            with self._overlap(chance):
                asyncio.run(self._visit_until_killed(pid, chance))
        self.tally.kills += 1
        self._save()

    @contextmanager
    def _overlap(self, chance: random.Random) -> Iterator[None]:
        """Sometimes another program starts on the same store now, and is killed after this."""
        if chance.random() >= OVERLAPS:
            yield
            return
        pid = self._fork(find_free_port(), self._folder / "second disk")
        try:
            yield
            time.sleep(chance.uniform(0.0, LONGEST_OVERLAP))
        finally:
            _kill(pid)
        self.tally.overlaps += 1

    def _fork(self, port: int, disk: Path) -> int:
        shutil.rmtree(disk, ignore_errors=True)
        wish = {
            "settings": {**self._settings, "PORT": str(port), "DATA_DIR": str(disk)},
            "rate": self._rate,
            "seed": f"{self._lane}{self.tally.kills} {self.tally.cold_starts}",
            "log": str(self._log),
        }
        return self._nursery.fork(wish)

    def _start(self) -> int:
        begun = time.monotonic()
        self._port = find_free_port()
        pid = self._fork(self._port, self._disk)
        while not _answers(self._port):
            if time.monotonic() > begun + START_SECONDS or not _lives(pid):
                self._end(pid)
                raise AssertionError(f"no start:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.02)
        self.tally.cold_starts += 1
        self.tally.slowest_start = max(self.tally.slowest_start, time.monotonic() - begun)
        self._look(pid)
        return pid

    def _die_while_starting(self, chance: random.Random) -> None:
        pid = self._fork(find_free_port(), self._disk)
        time.sleep(chance.uniform(0.0, 1.5))
        # Nobody was told anything: what is lost is as old as it was at the kill before.
        _kill(pid)

    def _end(self, pid: int) -> float:
        """Kill the program; returns the moment before."""
        moment = time.time()
        _kill(pid)
        self._killed_at = moment
        return moment

    async def _visit_until_killed(self, pid: int, chance: random.Random) -> None:
        self._is_time = asyncio.Event()
        watch = asyncio.create_task(self._watch_machine())
        visits = [
            asyncio.create_task(self._visit(f"{self.tally.kills}-{number}", chance))
            for number in range(VISITORS)
        ]
        # Counted in what visitors do, so that a kill on a slow machine finds as much to lose.
        self._left = chance.randint(0, 5)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_time.wait(), ACT_SECONDS)
        await asyncio.sleep(chance.uniform(0.0, 0.4))
        await asyncio.to_thread(self._end, pid)
        watch.cancel()
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)

    async def _visit(self, name: str, chance: random.Random) -> None:
        with suppress(httpx.HTTPError, PageError):
            async with PageClient(f"http://127.0.0.1:{self._port}", timeout=20.0) as page:
                # What the page can do is the same for all: read once.
                page._events = self._events
                await page.open()
                self._events = page._events
                for number in range(100):
                    self._count()
                    await self._act(page, f"{name}-{number}", chance.choice("mmcaeb"))

    async def _watch_machine(self) -> None:
        """How long this process, like any other, was kept from running at the most."""
        self._gap = 0.0
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.02)
            self._gap = max(self._gap, time.monotonic() - before - 0.02)

    def _count(self) -> None:
        if self._left <= 0:
            self._is_time.set()
        self._left -= 1

    async def _act(self, page: PageClient, name: str, what: str) -> None:
        if what == "m":
            async for state in page.send(f"Message {name}"):
                # One that a newer program's start has stopped takes no messages.
                if any(f"Message {name}" in text for _, text in state.messages):
                    self.told.messages.setdefault(f"Message {name}", time.time())
        elif what == "c":
            email = f"visitor-{name}@example.com"
            state = await page.press("contact-send", **{"contact-email": email})
            if _is_done(state, "contact-answer") and state.values.get("contact-receipt"):
                self.told.contacts.append(email)
        elif what == "a":
            wish = {"email": f"agent-{name}@example.com", "consent": True}
            answer = await page.http.post("/api/contacts", json=wish)
            if answer.is_success:
                self.told.contacts.append(wish["email"])
        elif what == "b":
            await self._book(page, name)
        else:
            state = await page.press("human-ask", **{"human-note": f"Note {name}"})
            if _is_done(state, "human-answer"):
                self.told.escalated.append(page.conversation_id)

    async def _book(self, page: PageClient, name: str) -> None:
        slots = (await page.http.get("/api/slots")).json()["days"]
        # Every life takes other times than those before it, which may be taken.
        free = [start for day in slots for start in day["starts"]]
        wish = {
            "start": free[crc32(name.encode()) % len(free)],
            "name": name,
            "email": f"caller-{name}@example.com",
        }
        answer = await page.http.post("/api/bookings", json=wish)
        if answer.is_success:
            self.told.calls.append(answer.json()["id"])

    def _look(self, pid: int) -> None:
        """Compare what the store gave back with what visitors were told."""
        path = self._disk / "chatbot.db"
        database = Database(DatabaseValues(f"sqlite:///{path}", self._key))
        try:
            emails = {row.email for row in list_rows(database, Contact)}
            chats = {str(row.conversation_id) for row in list_rows(database, Escalation)}
            calls = {
                str(row.id)
                for row in list_rows(database, Booking)
                if row.status == BookingStatus.BOOKED
            }
            texts = {row.content for row in list_rows(database, Message)}
            known = {str(row.id) for row in list_rows(database, Conversation)}
        finally:
            database.close()
        tally, told = self.tally, self.told
        wrong = [f"contact {email}" for email in told.contacts if email not in emails]
        wrong += [f"call {call}" for call in told.calls if call not in calls]
        wrong += [f"escalation {chat}" for chat in told.escalated if chat not in chats & known]
        for text, at in list(told.messages.items()):
            if text not in texts:
                age = self._killed_at - at
                tally.lost_messages += 1
                tally.window = max(tally.window, age)
                del told.messages[text]
                if age > WINDOW_SECONDS + SLOWNESS * self._gap:
                    wrong.append(f"{text}, {age:.2f} s old")
        if self._key is None:
            with closing(dbapi2.connect(str(path))) as connection:
                check = connection.execute("PRAGMA integrity_check").fetchone()[0]
            wrong += [] if check == "ok" else [f"database: {check}"]
        tally.contacts, tally.escalations = len(told.contacts), len(told.escalated)
        tally.calls = len(told.calls)
        tally.messages = len(told.messages) + tally.lost_messages
        if wrong:
            tally.faults += wrong
            self._save()
            self._end(pid)
            raise AssertionError(f"{wrong} after {tally.describe()}")

    def _load(self) -> tuple[Told, Tally]:
        self._killed_at = time.time()
        if not self._file.exists():
            return Told(), Tally()
        state = json.loads(self._file.read_text())
        self._killed_at = state["killed_at"]
        return Told(**state["told"]), Tally(**state["tally"])

    def _save(self) -> None:
        state = {
            "told": asdict(self.told),
            "tally": asdict(self.tally),
            "killed_at": self._killed_at,
        }
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps(state))
        unfinished.replace(self._file)


def read_tally(folder: Path) -> Tally:
    """What earlier parts came to."""
    file = folder / "state.json"
    return Tally(**json.loads(file.read_text())["tally"]) if file.exists() else Tally()


def _is_done(state: PageState, answer: str) -> bool:
    """Whether a form was answered, and not with what went wrong."""
    words = state.values.get(answer)
    return isinstance(words, str) and plain_words(words) == ""


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /api/health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return connection.recv(12).endswith(b" 200")
    return False


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    while _lives(pid):
        time.sleep(0.005)


def _lives(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return status != "Z"
