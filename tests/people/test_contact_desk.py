import uuid
from datetime import UTC, datetime

import pytest

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.contact_changes import MAX_OWNER_NOTES
from chatbot.people.contacts import save_contact
from chatbot.people.contacts_csv import read_csv
from chatbot.storage.models import Booking, Contact, JobDescription, Question
from tests.contact_examples import add, contacts, make_desk
from tests.dashboards.visits import Visit, at

UNKNOWN = uuid.UUID(int=7)
TODAY = datetime(2026, 5, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def desk(database):
    return make_desk(database)


async def listed(desk, **wanted):
    found = await desk.list_contacts(now=TODAY, **wanted)
    return [row.name or row.email for row in found.page.items]


async def test_contacts_come_newest_first_in_pages(database, desk):
    rows = [Contact(email=f"c{n:02}@example.com", created_at=at(1, 0, n)) for n in range(30)]
    add(database, *rows)
    first, second = await desk.list_contacts(), await desk.list_contacts(page=2)
    assert [row.email for row in first.page.items][:2] == ["c29@example.com", "c28@example.com"]
    assert (len(first.page.items), len(second.page.items)) == (25, 5)
    assert (first.page.total, first.page.pages, first.counts.total) == (30, 2, 30)
    assert (await desk.list_contacts(page=9)).page.items == ()


async def test_what_is_due_comes_first_and_what_may_be_junk_last(database, desk):
    add(
        database,
        Contact(name="junk", status="junk", created_at=at(9), next_step_on="2026-05-01"),
        Contact(name="mash", junk_reason="A reason.", created_at=at(8)),
        Contact(name="cleared", junk_reason="", created_at=at(1)),
        Contact(name="later", next_step="Call", next_step_on="2026-06-01", created_at=at(2)),
        Contact(name="today", next_step="Call", next_step_on="2026-05-31", created_at=at(3)),
        Contact(name="overdue", next_step="Call", next_step_on="2026-05-30", created_at=at(1)),
        Contact(name="new", created_at=at(7)),
    )
    everybody = ["overdue", "today", "new", "later", "cleared", "mash", "junk"]
    assert await listed(desk) == everybody
    assert await listed(desk, only="due") == ["overdue", "today"]
    assert await listed(desk, only="suspected") == ["mash"]
    assert await listed(desk, only="junk") == ["junk"]
    counts = (await desk.list_contacts(now=TODAY)).counts
    assert counts.total == 7
    assert counts.by_filter == {"new": 6, "junk": 1, "due": 2, "suspected": 1}


async def test_a_step_is_due_on_the_owners_day(sqlite_database):
    add(sqlite_database, Contact(name="Ana", next_step="Call", next_step_on="2026-06-01"))
    assert await listed(make_desk(sqlite_database, "UTC"), only="due") == []
    assert await listed(make_desk(sqlite_database, "Europe/Stockholm"), only="due") == ["Ana"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ana", ["Ana"]),
        ("EXAMPLE.ORG", ["Eva"]),
        ("+4670", ["Ana"]),
        ("åker", ["Eva"]),
        ("100%", ["Eva"]),
        ("portfolio", ["Ana"]),
        ("met in Oslo", ["Ana"]),
        ("NORDIC", ["Eva"]),
        ("vår", ["Eva"]),
        ("0%_", []),
        ("nobody", []),
    ],
)
async def test_contacts_are_searched_in_all_that_is_known(database, desk, search, found):
    add(
        database,
        Contact(
            name="Ana",
            email="a@example.com",
            phone="+46701740605",
            notes="1000 plans",
            owner_notes="Met in Oslo",
            next_step="Send the portfolio",
        ),
        Contact(
            name="Eva",
            email="e@example.org",
            company="ÅKERLUND",
            notes="100% remote",
            tags=["nordic", "Vår"],
        ),
    )
    assert await listed(desk, search=search) == found


async def test_contacts_are_filtered_by_stage_and_tag(database, desk):
    add(
        database,
        Contact(name="Ana", tags=["nordic", "vår"]),
        Contact(name="Eva", status="closed", tags=["nordic"]),
        Contact(name="Ben"),
    )
    assert await listed(desk, only="closed") == ["Eva"]
    assert await listed(desk, tag="vår") == ["Ana"]
    assert await listed(desk, tag="nordic", only="closed") == ["Eva"]
    assert await listed(desk, tag="nord") == []
    assert list((await desk.list_contacts()).counts.by_tag.items()) == [("nordic", 2), ("vår", 1)]
    with pytest.raises(InvalidInput, match="new, contacted"):
        await desk.list_contacts(only="gone")


async def test_one_person_is_shown_with_everything_from_all_chats(database, desk):
    def work(session):
        first = Visit.begin(session, at(1))
        first.ask("Do you know Python?", at(1))
        second = Visit.begin(session, at(2))
        second.ask("And Rust?", at(2))
        for visit in (first, second, first):
            contact, _ = save_contact(session, email="ana@example.com", conversation_id=visit.id)
        Visit.begin(session, at(3)).ask("Somebody else", at(3))
        session.add_all(
            [
                Question(text="Salary?", conversation_id=second.id),
                JobDescription(conversation_id=first.id, title="Engineer", text="x" * 5000),
                Booking(contact_id=contact.id, status="booked", starts_at=at(4), minutes=30),
            ]
        )
        return contact.id

    file = await desk.get_contact(database.write_now(work))
    assert [chat.title for chat in file.chats] == ["And Rust?", "Do you know Python?"]
    assert [question.text for question in file.questions] == ["Salary?"]
    assert [(job.title, len(job.text), job.is_cut) for job in file.job_descriptions] == [
        ("Engineer", 4000, True)
    ]
    assert [(call.status, call.minutes) for call in file.bookings] == [("booked", 30)]


async def test_the_owners_words_leave_the_visitors_alone(database, desk):
    (row,) = add(database, Contact(name="Ana", notes="Left by the visitor"))
    changed = await desk.update_contact(
        str(row.id), notes=" Call on Monday \x00", status="in_talks"
    )
    assert (changed.notes, changed.owner_notes) == ("Left by the visitor", "Call on Monday")
    assert (await desk.update_contact(row.id, notes="")).owner_notes == ""
    assert contacts(database)[0].status == "in_talks"


async def test_a_change_that_cannot_be_meant_changes_nothing(database, desk):
    (row,) = add(database, Contact(name="Ana", owner_notes="Kept"))
    for values in (
        {"status": "gone", "notes": ""},
        {"notes": "x" * (MAX_OWNER_NOTES + 1)},
        {"next_step": "x" * 201},
        {"next_step": "Call", "next_step_on": "21.11.2026"},
        {"next_step": "Call", "next_step_on": "20261121"},
        {"next_step_on": "2026-11-21"},
    ):
        with pytest.raises(InvalidInput):
            await desk.update_contact(row.id, **values)
    [kept] = contacts(database)
    assert (kept.status, kept.owner_notes, kept.next_step) == ("new", "Kept", None)


async def test_notes_that_a_merge_made_too_long_do_not_stop_other_changes(sqlite_database):
    notes = "x" * (MAX_OWNER_NOTES + 5)
    (row,) = add(sqlite_database, Contact(name="Ana", owner_notes=notes))
    saved = await make_desk(sqlite_database).update_contact(row.id, notes=notes, next_step="Call")
    assert (saved.next_step, saved.owner_notes) == ("Call", notes)


async def test_a_step_that_is_done_is_noted_once(database, desk):
    (row,) = add(database, Contact(name="Ana", owner_notes="First"))
    await desk.update_contact(row.id, next_step="Call Ana", next_step_on="2026-05-30")
    for _ in range(2):
        done = await desk.finish_next_step(row.id, now=TODAY)
    assert (done.next_step, done.next_step_on) == ("", "")
    assert done.owner_notes == "First\n2026-05-31: Call Ana (done)"


async def test_tags_are_added_once_and_removed(database, desk):
    (row,) = add(database, Contact(name="Ana"))
    added = await desk.add_tag(row.id, " #Nordic, back end ,, nordic,<i>x</i>")
    assert added.tags == ("<i>x</i>", "back end", "Nordic")
    assert (await desk.add_tag(row.id, "NORDIC")).tags == added.tags
    assert (await desk.remove_tag(row.id, "Nordic")).tags == ("<i>x</i>", "back end")
    assert (await desk.remove_tag(row.id, "unknown")).tags == ("<i>x</i>", "back end")
    with pytest.raises(InvalidInput, match="40 characters"):
        await desk.add_tag(row.id, "x" * 41)
    with pytest.raises(InvalidInput, match="20 tags"):
        await desk.add_tag(row.id, ",".join(map(str, range(30))))


async def test_what_the_owner_says_of_junk_holds(database, desk):
    def leave(name):
        work = lambda session: save_contact(session, email="a@mailinator.com", name=name)  # noqa: E731
        return database.write_now(work)[0]

    row = leave("asdfgh")
    assert row.junk_reason
    cleared = await desk.judge_junk(row.id, is_junk=False)
    assert (cleared.junk_reason, cleared.may_be_junk, cleared.status) == ("", False, "new")
    assert leave("qwerty").junk_reason == ""
    assert (await desk.judge_junk(row.id, is_junk=True)).status == "junk"
    assert leave("zxcvbn").status == "junk"
    assert (await desk.judge_junk(row.id, is_junk=False)).status == "new"


async def test_a_stage_says_that_it_is_no_junk(database, desk):
    (row,) = add(database, Contact(name="asdf", junk_reason="A reason."))
    assert (await desk.update_contact(row.id, status="new")).may_be_junk
    assert not (await desk.update_contact(row.id, status="contacted")).may_be_junk


async def test_whom_a_contact_may_be_the_same_as(database, desk):
    def work(session):
        visit = Visit.begin(session, at(1))
        ana, _ = save_contact(
            session, email="ana@example.com", name="Ana Ruiz", conversation_id=visit.id
        )
        save_contact(session, email="ana.ruiz@example.org", name="ana ruiz")
        save_contact(session, email="a.r@example.net", name="A. R.", conversation_id=visit.id)
        save_contact(session, email="eva@example.com", name="Eva")
        return ana.id

    key = database.write_now(work)
    alike = {row.name for row in await desk.list_merge_candidates(key)}
    assert alike == {"ana ruiz", "A. R."}
    assert [row.name for row in await desk.list_merge_candidates(key, "eva@")] == ["Eva"]
    assert await desk.list_merge_candidates(key, "ana@example.com") == ()


async def test_all_contacts_are_exported(database, desk):
    add(database, Contact(name="=1+1", email="a@example.com"), Contact(name="Eva", tags=["a", "b"]))
    file = await desk.export_contacts(now=TODAY)
    assert file.name == "contacts-2026-05-31.csv"
    headings, *rows = read_csv(file.content)
    assert {row[0] for row in rows} == {"=1+1", "Eva"}
    assert [row[headings.index("Tags")] for row in rows if row[0] == "Eva"] == ["a, b"]


@pytest.mark.parametrize("key", [UNKNOWN, str(UNKNOWN), "nothing", ""])
async def test_an_id_of_nothing_finds_nothing(sqlite_database, key):
    desk = make_desk(sqlite_database)
    for ask in (
        desk.get_contact(key),
        desk.update_contact(key, notes="x"),
        desk.add_tag(key, "x"),
        desk.remove_tag(key, "x"),
        desk.judge_junk(key, is_junk=True),
        desk.finish_next_step(key),
        desk.list_merge_candidates(key),
        desk.preview_merge(key, uuid.uuid4()),
        desk.merge_contacts(key, uuid.uuid4()),
    ):
        with pytest.raises(NotFound):
            await ask
