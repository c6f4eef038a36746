"""Contacts for tests, and the owner's desk over them."""

from zoneinfo import ZoneInfo

from sqlmodel import select

from chatbot.people.contact_desk import ContactDesk
from chatbot.storage.database import Database
from chatbot.storage.models import Contact, Table


def make_desk(database: Database, zone: str = "UTC") -> ContactDesk:
    return ContactDesk(database=database, zone=ZoneInfo(zone))


def add(database: Database, *rows: Table) -> tuple[Table, ...]:
    database.write_now(lambda session: session.add_all(rows))
    return rows


def contacts(database: Database) -> list[Contact]:
    statement = select(Contact).order_by(Contact.id)
    return list(database.read_now(lambda session: session.exec(statement).all()))
