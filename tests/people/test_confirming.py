import asyncio
import time

import pytest
from sqlmodel import Session

from chatbot.people import confirming
from chatbot.people.confirming import Confirming, NotConfirmed
from chatbot.people.forms import ContactForm, new_form_id
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage.copies.stores import StoreError
from chatbot.storage.database import Database
from chatbot.storage.models import Delivery, Notification, new_id
from tests.fakes import Visitor, list_rows, make_settings, read_rows, running_services


class Copies:
    """Copies that are acknowledged after so many seconds, or never."""

    def __init__(self, after: float) -> None:
        self._after = after

    async def confirm(self, seconds: float) -> bool:
        await asyncio.sleep(min(seconds, self._after))
        return self._after <= seconds


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(confirming, "COPY_SECONDS", 0.2)
    monkeypatch.setattr(confirming, "CHANNEL_SECONDS", 0.4)
    monkeypatch.setattr(confirming, "ASK_SECONDS", 0.1)


def notify(session: Session, conversation_id: object) -> object:
    payload = {"conversation_id": str(conversation_id)}
    add_notification(session, kind=NotificationKind.CONTACT, payload=payload)
    session.flush()


def deliver(session: Session, row: Notification) -> None:
    session.add(Delivery(notification_id=row.id, channel="push", status="sent"))


async def test_an_acknowledged_copy_is_enough(sqlite_database: Database):
    assert await Confirming(sqlite_database, Copies(0.05)).is_safe(new_id())
    assert await Confirming(sqlite_database).is_safe(new_id())


async def test_after_a_while_a_channel_that_took_it_is_enough(sqlite_database: Database):
    chat = new_id()
    for _ in range(2):
        sqlite_database.write_now(lambda s: notify(s, chat))
    unsafe = Confirming(sqlite_database, Copies(9))
    assert not await unsafe.is_safe(chat)
    with pytest.raises(NotConfirmed):
        await unsafe.require(chat)
    first, last = (row for row in read_notifications(sqlite_database))
    sqlite_database.write_now(lambda s: deliver(s, first))
    assert not await unsafe.is_safe(chat), "only the one before was sent"
    sqlite_database.write_now(lambda s: deliver(s, last))
    begun = time.monotonic()
    assert await unsafe.is_safe(chat)
    assert time.monotonic() - begun >= 0.2, "the copy comes first"
    assert not await unsafe.is_safe(new_id())


def read_notifications(database: Database) -> list[Notification]:
    return list_rows(database, Notification)


async def test_a_contact_is_confirmed_only_when_the_store_has_it(sqlite_values, tmp_path):
    values = make_settings(sqlite_values, snapshot_store=str(tmp_path / "store"))
    async with running_services(values) as services:
        visitor = await Visitor.arrive(services.chat)
        form = ContactForm(email="ada@example.com", form_id=new_form_id())
        put, stopped = services.copies._store.put, []

        def refuse(name: str, content: bytes) -> None:
            if not stopped:
                raise StoreError("the store is down")
            put(name, content)

        services.copies._store.put = refuse
        with pytest.raises(NotConfirmed):
            await services.chat.leave_contact(visitor.key, form)
        with pytest.raises(NotConfirmed):
            await services.chat.ask_for_human(visitor.key, "please")
        assert "store is down" in services.find_risk()
        stopped.append(True)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                receipt = await services.chat.leave_contact(visitor.key, form)
                break
            except NotConfirmed:
                continue
        assert receipt.email == "ada@example.com"
        assert len(read_rows(services, Notification)) == 2
