import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.action_effects import build_effects
from chatbot.people.action_links import ActionLinks, LinkState
from chatbot.people.action_subjects import Action
from chatbot.people.contact_changes import update_contact
from chatbot.people.contacts import save_contact
from chatbot.people.escalations import open_escalation
from chatbot.people.notification_text import NotificationText
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.people.outbox import Outbox, OutboxValues
from chatbot.people.questions import answer_question, dismiss_question, file_question
from chatbot.people.takeover import Takeover, TakeoverValues
from chatbot.signing import Signer
from chatbot.storage.database import Database
from chatbot.storage.models import (
    ActionLink,
    Contact,
    ContactStatus,
    Conversation,
    Escalation,
    EscalationReason,
    EscalationStatus,
    Floor,
    Question,
    QuestionStatus,
)
from chatbot.web.live import LiveBell
from tests.fakes import list_rows
from tests.knowledge_parts import make_knowledge
from tests.people.test_outbox import BUSY, DOWN, SENT, Channel, Clock
from tests.storage.test_database import add_conversation

SECRET = "a secret key that is long enough for links"
ADDRESS = "https://mara-lindqvist-career-chat.hf.space"
LINK = re.compile(rf"^(.+): {re.escape(ADDRESS)}/act/(\S+)$", re.MULTILINE)


@dataclass
class Turns:
    """No turn runs; keeps in which conversations one was to be ended."""

    stopped: list[uuid.UUID] = field(default_factory=list)

    async def stop_turn(self, conversation_id: uuid.UUID, _reason: str = "stopped") -> bool:
        self.stopped.append(conversation_id)
        return False

    @asynccontextmanager
    async def hold_turns(self, _conversation_id: uuid.UUID) -> AsyncIterator[None]:
        yield


@dataclass
class Desk:
    """A database with its outbox, the links in it, and what the owner's phone got."""

    database: Database
    channels: tuple[Channel, ...] = (Channel(),)
    clock: Clock = field(default_factory=Clock)
    turns: Turns = field(default_factory=Turns)

    def __post_init__(self) -> None:
        self.channels = tuple(Channel(item.name, list(item.answers)) for item in self.channels)
        takeover = Takeover(
            TakeoverValues(idle_minutes=15, budget_cap=0),
            database=self.database,
            bell=LiveBell(secret_key=SECRET),
            turns=self.turns,
        )
        self.links = ActionLinks(
            database=self.database,
            secret_key=SECRET,
            address=ADDRESS,
            effects=build_effects(self.database, takeover, make_knowledge(self.database)),
            clock=self.clock,
        )
        self.outbox = Outbox(
            database=self.database,
            channels=self.channels,
            values=OutboxValues(),
            links=self.links,
            clock=self.clock,
        )

    @property
    def texts(self) -> list[NotificationText]:
        return self.channels[0].taken

    async def deliver(self) -> dict[str, str]:
        """Deliver all that was written; the token of each link by its label, of the last
        message."""
        self.clock.now = max(self.clock.now, datetime.now(UTC) + timedelta(seconds=1))
        await self.outbox.deliver_due()
        return dict(LINK.findall(self.texts[-1].message)) if self.texts else {}

    def rows(self, table: Any) -> list[Any]:
        return list_rows(self.database, table)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def sqlite_desk(sqlite_database: Database) -> Desk:
    return Desk(sqlite_database)


def escalate(session: Session) -> uuid.UUID:
    conversation_id = add_conversation(session)
    open_escalation(
        session,
        conversation_id=conversation_id,
        reason=EscalationReason.REQUESTED,
        note="Could I talk to her?",
    )
    return conversation_id


def ask(session: Session) -> uuid.UUID:
    return file_question(session, "Do you speak Dutch?")[0].id


def leave_contact(session: Session) -> uuid.UUID:
    return save_contact(session, email="ana.ruiz@example.com", name="Ana Ruiz", notes="Hello")[0].id


OFFERED = {
    "Take over": escalate,
    "Answer": ask,
    "Mark as contacted": leave_contact,
    "Not a lead": leave_contact,
}


async def offer(desk: Desk, label: str) -> tuple[str, uuid.UUID]:
    """The token of a link in a notification that was sent, and what the link is about."""
    target_id = desk.database.write_now(OFFERED[label])
    return (await desk.deliver())[label], target_id


def outcome(desk: Desk, label: str) -> Any:
    """What the action changes, as it stands."""
    if label == "Take over":
        [conversation] = desk.rows(Conversation)
        return conversation.floor_epoch, conversation.floor
    if label == "Answer":
        [question] = desk.rows(Question)
        return question.status, question.answer
    return desk.rows(Contact)[0].status


DONE = {
    "Take over": (1, Floor.OWNER),
    "Answer": (QuestionStatus.ANSWERED, "Yes, fluently."),
    "Mark as contacted": ContactStatus.CONTACTED,
    "Not a lead": ContactStatus.JUNK,
}


@pytest.mark.parametrize("label", OFFERED)
async def test_a_link_does_its_one_thing_once(desk: Desk, label: str):
    token, target_id = await offer(desk, label)
    before = outcome(desk, label)
    seen = [await desk.links.look(token) for _ in range(20)]
    assert {view.state for view in seen} == {LinkState.READY}
    assert outcome(desk, label) == before

    view = await desk.links.use(token, "Yes, fluently.")
    assert (view.state, view.target_id) == (LinkState.DONE, target_id)
    assert outcome(desk, label) == DONE[label]
    for again in (await desk.links.use(token, "No."), await desk.links.look(token)):
        assert (again.state, again.used_at) == (LinkState.USED, desk.clock())
    assert outcome(desk, label) == DONE[label]


@pytest.mark.parametrize("label", OFFERED)
async def test_of_ten_at_once_one_does_it(desk: Desk, label: str):
    token, _ = await offer(desk, label)
    views = await asyncio.gather(
        *(desk.links.use(token, f"Answer {number}") for number in range(10))
    )
    states = [view.state for view in views]
    assert states.count(LinkState.DONE) == 1
    assert states.count(LinkState.USED) == 9
    if label == "Answer":
        winner = states.index(LinkState.DONE)
        assert outcome(desk, label) == (QuestionStatus.ANSWERED, f"Answer {winner}")
    else:
        assert outcome(desk, label) == DONE[label]


@pytest.mark.parametrize("label", OFFERED)
async def test_a_link_expires(sqlite_desk: Desk, label: str):
    desk = sqlite_desk
    token, _ = await offer(desk, label)
    before = outcome(desk, label)
    hours = 24 if label == "Take over" else 72
    desk.clock.pass_by(hours=hours, seconds=-1)
    assert (await desk.links.look(token)).state == LinkState.READY
    desk.clock.pass_by(seconds=1)
    assert (await desk.links.look(token)).state == LinkState.EXPIRED
    assert (await desk.links.use(token, "Too late")).state == LinkState.EXPIRED
    assert outcome(desk, label) == before


async def test_a_replay_ends_no_answer_that_is_being_written(sqlite_desk: Desk):
    token, conversation_id = await offer(sqlite_desk, "Take over")
    await sqlite_desk.links.use(token)
    await sqlite_desk.links.use(token)
    assert sqlite_desk.turns.stopped == [conversation_id]


async def test_taking_over_by_the_link_takes_the_escalation_too(database: Database):
    desk = Desk(database)
    token, _ = await offer(desk, "Take over")
    await desk.links.use(token)
    [escalation] = desk.rows(Escalation)
    assert escalation.status == EscalationStatus.TAKEN


async def test_the_other_link_of_a_notification_still_works(sqlite_desk: Desk):
    sqlite_desk.database.write_now(leave_contact)
    tokens = await sqlite_desk.deliver()
    assert list(tokens) == ["Mark as contacted", "Not a lead"]
    for token in tokens.values():
        assert (await sqlite_desk.links.use(token)).state == LinkState.DONE
    assert sqlite_desk.rows(Contact)[0].status == ContactStatus.JUNK


async def test_what_was_done_in_the_area_meanwhile_is_not_done_again(desk: Desk):
    token, question_id = await offer(desk, "Answer")
    desk.database.write_now(lambda s: answer_question(s, question_id, "From the tab"))
    assert (await desk.links.look(token)).state == LinkState.SETTLED
    assert (await desk.links.use(token, "From the link")).state == LinkState.SETTLED
    assert outcome(desk, "Answer") == (QuestionStatus.ANSWERED, "From the tab")

    token, contact_id = await offer(desk, "Mark as contacted")
    desk.database.write_now(lambda s: update_contact(s, contact_id, status=ContactStatus.IN_TALKS))
    assert (await desk.links.use(token)).state == LinkState.SETTLED
    assert outcome(desk, "Mark as contacted") == ContactStatus.IN_TALKS


async def test_a_dismissal_between_look_and_use_is_noticed(desk: Desk):
    """The effect itself finds out, in the transaction that would use the link up."""
    token, question_id = await offer(desk, "Answer")
    looked = await desk.links.look(token)
    desk.database.write_now(lambda s: dismiss_question(s, question_id))

    async def look(_token: str) -> Any:
        return looked

    stale = Desk(desk.database).links
    really = stale.look
    answers = iter([look, really])
    stale.look = lambda given: next(answers)(given)  # type: ignore[method-assign]
    assert (await stale.use(token, "Yes")).state == LinkState.SETTLED
    assert outcome(desk, "Answer") == (QuestionStatus.DISMISSED, None)
    assert desk.rows(ActionLink)[0].used_at is None


async def test_a_link_to_what_was_erased_says_so(sqlite_desk: Desk):
    token, contact_id = await offer(sqlite_desk, "Not a lead")
    sqlite_desk.database.write_now(lambda s: s.delete(s.get_one(Contact, contact_id)))
    assert (await sqlite_desk.links.look(token)).state == LinkState.GONE
    assert (await sqlite_desk.links.use(token)).state == LinkState.GONE


async def test_an_answer_that_cannot_be_used_leaves_the_link_as_it_was(desk: Desk):
    token, _ = await offer(desk, "Answer")
    for text in ("", "  \n", "x" * 4001):
        with pytest.raises(InvalidInput):
            await desk.links.use(token, text)
    assert (await desk.links.use(token, "Yes, fluently.")).state == LinkState.DONE
    assert outcome(desk, "Answer") == DONE["Answer"]


async def test_a_forged_token_is_not_known(sqlite_desk: Desk):
    desk = sqlite_desk
    token, _ = await offer(desk, "Answer")
    other_key = ActionLinks(
        database=desk.database, secret_key="x" * 40, address=ADDRESS, effects={}
    )
    [row] = desk.rows(ActionLink)
    forged = [
        *(token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(38)),
        *(token[:-1] + last for last in "ABCDEFGHabcdefgh012345-_" if last != token[-1]),
        token[:-1],
        f"{token}A",
        f"{token}=",
        f" {token}",
        "",
        "é" * 38,
        "\udcff" * 38,
        str(row.id),
        other_key._write_token(row.id),
        desk.links._write_token(uuid.uuid4()),
        Signer(SECRET, "action").sign(row.id.hex),
        Signer(SECRET, "booking").sign(row.id.hex),
    ]
    for guess in forged:
        with pytest.raises(NotFound):
            await desk.links.look(guess)
        with pytest.raises(NotFound):
            await desk.links.use(guess, "Yes")
    assert outcome(desk, "Answer") == (QuestionStatus.OPEN, None)


async def test_nothing_in_the_database_opens_a_link(sqlite_desk: Desk):
    token, _ = await offer(sqlite_desk, "Answer")
    [row] = sqlite_desk.rows(ActionLink)
    assert token not in repr(row.model_dump())
    assert token[:22] not in repr(row.model_dump())


async def test_an_address_is_short_and_the_message_holds_it_whole(sqlite_desk: Desk):
    for label in OFFERED:
        sqlite_desk.database.write_now(OFFERED[label])
    await sqlite_desk.deliver()
    for text in sqlite_desk.texts:
        assert len(text.message) <= 1024
        urls = re.findall(r"https://\S+", text.message)
        assert all(len(url) < 90 for url in urls if "/act/" in url)
        assert text.link is not None
        assert text.link.url == urls[0]
        assert f"{ADDRESS}/owner?to=" in urls[-1]


@pytest.mark.parametrize(
    ("label", "place"),
    [("Take over", "inbox"), ("Answer", "knowledge"), ("Not a lead", "contacts")],
)
async def test_beside_the_actions_there_is_the_way_into_the_area(
    sqlite_desk: Desk, label: str, place: str
):
    _, target_id = await offer(sqlite_desk, label)
    assert sqlite_desk.texts[0].message.endswith(f": {ADDRESS}/owner?to={place}/{target_id}")


async def test_a_retry_carries_the_same_links_and_makes_no_more(database: Database):
    desk = Desk(database, (Channel("Phone"), Channel("Mail", [DOWN, BUSY, DOWN, SENT])))
    desk.database.write_now(leave_contact)
    first = await desk.deliver()
    made = {row.id: row.expires_at for row in desk.rows(ActionLink)}
    for _ in range(3):
        desk.clock.pass_by(hours=3)
        await desk.outbox.deliver_due()
    [phone], [mail] = (channel.taken for channel in desk.channels)
    assert dict(LINK.findall(mail.message)) == first == dict(LINK.findall(phone.message))
    later = {row.id: row.expires_at for row in desk.rows(ActionLink)}
    assert len(later) == 2
    assert all(later[key] == made[key] + timedelta(hours=9) for key in made)


async def test_a_link_that_was_used_is_left_out_of_a_retry(sqlite_database: Database):
    desk = Desk(sqlite_database, (Channel("Phone"), Channel("Mail", [DOWN, SENT])))
    desk.database.write_now(leave_contact)
    first = await desk.deliver()
    await desk.links.use(first["Mark as contacted"])
    desk.clock.pass_by(hours=1)
    await desk.outbox.deliver_due()
    assert list(dict(LINK.findall(desk.channels[1].taken[0].message))) == ["Not a lead"]
    assert (await desk.links.look(first["Mark as contacted"])).state == LinkState.USED


async def test_a_digest_and_a_test_make_no_links(sqlite_desk: Desk):
    def work(session: Session) -> None:
        for number in range(30):
            file_question(session, f"Question {number}?")

    sqlite_desk.database.write_now(work)
    await sqlite_desk.deliver()
    sqlite_desk.clock.pass_by(minutes=5)
    await sqlite_desk.outbox.deliver_due()
    assert sqlite_desk.texts[-1].title == "10 more notifications"
    assert sqlite_desk.texts[-1].message.endswith(f"\nYour area: {ADDRESS}/owner")
    assert len(sqlite_desk.rows(ActionLink)) == 20
    await sqlite_desk.outbox.send_test()
    assert sqlite_desk.texts[-1].link is None


async def test_without_an_address_the_words_stay_as_they_are(sqlite_database: Database):
    sqlite_database.write_now(leave_contact)
    channel, clock = Channel(), Clock()
    clock.pass_by(seconds=1)
    await Outbox(database=sqlite_database, channels=[channel], clock=clock).deliver_due()
    assert "https" not in channel.taken[0].message
    assert "Owner, Contacts" in channel.taken[0].message


async def test_what_has_no_effect_here_is_not_offered(sqlite_desk: Desk):
    sqlite_desk.links._effects.pop(Action.TAKE_OVER)
    sqlite_desk.database.write_now(escalate)
    assert await sqlite_desk.deliver() == {}
    assert sqlite_desk.texts[0].link.label == "Read the chat"


@pytest.mark.parametrize("target", [None, "", "not an id", 7, "' OR 1=1", str(uuid.UUID(int=7))])
async def test_a_notification_without_its_target_is_sent_all_the_same(
    sqlite_desk: Desk, target: Any
):
    payload = {"question_id": target, "text": "Why?"}
    sqlite_desk.database.write_now(
        lambda s: add_notification(s, kind=NotificationKind.QUESTION, payload=payload)
    )
    assert await sqlite_desk.deliver() == {}
    assert '"Why?"' in sqlite_desk.texts[0].message


async def test_links_that_expired_long_ago_are_forgotten(database: Database):
    desk = Desk(database)
    token, _ = await offer(desk, "Answer")
    desk.clock.pass_by(days=34)
    desk.database.write_now(leave_contact)
    await desk.outbox.deliver_due()
    assert sorted(row.action for row in desk.rows(ActionLink)) == ["mark_contacted", "not_a_lead"]
    with pytest.raises(NotFound):
        await desk.links.look(token)


async def test_a_link_shows_no_more_of_a_person_than_it_takes(sqlite_desk: Desk):
    token, _ = await offer(sqlite_desk, "Not a lead")
    assert (await sqlite_desk.links.look(token)).who == "Ana Ruiz"

    def leave_address(session: Session) -> None:
        save_contact(session, email="bo.li@example.org", notes="\u202eevil\x00")

    def leave_number(session: Session) -> None:
        save_contact(session, phone="+4915112345678")

    for leave, who in ((leave_address, "b\u2026@example.org"), (leave_number, "\u2026678")):
        sqlite_desk.database.write_now(leave)
        tokens = await sqlite_desk.deliver()
        assert (await sqlite_desk.links.look(tokens["Not a lead"])).who == who
