import pytest

from chatbot.engine.limited import Rules, build_quote, shorten
from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.retrieval import Retriever
from chatbot.knowledge.sections import Profile, Section, SectionKind
from tests.fakes import PROFILE


@pytest.fixture(scope="module")
def rules() -> Rules:
    profile = load_profile(PROFILE)
    retriever = Retriever(profile.sections, owner_name=profile.name)
    return Rules(profile, retriever, escalation_keywords=["get me a person"])


def reply(rules: Rules, text: str, *, is_escalated: bool = False, has_email: bool = False):
    contact = rules.find_contact(text)
    return rules.reply(rules.read(text), contact, is_escalated=is_escalated, has_email=has_email)


def test_a_covered_question_is_answered_by_quotations(rules):
    answer = reply(rules, "What did Mara study?")
    assert answer.citations
    assert all(f"[{citation.number}]" in answer.text for citation in answer.citations)
    assert answer.confidence >= 0.5
    assert not answer.files_question


def test_an_uncovered_career_question_is_filed_and_the_human_offered(rules):
    answer = reply(rules, "What is your blood type?")
    assert answer.files_question
    assert "Talk to Mara" in answer.text
    assert answer.confidence < 0.5


@pytest.mark.parametrize(
    "text", ["What is your blood type?", "Can I talk to Mara, please?", "This bot is useless"]
)
def test_whoever_has_left_an_address_is_not_asked_for_one(rules, text):
    assert "eave your e-mail address" in reply(rules, text).text
    known = reply(rules, text, has_email=True).text
    assert "eave your" not in known
    assert "e-mail" in known


@pytest.mark.parametrize("text", ["Give me a recipe for pancakes", "Write me a poem"])
def test_an_off_topic_message_gets_the_scope_line(rules, text):
    answer = reply(rules, text)
    assert "only here for questions about Mara's work" in answer.text
    assert not answer.files_question
    assert answer.confidence is None


@pytest.mark.parametrize("text", ["Hello!", "👋", "Are you a bot?"])
def test_small_talk_is_answered_and_not_filed(rules, text):
    answer = reply(rules, text)
    assert "AI stand-in" in answer.text
    assert not answer.files_question


def test_the_owner_s_own_phrases_ask_for_a_person(rules):
    reading = rules.read("ok, get me a person")
    assert reading.asks_for_person
    assert "I have told Mara" in reply(rules, "ok, get me a person").text


def test_a_contact_is_confirmed_by_what_was_stored(rules):
    answer = reply(rules, "My name is Ana Ruiz and my e-mail is ana@example.com")
    assert answer.text.startswith("Thank you, Ana Ruiz. I have noted ana@example.com")


def test_an_empty_profile_answers_nothing_and_files_the_question():
    rules = Rules(Profile(name="the owner"), Retriever((), owner_name=""), escalation_keywords=[])
    answer = reply(rules, "What did you study?")
    assert answer.files_question
    assert "nothing on record" in answer.text


def test_a_long_passage_is_cut_behind_a_sentence():
    text = "First sentence. " * 60
    cut = shorten(text)
    assert len(cut) <= 425
    assert cut.endswith("sentence. …")


def test_a_first_line_that_repeats_the_heading_is_left_out():
    section = Section("1", SectionKind.WORK, "Experience: Lead at X", "Lead at X\n2020", "cv.pdf")
    assert build_quote(section) == "2020"


@pytest.mark.parametrize("text", ["I want to kill myself", "call an ambulance"])
@pytest.mark.parametrize("is_escalated", [False, True])
def test_an_emergency_gets_a_calm_sentence_of_its_own(rules, text, is_escalated):
    answer = reply(rules, text, is_escalated=is_escalated)
    assert "automated chat about Mara's work" in answer.text
    assert "local emergency number" in answer.text
    assert answer.text.endswith("Mara has been told.")
    assert not answer.files_question


def test_haste_is_no_emergency(rules):
    assert "emergency number" not in reply(rules, "It's urgent, we decide on Friday").text


def test_a_complaint_is_apologised_for(rules):
    answer = reply(rules, "This bot is useless")
    assert answer.text.startswith("I am sorry about that. I have told Mara")
    again = reply(rules, "This bot is useless", is_escalated=True)
    assert again.text.startswith("I am sorry about that. Mara has been told already")


@pytest.mark.parametrize(
    "text",
    [
        "my email is jane@@acme",
        "my email is jane@acme, ok?",
        "jane at acme",
        "jane (at) acme.com",
        "jane@",
        "Reach me at jane at acme dot com",
    ],
)
def test_a_mistyped_address_is_asked_for_again_and_not_filed(rules, text):
    answer = reply(rules, text)
    assert "looks mistyped" in answer.text
    assert not answer.files_question
    assert answer.confidence is None


@pytest.mark.parametrize(
    "text",
    ["my email is jane@acme.com", "engineer at Google?", "Engineer at Google", "Are you @mara?"],
)
def test_addresses_and_questions_are_not_taken_for_mistyped_ones(rules, text):
    assert "mistyped" not in reply(rules, text).text


def test_a_question_beside_a_mistyped_address_is_answered(rules):
    answer = reply(rules, "Where did Mara study? My email is jane@@acme")
    assert "looks mistyped" in answer.text
    assert answer.citations


@pytest.mark.parametrize("text", ["thanks!", "bye"])
def test_a_goodbye_is_answered_in_kind(rules, text):
    assert reply(rules, text).text.startswith("You are welcome.")


@pytest.mark.parametrize("text", ["abc", "<img onerror>", "???", "asdf"])
def test_a_message_without_a_word_gets_a_hint_and_is_not_filed(rules, text):
    answer = reply(rules, text)
    assert "You can ask me" in answer.text
    assert not answer.files_question


@pytest.mark.parametrize(
    "text", ["I want to kill myself", "ok, get me a person", "What is your blood type?", "asdf"]
)
def test_no_sentence_begins_with_a_lower_case_owner(text):
    section = Section("1", SectionKind.WORK, "Experience", "Lead at X", "cv.pdf")
    nameless = Rules(
        Profile(name="the owner", sections=(section,)),
        Retriever((section,), owner_name=""),
        escalation_keywords=["get me a person"],
    )
    for is_escalated in (False, True):
        answer = reply(nameless, text, is_escalated=is_escalated).text
        assert not any(s.startswith("the owner") for s in answer.replace("\n", " ").split(". "))
