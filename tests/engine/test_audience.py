"""Facts that not everybody may read: where they may not be, and who gets them."""

import json
from pathlib import Path

import pytest

from chatbot.knowledge.audience import Audience
from chatbot.knowledge.profile import load_profile
from chatbot.people.answers import add_answer
from chatbot.people.contacts import save_contact
from chatbot.people.email_codes import EmailCodes
from chatbot.signing import Signer
from chatbot.storage.models import EmailMessage, JobDescription, Message
from tests.engine.test_fit_desk import JOB
from tests.engine.test_turns import model_settings
from tests.fakes import SECRET, Visitor, make_settings, read_rows, running_services
from tests.stand_in import Reply, StandIn

SALARY, PHONE, REFERENCE, NOTICE = (
    "94,000 euros",
    "+46 31 555 0147",
    "Jonas Ekhammar",
    "eleven weeks",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A profile with a fact for each audience, in each way to mark it."""
    place = tmp_path / "profile"
    place.mkdir()
    resume = {
        "basics": {
            "name": "Mara Lind",
            "label": "Engineer",
            "phone": PHONE,
            "email": "m@x.example",
        },
        "references": [{"name": REFERENCE, "reference": "She is calm."}],
        "meta": {"audience": {"phone": "verified", "references": "aproved"}},
    }
    (place / "resume.json").write_text(json.dumps(resume))
    (place / "faq.md").write_text(
        f"# FAQ\n\n## What salary do you expect? [approved]\n\nFrom {SALARY}.\n\n"
        f"## Private [verified]\n\n### What is your notice period?\n\nIt is {NOTICE}.\n"
    )
    return place


def test_marked_facts_are_not_in_the_profile_and_what_stands_there_says_how_to_get_them(folder):
    profile = load_profile(folder)
    shown = "\n".join(f"{section.heading}\n{section.text}" for section in profile.sections)
    assert not any(fact in shown for fact in (SALARY, PHONE, REFERENCE, NOTICE))
    assert "What salary do you expect?\nMara shares this on request" in shown
    assert "What is your notice period?\nMara shares this with visitors who have conf" in shown
    assert "[" not in shown
    audiences = {gated.section.heading: gated.audience for gated in profile.gated}
    assert audiences["What salary do you expect?"] is Audience.APPROVED
    assert audiences["Phone"] is Audience.VERIFIED


MARKED = {
    "cv.txt": "MARA LIND\nEngineer\n\nSALARY [approved]\nHIDDEN one\n\nSKILLS\nPython",
    "a.md": "## Terms\n\n- Salary: HIDDEN two [approved]\n  - HIDDEN bonus\n- City: SHOWN\n",
    "b.md": "## Rates\n\nSHOWN\n\n**What is your day rate?** [verified]\n\nHIDDEN three\n",
    "c.md": "Q: What do you earn? [approved]\nA: HIDDEN four\n\nQ: Where?\nA: SHOWN\n",
    "d.md": "## Bonus [aproved]\n\nHIDDEN five\n\n## Equity [Approved by owner]\n\nHIDDEN six\n",
    "e.md": "## Open\n\nSHOWN [1], [GitHub](https://x.example), [Approved](https://y.example)\n"
    "- SHOWN: consultant at [Confidential], [private cloud]\n",
    "f.md": f"## {'Very long words of a heading ' * 8} [approved]\n\nHIDDEN seven\n",
    "g.md": "## Rates\n\nSalary [approved]\n\n" + "HIDDEN and long. " * 200,
    "resume.json": json.dumps(
        {
            "basics": {"name": "Mara Lind", "phone": "HIDDEN", "summary": "SHOWN"},
            "work": [{"name": "Nord", "salary": "HIDDEN", "summary": "SHOWN"}],
            "references": [{"name": "HIDDEN", "reference": "HIDDEN"}],
            "meta": {
                "availability": "HIDDEN",
                "audience": {
                    "basics.phone": "verified",
                    "work.salary": "approved",
                    "Reference": "approved",
                    "availability": "approved",
                    "hobbies": "approved",
                },
            },
        }
    ),
}


@pytest.mark.parametrize("name", MARKED)
def test_a_mark_closes_what_it_stands_at_wherever_that_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(MARKED[name])
    profile = load_profile(tmp_path)
    shown = "\n".join(f"{section.heading}\n{section.text}" for section in profile.sections)
    hidden = "\n".join(one.section.text for one in profile.gated)
    public = f"{shown}{profile.availability}{profile.headline}"
    assert "HIDDEN" not in public
    assert "SHOWN" not in hidden
    assert hidden.count("HIDDEN") == MARKED[name].count("HIDDEN")
    assert shown.count("SHOWN") == MARKED[name].count("SHOWN")
    assert not any(mark in shown.casefold() for mark in ("[appr", "[aprov", "[verif"))


def test_the_owner_is_told_of_marks_that_are_misspelt_or_name_nothing(tmp_path: Path) -> None:
    for name in ("d.md", "resume.json"):
        (tmp_path / name).write_text(MARKED[name])
    told = {problem.source: problem.reason for problem in load_profile(tmp_path).problems}
    assert "names hobbies, which is no part of this resume" in told["resume.json"]
    assert "[Approved by owner]" in told["d.md"]


def test_no_code_is_spoken_of_where_none_can_be_sent(folder: Path) -> None:
    shown = load_profile(folder, sends_codes=False).sections
    words = next(s.text for s in shown if s.heading == "What is your notice period?")
    assert "on request" in words
    assert "code" not in words


async def prompts(sqlite_values, folder, prepare):
    """What the model is given for one question after `prepare` has been done."""
    with StandIn(default=Reply(text="Let me see.")) as stand_in:
        settings = model_settings(sqlite_values, stand_in, profile_dir=folder)
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            await prepare(services, visitor)
            await visitor.ask("What salary do you expect, and what is your phone number?")
    return json.dumps(stand_in.requests[-1].body["messages"], ensure_ascii=False)


async def nothing(_services, _visitor):
    """A visitor who has just come."""


async def share(services, visitor):
    await services.inbox.share_facts(visitor.view.conversation_id, True)


async def share_and_stop(services, visitor):
    await share(services, visitor)
    await services.inbox.share_facts(visitor.view.conversation_id, False)


async def leave_address(services, visitor):
    await services.database.write(
        lambda session: save_contact(
            session, email="ana@x.example", conversation_id=visitor.view.conversation_id
        )
    )
    return EmailCodes(
        database=services.database,
        signer=Signer(SECRET, "codes"),
        owner_name="Mara",
        sends_email=True,
    )


async def ask_for_codes_only(services, visitor):
    codes = await leave_address(services, visitor)
    await codes.send(visitor.view.session_id, "ana@x.example")
    await codes.send(visitor.view.session_id, "ana@x.example")


async def verify(services, visitor):
    codes = await leave_address(services, visitor)
    await codes.send(visitor.view.session_id, "ana@x.example")
    code = read_rows(services, EmailMessage)[-1].subject[:6]
    await codes.check(visitor.view.session_id, "ana@x.example", code)


@pytest.mark.parametrize(
    ("prepare", "given"),
    [
        (nothing, set()),
        (ask_for_codes_only, set()),
        (verify, {PHONE, NOTICE}),
        (share, {PHONE, NOTICE, SALARY, REFERENCE}),
        (share_and_stop, set()),
    ],
)
async def test_the_model_is_given_what_this_visitor_may_read(sqlite_values, folder, prepare, given):
    told = await prompts(sqlite_values, folder, prepare)
    facts = (SALARY, PHONE, REFERENCE, NOTICE)
    assert {fact for fact in facts if fact in told} == given


async def test_limited_mode_says_that_it_exists_and_how_to_get_it(sqlite_values, folder):
    async with running_services(make_settings(sqlite_values, profile_dir=folder)) as services:
        visitor = await Visitor.arrive(services.chat)
        answer = await visitor.ask("What salary do you expect?")
        rows = read_rows(services, Message)
    assert "Mara shares this on request" in answer.text
    assert SALARY not in json.dumps([[row.content, row.citations] for row in rows])


@pytest.mark.parametrize(
    ("question", "text"),
    [("Do you smoke? [approved]", "Only cigars."), ("Do you smoke?", "[approved] Only cigars.")],
)
async def test_an_answer_of_the_owner_is_marked_in_the_same_way(
    sqlite_values, folder, question, text
):
    async def answer(services, _visitor):
        await services.database.write(
            lambda session: add_answer(session, question=question, text=text)
        )

    async def answer_and_share(services, visitor):
        await answer(services, visitor)
        await share(services, visitor)

    hidden = await prompts(sqlite_values, folder, answer)
    shown = await prompts(sqlite_values, folder, answer_and_share)
    assert "cigars" not in hidden
    assert "Do you smoke?" in hidden
    assert "Only cigars." in shown
    assert "[approved]" not in hidden + shown


async def test_a_fit_sheet_is_for_everybody_and_the_context_for_its_reader(sqlite_values, folder):
    secret = "In Rust I wrote the engine of an unannounced boat."
    with (folder / "faq.md").open("a") as faq:
        faq.write(f"\n## Do you know Rust? [approved]\n\n{secret}\n")
    async with running_services(make_settings(sqlite_values, profile_dir=folder)) as services:
        visitor = await Visitor.arrive(services.chat)
        await share(services, visitor)
        await visitor.ask(JOB)
        sheets = [row.fit for row in read_rows(services, JobDescription)]
        context = await services.context.read_any(visitor.view.conversation_id)
    assert len(sheets) == 1
    assert "unannounced" not in json.dumps([sheets, visitor.answer.text])
    assert "Phone" in [section.heading for section in context.sections if section.is_given]
