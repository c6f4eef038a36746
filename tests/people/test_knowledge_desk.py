import asyncio
import uuid

import pytest

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.knowledge_desk import AnswerFile, GroupFile, KnowledgeDesk
from chatbot.people.questions import file_question
from chatbot.people.telling import Telling
from chatbot.storage import answers
from chatbot.storage.models import Message, Question
from chatbot.storage.poor_answers import BotAnswer
from tests.dashboards.visits import Visit, at
from tests.fakes import list_rows
from tests.knowledge_parts import RecordingBell, make_knowledge, make_telling

NOTICE = ("How long is your notice period?", "What is your notice period?")
SALARY = "Which salary do you expect?"


class Letters:
    """Keeps what is to be sent, as `people.mail.add_email` does in its table."""

    def __init__(self) -> None:
        self.sent: list[dict[str, object]] = []
        self.refuses = False

    def add(self, session, **values: object) -> bool:
        session.connection()
        if self.refuses:
            raise InvalidInput("This is no address.")
        self.sent.append(values)
        return True


@pytest.fixture
def bell() -> RecordingBell:
    return RecordingBell()


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def telling(bell, letters) -> Telling:
    return make_telling(bell, letters.add)


@pytest.fixture
def desk(database, bell, telling) -> KnowledgeDesk:
    return make_knowledge(database, bell, telling)


class Asker:
    """A visitor who asked something that the bot could not answer."""

    def __init__(self, database, *texts: str, **contact: object) -> None:
        self._database = database

        def work(session):
            visit = Visit.begin(session, at(1))
            self.conversation, self.session = visit.id, visit.chat.id
            if contact:
                visit.leave_contact(at(1), **contact)
            filed = [file_question(session, text, conversation_id=visit.id)[0] for text in texts]
            return [question.id for question in filed]

        self.questions = database.write_now(work)

    @property
    def notices(self) -> list[str]:
        rows = read_all(self._database, Message)
        mine = [row for row in rows if row.conversation_id == self.conversation]
        return [row.content for row in mine if row.role == "notice"]

    @property
    def told_by(self) -> list[str | None]:
        rows = read_all(self._database, Question)
        return [row.told_by for row in rows if row.id in self.questions]

    def come_back(self, telling: Telling) -> bool:
        return self._database.write_now(
            lambda session: telling.tell_in_chat(session, self.conversation)
        )


def read_all(database, table):
    return list_rows(database, table)


def live(database) -> list[tuple[str, str]]:
    rows = database.read_now(answers.list_live)
    return [(row.question, row.text) for row in rows]


async def test_open_groups_come_with_counts_and_who_asked(database, desk):
    Asker(database, SALARY)
    Asker(database, NOTICE[0], name="Ana Ruiz")
    Asker(database, NOTICE[1])
    groups = (await desk.list_groups()).items
    assert [(group.text, group.count) for group in groups] == [(NOTICE[0], 2), (SALARY, 1)]
    assert groups[0].askers == ("Ana Ruiz",)
    assert groups[0].unknown_askers == 1
    assert [g.text for g in (await desk.list_groups(search="notice")).items] == [NOTICE[0]]
    assert (await desk.list_groups(search="zebra")).total == 0


async def test_what_is_open_shows_its_wordings_and_what_is_like_it(database, desk):
    Asker(database, "What is your notice period in weeks for a contract?")
    second = Asker(database, NOTICE[1])
    dismissed = Asker(database, "Do you like a notice on your door?")
    await desk.dismiss_group(dismissed.questions[0], "Off topic")
    item = await desk.open_item(str(second.questions[0]))
    assert isinstance(item, GroupFile)
    assert item.status == "open"
    file = await desk.open_item(dismissed.questions[0])
    assert isinstance(file, GroupFile)
    assert (file.status, file.group.dismissed_reason) == ("dismissed", "Off topic")
    assert file.group.id not in {similar.id for similar in file.similar}
    [listed] = (await desk.list_groups(status="dismissed")).items
    assert listed.dismissed_reason == "Off topic"


async def test_a_group_is_answered_once_and_is_knowledge(database, desk):
    asker, other = Asker(database, NOTICE[0]), Asker(database, NOTICE[1])
    file = await desk.save_answer(other.questions[0], "Three months.", question="Notice period?")
    assert (file.answer.question, file.answer.text) == ("Notice period?", "Three months.")
    assert {asked.id for asked in file.questions} == {*asker.questions, *other.questions}
    assert live(database) == [("Notice period?", "Three months.")]
    assert (await desk.list_groups()).total == 0
    assert isinstance(await desk.open_item(asker.questions[0]), AnswerFile)
    [row] = (await desk.list_answers()).items
    assert (row.asked, row.is_withdrawn, row.is_correction) == (2, False, False)


async def test_every_version_is_kept_and_undoing_makes_one(database, desk):
    asker = Asker(database, NOTICE[0])
    first = await desk.save_answer(asker.questions[0], "Three months.")
    key = first.answer.id
    await desk.save_answer(key, "Two months.")
    same = await desk.save_answer(key, "Two months.")
    assert [row.version for row in same.versions] == [2, 1]
    undone = await desk.undo_answer(key, 1)
    assert [(row.version, row.text) for row in undone.versions] == [
        (3, "Three months."),
        (2, "Two months."),
        (1, "Three months."),
    ]
    assert live(database) == [(NOTICE[0], "Three months.")]
    assert undone.questions[0].status == "answered"
    assert read_all(database, Question)[0].answer == "Three months."
    with pytest.raises(NotFound):
        await desk.undo_answer(key, 9)


async def test_a_withdrawn_answer_is_no_knowledge_until_it_is_restored(database, desk):
    asker = Asker(database, NOTICE[0])
    key = (await desk.save_answer(asker.questions[0], "Three months.")).answer.id
    stamps = [database.read_now(answers.get_stamp)]
    withdrawn = await desk.withdraw_answer(key)
    assert withdrawn.answer.is_withdrawn
    assert withdrawn.versions[0].is_withdrawn
    stamps.append(database.read_now(answers.get_stamp))
    assert live(database) == []
    await desk.withdraw_answer(key)
    restored = await desk.restore_answer(key)
    stamps.append(database.read_now(answers.get_stamp))
    assert live(database) == [(NOTICE[0], "Three months.")]
    assert [row.version for row in restored.versions] == [3, 2, 1]
    assert len(set(stamps)) == 3


async def test_a_change_of_wordings_is_a_change_of_knowledge(database, desk):
    asker = Asker(database, NOTICE[0])
    await desk.save_answer(asker.questions[0], "Three months.")
    before = database.read_now(answers.get_stamp)
    other = Asker(database, SALARY)
    await desk.merge_groups(other.questions[0], asker.questions[0])
    assert database.read_now(answers.get_stamp) != before
    [row] = database.read_now(answers.list_live)
    assert row.wordings == (NOTICE[0], SALARY)
    before = database.read_now(answers.get_stamp)
    await desk.take_out_question(other.questions[0])
    assert database.read_now(answers.get_stamp) != before
    [row] = database.read_now(answers.list_live)
    assert row.wordings == (NOTICE[0],)


def add_bot_answer(database, **values) -> tuple[uuid.UUID, uuid.UUID]:
    def work(session):
        visit = Visit.begin(session, at(2))
        said = visit.ask("Do you know Go?", at(2), "Yes, very well [1].", **values)
        said.citations = [{"label": "Skills (resume.json)"}, {"label": "Skills (resume.json)"}]
        return said.id, visit.id

    return database.write_now(work)


async def test_a_poor_answer_comes_with_all_that_explains_it(database, desk):
    add_bot_answer(database, feedback="up")
    said, chat = add_bot_answer(
        database, feedback="down", feedback_reason="Not correct", model="gpt-4.1-mini"
    )
    [row] = (await desk.list_poor_answers()).items
    assert (row.id, row.question, row.text) == (said, "Do you know Go?", "Yes, very well [1].")
    assert (row.reason, row.model, row.conversation_id) == ("Not correct", "gpt-4.1-mini", chat)
    assert row.sources == ("Skills (resume.json)",)
    assert (await desk.list_poor_answers(search="not CORRECT")).total == 1
    assert (await desk.list_poor_answers(search="zebra")).total == 0


async def test_a_better_answer_takes_the_place_of_the_bots(database, desk):
    said, chat = add_bot_answer(database, feedback="down")
    file = await desk.save_answer(said, "No, I only read it.")
    assert (file.answer.question, file.answer.is_correction) == ("Do you know Go?", True)
    assert file.conversation_id == chat
    assert (await desk.list_poor_answers()).total == 0
    again = await desk.save_answer(said, "I read it, and wrote one tool.", question="Do you Go?")
    assert again.answer.id == file.answer.id
    assert again.answer.version == 2
    assert live(database) == [("Do you Go?", "I read it, and wrote one tool.")]
    opened = await desk.open_item(said)
    assert isinstance(opened, BotAnswer)
    assert opened.reviewed_at is not None


async def test_a_better_answer_answers_what_the_bot_filed_in_that_turn(database, desk):
    asker = Asker(database, NOTICE[0])

    def work(session):
        visit = Visit.begin(session, at(2))
        said = visit.ask(NOTICE[1], at(2), "I do not know.")
        file_question(session, NOTICE[1], conversation_id=visit.id, message_id=said.id)
        return said.id

    said = database.write_now(work)
    file = await desk.save_answer(said, "Three months.", question=NOTICE[1])
    assert len(file.questions) == 2
    assert isinstance(await desk.open_item(asker.questions[0]), AnswerFile)
    assert len(live(database)) == 1


async def test_a_poor_answer_is_waved_through(database, desk):
    said, _ = add_bot_answer(database, feedback="down")
    await desk.review_answer(said)
    assert (await desk.list_poor_answers()).total == 0
    assert live(database) == []


async def test_an_asker_is_told_when_they_come_back_and_once(database, desk, telling, bell):
    asker = Asker(database, NOTICE[0])
    other = Asker(database, NOTICE[1])
    await desk.save_answer(asker.questions[0], "Three months.")
    assert set(bell.rung) == {asker.session, other.session}
    assert asker.notices == []
    assert asker.come_back(telling)
    assert not asker.come_back(telling)
    [notice] = asker.notices
    assert notice == f"Mara has answered your question “{NOTICE[0]}”:\n\nThree months."
    assert asker.told_by == ["chat"]
    assert other.told_by == [None]
    await desk.save_answer(asker.questions[0], "Two months.")
    assert not asker.come_back(telling)
    assert other.come_back(telling)
    assert other.notices[0].endswith("Two months.")


async def test_two_tabs_that_open_at_one_time_tell_once(database, desk, telling):
    asker = Asker(database, NOTICE[0])
    await desk.save_answer(asker.questions[0], "Three months.")

    def tell(session):
        return telling.tell_in_chat(session, asker.conversation)

    told = await asyncio.gather(*(database.write(tell) for _ in range(6)))
    assert sorted(told) == [False] * 5 + [True]
    assert len(asker.notices) == 1


async def test_several_questions_with_one_answer_are_one_notice(database, desk, telling):
    asker = Asker(database, NOTICE[0], SALARY)
    await desk.merge_groups(asker.questions[1], asker.questions[0])
    await desk.save_answer(asker.questions[0], "Three months, and a lot.")
    assert asker.come_back(telling)
    assert len(asker.notices) == 1
    assert asker.told_by == ["chat", "chat"]


async def test_nobody_is_told_of_what_was_withdrawn(database, desk, telling):
    asker = Asker(database, NOTICE[0])
    key = (await desk.save_answer(asker.questions[0], "Three months.")).answer.id
    await desk.withdraw_answer(key)
    assert not asker.come_back(telling)
    await desk.restore_answer(key)
    assert asker.come_back(telling)


def agreed(email: str) -> dict[str, object]:
    return {"email": email, "consent_at": at(1)}


async def test_who_left_an_address_and_agreed_gets_an_email_and_no_notice(
    database, desk, telling, bell, letters
):
    asker = Asker(database, NOTICE[0], **agreed("ana@example.com"))
    silent = Asker(database, NOTICE[1], email="ben@example.com")
    await desk.save_answer(asker.questions[0], "Three months.")
    [letter] = letters.sent
    assert (letter["email"], letter["session_id"]) == ("ana@example.com", asker.session)
    assert NOTICE[0] in str(letter["text"])
    assert "Three months." in str(letter["text"])
    assert letter["dedupe_key"] == f"answer-{asker.questions[0]}"
    assert (asker.told_by, silent.told_by) == (["email"], [None])
    assert bell.rung == [silent.session]
    assert not asker.come_back(telling)
    await desk.save_answer(asker.questions[0], "Two months.")
    assert len(letters.sent) == 1


async def test_whoever_has_the_page_open_reads_it_there(database, desk, bell, letters, telling):
    asker = Asker(database, NOTICE[0], **agreed("ana@example.com"))
    bell.open_pages.add(asker.session)
    await desk.save_answer(asker.questions[0], "Three months.")
    assert letters.sent == []
    assert bell.rung == [asker.session]
    assert asker.come_back(telling)


async def test_an_address_that_cannot_be_right_is_no_reason_to_stay_silent(
    database, desk, telling, letters
):
    letters.refuses = True
    asker = Asker(database, NOTICE[0], **agreed("ana@example.com"))
    await desk.save_answer(asker.questions[0], "Three months.")
    assert asker.told_by == [None]
    assert asker.come_back(telling)


async def test_without_a_mail_service_everybody_is_told_in_the_chat(database, bell):
    telling = make_telling(bell)
    desk = make_knowledge(database, bell, telling)
    asker = Asker(database, NOTICE[0], **agreed("ana@example.com"))
    await desk.save_answer(asker.questions[0], "Three months.")
    assert asker.come_back(telling)


async def test_a_junk_contact_gets_no_email(database, desk, letters):
    asker = Asker(database, NOTICE[0], status="junk", **agreed("ana@example.com"))
    await desk.save_answer(asker.questions[0], "Three months.")
    assert letters.sent == []


@pytest.mark.parametrize("key", ["", "no id", "7" * 40, None, 7, str(uuid.UUID(int=7))])
async def test_an_id_of_nothing_finds_nothing(desk, key):
    for call in (
        desk.open_item(key),
        desk.save_answer(key, "x", question="x"),
        desk.undo_answer(key, 1),
        desk.withdraw_answer(key),
        desk.restore_answer(key),
        desk.dismiss_group(key),
        desk.reopen_group(key),
        desk.merge_groups(key, uuid.UUID(int=8)),
        desk.take_out_question(key),
        desk.review_answer(key),
    ):
        with pytest.raises(NotFound, match="Load the list again"):
            await call


async def test_a_state_that_does_not_exist_is_refused(desk):
    with pytest.raises(InvalidInput, match="Choose one of these"):
        await desk.list_groups(status="gone")
