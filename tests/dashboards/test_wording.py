import dataclasses
from datetime import date, timedelta

from dashboards.queries import DailyActive, DayCount, Overview
from dashboards.wording import build_tiles, headline_daily


def days(*counts: int) -> DailyActive:
    first = date(2026, 5, 1)
    return DailyActive(
        tuple(DayCount(first + timedelta(days=n), count) for n, count in enumerate(counts))
    )


def spent(cost_usd: float) -> str:
    fields = [field.name for field in dataclasses.fields(Overview)]
    overview = Overview(**{**dict.fromkeys(fields, 0), "cost_usd": cost_usd})
    [tile] = [tile for tile in build_tiles(overview) if "Spent" in tile.label]
    return tile.value


def test_rare_visitors_are_counted_in_days_and_not_as_none():
    words = headline_daily(days(*[0] * 29, 1))
    assert words.startswith("Active visitors on 1 of 30 days, at most 1 on")
    assert headline_daily(days(1, 2)).startswith("1.5 active visitors a day, at most 2")


def test_a_little_money_is_not_none():
    assert [spent(0), spent(0.004), spent(1.25)] == ["$0.00", "under $0.01", "$1.25"]
