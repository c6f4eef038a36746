import time
from pathlib import Path

import pytest

from chatbot.knowledge.coverage import coverage
from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.retrieval import Hit, Retriever
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.words import split_words

OWNER = "Ines Fabricant"


def make_section(name: str, kind: SectionKind, heading: str, text: str) -> Section:
    return Section(id=name, kind=kind, heading=heading, text=text, source="profile.md")


SECTIONS = [
    make_section(
        "about",
        SectionKind.ABOUT,
        "Summary",
        "Ines Fabricant plans water networks and writes the software for it.",
    ),
    make_section(
        "hydra",
        SectionKind.WORK,
        "Experience: Lead Engineer, Hydra Works",
        "Runs the leak detection platform in C++ and Node.js. Reduced pipe losses by 14 %.",
    ),
    make_section(
        "quay",
        SectionKind.WORK,
        "Experience: Engineer, Quay Labs",
        "Built dashboards for harbour masters with React.",
    ),
    make_section(
        "degree",
        SectionKind.EDUCATION,
        "Education",
        "MSc Hydrology, University of Porto, 2012",
    ),
    make_section("skills", SectionKind.SKILL, "Skills", "C#, .NET, Go, PostgreSQL, Terraform"),
    make_section("hobby", SectionKind.INTEREST, "Interests", "Rowing and printmaking"),
]


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return Retriever(SECTIONS, owner_name=OWNER)


def find(retriever: Retriever, question: str, **more: object) -> list[str]:
    return [hit.section.id for hit in retriever.search(question, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Where did you study?", "degree"),
        ("walk me through your background", "hydra"),
        ("What do you do?", "hydra"),
        ("tell me about yourself", "about"),
        ("What do you do in your free time?", "hobby"),
        ("Which cloud tools?", "skills"),
        ("Did you detect leaks?", "hydra"),
        ("any frontend work", "quay"),
        ("Do you know C#?", "skills"),
        ("experience with node.js", "hydra"),
        ("hydrolgy", "degree"),
    ],
)
def test_question_finds_its_section(retriever: Retriever, question: str, expected: str) -> None:
    assert expected in find(retriever, question, limit=2)


def test_names_of_languages_with_signs_stay_whole() -> None:
    assert split_words("C++, C# and .NET, not C; Node.js's A/B") == [
        "c++", "c#", "and", ".net", "not", "c", "node.js", "a/b",
    ]  # fmt: skip


def test_accents_and_case_do_not_matter() -> None:
    assert split_words("BOĞAZİÇİ") == split_words("bogazici")


def test_owner_name_and_question_words_find_nothing(retriever: Retriever) -> None:
    assert find(retriever, "What about Ines Fabricant's ...?") == []


def test_question_that_shares_nothing_finds_nothing(retriever: Retriever) -> None:
    assert find(retriever, "Wie hoch ist der Mond?") == []


def test_empty_profile_and_empty_question_find_nothing(retriever: Retriever) -> None:
    assert Retriever([], owner_name=OWNER).search("Where did you study?") == []
    assert retriever.search("") == []


def test_follow_up_is_read_with_the_last_turns(retriever: Retriever) -> None:
    history = ["What did you build at Quay Labs?", "Dashboards for harbour masters."]
    assert not any(hit.share for hit in retriever.search("and before that?"))
    assert find(retriever, "and before that?", history=history)[0] == "quay"


def test_a_question_without_a_telling_word_is_ranked_by_the_others_and_covers_nothing() -> None:
    sections = [
        make_section("hello", SectionKind.TEXT, "Hello", "You can ask me for what I do all day."),
        make_section("rest", SectionKind.TEXT, "Rest", "Nothing here."),
    ]
    hits = Retriever(sections, owner_name=OWNER).search("What can I ask you?")
    assert [hit.section.id for hit in hits] == ["hello"]
    assert coverage("What can I ask you?", hits) == 0.0


def test_a_single_letter_decides_between_equals() -> None:
    sections = [
        make_section("platform", SectionKind.TEXT, "", "Harbor is the free platform for ports."),
        make_section("suite", SectionKind.TEXT, "", "Harbor X is the paid suite for ports."),
    ]
    assert find(Retriever(sections, owner_name=OWNER), "What is Harbor X?")[0] == "suite"


def test_full_question_outranks_the_last_turns(retriever: Retriever) -> None:
    history = ["Tell me about Quay Labs", "Dashboards for harbour masters with React."]
    assert find(retriever, "What did you study in Porto?", history=history)[0] == "degree"


def test_hits_are_ranked_and_limited(retriever: Retriever) -> None:
    hits = retriever.search("engineer experience with React", limit=2)
    assert len(hits) == 2
    assert hits[0].score >= hits[1].score
    assert all(isinstance(hit, Hit) and 0 < hit.share <= 1 for hit in hits)


def test_name_of_the_file_counts_as_text() -> None:
    talk = Section("t", SectionKind.TEXT, "Notes", "Pipes and pumps", "talks/lisbon.md")
    other = Section("o", SectionKind.TEXT, "Notes", "Pipes and pumps", "cv.pdf")
    retriever = Retriever([other, talk], owner_name=OWNER)
    assert find(retriever, "What did you say in Lisbon?") == ["t"]


def test_heading_of_plain_text_tells_its_kind() -> None:
    section = make_section("p", SectionKind.TEXT, "Academic positions", "Lecturer in Ghent")
    assert find(Retriever([section], owner_name=OWNER), "Where have you worked?") == ["p"]


def test_chinese_text_is_found_without_spaces() -> None:
    section = make_section("zh", SectionKind.WORK, "经历", "水文工程师")
    assert find(Retriever([section], owner_name=OWNER), "工程师吗") == ["zh"]


def test_search_does_not_read_every_section_anew() -> None:
    many = [
        make_section(f"s{n}", SectionKind.WORK, f"Job {n}", f"{SECTIONS[n % 6].text} topic{n} " * 8)
        for n in range(100)
    ]
    retriever = Retriever(many, owner_name=OWNER)
    retriever.search("warm up")
    best = min(_seconds(retriever, "Which platform did you run for leak detection?") for _ in "123")
    # 1 ms on a quiet machine; reading the texts of a hundred sections again takes over 100 ms.
    assert best < 0.03


def _seconds(retriever: Retriever, question: str) -> float:
    start = time.perf_counter()
    retriever.search(question)
    return time.perf_counter() - start


@pytest.fixture(scope="module")
def sample() -> Retriever:
    profile = load_profile(Path(__file__).parents[2] / "data" / "profile")
    return Retriever(profile.sections, owner_name=profile.name)


@pytest.mark.parametrize(
    "question",
    [
        "Where did you study?",
        "Are you open to remote?",
        "Do you know Kafka?",
        "Tell me about a failure",
        "remote",
        "weaknesses",
        "relocate to Berlin",
        "Do you know Rust?",
        "Are you married?",
    ],
)
def test_self_contained_question_ignores_the_last_turns(sample: Retriever, question: str) -> None:
    history = ["Hello", "What salary do you expect?"]
    assert sample.search(question, history=history) == sample.search(question)


@pytest.mark.parametrize("question", ["why?", "tell me more", "And before that?", "how so?"])
def test_question_that_refers_back_is_read_with_the_last_turns(
    sample: Retriever, question: str
) -> None:
    history = ["What salary do you expect?"]
    assert sample.search(question, history=history)[0].section.heading == history[0]


def test_pronoun_keeps_the_better_of_both_readings(sample: Retriever) -> None:
    history = ["What salary do you expect?"]
    heading = sample.search("Is that before tax?", history=history)[0].section.heading
    assert heading == history[0]
    assert sample.search("Did you study before that?", history=history)[0].section.kind is (
        SectionKind.EDUCATION
    )


@pytest.mark.parametrize("question", ["And her blood type?", "And how tall is she?"])
def test_what_was_asked_before_does_not_cover_what_is_asked_now(
    sample: Retriever, question: str
) -> None:
    history = ["What is her salary expectation?", "Can I get her references?"]
    assert coverage(question, sample.search(question, history=history)) < 0.5


@pytest.mark.parametrize("question", ["???", "", "👍"])
def test_message_without_words_is_not_read_with_the_last_turns(
    sample: Retriever, question: str
) -> None:
    assert sample.search(question, history=["What salary do you expect?"]) == []


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How many years of experience do you have?", {SectionKind.ABOUT}),
        ("Do you have Python experience?", {SectionKind.SKILL}),
        ("Do you know Kafka?", {SectionKind.SKILL}),
        ("Have you led a team?", {SectionKind.WORK, SectionKind.FAQ}),
        (
            "What is your biggest achievement?",
            {SectionKind.AWARD, SectionKind.WORK, SectionKind.PROJECT},
        ),
        ("Where did you study?", {SectionKind.EDUCATION}),
    ],
)
def test_stock_question_finds_its_kind_of_section_first(
    sample: Retriever, question: str, kinds: set[SectionKind]
) -> None:
    assert sample.search(question)[0].section.kind in kinds


@pytest.mark.parametrize(
    "question", ["What is your current role?", "Where do you work now?", "What do you do today?"]
)
def test_current_job_comes_first(sample: Retriever, question: str) -> None:
    first = sample.search(question)[0].section
    assert first.kind is SectionKind.WORK
    assert "present" in first.text


def test_reason_for_leaving_the_current_job_outranks_the_job(sample: Retriever) -> None:
    heading = "Why would you leave your current job?"
    assert sample.search(heading)[0].section.heading == heading


def test_slip_in_the_first_letter_is_another_word(retriever: Retriever) -> None:
    assert find(retriever, "Hydrolgy?") == find(retriever, "hydrology")
    assert find(retriever, "cydrology") == []


def test_section_without_a_file_is_found() -> None:
    section = Section("n", SectionKind.TEXT, "Notes", "Pipes and pumps", "")
    assert find(Retriever([section], owner_name=OWNER), "pumps?") == ["n"]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Describe your employment history", SectionKind.WORK),
        ("What is your highest level of education?", SectionKind.EDUCATION),
        ("Where are you from?", SectionKind.CONTACT),
        ("Who can vouch for you?", SectionKind.REFERENCE),
        ("Have you ever won anything?", SectionKind.AWARD),
        ("What have you written?", SectionKind.PUBLICATION),
    ],
)
def test_recruiters_words_stand_for_a_kind_of_section(question: str, kind: SectionKind) -> None:
    filler = [section for section in SECTIONS if section.kind is not kind]
    section = make_section("gold", kind, "Zzz", "Qqq")
    assert find(Retriever([*filler, section], owner_name=OWNER), question)[0] == "gold"


def test_visitors_own_company_is_not_the_owners(retriever: Retriever) -> None:
    assert "hydra" in find(retriever, "What do you think of the company?")
    assert not any(hit.share for hit in retriever.search("What do you think of our company?"))


def test_question_words_decide_between_equals() -> None:
    first = make_section("a", SectionKind.TEXT, "", "Pumps. They hum.")
    second = make_section("b", SectionKind.TEXT, "", "Pumps. Made by us.")
    assert find(Retriever([first, second], owner_name=OWNER), "pumps by whom?") == ["b", "a"]


def test_places_left_are_filled_below_what_was_found() -> None:
    found = make_section("found", SectionKind.TEXT, "", "Pumps")
    filler = make_section("filler", SectionKind.TEXT, "", "Valves that you should have")
    hits = Retriever([filler, found], owner_name=OWNER).search("should you have pumps?")
    assert [hit.section.id for hit in hits] == ["found", "filler"]
    assert hits[1].score < 0.2 * hits[0].score
    assert hits[1].signs.nearby == 0


def test_unknown_word_finds_one_of_the_same_root() -> None:
    section = make_section("p", SectionKind.TEXT, "Notes", "An open source assessor")
    retriever = Retriever([section], owner_name=OWNER)
    assert find(retriever, "opensource?") == ["p"]
    assert find(retriever, "assessment?") == ["p"]
