import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlmodel import select

from chatbot.storage.database import Database
from chatbot.storage.models import ChatSession, Contact, Message, Role, new_id
from tests.storage.test_database import add_conversation


def stored_contact(database: Database, contact: Contact) -> Contact:
    database.write_now(lambda session: session.add(contact))
    return database.read_now(lambda session: session.exec(select(Contact)).one())


@pytest.mark.parametrize(
    "words",
    [
        "👩🏽‍🚀🏳️‍🌈𝒳",
        "مرحبا بالعالم ‏שלום",
        "z̸̢̛a͟l̴g̨o",
        "日本語",
        "quote ' \" \\ % _ : ;--",
        "\t\r\n ",
        "",
    ],
)
def test_every_text_comes_back_as_it_was(database: Database, words: str):
    assert stored_contact(database, Contact(notes=words, name=words)).notes == words


def test_a_text_of_200_kb_comes_back_as_it_was(database: Database):
    words = "naïve 🙂 " * 18_000
    assert len(words.encode()) > 200_000
    assert stored_contact(database, Contact(notes=words)).notes == words


def test_texts_are_equal_byte_by_byte(database: Database):
    emails = ["a@example.com", "A@example.com", "á@example.com"]
    database.write_now(lambda session: session.add_all(Contact(email=email) for email in emails))
    found = database.read_now(
        lambda session: session.exec(select(Contact.email).where(Contact.email == emails[0])).all()
    )
    assert found == emails[:1]


def test_every_column_of_a_message_comes_back_as_it_was(database: Database):
    message = Message(
        conversation_id=database.write_now(add_conversation),
        role=Role.ASSISTANT,
        run_id=new_id(),
        limited=True,
        cost_micro_usd=2**53,
        confidence=0.25,
        citations=[{"file": "résumé.pdf", "page": 2, "scores": [0.5, None]}],
        replaced_at=datetime(2026, 1, 31, 23, 59, 59, 123456, tzinfo=UTC),
    )
    sent = message.model_dump()
    database.write_now(lambda session: session.add(message))
    kept = database.read_now(lambda session: session.get(Message, sent["id"]))
    assert kept is not None
    assert kept.model_dump() == sent


@pytest.mark.parametrize("microsecond", [0, 1, 123456, 999999])
def test_moments_keep_their_microseconds(database: Database, microsecond: int):
    moment = datetime(2026, 3, 29, 1, 30, 0, microsecond, tzinfo=UTC)
    kept = stored_contact(database, Contact(consent_at=moment)).consent_at
    assert kept == moment
    assert kept.tzinfo is UTC


def test_a_moment_of_another_zone_is_kept_in_utc(database: Database):
    moment = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert stored_contact(database, Contact(consent_at=moment)).consent_at == datetime(
        2025, 12, 31, 19, 30, tzinfo=UTC
    )


def test_moments_are_compared_as_moments(database: Database):
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    seen = [noon + timedelta(microseconds=step) for step in (-1, 0, 1)]
    database.write_now(
        lambda session: session.add_all(
            ChatSession(token_hash=str(moment), last_seen_at=moment) for moment in seen
        )
    )
    later = select(ChatSession.last_seen_at).where(ChatSession.last_seen_at > noon)
    assert database.read_now(lambda session: session.exec(later).all()) == seen[2:]


def test_rows_sorted_by_key_are_in_the_order_they_were_made(database: Database):
    ids = [new_id() for _ in range(200)]
    database.write_now(
        lambda session: session.add_all(
            ChatSession(id=key, token_hash=str(key)) for key in reversed(ids)
        )
    )
    in_order = select(ChatSession.id).order_by(ChatSession.id)
    assert database.read_now(lambda session: session.exec(in_order).all()) == ids


def test_ids_are_ordered_and_unique_over_threads():
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [new_id() for _ in range(2_000)], range(8)))
    for ids in made:
        assert ids == sorted(ids)
    assert len({key for ids in made for key in ids}) == 16_000


def test_an_id_is_a_uuid_of_version_7_of_this_moment():
    before = datetime.now(UTC)
    key = new_id()
    made_at = datetime.fromtimestamp((key.int >> 80) / 1000, UTC)
    assert key.version == 7
    assert key.variant == uuid.RFC_4122
    assert timedelta(milliseconds=-1) <= made_at - before < timedelta(minutes=1)
