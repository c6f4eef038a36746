"""Three visitors and the owner at all doors of the running site, in any order: nobody reads or
writes what is another's, whichever ids they know of each other.

The page is called as browsers call Gradio, REST and WebSocket by independent clients. About 150
steps with every run of the tests, 5,000 in `make soak`. Without rate limits, so that every step
reaches what it tries.
"""

import asyncio
import json
import shutil
import sys
import threading
import traceback
import uuid
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import StopTest
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func
from sqlmodel import Session, col, select

from chatbot.storage.models import (
    Booking,
    Contact,
    ContactConversation,
    Conversation,
    Escalation,
    JobDescription,
    Message,
    MessageStatus,
    Question,
    Table,
    ToolCall,
)
from tests.door_server import DoorServer
from tests.page_client import PageError
from tests.security.deeds import DEEDS, MEDDLING, press
from tests.security.doors import MARK, REFUSED_SOCKET, SECONDS, Owner, Visitor
from tests.stand_in import Answer, Reply, Request

STRANGERS = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
VISITORS = st.integers(0, 2)
# Who acts, and in whose chat: mostly another's.
PAIRS = st.sampled_from([*((who, whose) for who in range(3) for whose in range(3)), *STRANGERS])
NUMBERS = st.integers(0, 3)
DOORS = st.sampled_from(["page", "rest", "stream", "socket"])
READ_DOORS = st.sampled_from(["page", "rest", "socket"])
OWNERS_DOORS = st.sampled_from(["page", "rest", "socket"])
QUICK = pytest.param(150, 30)
SOAK = pytest.param(5_000, 50, marks=pytest.mark.soak)
# What the model says: it claims nothing, so that none of it is withheld.
WORDS = "Ask me anything about the work, and I will look it up for you."
OF_CHATS = (Message, Escalation, JobDescription, ContactConversation)
COUNTED = (*OF_CHATS, Conversation, Contact, Booking, Question, ToolCall)


OWNERS_PATHS = (
    ("GET", "/api/questions", {}),
    ("GET", "/api/owner/contacts.csv", {}),
    ("GET", "/api/analytics/top-questions", {}),
    ("GET", "/api/chats?search=mark", {}),
    ("POST", f"/api/questions/{uuid.uuid4()}/answer", {"json": {"answer": "Yes."}}),
)


class DoorMachine(RuleBasedStateMachine):
    """`who` acts; `whose` is whose chat or message is meant, often somebody else's."""

    server: ClassVar[DoorServer]
    runner: ClassVar[asyncio.Runner]
    owner: ClassVar[Owner]
    steps: ClassVar[int] = 0
    refusals: ClassVar[int] = 0
    # Set while the model is to keep an answer back; and by the model when it has been asked.
    go_on: ClassVar[threading.Event | None] = None
    asked: ClassVar[threading.Event] = threading.Event()

    def __init__(self) -> None:
        super().__init__()
        self.people: list[Visitor] = []
        self.gone: list[str] = []

    @initialize()
    def arrive_all(self) -> None:
        for number in range(3):
            self.people.append(self.arrive(by_program=number == 2))

    def teardown(self) -> None:
        error = sys.exception()
        if error is not None and not isinstance(error, StopTest):
            # What hypothesis says of a failure that does not come back hides the failure itself.
            traceback.print_exception(error)
        for person in self.people:
            self.run(person.leave())

    # --- Tools of the rules -------------------------------------------------------------------

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def arrive(self, *, by_program: bool) -> Visitor:
        person = Visitor(self.server)
        self.run(person.arrive(by_program=by_program))
        return person

    def chat_of(self, person: Visitor, number: int) -> str:
        return list(person.chats)[number % len(person.chats)]

    def ask_database(self, work: Callable[[Session], Any]) -> Any:
        return self.server.services.database.read_now(work)

    def messages_of(self, chat: str) -> list[Message]:
        statement = select(Message).where(Message.conversation_id == uuid.UUID(chat))
        return list(self.ask_database(lambda s: s.exec(statement.order_by(col(Message.id))).all()))

    def picture(self, person: Visitor) -> list[str]:
        """All that is stored of a visitor's chats, and how many rows there are of anybody's."""
        keys = [uuid.UUID(chat) for chat in person.chats]

        def work(session: Session) -> list[str]:
            found: list[Table] = []
            for table in OF_CHATS:
                found += session.exec(
                    select(table).where(col(table.conversation_id).in_(keys))
                ).all()
            found += session.exec(select(Conversation).where(col(Conversation.id).in_(keys))).all()
            counts = [session.exec(select(func.count()).select_from(t)).one() for t in COUNTED]
            return [*sorted(repr(row.model_dump()) for row in found), repr(counts)]

        return list(self.ask_database(work))

    def try_on(self, who: int, whose: int, work: Coroutine[Any, Any, bool | None]) -> bool:
        """Runs what `who` does in the chat of `whose`: refused, and nothing changes, unless it is
        their own; whether it was taken."""
        before = self.picture(self.people[whose]) if who != whose else []
        taken = self.run(work)
        if who != whose:
            assert not taken
            assert self.picture(self.people[whose]) == before
            type(self).refusals += 1
        return bool(taken)

    # --- Visitors -----------------------------------------------------------------------------

    @rule(pair=PAIRS, number=NUMBERS, door=DOORS)
    def send(self, pair: tuple[int, int], number: int, door: str) -> None:
        who, whose = pair
        person, other = self.people[who], self.people[whose]
        chat = self.chat_of(other, number)
        text = f"Tell me about your work, please. {person.mark}"
        if self.try_on(who, whose, person.send(door, chat, text)):
            person.chats[chat].append(text)
        else:
            assert who != whose

    @rule(pair=PAIRS, number=NUMBERS, door=READ_DOORS)
    def read(self, pair: tuple[int, int], number: int, door: str) -> None:
        who, whose = pair
        chat = self.chat_of(self.people[whose], number)
        first = next((str(row.id) for row in self.messages_of(chat)), None)
        taken = self.try_on(who, whose, self.people[who].read(door, chat, first))
        assert taken == (who == whose)

    @rule(pair=PAIRS, number=NUMBERS, what=st.sampled_from(sorted(DEEDS)))
    def do(self, pair: tuple[int, int], number: int, what: str) -> None:
        who, whose = pair
        person = self.people[who]
        chat = self.chat_of(self.people[whose], number)
        last = next((str(row.id) for row in self.messages_of(chat)[::-1]), str(uuid.uuid4()))
        taken = self.try_on(who, whose, DEEDS[what](person, chat, last))
        assert taken or who != whose or what in ("retry", "human")

    @rule(pair=st.sampled_from(STRANGERS), number=NUMBERS, what=st.sampled_from(sorted(MEDDLING)))
    def meddle(self, pair: tuple[int, int], number: int, what: str) -> None:
        """With the ids of another's messages, in their chat and in one's own."""
        who, whose = pair
        chat = self.chat_of(self.people[whose], number)
        # A retry in one's own chat is one's own, whichever message it names.
        places = (chat,) if what == "retry" else (chat, self.people[who].open_chat)
        for row in self.messages_of(chat)[-3:]:
            for place in places:
                work = MEDDLING[what](self.people[who], place, str(row.id))
                self.try_on(who, whose, work)

    @rule(pair=PAIRS, number=NUMBERS, by_program=st.booleans())
    def rate(self, pair: tuple[int, int], number: int, by_program: bool) -> None:
        who, whose = pair
        chat = self.chat_of(self.people[whose], number)
        answers = [row for row in self.messages_of(chat) if row.role == "assistant"]
        if answers:
            do = MEDDLING["feedback" if by_program else "good"]
            work = do(self.people[who], chat, str(answers[-1].id))
            assert self.try_on(who, whose, work) == (who == whose)

    @rule(pair=PAIRS, number=NUMBERS)
    def stop_a_running_answer(self, pair: tuple[int, int], number: int) -> None:
        """The model keeps an answer back: only its visitor can stop it."""
        who, whose = pair
        other = self.people[whose]
        chat = self.chat_of(other, number)
        if other.has_owner(chat):
            return
        text = f"Tell me more, please. {other.mark}"
        self.run(self._stop(who, whose, chat, text))
        other.chats[chat].append(text)
        assert self.messages_of(chat)[-1].status != MessageStatus.STREAMING

    async def _stop(self, who: int, whose: int, chat: str, text: str) -> None:
        kind, go_on = type(self), threading.Event()
        kind.go_on = go_on
        kind.asked.clear()
        sent = asyncio.create_task(self.people[whose].send("stream", chat, text))
        # An answer that ends without the model is told from one that is slow.
        sent.add_done_callback(lambda _: kind.asked.set())
        try:
            assert await asyncio.to_thread(kind.asked.wait, SECONDS)
            assert not sent.done(), self.messages_of(chat)
            if who != whose:
                await press(self.people[who], "stop", chat)
                live = [row for row in self.messages_of(chat) if row.status == "streaming"]
                assert len(live) == 1
            await press(self.people[whose], "stop", chat)
            assert await sent
        finally:
            kind.go_on = None
            go_on.set()

    @rule(who=VISITORS)
    def new_chat(self, who: int) -> None:
        self.run(self.people[who].page.press("new-chat"))
        self.people[who].note_chat()

    def begin_anew(self, whose: int, chat: str) -> None:
        """After an erasure: what is left of a chat, by a contact, is the visitor's new one as soon
        as they write in it."""
        self.people[whose].forget(chat)
        self.new_chat(whose)
        self.send(
            (whose, whose),
            list(self.people[whose].chats).index(self.people[whose].open_chat),
            "page",
        )

    @rule(who=VISITORS)
    def come_back(self, who: int) -> None:
        self.run(self.people[who].page.open())
        assert self.people[who].open_chat in self.people[who].chats

    @rule(pair=PAIRS)
    def leave_anybodys_address(self, pair: tuple[int, int]) -> None:
        """Anybody can type somebody else's: it tells them nothing of whom it belongs to."""
        who, whose = pair
        person = self.people[who]
        person.typed.add(self.people[whose].email)
        body = {"email": self.people[whose].email, "consent": True, "notes": person.mark}
        assert self.run(person.call("POST", "/api/contacts", json=body)).is_success

    @rule(who=VISITORS)
    def take_the_data(self, who: int) -> None:
        person = self.people[who]
        assert self.run(person.call("POST", "/api/me/export")).is_success
        assert self.run(person.call("GET", "/api/chats")).is_success

    @rule(pair=PAIRS, number=NUMBERS)
    def erase_a_chat(self, pair: tuple[int, int], number: int) -> None:
        who, whose = pair
        chat = self.chat_of(self.people[whose], number)

        async def work() -> bool:
            return (await self.people[who].call("DELETE", f"/api/chats/{chat}")).is_success

        if self.try_on(who, whose, work()):
            self.begin_anew(whose, chat)

    @rule(who=VISITORS, by_program=st.booleans())
    def erase(self, who: int, by_program: bool) -> None:
        person = self.people[who]
        others = [other for other in self.people if other is not person]
        before = [self.picture(other)[:-1] for other in others]
        assert self.run(person.call("POST", "/api/me/erase")).is_success
        assert [self.picture(other)[:-1] for other in others] == before
        for door in ("page", "rest", "socket"):
            assert not self.run(person.read(door, person.open_chat, None))
        self.check_heard(person)
        self.run(person.leave())
        self.gone += [person.mark, person.token]
        self.people[who] = self.arrive(by_program=by_program)

    @rule(whose=VISITORS, token=st.sampled_from(["", "x" * 43, "null", "' OR 1=1 --"]))
    def come_with_another_token(self, whose: int, token: str) -> None:
        """Knows the chat's id, and no token of anybody's."""
        other = self.people[whose]

        async def work() -> bool:
            thief = Visitor(self.server)
            thief.page.token = token
            await thief.page.load()
            opened = [await thief.send(d, other.open_chat, "Hello") for d in ("page", "rest")]
            opened += [await thief.read(d, other.open_chat, None) for d in ("page", "socket")]
            heard = " ".join(thief.heard)
            await thief.leave()
            assert other.mark not in heard
            return any(opened)

        before = self.picture(other)
        assert not self.run(work())
        assert self.picture(other) == before
        type(self).refusals += 1

    @rule(who=VISITORS)
    def play_the_owner(self, who: int) -> None:
        """At the owner's doors, and with the events of the owner's own page."""
        person = self.people[who]
        for method, path, options in OWNERS_PATHS:
            answer = self.run(person.call(method, path, **options))
            is_own_list = path.startswith("/api/chats")
            assert answer.status_code in ((200,) if is_own_list else (401, 403)), path
        chat = self.people[who - 1].open_chat
        values = {"owner-inbox-action": f"take:{chat}", "owner-inbox-selected": chat}
        for session in (person.page.session_hash, self.owner.page.session_hash):
            body = self.owner.page.build_body("owner-inbox-act", **values)
            body["session_hash"] = session
            answer = self.run(person.page.post(json.dumps(body).encode()))
            assert answer.status_code == 404
        type(self).refusals += 1

    # --- The owner ----------------------------------------------------------------------------

    @rule(whose=VISITORS, number=NUMBERS, door=OWNERS_DOORS)
    def owner_answers(self, whose: int, number: int, door: str) -> None:
        person = self.people[whose]
        chat = self.chat_of(person, number)
        words = f"The owner to {person.mark}"
        self.run(self.owner.say(door, chat, words))
        person.owner_said.setdefault(chat, []).append(words)
        assert person.has_owner(chat)

    @rule(whose=VISITORS, number=NUMBERS)
    def owner_takes_over(self, whose: int, number: int) -> None:
        chat = self.chat_of(self.people[whose], number)
        self.run(self.owner.act("take", chat))
        assert self.people[whose].has_owner(chat)

    @rule(whose=VISITORS, number=NUMBERS)
    def owner_leaves(self, whose: int, number: int) -> None:
        chat = self.chat_of(self.people[whose], number)
        self.run(self.owner.act("handback", chat))
        assert not self.people[whose].has_owner(chat)

    @rule(whose=VISITORS, number=NUMBERS)
    def owner_reads(self, whose: int, number: int) -> None:
        """Who sees everything sees the marks: they do travel."""
        person = self.people[whose]
        chat = self.chat_of(person, number)
        answer = self.run(self.owner.call("GET", f"/api/chats/{chat}/messages"))
        assert answer.is_success
        assert (person.mark in answer.text) == bool(
            person.chats[chat] or person.owner_said.get(chat)
        )

    @rule(whose=VISITORS, number=NUMBERS)
    def owner_erases_a_chat(self, whose: int, number: int) -> None:
        chat = self.chat_of(self.people[whose], number)
        assert self.run(self.owner.call("DELETE", f"/api/chats/{chat}")).is_success
        self.begin_anew(whose, chat)

    @rule(whose=VISITORS)
    def owner_signs_out(self, whose: int) -> None:
        """What the sign-in has opened is closed with it; then the owner comes back."""
        chat = self.people[whose].open_chat
        before = self.picture(self.people[whose])
        self.run(self.owner.sign_out())
        answer = self.run(self.owner.call("GET", f"/api/chats/{chat}/messages"))
        assert answer.status_code == 401
        with pytest.raises(PageError, match="404"):
            self.run(self.owner.act("take", chat))
        _, code = self.run(self.owner.listen(chat))
        assert code == REFUSED_SOCKET
        assert self.picture(self.people[whose]) == before
        self.run(self.owner.sign_in())

    # --- What always holds --------------------------------------------------------------------

    def check_heard(self, person: Visitor) -> None:
        words = " ".join(person.heard)
        person.heard.clear()
        assert set(MARK.findall(words)) <= {person.mark}
        for other in self.people:
            assert other is person or other.token not in words
            assert other.email in person.typed or other.email not in words

    @invariant()
    def nobody_has_been_told_what_is_anothers(self) -> None:
        type(self).steps += 1
        for person in self.people:
            self.check_heard(person)
        for request in self.server.stand_in.requests:
            assert len(set(MARK.findall(json.dumps(request.body)))) <= 1
        self.server.stand_in.requests.clear()

    @invariant()
    def every_chat_holds_what_its_own_people_wrote(self) -> None:
        for person in self.people:
            for chat, asked in person.chats.items():
                rows = self.messages_of(chat)
                texts = {
                    role: [row.content for row in rows if row.role == role and not row.replaced_at]
                    for role in ("user", "owner")
                }
                assert texts == {"user": asked, "owner": person.owner_said.get(chat, [])}
                assert set(MARK.findall(repr([row.model_dump() for row in rows]))) <= {person.mark}


def answer(_request: Request) -> Answer:
    go_on = DoorMachine.go_on
    DoorMachine.asked.set()
    return Reply(text=WORDS, go_on=go_on)


@pytest.fixture
def doors(sqlite_template, tmp_path) -> Iterator[None]:
    path = shutil.copy(sqlite_template, tmp_path / "chatbot.db")
    # The owner keeps the floor and the model its budget: what happens by itself would change the
    # chats beside the steps.
    values = {"rate_limits": "off", "takeover_idle_minutes": 1440, "daily_budget_usd": 1000}
    with DoorServer(path, **values) as server, asyncio.Runner() as runner:
        server.stand_in.answer = answer
        owner = Owner(server)
        runner.run(owner.sign_in())
        DoorMachine.server, DoorMachine.runner, DoorMachine.owner = server, runner, owner
        DoorMachine.steps = DoorMachine.refusals = 0
        yield
        runner.run(owner.leave())


@pytest.mark.usefixtures("doors")
@pytest.mark.parametrize(("wanted", "steps"), [QUICK, SOAK])
def test_nobody_reads_or_writes_what_is_anothers_at_any_door(wanted: int, steps: int) -> None:
    while DoorMachine.steps < wanted:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            DoorMachine,
            settings=settings(
                # Few at a time: hypothesis compares runs that begin alike, and over a real server
                # they need not end alike.
                max_examples=min(10, max(1, (wanted - DoorMachine.steps) // steps)),
                # The short run is the same every time; the long one looks further.
                derandomize=wanted < 1_000,
                stateful_step_count=steps,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    # Of what they did, this much was meant for somebody else.
    assert DoorMachine.refusals > wanted // 8
