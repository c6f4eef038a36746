import pytest

from chatbot.errors import InvalidInput
from chatbot.people.channels import Fault, SendResult, failed_inside, find_fault, open_channels
from chatbot.people.notification_desk import LOG_PAGE, NotificationDesk
from chatbot.people.notification_text import build_text
from chatbot.storage.database import Database
from tests.people.test_outbox import DOWN, Channel, add_questions, start


def make_desk(database: Database, *channels: Channel) -> NotificationDesk:
    outbox, clock = start(database, *channels)
    return NotificationDesk(database=database, outbox=outbox, clock=clock)


async def test_the_log_is_read_piece_by_piece_latest_first(database: Database):
    add_questions(database, LOG_PAGE + 3)
    desk = make_desk(database, Channel())
    first = await desk.read_log()
    rest = await desk.read_log(before=str(first.older))
    assert (len(first.entries), len(rest.entries), rest.older) == (LOG_PAGE, 3, None)
    messages = [entry.message for entry in (*first.entries, *rest.entries)]
    assert [f"Question {number}?" in messages[-1 - number] for number in range(23)] == [True] * 23
    assert (first.channels, first.state.pending) == (("Phone",), LOG_PAGE + 3)


async def test_what_a_page_makes_up_is_the_first_piece(sqlite_database: Database):
    add_questions(sqlite_database, 1)
    desk = make_desk(sqlite_database)
    for before in ("1", "", "nonsense", "'; --"):
        assert len((await desk.read_log(before=before)).entries) == 1
    with pytest.raises(InvalidInput, match="Choose one of these"):
        await desk.read_log(status="gone")


async def test_the_log_shows_those_of_one_status(database: Database):
    add_questions(database, 2)
    outbox, clock = start(database, Channel())
    desk = NotificationDesk(database=database, outbox=outbox, clock=clock)
    await outbox.deliver_due()
    add_questions(database, 1)
    assert len((await desk.read_log(status="pending")).entries) == 1
    assert len((await desk.read_log(status="sent")).entries) == 2
    assert (await desk.read_log(status="failed")).entries == ()


async def test_a_test_is_told_as_it_was_answered_and_is_in_the_log(database: Database):
    desk = make_desk(database, Channel("Phone"), Channel("Mail", [DOWN]))
    results = await desk.send_test()
    assert results["Phone"].is_sent
    assert results["Mail"] == DOWN
    [entry] = (await desk.read_log()).entries
    assert (entry.kind, entry.attempts) == ("test", 1)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        ("Answered 400 Bad Request", Fault.REFUSED),
        ("Answered 401 Unauthorized", Fault.REFUSED),
        ("Answered 413 Request Entity Too Large", Fault.TOO_LARGE),
        ("Answered 429 Too Many Requests", Fault.BUSY),
        ("Answered 503 Service Unavailable", Fault.DOWN),
        ("Answered 599", Fault.DOWN),
        ("No answer within 10 s", Fault.SLOW),
        (failed_inside(ValueError("x")).error, Fault.INSIDE),
        ("Something else", Fault.UNKNOWN),
    ],
)
def test_the_kind_of_trouble_is_read_from_the_error(error: str, fault: Fault):
    assert find_fault(error) is fault


async def test_a_channel_that_is_not_there_is_trouble_with_a_remedy():
    [channel] = open_channels(["json://127.0.0.1:9/secret-path"])
    result: SendResult = await channel.send(build_text("test", {}))
    assert find_fault(result.error) in set(Fault) - {Fault.INSIDE}
