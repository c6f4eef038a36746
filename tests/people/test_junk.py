import pytest
from sqlmodel import select

from chatbot.people.contacts import save_contact
from chatbot.people.junk import (
    DISPOSABLE,
    LINK_NAME,
    MASHED_DOMAIN,
    MASHED_NAME,
    NO_NAME,
    REPEATED,
    find_junk,
    is_repeated,
)
from chatbot.people.notification_text import build_text
from chatbot.storage.models import Notification
from tests.contact_examples import contacts
from tests.dashboards.visits import Visit, at

# Short, without vowels, doubled, hyphenated, with figures, and from many languages.
REAL_NAMES = """
Ana Ruiz|Ng|Xu Li|Wu|O'Neil|Jean-Luc Picard|Krzysztof Brzęczyszczykiewicz|Vlk Smrž|Štvrtník
Hirschsprung|Deutschschweizer|Nguyễn Thị Hồng|Þórður Guðmundsson|Łukasz Śmigły|Søren Ångström
محمد علي|李小龙|Ольга Крылова|Γιώργος Παπαδόπουλος|נועה כהן|สมชาย ใจดี|김민준|Mcebisi Yeyeye
Lala Papapanagiotou|Dwight Schrute|Wertheim|Property Smith|Lyszczyński|Schtschukin|Null|Na Li
Björk|Teriitehau|J. R. R. Tolkien|X Æ A-12|John Smith 3rd|Ana <ana@nordwind.se>|BNP Paribas HR
Booking.com Recruiting|mary|CHELSEA PARKER|Tran|Grmpf|Kurt Krk|Aaliyah|Isaac Aaron|Lloyd
""".replace("\n", "|")


@pytest.mark.parametrize("name", [name for name in REAL_NAMES.split("|") if name])
def test_a_real_name_is_no_junk(name):
    assert find_junk(name=name, email=None) is None


@pytest.mark.parametrize(
    "email",
    [
        "ana@example.com",
        "info@hsbc.com",
        "hr@kpmg.de",
        "a@123.com",
        "ana@qwest.net",
        "x@t-online.de",
        "y@xn--mnchen-3ya.de",
        "z@gmail.com",
    ],
)
def test_a_real_address_is_no_junk(email):
    assert find_junk(name=None, email=email) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("asdfgh", MASHED_NAME),
        ("Qwerty Uiop", MASHED_NAME),
        ("dkfjghsldkfj", MASHED_NAME),
        ("aaaa", MASHED_NAME),
        ("blablabla", MASHED_NAME),
        ("Test", MASHED_NAME),
        ("foo  bar", MASHED_NAME),
        ("123456", NO_NAME),
        ("!!!", NO_NAME),
        ("Cheap pills https://evil.example", LINK_NAME),
        ("www.evil.example", LINK_NAME),
        ("<script>alert(1)</script>", LINK_NAME),
        ("{{7*7}}a", LINK_NAME),
    ],
)
def test_an_impossible_name_is_said_to_be_one(name, reason):
    assert find_junk(name=name, email="ana@example.com") == reason


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("a@mailinator.com", DISPOSABLE),
        ("a@box.mailinator.com", DISPOSABLE),
        ("a@YOPMAIL.com", DISPOSABLE),
        ("a@asdfasdf.com", MASHED_DOMAIN),
        ("a@mail.hjkl.example", MASHED_DOMAIN),
    ],
)
def test_an_address_of_no_use_is_said_to_be_one(email, reason):
    assert find_junk(name="Ana Ruiz", email=email) == reason


def test_words_count_as_repeated_with_the_third_contact():
    assert not is_repeated("Buy now, cheap!", ["Buy now, cheap!", "Something else"])
    assert is_repeated("Buy  now, CHEAP!", ["Buy now, cheap!", "Hello\nBuy now, cheap!"])
    assert not is_repeated("Hello", ["Hello", "Hello"])


def leave(database, conversation_id, **values):
    def work(session):
        return save_contact(session, conversation_id=conversation_id, **values)[0]

    return database.write_now(work)


def test_repeated_words_of_one_visitor_are_marked_and_told(database):
    def work(session):
        visit = Visit.begin(session, at(1))
        return visit.id, visit.again(at(2)).id, Visit.begin(session, at(3)).id

    here, there, elsewhere = database.write_now(work)
    words = "Buy backlinks from us today"
    chats = [here, there, elsewhere, here]
    for number, chat in enumerate(chats):
        leave(database, chat, email=f"c{number}@example.com", notes=words)
    reasons = [row.junk_reason for row in contacts(database)]
    assert reasons == [None, None, None, REPEATED]
    leave(database, here, email="c3@example.com", name="Ana")
    assert contacts(database)[3].junk_reason == REPEATED


def test_whoever_corrects_a_name_is_no_longer_marked(sqlite_database):
    chat = sqlite_database.write_now(lambda session: Visit.begin(session, at(1)).id)
    leave(sqlite_database, chat, email="ana@example.com", name="asdf")
    assert contacts(sqlite_database)[0].junk_reason == MASHED_NAME
    leave(sqlite_database, chat, email="ana@example.com", name="Ana Ruiz")
    assert contacts(sqlite_database)[0].junk_reason is None


def test_the_owner_is_told_of_what_may_be_junk(sqlite_database):
    chat = sqlite_database.write_now(lambda session: Visit.begin(session, at(1)).id)
    leave(sqlite_database, chat, email="a@mailinator.com", name="Ana")
    [row] = sqlite_database.read_now(lambda session: session.exec(select(Notification)).all())
    text = build_text(row.kind, row.payload)
    assert text.title == "New contact (may be junk)"
    assert f"May be junk: {DISPOSABLE}" in text.message
