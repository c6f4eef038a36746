import re
import uuid
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.contacts import save_contact
from chatbot.people.email_codes import EmailCodes
from chatbot.people.erasing import is_verified_by
from chatbot.signing import Signer
from chatbot.storage.database import Database
from chatbot.storage.models import Contact, EmailCode, EmailMessage
from chatbot.storage.transcripts import get_transcript
from chatbot.ui.locales.owner_inbox_en import InboxTexts
from chatbot.ui.owner_inbox_chat import about_html
from tests.people.booking_fakes import Clock, add_visitor

EMAIL = "ana@example.com"


def leave(database: Database, email: str = EMAIL) -> uuid.UUID:
    place = add_visitor(database)
    database.write_now(
        lambda s: save_contact(s, email=email, conversation_id=place.conversation_id)
    )
    return place.session_id


def make_codes(database: Database, clock: Clock, *, sends_email: bool = True) -> EmailCodes:
    return EmailCodes(
        database=database,
        signer=Signer("s" * 32, "e-mail code"),
        owner_name="Mira Voss",
        sends_email=sends_email,
        clock=clock,
    )


def rows(database: Database, table) -> list:
    return list(database.read_now(lambda s: s.exec(select(table).order_by(table.id)).all()))


def last_code(database: Database) -> str:
    return re.search(r"\d{6}", rows(database, EmailMessage)[-1].text)[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_the_right_code_proves_the_address(database: Database):
    clock = Clock()
    codes, session_id = make_codes(database, clock), leave(database)
    await codes.send(session_id, EMAIL)
    code = last_code(database)
    assert code not in rows(database, EmailCode)[0].code_hash
    clock.pass_by(minutes=9)
    await codes.check(session_id, EMAIL, f" {code[:3]} {code[3:]} ")
    assert rows(database, Contact)[0].email_verified_at == clock.now
    [left] = await codes.list_addresses(session_id)
    assert (left.email, left.is_verified) == (EMAIL, True)
    with pytest.raises(InvalidInput):
        await codes.check(session_id, EMAIL, code)


async def test_a_code_ends_after_ten_minutes_and_after_five_tries(database: Database):
    clock = Clock()
    codes, session_id = make_codes(database, clock), leave(database)
    await codes.send(session_id, EMAIL)
    code = last_code(database)
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        with pytest.raises(InvalidInput, match=left):
            await codes.check(session_id, EMAIL, wrong(code))
    with pytest.raises(InvalidInput):
        await codes.check(session_id, EMAIL, wrong(code))
    with pytest.raises(InvalidInput, match="new one"):
        await codes.check(session_id, EMAIL, code)
    await codes.send(session_id, EMAIL)
    clock.pass_by(minutes=10)
    with pytest.raises(InvalidInput, match="new one"):
        await codes.check(session_id, EMAIL, last_code(database))
    assert rows(database, Contact)[0].email_verified_at is None


async def test_a_new_code_ends_the_one_before(sqlite_database: Database):
    codes, session_id = make_codes(sqlite_database, Clock()), leave(sqlite_database)
    await codes.send(session_id, EMAIL)
    first = last_code(sqlite_database)
    await codes.send(session_id, EMAIL)
    second = last_code(sqlite_database)
    if first != second:
        with pytest.raises(InvalidInput):
            await codes.check(session_id, EMAIL, first)
    await codes.check(session_id, EMAIL, second)


async def test_three_codes_an_hour_for_a_session_and_for_an_address(database: Database):
    clock = Clock()
    codes, session_id = make_codes(database, clock), leave(database)
    for _ in range(3):
        await codes.send(session_id, EMAIL)
    with pytest.raises(InvalidInput, match="Three codes"):
        await codes.send(session_id, EMAIL)
    # Nor by another visitor who claims the same address.
    other = leave(database, "bo@example.com")

    def claim(session: Session) -> None:
        contact = session.exec(select(Contact).where(Contact.email == "bo@example.com")).one()
        contact.email = "other@example.com"

    database.write_now(claim)
    with pytest.raises(NotFound):
        await codes.send(other, EMAIL)
    clock.pass_by(minutes=61)
    await codes.send(session_id, EMAIL)
    assert len(rows(database, EmailMessage)) == 4


async def test_a_code_is_worth_nothing_in_another_session(sqlite_database: Database):
    codes, session_id = make_codes(sqlite_database, Clock()), leave(sqlite_database)
    await codes.send(session_id, EMAIL)
    with pytest.raises(InvalidInput):
        await codes.check(uuid.uuid4(), EMAIL, last_code(sqlite_database))
    with pytest.raises(NotFound):
        await codes.send(uuid.uuid4(), EMAIL)


async def test_a_known_address_can_be_proved_by_whoever_left_it_too(database: Database):
    """On a new device, or after somebody else has typed or proved it."""
    first, second = leave(database), leave(database)
    codes = make_codes(database, Clock())
    for session_id in (first, second):
        [left] = await codes.list_addresses(session_id)
        assert (left.email, left.is_verified) == (EMAIL, False)
        await codes.send(session_id, EMAIL)
        await codes.check(session_id, EMAIL, last_code(database))
        [left] = await codes.list_addresses(session_id)
        assert left.is_verified


async def test_a_phone_number_opens_no_address_that_somebody_else_left(database: Database):
    owner, other = add_visitor(database), add_visitor(database)
    phone = "+4930901820"
    database.write_now(
        lambda s: save_contact(s, email=EMAIL, phone=phone, conversation_id=owner.conversation_id)
    )
    database.write_now(
        lambda s: save_contact(s, phone=phone, conversation_id=other.conversation_id)
    )
    assert len(rows(database, Contact)) == 1
    codes = make_codes(database, Clock())
    assert await codes.list_addresses(other.session_id) == ()
    with pytest.raises(NotFound):
        await codes.send(other.session_id, EMAIL)


async def test_the_owner_sees_who_has_proved_an_address(database: Database):
    proved, typed = add_visitor(database), add_visitor(database)
    for place in (proved, typed):
        chat = place.conversation_id
        database.write_now(lambda s, chat=chat: save_contact(s, email=EMAIL, conversation_id=chat))
    codes = make_codes(database, Clock())
    await codes.send(proved.session_id, EMAIL)
    await codes.check(proved.session_id, EMAIL, last_code(database))
    for place, words in ((proved, "by this visitor"), (typed, "anybody can type")):
        chat = place.conversation_id
        transcript = database.read_now(
            lambda s, chat=chat: get_transcript(s, conversation_id=chat, limit=5)
        )
        assert words in about_html(transcript, InboxTexts())


async def test_without_a_mail_service_there_is_no_code(sqlite_database: Database):
    codes = make_codes(sqlite_database, Clock(), sends_email=False)
    with pytest.raises(NotFound):
        await codes.send(leave(sqlite_database), EMAIL)


def test_ten_minutes_is_what_the_letter_says():
    from chatbot.people.email_codes import TEXT, VALID

    assert timedelta(minutes=10) == VALID
    assert "10 minutes" in TEXT


async def test_a_code_that_a_newer_one_replaced_proves_nothing(database: Database):
    codes, session_id = make_codes(database, Clock()), leave(database)
    await codes.send(session_id, EMAIL)
    await codes.send(session_id, EMAIL)
    contact = rows(database, Contact)[0]
    assert not database.read_now(lambda s: is_verified_by(s, contact, session_id))
    await codes.check(session_id, EMAIL, last_code(database))
    assert database.read_now(lambda s: is_verified_by(s, contact, session_id))
