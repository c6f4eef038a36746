import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from chatbot.errors import InvalidFields, InvalidInput
from chatbot.people.bookings import MAX_A_DAY, MAX_LIVE, Bookings, Place, SlotTaken
from chatbot.signing import hash_token
from chatbot.storage.database import Database
from chatbot.storage.models import Booking, Contact, EmailMessage, Notification
from tests.people.booking_fakes import (
    WISH,
    Clock,
    add_visitor,
    check_no_overlap,
    list_rows,
    make_bookings,
    new_key,
)


def free(database: Database, bookings: Bookings):
    return database.read_now(bookings.list_free)


def hold(database: Database, bookings: Bookings, place: Place, start) -> Booking:
    return database.write_now(lambda session: bookings.hold(session, place, start))


def confirm(database: Database, bookings: Bookings, place: Place, start, wish=WISH) -> Booking:
    return database.write_now(lambda session: bookings.confirm(session, place, start, wish))


def rows(database: Database, table):
    return database.read_now(lambda session: session.exec(select(table)).all())


def test_a_held_time_is_nobody_elses_until_the_hold_runs_out(database: Database):
    clock = Clock()
    bookings = make_bookings(clock)
    mine, other = add_visitor(database), add_visitor(database)
    start = free(database, bookings)[0]
    hold(database, bookings, mine, start)
    assert start not in free(database, bookings)
    with pytest.raises(SlotTaken):
        hold(database, bookings, other, start)
    clock.pass_by(minutes=5)
    assert start in free(database, bookings)
    hold(database, bookings, other, start)
    # Whoever was too slow learns it when they confirm.
    with pytest.raises(SlotTaken):
        confirm(database, bookings, mine, start)
    check_no_overlap(database, bookings.rules.buffer, clock.now)


def test_a_confirmed_call_is_kept_told_and_written_of_once(database: Database):
    bookings = make_bookings()
    place = add_visitor(database)
    start = free(database, bookings)[1]
    hold(database, bookings, place, start)
    first = confirm(database, bookings, place, start)
    again = confirm(database, bookings, place, start)
    assert first.id == again.id
    [row] = list_rows(database)
    assert (row.status, row.live_starts_at, row.hold_until) == ("booked", start, None)
    assert row.token_hash == hash_token(bookings.token_of(row))
    [contact] = rows(database, Contact)
    assert (contact.email, contact.name) == ("ana@example.com", "Ana Lima")
    assert row.contact_id == contact.id
    assert contact.consent_at is None
    [notification] = rows(database, Notification)
    assert notification.kind == "booking"
    assert notification.payload["when"] == (
        "Mon 23 Nov 2026, 09:30 to 10:00 (Europe/Berlin, UTC+1)"
    )
    [letter] = rows(database, EmailMessage)
    assert "Mon 23 Nov 2026, 03:30 to 04:00 (America/New York, UTC-5)" in letter.text
    assert f"https://mira.example/call/{bookings.token_of(row)}" in letter.text
    assert "A role in Berlin" not in f"{letter.subject}{letter.text}{letter.file_text}"


def test_a_hold_that_ran_out_is_renewed_when_nobody_took_it(database: Database):
    clock = Clock()
    bookings = make_bookings(clock)
    place = add_visitor(database)
    start = free(database, bookings)[-1]
    hold(database, bookings, place, start)
    clock.pass_by(minutes=30)
    assert confirm(database, bookings, place, start).status == "booked"


def test_choosing_another_time_gives_the_first_one_back(database: Database):
    bookings = make_bookings()
    place = add_visitor(database)
    first, second = free(database, bookings)[0], free(database, bookings)[-1]
    hold(database, bookings, place, first)
    hold(database, bookings, replace(place, client_key=new_key()), second)
    assert first in free(database, bookings)
    assert second not in free(database, bookings)


def test_a_time_that_was_never_offered_is_refused(sqlite_database: Database):
    bookings = make_bookings()
    place = add_visitor(sqlite_database)
    start = free(sqlite_database, bookings)[0]
    for wrong in (start + timedelta(minutes=7), start - timedelta(days=7), start.replace(hour=3)):
        with pytest.raises(SlotTaken):
            hold(sqlite_database, bookings, place, wrong)


def test_a_moved_call_frees_its_time_and_keeps_its_link(database: Database):
    bookings = make_bookings()
    place = add_visitor(database)
    start, *_, later = free(database, bookings)
    booked = confirm(database, bookings, place, start)
    moved = database.write_now(lambda session: bookings.move(session, booked.id, later))
    assert (moved.starts_at, moved.sequence, moved.token_hash) == (later, 1, booked.token_hash)
    assert start in free(database, bookings)
    database.write_now(lambda session: bookings.move(session, booked.id, later))
    assert list_rows(database)[0].sequence == 1
    told = [row.payload["news"] for row in rows(database, Notification)]
    assert told == ["booked", "moved"]


def test_a_move_to_an_overlapping_time_of_its_own_is_fine(sqlite_database: Database):
    bookings = make_bookings(minutes=60)
    place = add_visitor(sqlite_database)
    start = free(sqlite_database, bookings)[0]
    booked = confirm(sqlite_database, bookings, place, start)
    half_later = start + timedelta(minutes=30)
    sqlite_database.write_now(lambda session: bookings.move(session, booked.id, half_later))
    assert list_rows(sqlite_database)[0].starts_at == half_later


def test_a_cancelled_call_frees_its_time_and_cannot_come_back(database: Database):
    bookings = make_bookings()
    place = add_visitor(database)
    start = free(database, bookings)[0]
    booked = confirm(database, bookings, place, start)
    for _ in range(2):
        database.write_now(lambda session: bookings.cancel(session, booked.id))
    assert start in free(database, bookings)
    assert [row.payload["news"] for row in rows(database, Notification)] == ["booked", "cancelled"]
    assert "METHOD:CANCEL" in rows(database, EmailMessage)[-1].file_text
    with pytest.raises(InvalidInput):
        confirm(database, bookings, place, start)
    with pytest.raises(InvalidInput):
        database.write_now(lambda session: bookings.move(session, booked.id, start))
    assert database.write_now(lambda session: bookings.cancel(session, uuid.uuid4())) is None


def test_the_owner_who_cancels_is_not_told_of_it(sqlite_database: Database):
    bookings = make_bookings()
    place = add_visitor(sqlite_database)
    booked = confirm(sqlite_database, bookings, place, free(sqlite_database, bookings)[0])
    sqlite_database.write_now(lambda s: bookings.cancel(s, booked.id, by_owner=True))
    assert len(rows(sqlite_database, Notification)) == 1
    assert "Mira had to cancel it" in rows(sqlite_database, EmailMessage)[-1].text


def test_a_call_that_has_begun_is_not_changed(sqlite_database: Database):
    clock = Clock()
    bookings = make_bookings(clock)
    place = add_visitor(sqlite_database)
    start = free(sqlite_database, bookings)[0]
    booked = confirm(sqlite_database, bookings, place, start)
    clock.now = start
    with pytest.raises(InvalidInput, match="begun"):
        sqlite_database.write_now(lambda session: bookings.cancel(session, booked.id))


def test_a_visitor_has_three_calls_at_most_under_one_session_or_address(database: Database):
    bookings = make_bookings(buffer=0)
    place = add_visitor(database)
    for _ in range(MAX_LIVE):
        start = free(database, bookings)[0]
        confirm(database, bookings, replace(place, client_key=new_key()), start)
    start = free(database, bookings)[0]
    for visitor in (place, add_visitor(database)):
        with pytest.raises(InvalidInput, match="3 calls"):
            confirm(database, bookings, replace(visitor, client_key=new_key()), start)
    somebody = replace(WISH, email="bo@example.com")
    assert confirm(database, bookings, add_visitor(database), start, somebody).status == "booked"


def test_booking_and_cancelling_cannot_be_used_to_flood_an_address(sqlite_database: Database):
    bookings = make_bookings()
    for _ in range(MAX_A_DAY):
        place = add_visitor(sqlite_database)
        booked = confirm(sqlite_database, bookings, place, free(sqlite_database, bookings)[0])
        sqlite_database.write_now(lambda s, b=booked: bookings.cancel(s, b.id))
    with pytest.raises(InvalidInput, match="tomorrow"):
        confirm(
            sqlite_database,
            bookings,
            add_visitor(sqlite_database),
            free(sqlite_database, bookings)[0],
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"topic": "x" * 1001}, "topic"),
    ],
)
def test_what_cannot_be_used_is_told_by_field_and_books_nothing(
    sqlite_database: Database, values, field: str
):
    bookings = make_bookings()
    place = add_visitor(sqlite_database)
    start = free(sqlite_database, bookings)[0]
    with pytest.raises(InvalidFields) as refused:
        confirm(sqlite_database, bookings, place, start, replace(WISH, **values))
    assert set(refused.value.fields) == {field}
    assert list_rows(sqlite_database) == []


def test_without_a_mail_service_no_letter_is_written(sqlite_database: Database):
    bookings = make_bookings(sends_email=False)
    place = add_visitor(sqlite_database)
    confirm(sqlite_database, bookings, place, free(sqlite_database, bookings)[0])
    assert rows(sqlite_database, EmailMessage) == []


def test_of_many_at_once_nobody_gets_an_overlapping_time(database: Database):
    """Eight visitors, each clicking twice, on three starts of which each shuts out the others."""
    bookings = make_bookings(minutes=60, buffer=15)
    start = free(database, bookings)[0]
    starts = [start, start + timedelta(minutes=30), start + timedelta(minutes=60)]
    places = [add_visitor(database) for _ in range(8)]

    def click(number: int) -> uuid.UUID | None:
        place = places[number % 8]
        wish = replace(WISH, email=f"visitor{number % 8}@example.com")

        def work(session: Session) -> uuid.UUID:
            return bookings.confirm(session, place, starts[number % 3], wish).id

        try:
            return database.write_now(work)
        except SlotTaken:
            return None

    with ThreadPoolExecutor(8) as threads:
        got = [booking for booking in threads.map(click, range(16)) if booking]
    booked = [row for row in list_rows(database) if row.status == "booked"]
    assert 1 <= len(booked) <= 1
    assert set(got) == {row.id for row in booked}
    check_no_overlap(database, bookings.rules.buffer, Clock().now)


def test_one_visitor_clicking_many_times_has_one_call(database: Database):
    bookings = make_bookings()
    place = add_visitor(database)
    start = free(database, bookings)[0]

    def click(_: int) -> uuid.UUID:
        return confirm(database, bookings, place, start).id

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(click, range(16)))) == 1
    assert len(list_rows(database)) == 1
    assert len(rows(database, EmailMessage)) == len(rows(database, Notification)) == 1
