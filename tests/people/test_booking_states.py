"""Any order of holds, confirmations, moves, cancellations and passing time, on two databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chatbot.errors import InvalidInput
from chatbot.storage.database import Database
from chatbot.storage.models import Booking, Table
from tests.people.booking_fakes import (
    WISH,
    Clock,
    add_visitor,
    check_no_overlap,
    list_rows,
    make_bookings,
    new_key,
)

VISITORS = st.integers(0, 2)
PICKS = st.integers(0, 200)


class BookingMachine(RuleBasedStateMachine):
    """Whatever is refused changes nothing; whatever is granted overlaps nothing."""

    database: Database

    @initialize(
        minutes=st.sampled_from([20, 30, 45, 60]),
        buffer=st.sampled_from([0, 15, 40]),
        hours=st.sampled_from(["Mon 09:00-11:30", "Mon, Tue 09:00-10:30"]),
    )
    def begin(self, minutes: int, buffer: int, hours: str) -> None:
        with self.database.writer_engine().begin() as connection:
            for table in reversed(Table.metadata.sorted_tables):
                connection.execute(table.delete())
        self.clock = Clock()
        self.bookings = make_bookings(self.clock, minutes=minutes, buffer=buffer, hours=hours)
        self.places = [add_visitor(self.database) for _ in range(3)]

    @rule(visitor=VISITORS, pick=PICKS)
    def hold(self, visitor: int, pick: int) -> None:
        if start := self.pick(pick):
            place = self.places[visitor] = replace(self.places[visitor], client_key=new_key())
            self.run(lambda session: self.bookings.hold(session, place, start))

    @rule(visitor=VISITORS)
    def confirm_held(self, visitor: int) -> None:
        place = self.places[visitor]
        for row in list_rows(self.database):
            if row.client_key == place.client_key:
                self.confirm(visitor, row.starts_at)

    @rule(visitor=VISITORS, pick=PICKS)
    def confirm_unheld(self, visitor: int, pick: int) -> None:
        if start := self.pick(pick):
            self.confirm(visitor, start)

    @rule(visitor=VISITORS, pick=PICKS, minutes=st.integers(-40, 40))
    def insist_on_any_moment(self, visitor: int, pick: int, minutes: int) -> None:
        rows = list_rows(self.database)
        if rows:
            start = rows[pick % len(rows)].starts_at + timedelta(minutes=minutes)
            self.confirm(visitor, start)

    @rule(pick=PICKS, goal=PICKS)
    def move(self, pick: int, goal: int) -> None:
        rows, start = list_rows(self.database), self.pick(goal)
        if rows and start:
            chosen = rows[pick % len(rows)].id
            self.run(lambda session: self.bookings.move(session, chosen, start))

    @rule(pick=PICKS, by_owner=st.booleans())
    def cancel(self, pick: int, by_owner: bool) -> None:
        if rows := list_rows(self.database):
            chosen = rows[pick % len(rows)].id
            self.run(lambda session: self.bookings.cancel(session, chosen, by_owner=by_owner))

    @rule(minutes=st.sampled_from([1, 4, 6, 45]))
    def wait(self, minutes: int) -> None:
        self.clock.pass_by(minutes=minutes)

    @precondition(lambda self: hasattr(self, "bookings"))
    @invariant()
    def nothing_overlaps(self) -> None:
        check_no_overlap(self.database, self.bookings.rules.buffer, self.clock.now)

    @precondition(lambda self: hasattr(self, "bookings"))
    @invariant()
    def what_is_free_keeps_off_what_is_booked(self) -> None:
        rules = self.bookings.rules
        booked = [row for row in list_rows(self.database) if row.status == "booked"]
        for start in self.database.read_now(self.bookings.list_free):
            for row in booked:
                gap = abs(start - row.starts_at)
                assert gap >= rules.length + rules.buffer

    def confirm(self, visitor: int, start) -> None:
        wish = replace(WISH, email=f"visitor{visitor}@example.com")
        place = self.places[visitor]
        self.run(lambda session: self.bookings.confirm(session, place, start, wish))

    def run(self, work) -> Booking | None:
        try:
            return self.database.write_now(work)
        except InvalidInput:
            return None

    def pick(self, number: int):
        starts = self.database.read_now(self.bookings.list_free)
        return starts[number % len(starts)] if starts else None


@pytest.fixture
def two_databases(database_values) -> Iterator[Database]:
    database = Database(database_values)
    yield database
    database.close()


@pytest.mark.parametrize("database_values", ["SQLite", "PostgreSQL"], indirect=True)
def test_no_order_of_events_lets_two_calls_overlap(two_databases: Database):
    class Machine(BookingMachine):
        database = two_databases

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
