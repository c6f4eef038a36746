import re
from datetime import timedelta

import pytest

from chatbot.people.channels import SendResult
from chatbot.people.notification_desk import NotificationDesk
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage.database import Database
from chatbot.ui.locales.owner_en import ENGLISH_OWNER
from chatbot.ui.owner_delivery_log import age_words
from tests.people.test_outbox import BUSY, DOWN, Channel, add_questions, run_until, start
from tests.ui.test_owner_tabs import HOSTILE, REQUEST, Area

REFUSED = SendResult(is_sent=False, error="Answered 401 Unauthorized")


def words_of(html: str) -> str:
    """What a reader sees."""
    text = re.sub(r"<[^>]+>", " ", html)
    text = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), text)
    return " ".join(text.split())


class Tab:
    """The tab's handlers over a real outbox."""

    def __init__(self, database: Database, *channels: Channel) -> None:
        self.outbox, self.clock = start(database, *channels)
        desk = NotificationDesk(database=database, outbox=self.outbox, clock=self.clock)
        self.handlers = Area(notifications=desk).notifications

    async def show(self, status: str = "", page: str = "1") -> dict[str, str]:
        changes = await self.handlers.show_notifications(REQUEST, status, page)
        assert changes["line"] == ""
        return {name: words_of(html) for name, html in changes.items()}


async def test_each_message_is_listed_with_what_became_of_it(sqlite_database: Database):
    tab = Tab(sqlite_database, Channel("Phone"), Channel("Mail", [DOWN, REFUSED]))
    add_questions(sqlite_database, 1)
    waiting = (await tab.show())["rows"]
    assert "A question waits for your answer" in waiting
    assert "Waiting" in waiting
    await tab.outbox.deliver_due()
    rows = (await tab.show())["rows"]
    assert re.search(r"Phone delivered .* UTC ?, 1 attempt", rows)
    assert "Mail not delivered yet, 1 attempt. Last error: not reached." in rows
    assert "Check that this machine reaches the internet" in rows
    assert "Next try" in rows
    await run_until(tab.outbox, tab.clock, minutes=26 * 60, step=60)
    rows = (await tab.show())["rows"]
    assert "Partly delivered" in rows
    assert re.search(r"Mail not delivered, \d\d attempts\. Last error: answered 401", rows)
    assert "Its key or address is probably wrong" in rows
    assert "Next try" not in rows


async def test_the_outbox_is_summed_up_in_words(sqlite_database: Database):
    tab = Tab(sqlite_database, Channel("Phone", [DOWN]))
    assert "Nothing is waiting" in (await tab.show())["channels"]
    add_questions(sqlite_database, 2)
    tab.clock.pass_by(minutes=5)
    above = (await tab.show())["channels"]
    assert "You are told through Phone 2 messages are still on their way, the oldest for" in above
    assert "5 minutes" in above
    await run_until(tab.outbox, tab.clock, minutes=26 * 60, step=60)
    shown = await tab.show("failed")
    assert "Nothing is waiting to be sent. 2 messages were not delivered." in shown["channels"]
    assert shown["rows"].count("Not delivered") == 2
    assert "Nothing here yet" in (await tab.show("sent"))["rows"]


async def test_without_a_channel_the_remedy_stands_there_and_no_button(sqlite_database: Database):
    tab = Tab(sqlite_database)
    add_questions(sqlite_database, 1)
    await tab.outbox.deliver_due()
    changes = await tab.handlers.show_notifications(REQUEST, "", "1")
    assert "NOTIFY_URLS" in words_of(changes["channels"])
    assert "own-notifications-test" not in changes["channels"]
    assert "No channel was set up at that time" in words_of(changes["rows"])
    told = await tab.handlers.send_test(REQUEST)
    assert "Nothing was sent: no channel is set up" in words_of(told["told"])


async def test_a_test_says_truthfully_what_each_channel_said(sqlite_database: Database):
    tab = Tab(
        sqlite_database,
        Channel("Phone"),
        Channel("Mail", [REFUSED]),
        Channel("Chat", [BUSY]),
        Channel("Far", [DOWN]),
    )
    announced = await tab.handlers.announce_test(REQUEST)
    assert "Sending a test" in words_of(announced["line"])
    told = await tab.handlers.send_test(REQUEST)
    words = words_of(told["told"])
    assert told["line"] == ""
    assert "Sent to Phone." in words
    assert "Refused by Mail: answered 401 Unauthorized. Its key or address is" in words
    assert "Refused by Chat: answered 429. The service wants a pause" in words
    assert "Not sent to Far: not reached. Check that this machine" in words
    reloaded = await tab.handlers.reload_notifications(REQUEST, "")
    assert "Test of your notifications" in words_of(reloaded["rows"])
    assert "line" not in reloaded


async def test_the_log_leads_to_older_messages_and_back(sqlite_database: Database):
    add_questions(sqlite_database, 25)
    tab = Tab(sqlite_database, Channel())
    first = await tab.handlers.show_notifications(REQUEST, "", "1")
    assert "Latest" not in words_of(first["rows"])
    [older] = re.findall(r'id="own-notifications-page-([0-9a-f-]{36})"', first["rows"])
    second = await tab.handlers.show_notifications(REQUEST, "", older)
    assert second["rows"].count("own-entry") == 5
    assert "Latest" in words_of(second["rows"])
    assert "Older" not in words_of(second["rows"])
    found = await tab.handlers.find_notifications(REQUEST, "pending")
    assert found["page"] == "1"


async def test_what_visitors_wrote_is_text_in_the_log(sqlite_database: Database):
    payload = {"text": HOSTILE, "note": HOSTILE, "name": HOSTILE, "notes": HOSTILE}
    for kind in NotificationKind:
        sqlite_database.write_now(
            lambda session, kind=kind: add_notification(session, kind=kind, payload=payload)
        )
    tab = Tab(sqlite_database, Channel("<b>Phone</b>", [DOWN]))
    await tab.outbox.deliver_due()
    changes = await tab.handlers.show_notifications(REQUEST, "", "1")
    told = await tab.handlers.send_test(REQUEST)
    assert "onerror" in changes["rows"]
    for piece in (changes["rows"], changes["channels"], told["told"]):
        assert "\n" not in piece
        assert not re.search(r"<(img|script|svg)\b|<b>Phone|!\[i\]|\*\*", piece)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (86_399, "23 hours"),
        (200_000, "2 days"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, words: str):
    assert age_words(timedelta(seconds=seconds), ENGLISH_OWNER) == words
