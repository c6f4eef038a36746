import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chatbot.people.channels import SendResult
from chatbot.people.contacts import save_contact
from chatbot.people.delivery_log import get_outbox_state, list_log
from chatbot.people.escalations import open_escalation
from chatbot.people.notification_text import NotificationText
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.people.outbox import Outbox, OutboxValues
from chatbot.storage.database import Database
from chatbot.storage.models import EscalationReason
from tests.storage.test_database import add_conversation

SENT = SendResult(is_sent=True)
DOWN = SendResult(is_sent=False, error="Not reached")
BUSY = SendResult(is_sent=False, error="Answered 429", retry_after=60.0)


@dataclass
class Channel:
    """Answers as it is told, the last answer for ever, and keeps what it took."""

    name: str = "Phone"
    answers: list[SendResult] = field(default_factory=lambda: [SENT])
    taken: list[NotificationText] = field(default_factory=list)
    tries: int = 0
    seconds: float = 0.0

    async def send(self, text: NotificationText) -> SendResult:
        self.tries += 1
        await asyncio.sleep(self.seconds)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.is_sent:
            self.taken.append(text)
        return answer


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **values: float) -> None:
        self.now += timedelta(**values)


def add_questions(database: Database, count: int) -> None:
    def work(session):
        for number in range(count):
            add_notification(
                session, kind=NotificationKind.QUESTION, payload={"text": f"Question {number}?"}
            )

    database.write_now(work)


def start(database: Database, *channels: Channel, **values: object) -> tuple[Outbox, Clock]:
    clock = Clock()
    outbox = Outbox(
        database=database, channels=channels, values=OutboxValues(**values), clock=clock
    )
    clock.pass_by(seconds=1)
    return outbox, clock


async def run_until(outbox: Outbox, clock: Clock, *, minutes: int, step: int = 5) -> None:
    for _ in range(minutes * 60 // step):
        await outbox.deliver_due()
        clock.pass_by(seconds=step)


async def test_everything_that_waits_is_sent_once_to_every_channel(database: Database):
    add_questions(database, 3)
    channels = [Channel("Phone"), Channel("Mail")]
    outbox, clock = start(database, *channels)
    assert await outbox.deliver_due() == 3
    clock.pass_by(hours=30)
    assert await outbox.deliver_due() == 0
    for channel in channels:
        assert [text.message.count("Question") for text in channel.taken] == [2, 2, 2]
    entries = database.read_now(list_log)
    assert {(entry.status, entry.attempts, entry.last_error) for entry in entries} == {
        ("sent", 1, None)
    }
    assert [item.channel for item in entries[0].channels] == ["Mail", "Phone"]


async def test_a_failing_channel_loses_nothing_for_the_others_and_repeats_nothing(
    database: Database,
):
    add_questions(database, 1)
    phone, mail = Channel("Phone"), Channel("Mail", [DOWN, BUSY, SENT])
    outbox, clock = start(database, phone, mail)
    await outbox.deliver_due()
    entry = database.read_now(list_log)[0]
    assert (entry.status, entry.last_error) == ("pending", "Mail: Not reached")
    await run_until(outbox, clock, minutes=5)
    assert (len(phone.taken), phone.tries) == (1, 1)
    assert (len(mail.taken), mail.tries) == (1, 3)
    entry = database.read_now(list_log)[0]
    assert (entry.status, entry.attempts, entry.last_error) == ("sent", 3, None)


async def test_a_busy_channel_is_left_alone_as_long_as_it_wishes(sqlite_database: Database):
    add_questions(sqlite_database, 1)
    channel = Channel(answers=[BUSY, SENT])
    outbox, clock = start(sqlite_database, channel)
    await outbox.deliver_due()
    clock.pass_by(seconds=59)
    assert await outbox.deliver_due() == 0
    clock.pass_by(seconds=1)
    assert await outbox.deliver_due() == 1
    assert len(channel.taken) == 1


async def test_retries_become_rare_and_end_after_a_day(sqlite_database: Database):
    add_questions(sqlite_database, 1)
    channel = Channel(answers=[DOWN])
    outbox, clock = start(sqlite_database, channel)
    await run_until(outbox, clock, minutes=60)
    assert 7 <= channel.tries <= 11
    await run_until(outbox, clock, minutes=26 * 60, step=60)
    assert 28 <= channel.tries <= 42
    entry = sqlite_database.read_now(list_log)[0]
    assert (entry.status, entry.last_error, entry.sent_at) == (
        "failed",
        "Phone: Not reached",
        None,
    )
    tries = channel.tries
    clock.pass_by(days=3)
    await outbox.deliver_due()
    assert channel.tries == tries


async def test_a_dead_second_channel_does_not_make_the_notification_fail(
    sqlite_database: Database,
):
    add_questions(sqlite_database, 1)
    outbox, clock = start(sqlite_database, Channel("Phone"), Channel("Mail", [DOWN]))
    await run_until(outbox, clock, minutes=26 * 60, step=60)
    entry = sqlite_database.read_now(list_log)[0]
    assert (entry.status, entry.last_error) == ("sent", "Mail: Not reached")
    assert [item.status for item in entry.channels] == ["pending", "sent"]


async def test_what_waited_for_days_before_its_first_try_is_still_sent(sqlite_database: Database):
    add_questions(sqlite_database, 1)
    channel = Channel()
    outbox, clock = start(sqlite_database, channel)
    clock.pass_by(days=5)
    await outbox.deliver_due()
    assert len(channel.taken) == 1


async def test_above_twenty_in_an_hour_the_rest_comes_in_one_digest(database: Database):
    add_questions(database, 50)
    channel = Channel()
    outbox, clock = start(database, channel)
    await run_until(outbox, clock, minutes=10)
    assert len(channel.taken) == 21
    digest = channel.taken[-1]
    assert digest.title == "30 more notifications"
    assert "30 open questions" in digest.message
    assert "Question 49?" in digest.message
    assert len(digest.message) <= 1024
    statuses = [entry.status for entry in database.read_now(lambda s: list_log(s, limit=100))]
    assert {status: statuses.count(status) for status in statuses} == {"sent": 21, "gathered": 30}


async def test_digests_are_a_quarter_of_an_hour_apart_and_single_ones_return(
    sqlite_database: Database,
):
    channel = Channel()
    outbox, clock = start(sqlite_database, channel)
    for _ in range(12):
        add_questions(sqlite_database, 25)
        await run_until(outbox, clock, minutes=5, step=10)
    assert len(channel.taken) <= 20 + 4
    clock.pass_by(minutes=61)
    before = len(channel.taken)
    add_questions(sqlite_database, 1)
    await run_until(outbox, clock, minutes=1)
    assert channel.taken[before:][0].title == "A question waits for your answer"


async def test_without_a_channel_it_is_kept_in_the_log_and_never_sent_later(database: Database):
    add_questions(database, 30)
    outbox, _ = start(database)
    await outbox.deliver_due()
    entries = database.read_now(list_log)
    assert [entry.status for entry in entries] == ["skipped"] * 30
    channel = Channel()
    later, _ = start(database, channel)
    await later.deliver_due()
    assert channel.tries == 0


async def test_a_run_that_died_while_sending_costs_at_most_one_repetition(database: Database):
    add_questions(database, 2)
    channel = Channel()
    dying, clock = start(database, channel)
    [first, second] = await dying._list_due(clock(), announced=False)
    sent_unmarked = await dying._claim(first)
    await channel.send(sent_unmarked.text)
    await dying._claim(second)
    heir, _ = start(database, channel)
    assert await heir.deliver_due() == 0
    await heir.take_over()
    assert await heir.deliver_due() == 2
    assert sorted(text.message for text in channel.taken).count(sent_unmarked.text.message) == 2
    assert len(channel.taken) == 3


async def test_a_claim_that_nobody_takes_over_opens_by_itself(sqlite_database: Database):
    add_questions(sqlite_database, 1)
    channel = Channel()
    outbox, clock = start(sqlite_database, channel)
    await outbox._claim((await outbox._list_due(clock(), announced=False))[0])
    clock.pass_by(seconds=119)
    assert await outbox.deliver_due() == 0
    clock.pass_by(seconds=1)
    assert await outbox.deliver_due() == 1


async def test_two_programs_at_once_send_everything_once(database: Database):
    add_questions(database, 15)
    channel = Channel(seconds=0.01)
    outboxes = [start(database, channel)[0] for _ in range(2)]
    await asyncio.gather(*(outbox.deliver_due() for outbox in outboxes))
    assert len(channel.taken) == len({text.message for text in channel.taken}) == 15


async def test_a_channel_that_raises_counts_as_failed(sqlite_database: Database):
    class Broken(Channel):
        async def send(self, text: NotificationText) -> SendResult:
            raise ValueError(text.message)

    add_questions(sqlite_database, 1)
    phone = Channel()
    outbox, _ = start(sqlite_database, Broken("Mail"), phone)
    await outbox.deliver_due()
    entry = sqlite_database.read_now(list_log)[0]
    assert (entry.status, entry.last_error) == ("pending", "Mail: Failed inside: ValueError")
    assert len(phone.taken) == 1


async def test_the_address_that_was_left_in_the_chat_is_in_the_call_for_help(database: Database):
    def work(session):
        conversation_id = add_conversation(session)
        open_escalation(
            session,
            conversation_id=conversation_id,
            reason=EscalationReason.REQUESTED,
            note="Could I talk to her?",
        )
        save_contact(session, email="ana@example.com", name="Ana", conversation_id=conversation_id)

    database.write_now(work)
    channel = Channel()
    outbox, _ = start(database, channel)
    await outbox.deliver_due()
    call = next(text for text in channel.taken if text.title == "Someone in the chat needs you")
    assert 'From: "Ana", ana@example.com' in call.message
    assert '"Could I talk to her?"' in call.message


async def test_a_test_goes_out_at_once_and_is_not_tried_again(database: Database):
    phone, mail = Channel("Phone"), Channel("Mail", [DOWN])
    outbox, clock = start(database, phone, mail)
    said = await outbox.send_test()
    assert {name: result.is_sent for name, result in said.items()} == {
        "Phone": True,
        "Mail": False,
    }
    clock.pass_by(hours=1)
    assert await outbox.deliver_due() == 0
    [entry] = database.read_now(list_log)
    assert (entry.kind, entry.status, entry.last_error) == ("test", "sent", "Mail: Not reached")


async def test_a_test_without_a_channel_says_so(sqlite_database: Database):
    outbox, _ = start(sqlite_database)
    assert await outbox.send_test() == {}
    assert sqlite_database.read_now(list_log)[0].status == "skipped"


async def test_the_log_is_paged_latest_first(sqlite_database: Database):
    add_questions(sqlite_database, 5)
    first = sqlite_database.read_now(lambda s: list_log(s, limit=3))
    rest = sqlite_database.read_now(lambda s: list_log(s, limit=3, before=first[-1].id))
    messages = [entry.message for entry in first + rest]
    assert [f"Question {number}?" in messages[4 - number] for number in range(5)] == [True] * 5


async def test_the_state_counts_what_waits_and_what_failed(database: Database):
    add_questions(database, 2)
    _, clock = start(database)
    state = database.read_now(lambda s: get_outbox_state(s, now=clock()))
    assert (state.pending, state.failed) == (2, 0)
    assert timedelta(0) < state.oldest_pending < timedelta(seconds=10)
