"""Everything that the owner can do with contacts: what the owner's tab, files and API call.

Nothing here asks who is calling: every handler and route checks the owner before it comes here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people import contact_changes, contact_merge
from chatbot.people.contact_merge import Union
from chatbot.people.contacts import CONTACT_GONE
from chatbot.people.contacts_csv import write_contacts_csv
from chatbot.people.contacts_file import read_contacts_file
from chatbot.people.contacts_import import ImportPlan, plan_import
from chatbot.people.desk_inputs import read_choice, read_key, read_search
from chatbot.storage import contact_file, owner_contacts, people
from chatbot.storage.contact_file import ContactFile
from chatbot.storage.database import Database
from chatbot.storage.models import Contact, utc_now
from chatbot.storage.owner_contacts import (
    ContactCounts,
    ContactFilter,
    ContactRow,
    ContactSearch,
    build_contact,
)
from chatbot.storage.pages import PageOf, PageRequest

MAX_CANDIDATES = 8
CHANGED_MEANWHILE = "Contacts have changed meanwhile. Import the file again; twice is once."


@dataclass(frozen=True)
class ContactList:
    """A page of contacts, the numbers beside the filters, and the owner's day."""

    page: PageOf[ContactRow]
    counts: ContactCounts
    today: date


@dataclass(frozen=True)
class MergePreview:
    """Two contacts that are to be one: `contact` stays, `other` is merged into it."""

    contact: ContactRow
    other: ContactRow
    union: Union


@dataclass(frozen=True)
class CsvFile:
    """A file to download."""

    name: str
    content: bytes


class ContactDesk:
    """The owner's contacts, one method for each action; ids, filters and texts are checked.

    Every method raises InvalidInput for a value that cannot be meant, and those with an id NotFound
    when the contact is gone; both say in `user_message` what to do. `zone` is the owner's: a step
    is due when its day has begun there.
    """

    def __init__(self, *, database: Database, zone: ZoneInfo) -> None:
        self._database = database
        self._zone = zone

    async def list_contacts(
        self,
        *,
        search: str = "",
        only: str | None = None,
        tag: str = "",
        page: int = 1,
        now: datetime | None = None,
    ) -> ContactList:
        """Contacts, 25 a page: what is due first, then the newest, what looks like junk last.

        `only` is a ContactFilter, None or "" for all.
        """
        today = self._day_of(now)
        wanted = ContactSearch(
            today=today,
            only=read_choice(ContactFilter, only),
            tag=read_search(tag),
            words=read_search(search),
        )

        def work(session: Session) -> ContactList:
            found = owner_contacts.list_contacts(session, PageRequest(page), wanted)
            counts = owner_contacts.count_contacts(session, today=today)
            return ContactList(found, counts, today)

        return await self._database.read(work)

    async def get_contact(self, contact_id: uuid.UUID | str) -> ContactFile:
        """One contact with everything that is known of the person."""
        key = read_key(contact_id, CONTACT_GONE)
        return await self._database.read(
            lambda session: contact_file.read_contact_file(session, _get(session, key))
        )

    async def update_contact(
        self,
        contact_id: uuid.UUID | str,
        *,
        status: str | None = None,
        notes: str | None = None,
        next_step: str | None = None,
        next_step_on: str | None = None,
    ) -> ContactRow:
        """Set what the owner keeps of a contact; None leaves a value as it is."""
        return await self._change(
            contact_id,
            lambda session, key: contact_changes.update_contact(
                session,
                key,
                status=status,
                notes=notes,
                next_step=next_step,
                next_step_on=next_step_on,
            ),
        )

    async def finish_next_step(
        self, contact_id: uuid.UUID | str, *, now: datetime | None = None
    ) -> ContactRow:
        """Note in the owner's notes that the next step is done."""
        today = self._day_of(now)
        return await self._change(
            contact_id,
            lambda session, key: contact_changes.finish_next_step(session, key, today=today),
        )

    async def add_tag(self, contact_id: uuid.UUID | str, words: str) -> ContactRow:
        """Add a tag, or several between commas."""
        return await self._change(
            contact_id, lambda session, key: contact_changes.add_tag(session, key, words)
        )

    async def remove_tag(self, contact_id: uuid.UUID | str, word: str) -> ContactRow:
        """Take a tag away."""
        return await self._change(
            contact_id, lambda session, key: contact_changes.remove_tag(session, key, word)
        )

    async def judge_junk(self, contact_id: uuid.UUID | str, *, is_junk: bool) -> ContactRow:
        """Keep what the owner says of a contact that looks like junk, or of any other."""
        return await self._change(
            contact_id,
            lambda session, key: contact_changes.judge_junk(session, key, is_junk=is_junk),
        )

    async def list_merge_candidates(
        self, contact_id: uuid.UUID | str, search: str = ""
    ) -> tuple[ContactRow, ...]:
        """Whom a contact may be the same person as; those who look like it without a search."""
        key, words = read_key(contact_id, CONTACT_GONE), read_search(search)

        def work(session: Session) -> tuple[ContactRow, ...]:
            contact = _get(session, key)
            if not words:
                return owner_contacts.list_alike(session, contact, limit=MAX_CANDIDATES)
            return owner_contacts.list_others(session, contact, words, limit=MAX_CANDIDATES)

        return await self._database.read(work)

    async def preview_merge(
        self, contact_id: uuid.UUID | str, other_id: uuid.UUID | str
    ) -> MergePreview:
        """What merging the second contact into the first would do."""
        key, other_key = read_key(contact_id, CONTACT_GONE), read_key(other_id, CONTACT_GONE)
        if key == other_key:
            raise InvalidInput(contact_merge.SAME_CONTACT)

        def work(session: Session) -> MergePreview:
            contact, other = _get(session, key), _get(session, other_key)
            union = contact_merge.compare_contacts(contact, other)
            return MergePreview(build_contact(contact), build_contact(other), union)

        return await self._database.read(work)

    async def merge_contacts(
        self, contact_id: uuid.UUID | str, other_id: uuid.UUID | str
    ) -> ContactRow:
        """Merge the second contact into the first, as `preview_merge` told."""
        other_key = read_key(other_id, CONTACT_GONE)
        return await self._change(
            contact_id,
            lambda session, key: contact_merge.merge_contacts(session, key, other_key),
        )

    async def export_contacts(self, *, now: datetime | None = None) -> CsvFile:
        """All contacts as a CSV file that is safe to open in a spreadsheet."""
        contacts = await self._database.read(owner_contacts.list_all_contacts)
        day = (now or utc_now()).date().isoformat()
        return CsvFile(f"contacts-{day}.csv", write_contacts_csv(contacts))

    async def preview_import(self, data: bytes) -> ImportPlan:
        """What importing this file would do; nothing is changed."""
        file = read_contacts_file(data)

        def work(session: Session) -> ImportPlan:
            contacts = people.list_contacts(session)
            # Apart from the session, so that trying it out is stored nowhere.
            session.expunge_all()
            return plan_import(file, contacts)

        return await self._database.read(work)

    async def import_contacts(self, data: bytes) -> ImportPlan:
        """Import this file: all lines that can be, or none when something breaks."""
        file = read_contacts_file(data)

        def work(session: Session) -> ImportPlan:
            plan = plan_import(file, people.list_contacts(session, for_update=True))
            session.add_all(plan.added)
            try:
                session.flush()
            except IntegrityError as error:
                raise InvalidInput(CHANGED_MEANWHILE) from error
            return plan

        return await self._database.write(work)

    def _day_of(self, now: datetime | None) -> date:
        return (now or utc_now()).astimezone(self._zone).date()

    async def _change(
        self, contact_id: uuid.UUID | str, change: Callable[[Session, uuid.UUID], Contact]
    ) -> ContactRow:
        key = read_key(contact_id, CONTACT_GONE)
        return await self._database.write(lambda session: build_contact(change(session, key)))


def _get(session: Session, key: uuid.UUID) -> Contact:
    contact = people.get_contact(session, contact_id=key)
    if contact is None:
        raise NotFound(CONTACT_GONE)
    return contact
