import uuid

import pytest

from chatbot.people.contact_desk import ContactDesk
from chatbot.storage.models import Contact, JobDescription
from chatbot.ui.locales.owner_en import ENGLISH_OWNER
from chatbot.ui.locales.owner_tailor_en import ENGLISH_TAILOR
from chatbot.ui.owner_fit_html import job_sheet_html
from chatbot.ui.owner_guard import OwnerGuard
from chatbot.ui.owner_list import OwnerList
from chatbot.ui.owner_tailor_tab import TailorHandlers, TailorTab
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.knowledge.test_fit import JOB
from tests.ui.test_owner_tabs import HOSTILE, REQUEST, Door, named, word_error


def make_handlers(services):
    return TailorHandlers(
        desk=services.tailor,
        guard=OwnerGuard(Door(is_open=True), word_error, ENGLISH_OWNER),
        tab=named(TailorTab, pane=named(OwnerList)),
        common=ENGLISH_OWNER,
        texts=ENGLISH_TAILOR,
    )


async def test_a_job_is_saved_opened_asked_about_and_deleted(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        tab = make_handlers(services)
        assert "No job descriptions here" in (await tab.show_jobs(REQUEST, "", "1"))["rows"]
        assert "too short" in (await tab.save_job(REQUEST, "Hi"))["line"]
        assert "Saved" in (await tab.save_job(REQUEST, JOB))["line"]
        (job,) = read_rows(services, JobDescription)
        assert job.conversation_id is None
        rows = (await tab.find_jobs(REQUEST, "own"))["rows"]
        assert f"own-tailor-open-{job.id}" in rows
        assert "3 of 6 met" in rows
        assert "No job descriptions" in (await tab.find_jobs(REQUEST, "brought"))["rows"]
        opened = await tab.open_job(REQUEST, str(job.id))
        assert "Strong knowledge of Rust" in opened["rest"]
        assert f"own-tailor-delete-{job.id}" in opened["detail"]
        assert opened["talk"] == ""
        asked = await tab.ask_about_job(REQUEST, str(job.id), "What should I learn?")
        assert "Rust" in asked["talk"]
        assert "type a question" in (await tab.ask_about_job(REQUEST, str(job.id), " "))["line"]
        assert "no longer here" in (await tab.open_job(REQUEST, "x"))["line"]
        deleted = await tab.delete_job(REQUEST, str(job.id))
        assert "own-none" in deleted["detail"]
        assert read_rows(services, JobDescription) == []


async def test_a_visitors_sheet_is_attached_to_the_contact_and_goes_with_the_chat(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask(JOB)
        await visitor.ask("My name is Ines Ruiz and my e-mail is ines@nordwind.example")
        (job,) = read_rows(services, JobDescription)
        (contact,) = read_rows(services, Contact)
        desk: ContactDesk = services.contacts
        (attached,) = (await desk.get_contact(contact.id)).job_descriptions
        assert attached.fit == job.fit
        shown = job_sheet_html(attached.id, attached.fit, place="contacts")
        assert "Strong knowledge of Rust" in shown
        assert f"own-tailor-open-{job.id}-in-contacts" in shown
        refused = await make_handlers(services).delete_job(REQUEST, str(job.id))
        assert "came with a chat" in refused["line"]


@pytest.mark.parametrize("stored", [None, {}, {"a": "b"}])
def test_a_job_without_a_sheet_shows_none(stored):
    assert "own-fit" not in job_sheet_html(uuid.uuid4(), stored, place="about")


async def test_what_is_pasted_stays_text(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        tab = make_handlers(services)
        await tab.save_job(REQUEST, f"Requirements\n- Rust {HOSTILE.splitlines()[0]}\n- Python")
        (job,) = read_rows(services, JobDescription)
        opened = await tab.open_job(REQUEST, str(job.id))
        await tab.ask_about_job(REQUEST, str(job.id), HOSTILE)
        talk = (await tab.open_job(REQUEST, str(job.id)))["talk"]
        for shown in (opened["detail"], opened["rest"], talk):
            assert "<img" not in shown
            assert "](https" not in shown
