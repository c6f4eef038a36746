import asyncio
from datetime import timedelta

from sqlmodel import select

from chatbot.people.contacts import save_contact
from chatbot.people.escalations import open_escalation, resolve_escalation, take_escalation
from chatbot.people.notification_text import build_text
from chatbot.people.reminders import Reminders
from chatbot.storage.models import Escalation, EscalationReason, Notification, utc_now
from tests.people.test_escalations import make_conversation, rows


def escalate(database, conversation, note="When can you start?"):
    return database.write_now(
        lambda session: (
            open_escalation(
                session,
                conversation_id=conversation,
                reason=EscalationReason.REQUESTED,
                note=note,
            )[0].id
        )
    )


async def test_an_escalation_that_stays_open_reminds_once(database):
    conversation = make_conversation(database)
    escalate(database, conversation)
    database.write_now(
        lambda session: (
            save_contact(
                session,
                email="ana@example.com",
                name="Ana",
                conversation_id=conversation,
                tells_owner=False,
            )
            and None
        )
    )
    reminders = Reminders(database=database, after_minutes=30)
    now = utc_now()
    assert await reminders.remind(now + timedelta(minutes=29)) == 0
    later = now + timedelta(minutes=31)
    reminded = await asyncio.gather(*(reminders.remind(later) for _ in range(4)))
    assert sum(reminded) == 1
    assert await reminders.remind(later + timedelta(days=1)) == 0
    _, reminder = rows(database, Notification)
    [escalation] = rows(database, Escalation)
    assert escalation.reminded_at == later
    text = build_text(reminder.kind, reminder.payload)
    assert text.title == "Someone in the chat still waits for you"
    assert "For 31 minutes nobody has answered." in text.message
    assert '"When can you start?"' in text.message
    assert '"Ana", ana@example.com' in text.message


async def test_who_is_dealt_with_reminds_nobody(sqlite_database):
    conversation = make_conversation(sqlite_database)
    reminders = Reminders(database=sqlite_database, after_minutes=30)
    later = utc_now() + timedelta(minutes=31)
    for end in (take_escalation, resolve_escalation):
        escalation = escalate(sqlite_database, conversation)
        sqlite_database.write_now(
            lambda session, end=end, key=escalation: end(session, key) and None
        )
        assert await reminders.remind(later) == 0
    statement = select(Notification.kind)
    kinds = sqlite_database.read_now(lambda session: list(session.exec(statement).all()))
    assert len(kinds) == 1
