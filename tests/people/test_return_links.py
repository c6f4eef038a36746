import asyncio
from datetime import timedelta

from chatbot.people.return_links import ReturnLinks
from chatbot.people.sessions import Arrival, arrive
from chatbot.signing import Sealer
from chatbot.storage.database import Database

SEALER = Sealer("s" * 32, "return")


def add_token(database: Database) -> str:
    return database.write_now(lambda session: arrive(session, None, Arrival())[0])


async def test_a_link_opens_the_chat_once(database: Database):
    links, token = ReturnLinks(database=database, sealer=SEALER), add_token(database)
    code = links.build_code(token)
    assert token not in code
    for _ in range(3):
        assert await links.is_open(code)
    assert await links.use(code) == token
    assert await links.use(code) is None
    assert not await links.is_open(code)
    # Nor written in another way that base64 would read alike.
    for other in (f"{code}x", f"{code}=", f" {code}", code.replace("=", "")):
        assert await links.use(other) is None


async def test_of_two_at_once_one_gets_in(database: Database):
    links, token = ReturnLinks(database=database, sealer=SEALER), add_token(database)
    code = links.build_code(token)
    got = await asyncio.gather(*(links.use(code) for _ in range(4)))
    assert sorted(map(bool, got)) == [False, False, False, True]


async def test_what_is_forged_or_of_nobody_opens_nothing(sqlite_database: Database):
    links = ReturnLinks(database=sqlite_database, sealer=SEALER)
    token = add_token(sqlite_database)
    foreign = Sealer("t" * 32, "return").seal(token)
    other_use = Sealer("s" * 32, "something else").seal(token)
    for code in ("", "x", "x" * 9999, foreign, other_use, SEALER.seal("no such token")):
        assert not await links.is_open(code)
        assert await links.use(code) is None


async def test_a_link_ends_after_a_day(sqlite_database: Database, monkeypatch):
    links, token = ReturnLinks(database=sqlite_database, sealer=SEALER), add_token(sqlite_database)
    code = links.build_code(token)
    monkeypatch.setattr("chatbot.people.return_links.VALID", timedelta(seconds=-1))
    assert not await links.is_open(code)
