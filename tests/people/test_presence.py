from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from chatbot.hours import parse_hours
from chatbot.people.presence import Presence
from chatbot.storage.models import OwnerState

BERLIN = ZoneInfo("Europe/Berlin")
# A Friday in November, when Berlin is an hour ahead of UTC.
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def presence(database):
    return Presence(parse_hours("Mon-Fri 09:00-17:00", BERLIN), database=database)


async def test_nobody_was_seen_yet(presence):
    seen = await presence.get_presence(FRIDAY)
    assert (seen.is_online, seen.is_away, seen.is_within_hours) == (False, False, True)


async def test_the_owner_is_online_for_some_minutes_after_they_were_seen(presence):
    await presence.note_seen(FRIDAY)
    for minutes, is_online in ((0, True), (4, True), (5, False)):
        seen = await presence.get_presence(FRIDAY + timedelta(minutes=minutes))
        assert seen.is_online is is_online


async def test_away_is_away_however_lately_they_were_seen(presence):
    await presence.note_seen(FRIDAY)
    await presence.set_away(True)
    seen = await presence.get_presence(FRIDAY)
    assert (seen.is_online, seen.is_away) == (False, True)
    await presence.set_away(False)
    assert (await presence.get_presence(FRIDAY)).is_online


async def test_the_next_opening_is_told_in_the_owners_hours(presence):
    seen = await presence.get_presence(FRIDAY + timedelta(hours=2))
    assert not seen.is_within_hours
    assert seen.next_opening == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert (seen.has_hours, seen.time_zone) == (True, "Europe/Berlin")


async def test_without_hours_nothing_is_promised(sqlite_database):
    presence = Presence(parse_hours("none", BERLIN), database=sqlite_database)
    seen = await presence.get_presence(FRIDAY)
    assert (seen.is_within_hours, seen.next_opening, seen.has_hours) == (False, None, False)


async def test_being_seen_is_written_down_once_a_minute(presence, database):
    def read():
        return database.read_now(lambda session: session.exec(select(OwnerState)).one().seen_at)

    await presence.note_seen(FRIDAY)
    await presence.note_seen(FRIDAY + timedelta(seconds=59))
    assert read() == FRIDAY
    await presence.note_seen(FRIDAY + timedelta(seconds=60))
    assert read() == FRIDAY + timedelta(seconds=60)


async def test_a_view_of_a_chat_asks_the_database_seldom(presence, database):
    def peek(session):
        return presence.peek(session).is_away

    assert database.read_now(peek) is False
    other = Presence(parse_hours("none", BERLIN), database=database)
    await other.set_away(True)
    assert database.read_now(peek) is False
    await presence.set_away(True)
    assert database.read_now(peek) is True
