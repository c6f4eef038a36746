"""Three visitors and the owner, whatever they do and in which order: nobody reads or writes what is
another's, whichever ids they know of each other.

Up to 200 steps with every run of the tests, 5,000 in `make soak`.
"""

import asyncio
import uuid
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chatbot.engine.views import ChatView
from chatbot.engine.visitor_chat import ChatKey, PageInfo
from chatbot.errors import ChatbotError, InvalidInput, NotFound
from chatbot.people.forms import ContactForm
from chatbot.services import Services, build_services
from chatbot.storage.models import Contact, Escalation
from tests.fakes import make_settings, read_rows

VISITORS = st.integers(0, 2)
QUICK = pytest.param(8, 25)
SOAK = pytest.param(100, 50, marks=pytest.mark.soak)


@dataclass
class Person:
    """A visitor as the test knows them: what they wrote, per chat, with a word of their own."""

    mark: str
    view: ChatView
    asked: dict[uuid.UUID, list[str]] = field(default_factory=dict)
    owner_said: dict[uuid.UUID, list[str]] = field(default_factory=dict)

    @property
    def token(self) -> str:
        return self.view.token

    def key(self, conversation_id: uuid.UUID | None = None) -> ChatKey:
        whose = conversation_id or self.view.conversation_id
        return ChatKey(self.token, str(whose), client_message_id=uuid.uuid4().hex)


class IsolationMachine(RuleBasedStateMachine):
    """`people` are the three; `whose` is whose chat or message is meant, often somebody else's."""

    services: ClassVar[Services]
    runner: ClassVar[asyncio.Runner]
    people: list[Person]

    @initialize()
    def open_pages(self) -> None:
        self.people = []
        for name in "ABC":
            self.people.append(self.arrive(name))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def arrive(self, name: str) -> Person:
        view = self.run(self.services.chat.open_page(None, page=PageInfo()))
        person = Person(f"mark-{name}-{uuid.uuid4().hex}", view)
        person.asked[view.conversation_id] = []
        return person

    def chat_of(self, person: Person, number: int) -> uuid.UUID:
        return list(person.asked)[number % len(person.asked)]

    def expect(self, who: int, whose: int, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs what `who` does in the chat of `whose`: NotFound unless it is their own."""
        if who != whose:
            with pytest.raises(NotFound):
                self.run(work)
            return None
        try:
            return self.run(work)
        except NotFound:
            raise
        except InvalidInput:
            return None

    # --- Visitors -----------------------------------------------------------------------------

    @rule(who=VISITORS, whose=VISITORS, number=st.integers(0, 3))
    def send(self, who: int, whose: int, number: int) -> None:
        person, other = self.people[who], self.people[whose]
        chat = self.chat_of(other, number)
        text = f"Where did she study? {person.mark}"
        view = self.expect(who, whose, self.services.chat.send(person.key(chat), text))
        if view is not None:
            person.asked[chat].append(text)
            person.view = view
            self.run(self.settle(person.key(chat)))

    async def settle(self, key: ChatKey) -> None:
        async for _ in self.services.chat.follow(key):
            pass

    @rule(who=VISITORS, whose=VISITORS, number=st.integers(0, 3))
    def look(self, who: int, whose: int, number: int) -> None:
        person = self.people[who]
        chat = self.chat_of(self.people[whose], number)
        for do in (self.services.chat.read, self.services.chat.earlier, self.services.chat.refresh):
            self.expect(who, whose, do(person.key(chat)))
        self.expect(who, whose, self.services.chat.stop(person.key(chat)))
        self.expect(who, whose, self.services.calls.desk.make_key(person.token, str(chat)))

    @rule(who=VISITORS, whose=VISITORS)
    def meddle_with_messages(self, who: int, whose: int) -> None:
        """Rates, edits and retries with the ids of another's messages, in one's own chat too."""
        person, other = self.people[who], self.people[whose]
        if who == whose or not other.view.messages:
            return
        for message in self.run(self.services.chat.read(other.key())).messages:
            for chat in (None, other.view.conversation_id):
                for work in (
                    self.services.chat.rate(person.key(chat), message.id, "up"),
                    self.services.chat.edit(person.key(chat), message.id, "changed"),
                ):
                    with pytest.raises(NotFound):
                        self.run(work)
            with pytest.raises(NotFound):
                self.run(self.services.chat.retry(person.key(other.view.conversation_id)))

    @rule(who=VISITORS, whose=VISITORS, number=st.integers(0, 3))
    def open_chat(self, who: int, whose: int, number: int) -> None:
        person = self.people[who]
        chat = self.chat_of(self.people[whose], number)
        view = self.expect(who, whose, self.services.chat.open_chat(person.key(), chat))
        person.view = view or person.view

    @rule(who=VISITORS)
    def new_chat(self, who: int) -> None:
        person = self.people[who]
        person.view = self.run(self.services.chat.new_chat(person.key()))
        person.asked.setdefault(person.view.conversation_id, [])

    @rule(who=VISITORS)
    def come_back(self, who: int) -> None:
        person = self.people[who]
        person.view = self.run(self.services.chat.open_page(person.token, page=PageInfo()))
        assert person.view.conversation_id in person.asked

    @rule(who=VISITORS, whose=VISITORS)
    def leave_details(self, who: int, whose: int) -> None:
        person = self.people[who]
        form = ContactForm(email=f"{person.mark[-20:]}@example.com", message=person.mark)
        chat = self.people[whose].view.conversation_id
        before = len(read_rows(self.services, Contact))
        self.expect(who, whose, self.services.chat.leave_contact(person.key(chat), form))
        if who != whose:
            assert len(read_rows(self.services, Contact)) == before

    @rule(who=VISITORS, whose=VISITORS)
    def call_the_owner(self, who: int, whose: int) -> None:
        person = self.people[who]
        chat = self.people[whose].view.conversation_id
        before = len(read_rows(self.services, Escalation))
        work = self.services.chat.ask_for_human(person.key(chat), note=person.mark)
        self.expect(who, whose, work)
        if who != whose:
            assert len(read_rows(self.services, Escalation)) == before

    @rule(who=VISITORS)
    def take_the_data(self, who: int) -> None:
        person = self.people[who]
        held = repr(self.run(self.services.privacy.read_held_data(person.token)))
        self.check_marks(person, held)

    @rule(who=VISITORS)
    def erase(self, who: int) -> None:
        token = self.people[who].token
        self.run(self.services.privacy.erase_visitor(token))
        with pytest.raises(NotFound):
            self.run(self.services.chat.read(self.people[who].key()))
        self.people[who] = self.arrive("ABC"[who])

    @rule(who=VISITORS, token=st.sampled_from(["", "x", "\0", "' OR 1=1 --", "null"]))
    def come_with_another_token(self, who: int, token: str) -> None:
        key = ChatKey(token, str(self.people[who].view.conversation_id), uuid.uuid4().hex)
        for work in (
            self.services.chat.read(key),
            self.services.chat.send(key, "Hello"),
            self.services.chat.talk_to_human(key),
        ):
            with pytest.raises(NotFound):
                self.run(work)

    # --- The owner ----------------------------------------------------------------------------

    @rule(whose=VISITORS, number=st.integers(0, 3))
    def owner_answers(self, whose: int, number: int) -> None:
        """Only where the owner means to: the others neither see nor lose anything."""
        person = self.people[whose]
        chat = self.chat_of(person, number)
        words = f"The owner to {person.mark}"
        try:
            self.run(self.services.takeover.take(chat))
            self.run(self.services.takeover.say(chat, words, uuid.uuid4().hex))
        except ChatbotError:
            return
        person.owner_said.setdefault(chat, []).append(words)

    @rule(whose=VISITORS, number=st.integers(0, 3))
    def owner_leaves(self, whose: int, number: int) -> None:
        try:
            self.run(self.services.takeover.hand_back(self.chat_of(self.people[whose], number)))
        except ChatbotError:
            return

    # --- What always holds --------------------------------------------------------------------

    def check_marks(self, person: Person, words: str) -> None:
        for other in self.people:
            assert other is person or other.mark not in words
            assert other is person or other.token not in words

    @invariant()
    def everybody_sees_what_is_theirs(self) -> None:
        for person in getattr(self, "people", []):
            for chat, asked in person.asked.items():
                view = self.run(self.services.chat.read(person.key(chat)))
                self.check_marks(person, repr(view))
                texts = {role: [m.text for m in view.messages if m.role == role] for role in ROLES}
                # A page shows the last sixty.
                assert texts["user"] == asked[len(asked) - len(texts["user"]) :]
                said = person.owner_said.get(chat, [])
                assert texts["owner"] == said[len(said) - len(texts["owner"]) :]
                assert {one.id for one in view.chats} <= set(person.asked)


ROLES = ("user", "owner")


@pytest.fixture
def services(sqlite_values) -> Iterator[Services]:
    services = build_services(make_settings(sqlite_values))
    with asyncio.Runner() as runner:
        IsolationMachine.services, IsolationMachine.runner = services, runner
        yield services
        runner.run(services.stop())


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize(("examples", "steps"), [QUICK, SOAK])
def test_nobody_reads_or_writes_what_is_anothers(examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        IsolationMachine,
        settings=settings(
            max_examples=examples,
            # The short run is the same every time; the long one looks further.
            derandomize=examples < 50,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
