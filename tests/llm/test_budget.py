from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from chatbot.llm.budget import budget_day, get_state, reserve, settle
from chatbot.storage.database import Database

DAY = "2026-11-21"
CAP = 1000


def test_reservations_made_at_once_never_pass_the_cap(database):
    def try_one(_number: int) -> bool:
        return database.write_now(lambda s: reserve(s, day=DAY, amount=30, cap=CAP))

    with ThreadPoolExecutor(16) as threads:
        granted = sum(threads.map(try_one, range(100)))
    assert granted == CAP // 30
    state = database.read_now(lambda s: get_state(s, day=DAY, cap=CAP))
    assert (state.reserved, state.spent) == (granted * 30, 0)


def test_settling_gives_back_the_reservation_and_books_the_cost(database):
    database.write_now(lambda s: reserve(s, day=DAY, amount=900, cap=CAP))
    state = database.write_now(lambda s: settle(s, day=DAY, reserved=900, spent=790, cap=CAP))
    assert (state.reserved, state.spent, state.is_nearly_spent) == (0, 790, False)
    assert not database.write_now(lambda s: reserve(s, day=DAY, amount=211, cap=CAP))
    assert database.write_now(lambda s: reserve(s, day=DAY, amount=210, cap=CAP))
    state = database.write_now(lambda s: settle(s, day=DAY, reserved=210, spent=10, cap=CAP))
    assert state.is_nearly_spent


def test_each_day_has_its_own_money(sqlite_database: Database):
    assert sqlite_database.write_now(lambda s: reserve(s, day=DAY, amount=CAP, cap=CAP))
    assert not sqlite_database.write_now(lambda s: reserve(s, day=DAY, amount=1, cap=CAP))
    assert sqlite_database.write_now(lambda s: reserve(s, day="2026-11-22", amount=1, cap=CAP))


def test_nothing_is_free_without_money_and_what_is_free_needs_none(sqlite_database: Database):
    assert not sqlite_database.write_now(lambda s: reserve(s, day=DAY, amount=1, cap=0))
    assert sqlite_database.write_now(lambda s: reserve(s, day=DAY, amount=0, cap=0))


def test_the_day_is_of_utc():
    assert budget_day(datetime(2026, 11, 21, 23, 59, tzinfo=UTC)) == DAY
