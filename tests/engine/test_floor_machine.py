"""The floor as a state machine: whatever visitor, owner, model and time do, and in which order."""

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, col, select

from chatbot.engine.admission import OwnerIsHere, TurnIsRunning
from chatbot.engine.visitor_chat import ChatKey
from chatbot.errors import InvalidInput
from chatbot.storage.database import DatabaseValues
from chatbot.storage.models import BudgetDay, Conversation, Message, utc_now
from tests.conftest import _empty_tables
from tests.fakes import Visitor
from tests.floor_parts import END, FloorParts

IDLE_MINUTES = 15


class FloorMachine(RuleBasedStateMachine):
    """Two processes on a server, one on a file; `self.said` is what must stand, in order."""

    values: ClassVar[DatabaseValues]

    @initialize()
    def open_page(self) -> None:
        self.runner = asyncio.Runner()
        self.has_owner = False
        self.epoch = 0
        self.said: list[tuple[str, str]] = []
        self.shown = ""
        self.has_asked = False
        self.last_say: tuple[str, uuid.UUID] | None = None
        self.run(self._open())

    async def _open(self) -> None:
        self.parts = FloorParts(self.values, idle_minutes=IDLE_MINUTES)
        is_file = self.parts.database.is_sqlite
        self.there = self.parts if is_file else FloorParts(self.values, idle_minutes=IDLE_MINUTES)
        visitor = await Visitor.arrive(self.parts.chat)
        self.key = visitor.key
        self.conversation_id = visitor.view.conversation_id

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def teardown(self) -> None:
        if hasattr(self, "parts"):
            self.run(self._close())
            self.runner.close()

    async def _close(self) -> None:
        for parts in {self.parts, self.there}:
            await parts.engine.close()
            parts.database.close()

    @property
    def live(self) -> Any:
        return self.parts.engine.get_live(self.conversation_id)

    def new_key(self) -> ChatKey:
        return replace(self.key, client_message_id=uuid.uuid4().hex)

    # --- The visitor --------------------------------------------------------------------------

    @rule(text=st.sampled_from(["Where?", "When?", "How much?"]))
    def send(self, text: str) -> None:
        if self.live is not None:
            with pytest.raises(TurnIsRunning):
                self.run(self.parts.chat.send(self.new_key(), text))
            return
        self.run(self.parts.chat.send(self.new_key(), text))
        self.has_asked = True
        self.said.append(("user", text))
        if not self.has_owner:
            self.said.append(("assistant", ""))
            self.shown = ""

    @rule()
    def retry(self) -> None:
        expected: type[InvalidInput] | None = None
        if self.has_owner:
            expected = OwnerIsHere
        elif self.live is not None:
            expected = TurnIsRunning
        elif not self.has_asked:
            expected = InvalidInput
        if expected is not None:
            with pytest.raises(expected):
                self.run(self.parts.chat.retry(self.new_key()))
            return
        asked = max(place for place, (role, _) in enumerate(self.said) if role == "user")
        self.run(self.parts.chat.retry(self.new_key()))
        head, tail = self.said[:asked], self.said[asked:]
        self.said = [*head, *(part for part in tail if part[0] != "assistant"), ("assistant", "")]
        self.shown = ""

    @rule()
    def stop(self) -> None:
        self.run(self.parts.chat.stop(self.new_key()))

    # --- The model ----------------------------------------------------------------------------

    @precondition(lambda self: self.live is not None)
    @rule(piece=st.sampled_from(["I built ", "a bridge ", "of steel. "]))
    def speak(self, piece: str) -> None:
        self.run(self._speak(piece))
        self.shown += piece
        self.said[-1] = ("assistant", self.shown)

    async def _speak(self, piece: str) -> None:
        live = self.live
        length = len(live.text) + len(piece)
        self.parts.answering.queue(self.conversation_id).put_nowait(piece)
        async for _ in live.changes(every=0):
            if len(live.text) >= length:
                return

    @precondition(lambda self: self.live is not None)
    @rule()
    def fall_silent(self) -> None:
        self.run(self._end_turn())

    async def _end_turn(self) -> None:
        task = self.live.task
        self.parts.answering.queue(self.conversation_id).put_nowait(END)
        await asyncio.wait([task])

    # --- The owner ----------------------------------------------------------------------------

    @rule(is_elsewhere=st.booleans())
    def take(self, is_elsewhere: bool) -> None:
        taker = self.there if is_elsewhere else self.parts
        view = self.run(taker.takeover.take(self.conversation_id))
        assert view.has_changed is not self.has_owner
        if not self.has_owner:
            self.said.append(("notice", "notice:joined"))
            self.epoch += 1
        self.has_owner = True
        if self.live is not None:
            # Another process has taken over: this one finds out with the next word, or the end.
            assert taker is not self.parts
            self.run(self._end_turn())

    @rule(is_elsewhere=st.booleans())
    def hand_back(self, is_elsewhere: bool) -> None:
        giver = self.there if is_elsewhere else self.parts
        view = self.run(giver.takeover.hand_back(self.conversation_id))
        assert view.has_changed is self.has_owner
        self._note_left()

    @rule(text=st.sampled_from(["Hello, I am here.", "Monday suits me."]))
    def say(self, text: str) -> None:
        client_id = uuid.uuid4().hex
        if not self.has_owner:
            with pytest.raises(InvalidInput):
                self.run(self.parts.takeover.say(self.conversation_id, text, client_id))
            return
        said = self.run(self.parts.takeover.say(self.conversation_id, text, client_id))
        self.last_say = (client_id, said)
        self.said.append(("owner", text))

    @precondition(lambda self: self.last_say is not None)
    @rule()
    def say_the_same_again(self) -> None:
        assert self.last_say is not None
        client_id, said = self.last_say
        assert self.run(self.there.takeover.say(self.conversation_id, "Hello", client_id)) == said

    @rule(minutes=st.sampled_from([IDLE_MINUTES - 1, IDLE_MINUTES + 1]))
    def fall_idle(self, minutes: int) -> None:
        returned = self.run(self.parts.takeover.return_idle(utc_now() + timedelta(minutes=minutes)))
        is_due = self.has_owner and minutes > IDLE_MINUTES
        assert returned == is_due
        if is_due:
            self._note_left()

    def _note_left(self) -> None:
        if self.has_owner:
            self.said.append(("notice", "notice:left"))
            self.epoch += 1
        self.has_owner = False

    # --- What holds at every moment -----------------------------------------------------------

    @invariant()
    def one_speaker(self) -> None:
        if not hasattr(self, "parts"):
            return
        rows, found, days = self.parts.database.read_now(self._read)
        assert found.floor == ("owner" if self.has_owner else "bot")
        assert found.floor_epoch == self.epoch
        streaming = [row for row in rows if row.status == "streaming"]
        assert len(streaming) == (self.live is not None)
        assert not (streaming and self.has_owner)
        standing = [row for row in rows if row.replaced_at is None]
        shown = [(row.role, self._words(row)) for row in standing]
        assert shown == self.said
        assert sum(row.reserved_micro_usd for row in rows) == sum(
            day.reserved_micro_usd for day in days
        )
        assert all(bool(row.reserved_micro_usd) == (row.status == "streaming") for row in rows)
        assert sum(row.cost_micro_usd or 0 for row in rows) == sum(
            day.spent_micro_usd for day in days
        )

    def _words(self, row: Message) -> str:
        return self.live.text if row.status == "streaming" else row.content

    def _read(self, session: Session) -> tuple[list[Message], Conversation, list[BudgetDay]]:
        rows = session.exec(select(Message).order_by(col(Message.id))).all()
        found = session.exec(select(Conversation)).one()
        return list(rows), found, list(session.exec(select(BudgetDay)).all())


def run_machine(machine: type[FloorMachine], *, examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(400)
def test_the_floor_on_sqlite(sqlite_template: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:

        class Machine(FloorMachine):
            def __init__(self) -> None:
                super().__init__()
                path = shutil.copy(sqlite_template, f"{folder}/{uuid.uuid4()}.db")
                type(self).values = DatabaseValues(f"sqlite:///{path}")

        run_machine(Machine, examples=40)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("database_values", ["PostgreSQL", "MariaDB"], indirect=True)
def test_the_floor_on_a_server(database_values: DatabaseValues) -> None:
    class Machine(FloorMachine):
        values = database_values

        def __init__(self) -> None:
            super().__init__()
            _empty_tables(database_values)

    run_machine(Machine, examples=8)
