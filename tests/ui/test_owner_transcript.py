import pytest

from chatbot.storage.database import Database
from chatbot.ui.locales.owner_inbox_en import ENGLISH_INBOX
from chatbot.ui.owner_inbox_chat import about_html
from chatbot.ui.owner_transcript import cost_words, transcript_html
from tests.dashboards.visits import Visit, at
from tests.inbox_parts import make_inbox
from tests.ui.test_owner_delivery_log import words_of


@pytest.mark.parametrize(
    ("micro_usd", "words"),
    [
        (0, "free"),
        (1, "under $0.0001"),
        (99, "under $0.0001"),
        (100, "$0.0001"),
        (1_234, "$0.0012"),
        (12_345, "$0.012"),
        (240_000, "$0.24"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_a_cost_has_the_digits_that_matter(micro_usd: int, words: str):
    assert cost_words(micro_usd, ENGLISH_INBOX) == words


async def read(database: Database, work) -> str:
    transcript = await make_inbox(database).read_chat(database.write_now(work))
    shown = transcript_html(transcript, 1, ENGLISH_INBOX) + about_html(transcript, ENGLISH_INBOX)
    return words_of(shown)


async def test_each_answer_and_the_conversation_say_what_they_cost(database: Database):
    def work(session):
        visit = Visit.begin(session, at(1))
        used = {"model": "gpt-4.1-mini", "prompt_tokens": 1234, "completion_tokens": 56}
        visit.ask("One", at(1), cost_micro_usd=1_200, **used)
        visit.ask("Two", at(2), cost_micro_usd=800, replaced_at=at(2), model="other")
        visit.ask("Three", at(3), cost_micro_usd=0, limited=True)
        return str(visit.id)

    words = await read(database, work)
    assert "gpt-4.1-mini, 1,234 tokens in, 56 out, $0.0012" in words
    assert "other, $0.0008" in words
    assert "Limited mode free" in words
    assert "Messages 3 Cost $0.0020" in words


async def test_nothing_is_said_of_a_cost_that_is_not_known(database: Database):
    def work(session):
        visit = Visit.begin(session, at(1))
        visit.ask("One", at(1), prompt_tokens=5)
        return str(visit.id)

    words = await read(database, work)
    for sign in ("$", "free", "tokens", "Cost"):
        assert sign not in words
