import time

import pytest

from chatbot.people.human_request import DEFAULT_KEYWORDS, wants_human


@pytest.mark.parametrize(
    "text",
    ["Can I talk to a real person?", "let me speak with someone else please", "call me back",
     "I'd rather talk to a human", "get me a human", "is there anyone I can talk to?",
     "Can I talk to Ines directly?", "human please", "operator", "Transfer me to an agent",
     "I don't want to talk to a bot", "Who can I speak to about this?", "could you call me?",
     "I want to speak to the owner"],
)  # fmt: skip
def test_request_for_a_person_is_heard(text: str) -> None:
    request = wants_human(text)
    assert request is not None
    assert request.reason in {"requested", "keyword"}
    assert request.words.lower() in text.lower()


@pytest.mark.parametrize(
    "text",
    ["are you a human?", "Am I talking to a real person?", "talk to you later",
     "no need for a human",
     "I worked in human resources", "You don't need to put me through to a person",
     "Do you have experience talking to customers?", "Did you work as a product manager?",
     "How did you handle a customer complaint?", "Have you managed people?",
     "What was your worst experience at work?", "Have you built multi-agent systems?",
     "What would your manager say about you?", "Do you speak Portuguese?",
     "please talk to me in French",
     "We need an operator for our pumps", "How do you bring a team together?", "", "👋"],
)  # fmt: skip
def test_other_senses_of_the_words_do_not_count(text: str) -> None:
    assert wants_human(text) is None


@pytest.mark.parametrize(
    "text", ["This bot is useless", "I want to file a complaint", "what a waste of my time"]
)
def test_complaint_about_the_service_counts(text: str) -> None:
    request = wants_human(text)
    assert request is not None
    assert request.reason == "complaint"


@pytest.mark.parametrize(
    "text",
    ["I want to die", "call 911!", "this is an emergency", "I can't go on like this",
     "I don't want to live any more", "my office is on fire", "he is having a stroke",
     "my husband hits me", "somebody just took my card", "block my account immediately!"],
)  # fmt: skip
def test_emergency_counts(text: str) -> None:
    request = wants_human(text)
    assert request is not None
    assert request.reason == "emergency"


@pytest.mark.parametrize(
    "text",
    ["I do not want to live in Rome", "how did you stop the outage immediately?",
     "I led a bleeding edge team", "she is beating the market", "did you kill the project?"],
)  # fmt: skip
def test_alarming_words_in_another_sense_are_no_emergency(text: str) -> None:
    assert wants_human(text) is None


def test_owner_keywords_match_whole_words_in_any_case() -> None:
    keywords = ["Urgent offer", " lawyer "]
    found = wants_human("This is an URGENT  offer", keywords)
    assert found is not None
    assert (found.reason, found.words) == ("keyword", "URGENT  offer")
    assert wants_human("lawyers everywhere", keywords) is None


def test_keywords_are_plain_text_and_may_be_empty() -> None:
    assert wants_human("costs 5 (net)", ["(net)"]) is not None
    assert wants_human("anything", ["", "a.y"]) is None


def test_denied_keyword_does_not_count() -> None:
    assert wants_human("no need to talk to a human", DEFAULT_KEYWORDS) is None


def test_pasted_posting_is_no_request() -> None:
    posting = "You will speak to a manager and talk with our people every day. " * 12
    assert wants_human(posting, keywords=[]) is None


@pytest.mark.parametrize(
    "text",
    ["a" * 600, "talk to a " * 60, "are you " * 75, "can you " * 75, "human " * 100, " " * 600,
     "you talk " * 66, "a" * 20_000, "thanks " * 3_000],
)  # fmt: skip
def test_hostile_text_is_read_quickly(text: str) -> None:
    wants_human("warm up")
    start = time.perf_counter()
    wants_human(text)
    # A few milliseconds; an expression that backtracks takes minutes.
    assert time.perf_counter() - start < 2
