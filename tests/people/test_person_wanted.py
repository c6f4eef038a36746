import time

import pytest

from chatbot.people.human_request import wants_human


@pytest.mark.parametrize(
    "text",
    [
        # wish or demand, and a person
        "I need an operator, please", "gimme a human", "could I have an agent?",
        "I want to see a manager", "I prefer human help",
        # talking
        "can I have a word with someone", "let me talk 2 a person", "I must speak with the boss",
        "is it possible to talk on the phone with someone", "may I speak with the candidate?",
        "looking for someone to talk to", "talk to a member of your staff",
        # handing over
        "put me through to a colleague", "I want to be transferred to a supervisor", "transfer me!",
        "please connect", "take me to a human", "can you put me in touch with somebody",
        # a person who acts
        "could someone from the team get back to me", "let a human answer this",
        "please have somebody phone me", "can a person take over here?",
        # calling back
        "ring me back", "I'd like a callback", "can you give me a call", "I need to be called back",
        # is anybody there
        "any human around?", "are there agents available", "do you have an agent I can talk to",
        # against the machine
        "I refuse to talk to a robot", "no more bots", "not you, a real person",
        # slips of the pen
        "I want to tlak to a human", "conect me to an agnet", "speak to a mnager",
        "i need a represantative",
    ],
)  # fmt: skip
def test_person_is_wanted(text: str) -> None:
    request = wants_human(text, keywords=[])
    assert request is not None
    assert request.reason == "requested"
    assert request.words in text


@pytest.mark.parametrize(
    "text",
    [
        "is this a real person", "you sound like a human", "how do I know you are a real person?",
        "does a human check these answers", "am I chatting with an agent here",
        "don't call me", "please do not transfer me", "I'd rather not talk to anyone",
        "I hate talking to people on the phone", "no human needed",
        "what do people call me", "can I share this chat with someone",
        "is it possible to talk to you in Dutch", "how do you explain tech to a manager",
        "would you like to talk to our CTO", "I can put you in touch with our recruiter",
        "we need an agent for our tunnel project", "I need someone who knows Kubernetes",
        "looking for a person with five years of Java", "I need an agent framework",
        "can someone learn Rust in a month", "have you built an agent that talks to customers",
        "can I reach you by e-mail", "when can I call you", "I spoke to your manager yesterday",
        "did you work as a sales representative", "give me a reason to hire you",
    ],
)  # fmt: skip
def test_other_senses_are_no_request(text: str) -> None:
    assert wants_human(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Your team was very rude", "nobody replies to my messages",
        "I will never use this app again",
        "I waited for two weeks and still nothing", "you did not answer my question",
        "Is this how you treat people?", "I'm really annoyed", "total scam", "Pathetic.",
        "I am fed up with you", "Not at all happy with your answers", "I will report you",
    ],
)  # fmt: skip
def test_complaint_about_this_side_is_heard(text: str) -> None:
    request = wants_human(text, keywords=[])
    assert request is not None
    assert request.reason == "complaint"


@pytest.mark.parametrize(
    "text",
    [
        "What was your worst bug?", "I'm frustrated with Java, why do you like it",
        "that's wrong, I meant 2019", "it is a terrible bug that we must fix",
        "have you worked on scam detection", "we have poor test coverage, can you help",
        "what frustrates you at work", "do you handle complaints", "terrible weather today",
    ],
)  # fmt: skip
def test_harsh_words_about_other_things_are_no_complaint(text: str) -> None:
    assert wants_human(text) is None


@pytest.mark.parametrize(
    "text",
    ["real human " * 54, "get me a " * 66, "call " * 120, "not happy " * 60, "@a " * 200,
     "waiting for a " * 42, "want a real live actual " * 25, "someone from the " * 35],
)  # fmt: skip
def test_hostile_text_takes_no_time(text: str) -> None:
    wants_human("warm up")
    start = time.process_time()
    wants_human(text[:600])
    assert time.process_time() - start < 0.3
