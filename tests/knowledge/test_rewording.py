import pytest

from chatbot.knowledge.fit import build_fit_sheet, build_summary
from chatbot.knowledge.rewording import Phrase, list_gaps, quoted, reword
from chatbot.knowledge.tailoring import build_advice, build_letter
from tests.knowledge.test_fit import JOB, SAMPLE, TODAY

GAP = Phrase("Not in Mara's records, though they cover the topic: {1}; {2}.", ("Rust", "Go"))
UNKNOWN = Phrase("The records do not say, and Mara is asked: {1}.", ("SAP",))
PARTIAL = Phrase("Met in part: {1}; {2}.", ("Rust", "Go"))
TRAIT = Phrase("No record can show it, so judge it in person: {1}.", ("Kindness",))
POINT = Phrase("You ask for {1}. From my records: {2}.", (quoted("Rust"), quoted("I use Rust")))
PLAIN = Phrase("To be plain: I do not bring {1} today.", ("Rust",))
LEARN = Phrase("{1} is a gap. It is a must here; learn it or be plain about it.", ("Rust",))
TELL = Phrase("Your records do not say anything about {1}. If you have it, add it.", ("SAP",))
AGAINST = Phrase(
    "Your records speak against {1}. Say early what you could offer.", ("You live in Bonn",)
)
SHOW = Phrase("Let this stand out, because {1} is asked for.", ("Rust",))

TAKEN = [
    (GAP, "Mara's records cover the topic but do not show {1} or {2}."),
    (GAP, "Although they cover the topic, Mara\u2019s records don\u2019t mention {1} and {2}."),
    (GAP, "{1} and {2} are not in Mara's records, though they cover the topic."),
    (UNKNOWN, "The records do not say anything about {1}, so Mara is asked."),
    (UNKNOWN, "The records are silent about {1}, so Mara is asked."),
    (PARTIAL, "{1} and {2} are partly met."),
    (TRAIT, "No record can show {1}, so judge it in person."),
    (POINT, "You ask for {1}, and my records say {2}."),
    (PLAIN, "I do not bring {1} today, to be plain."),
    (LEARN, "{1} is a gap and a must here: learn it or be plain about it."),
    (TELL, "Your records do not say anything about {1}; if you have it, add it."),
    (SHOW, "The post asks for {1}, so let this stand out."),
    (AGAINST, "Your records speak against {1}, so say early what you could offer."),
    (GAP, "{1} and {2} are not listed in her records, although they cover this topic."),
    (UNKNOWN, "Mara is asked about {1}, since her records do not say anything about it."),
]
LEFT = [
    # A status turned round, with and without a denial.
    (GAP, "Mara's records show {1} and {2}."),
    (GAP, "{1} and {2} are met."),
    (GAP, "Mara's records cover not only the topic but also {1} and {2}."),
    (GAP, "Mara's records cover {1} and {2}, though not the topic."),
    (GAP, "Mara's records cover the topic, not to mention {1} and {2}."),
    (GAP, "Mara's records do not lack {1} or {2}."),
    (GAP, "Not in Mara's records, though they show it: {1}; {2}."),
    (GAP, "Mara's records do not say it, but they show {1} and {2}."),
    (GAP, "Mara's records do not show {1}, they cover {2}."),
    (GAP, "Mara's records do not name {1} and {2}, though they are in the records."),
    (GAP, "{1} is not {2}: Mara's records show it, though they cover the topic."),
    (UNKNOWN, "The records say {1}, and Mara is not asked."),
    (UNKNOWN, "The records do not say {1}."),
    (PARTIAL, "{1} and {2} are met."),
    (PARTIAL, "{1} and {2} are met, as part of the job."),
    (TRAIT, "The records show {1}."),
    (PLAIN, "I bring {1} today."),
    (LEARN, "{1} is not a gap."),
    (LEARN, "{1} is a gap. It is a wish here; learn it or be plain about it."),
    (TELL, "Your records do not say anything about {1}. Add it."),
    # A claim that was not made.
    (SHOW, "Let this stand out, because {1} is asked for and Mara is an expert."),
    (SHOW, "Let this stand out, because {1} is asked for since 2019."),
    (POINT, "You ask for {1}. Hire me: {2}."),
    (POINT, "You ask for {2}. From my records: {1}."),
    (POINT, "You ask for {1}."),
    (POINT, "You ask for {1} and {1}. From my records: {2}."),
    (POINT, "You ask for {1}. From my records: {3}."),
    # What was denied is affirmed behind a mark, or beside the denial.
    (GAP, "Not stated yet: Mara's records cover the topic: {1}; {2}."),
    (GAP, "Though not listed: Mara's records cover {1} and {2}."),
    (GAP, "No: the records cover {1} and {2}."),
    (GAP, "No (the records cover {1} and {2})."),
    (UNKNOWN, "Mara is not asked: the records do say {1}."),
    (PARTIAL, "Met in part, and all that we read in the records is evidence: {1}; {2}."),
    (PARTIAL, "Clearly met in part: {1}; {2}."),
    (TRAIT, "No person can judge it: the record can show {1}."),
    (PLAIN, "To be plain, not listed: I do bring {1} today."),
    (PLAIN, "To be plain - no (I do bring {1} today)."),
    (PLAIN, "Not in the record: I bring {1} today."),
    (LEARN, "{1} is a gap. It is a must here; you have it, so learn it or be plain about it."),
    (TELL, "Your records say anything about {1}, not nothing. If you have it, add it."),
    (AGAINST, "Your records speak for {1}. Say early what you could offer."),
    (AGAINST, "Your records speak for {1}. Say early what you could offer against it."),
    (POINT, "You ask for {1}. My records clearly cover it, and everything about it: {2}."),
    # What a page or a reader would take for more than words.
    (SHOW, "Let this stand out, because {1} is asked for: https://evil.example"),
    (SHOW, "<b>Let</b> this stand out, because {1} is asked for."),
    (SHOW, 'Let this stand out, because {1} is "asked" for.'),
    (SHOW, "Let this st\u0430nd out, because {1} is asked for."),
    (SHOW, "Let this stand out, because {1} is asked for" + ", and for" * 100),
    (SHOW, ""),
    (Phrase("Dear hiring team,", is_fixed=True), "Dear hiring team,"),
]


@pytest.mark.parametrize(("phrase", "told"), TAKEN)
def test_a_rewording_that_says_the_same_is_taken(phrase, told):
    taken = reword(phrase, told, names=["Mara"])
    assert taken is not None
    assert all(slot in taken.text for slot in phrase.slots)


@pytest.mark.parametrize(("phrase", "told"), LEFT)
def test_a_rewording_that_says_anything_else_is_left(phrase, told):
    assert reword(phrase, told, names=["Mara"]) is None


def test_every_sentence_that_the_program_says_is_a_form_of_itself():
    """A sentence of a status that no form knows could not be worded at all."""
    sheet = build_fit_sheet(JOB + "\n- You live in Berlin", SAMPLE, today=TODAY)
    phrases = [
        *build_summary(sheet, first_name="Mara"),
        *(advice.phrase for advice in build_advice(sheet, SAMPLE)),
        *(line.phrase for line in build_letter(sheet, SAMPLE)),
    ]
    free = [phrase for phrase in phrases if not phrase.is_fixed]
    assert len(free) > 10
    assert [p.template for p in free if reword(p, p.template, names=["Mara"]) is None] == []


def test_a_rewording_passes_the_check_of_sentences_where_the_original_does():
    told = "The post asks for {1}, so let this stand out."
    assert reword(SHOW, told, is_supported=lambda text: not text.startswith("The post")) is None
    assert reword(SHOW, told, is_supported=lambda _text: False) is not None


def test_what_stands_in_a_gap_is_no_gap_itself():
    assert Phrase("{1} and {2}", ("{2}", "b")).text == "{2} and b"
    assert list_gaps(3, start=2) == "{2}; {3}; {4}"


def test_nothing_that_comes_from_outside_stands_outside_of_a_gap():
    marked = JOB.replace("Rust", "Rust zyzzyva").replace("SAP", "SAP zyzzyva")
    sheet = build_fit_sheet(marked.replace("Go\n", "Go zyzzyva\n"), SAMPLE, today=TODAY)
    phrases = [
        *build_summary(sheet, first_name="Mara"),
        *(advice.phrase for advice in build_advice(sheet, SAMPLE)),
        *(line.phrase for line in build_letter(sheet, SAMPLE)),
    ]
    assert any("zyzzyva" in phrase.text for phrase in phrases)
    assert not [phrase for phrase in phrases if "zyzzyva" in phrase.template]
