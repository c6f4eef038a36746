"""Files of contacts, as this program and others write them; nothing that is in one may break."""

import csv
import io
import re
import uuid
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.errors import InvalidInput
from chatbot.people.contacts_csv import write_contacts_csv
from chatbot.people.contacts_file import MAX_FILE_BYTES, MAX_ROWS, read_contacts_file
from chatbot.people.contacts_import import Outcome, plan_import
from chatbot.storage.models import Contact
from chatbot.storage.owner_contacts import build_contact
from tests.contact_examples import add, contacts, make_desk
from tests.dashboards.visits import at

GOOGLE = (
    "First Name,Middle Name,Last Name,Organization Name,Organization Title,Notes,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value\r\n"
    'Ana,M.,Ruiz,Nordwind,CTO,"Met in\nOslo",Recruiters ::: * myContacts,Work,'
    "ana@nordwind.se ::: a.ruiz@nordwind.se,ana@home.example,Mobile,+46 70 174 06 05\r\n"
)
LINKEDIN = (
    "Notes:\r\n"
    '"When exporting your connection data, you may notice that some are missing."\r\n\r\n'
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\r\n"
    "Ana,Ruiz,https://www.linkedin.com/in/anaruiz,ana@nordwind.se,Nordwind,CTO,21 Nov 2026\r\n"
    "Ben,Berg,https://www.linkedin.com/in/ben,,Tidal,Engineer,20 Nov 2026\r\n"
)
OUTLOOK = (
    '"First Name","Last Name","Company","Job Title","Business Phone","Mobile Phone","Categories",'
    '"E-mail Address","E-mail 2 Address","Notes"\r\n'
    '"Ana","Ruiz","Nordwind","CTO","+46 8 123 456 78","+46 70 174 06 05","Work;VIP",'
    '"Ana@Nordwind.se","","Call her"\r\n'
)


def plan(text, *known, encoding="utf-8"):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return plan_import(read_contacts_file(data), known)


def only(text, *known, encoding="utf-8"):
    [contact] = plan(text, *known, encoding=encoding).added
    return contact


def outcomes(found):
    return [line.outcome for line in found.lines]


def test_google_contacts():
    row = only(GOOGLE)
    assert (row.name, row.email, row.phone) == ("Ana M. Ruiz", "ana@nordwind.se", "+46701740605")
    assert (row.company, row.tags, row.notes, row.status) == ("Nordwind", ["Recruiters"], "", "new")
    assert row.owner_notes.splitlines() == [
        "Met in",
        "Oslo",
        "Also the e-mail address a.ruiz@nordwind.se.",
        "Also the e-mail address ana@home.example.",
        "Role: CTO.",
    ]


def test_linkedin_connections():
    found = plan(LINKEDIN)
    [row] = found.added
    assert (row.name, row.email, row.company) == ("Ana Ruiz", "ana@nordwind.se", "Nordwind")
    assert "Link: https://www.linkedin.com/in/anaruiz" in row.owner_notes
    [refused] = found.of(Outcome.REFUSED)
    assert (refused.line, refused.who) == (6, "Ben Berg")
    assert "neither an e-mail address nor a phone number" in refused.reason


def test_outlook_as_excel_saves_it_where_the_comma_is_the_decimal_sign():
    text = OUTLOOK.replace('","', '";"')
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        row = only(f"sep=;\r\n{text}", encoding=encoding)
        assert (row.name, row.email) == ("Ana Ruiz", "ana@nordwind.se")
        assert (row.phone, row.tags) == ("+46812345678", ["VIP", "Work"])
        assert "Also the phone number +46701740605." in row.owner_notes


def test_letters_of_other_encodings_are_read():
    assert only("Name;E-Mail\r\nJörg Åkerlund;j@x.example", encoding="cp1252").name == (
        "Jörg Åkerlund"
    )
    assert only("Name\tE-Mail\r\n李小龙\tl@x.example", encoding="utf-16").name == "李小龙"


def test_a_number_that_cannot_be_dialled_is_kept_as_a_note():
    row = only("name,mail,tel\r\nAna,a@x.example,070-174 06 05")
    assert (row.phone, row.owner_notes) == (None, "Also the phone number 070-174 06 05.")
    [refused] = plan("name,tel\r\nAna,070-174 06 05").of(Outcome.REFUSED)
    assert "country code" in refused.reason


def test_a_number_that_excel_keeps_as_text_is_read():
    assert only('name,phone\r\nAna,"=""+46701740605"""').phone == "+46701740605"
    assert only("name,phone\r\nAna,'+46701740605").phone == "+46701740605"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("Ana,nothing,,,", "cannot be used"),
        ("Ana,,,,", "neither"),
        (f"{'x' * 201},a@x.example,,,", "longer than 200"),
        (f"Ana,a@x.example,{'x' * 20_001},,", "longer than 20,000"),
        ("Ana,a@x.example,,Call,21.11.2026", "as 2026-11-21"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_the_reason(cells, words):
    found = plan(f"Name,E-mail,Notes,Next step,Next step on\r\nBen,b@x.example,,,\r\n{cells}")
    assert [row.email for row in found.added] == ["b@x.example"]
    [refused] = found.of(Outcome.REFUSED)
    assert refused.line == 3
    assert words in refused.reason


def test_nothing_is_overwritten_and_what_differs_is_noted_once():
    known = Contact(name="Ana", email="ana@x.example", status="in_talks", owner_notes="Mine")
    text = (
        "Name,E-mail,Company,Status,Notes,Tags,Next step\r\n"
        'Ana Ruiz,ANA@x.example,Tidal,Closed,"From the fair","b,a",Call'
    )
    assert outcomes(plan(text, known)) == [Outcome.MERGED]
    assert (known.name, known.company, known.status) == ("Ana", "Tidal", "in_talks")
    assert (known.tags, known.next_step) == (["a", "b"], "Call")
    assert known.owner_notes == "Mine\nFrom the fair\nAlso the name Ana Ruiz."
    assert outcomes(plan(text, known)) == [Outcome.UNCHANGED]


def test_a_stage_in_the_file_moves_a_new_contact_only():
    known = Contact(email="ana@x.example")
    plan("E-mail,Stage\r\nana@x.example,In talks", known)
    assert known.status == "in_talks"
    plan("E-mail,Stage\r\nana@x.example,closed", known)
    assert known.status == "in_talks"
    row = only("E-mail,Stage\r\neva@x.example,Warm")
    assert (row.status, row.owner_notes) == ("new", "Status in the file: Warm.")


def test_one_person_twice_in_a_file_is_one_contact():
    found = plan("Name,E-mail,Phone\r\nAna,a@x.example,\r\nAna,A@X.example,+46701740605")
    assert outcomes(found) == [Outcome.ADDED, Outcome.MERGED]
    assert [row.phone for row in found.added] == ["+46701740605"]


def test_an_address_of_another_contact_is_not_taken():
    phone = Contact(phone="+46701740605")
    found = plan(write_contacts_csv([build_contact(phone)]), phone)
    assert outcomes(found) == [Outcome.UNCHANGED]
    data = write_contacts_csv([build_contact(phone)]).replace(b'"","\'+46', b'"a@x.example","\'+46')
    [refused] = plan(data, phone, Contact(email="a@x.example")).of(Outcome.REFUSED)
    assert "Merge the two first" in refused.reason


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "No line of headings"),
        (b"\xef\xbb\xbf", "No line of headings"),
        (b"hello world", "No line of headings"),
        (b"Name,E-mail\r\n\r\n , \r\n", "no contacts below"),
        (b"PK\x03\x04\x00\x00\x00", "no CSV file"),
        (b"\xff\xfeN", "no CSV file"),
        (b"E-mail\r\n" + b"x" * MAX_FILE_BYTES, "larger than 1 MB"),
        (b"E-mail\r\n" + b"a@x.example\r\n" * (MAX_ROWS + 1), "more than 2,000"),
        (b'E-mail\r\n"' + b"x" * 200_000, "no CSV file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_remedy(data, words):
    with pytest.raises(InvalidInput, match=words):
        read_contacts_file(data)


def test_two_thousand_contacts_fit():
    rows = "".join(f"c{number}@x.example\r\n" for number in range(MAX_ROWS))
    assert len(plan(f"E-mail\r\n{rows}").added) == MAX_ROWS


FORMULA = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝]")


def read_exported(added):
    """The rows that a spreadsheet shows of these contacts."""
    words = write_contacts_csv(map(build_contact, added)).decode("utf-8-sig")
    return csv.reader(io.StringIO(words, newline=""))


TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
HOSTILE = st.text(alphabet="=+-@＝'\"; ,\t\r\n\x00\u200b|a1é日", max_size=20)
HEADINGS = st.sampled_from(
    ["Name", "E-mail", "Phone", "Company", "Status", "Notes", "Your notes", "Tags", "Next step"]
    + ["Next step on", "Contact id", "Agreed at (UTC)", "First left (UTC)", "URL", "Title", "?"]
)


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_whatever_the_bytes_are_they_are_read_or_refused(data):
    with suppress(InvalidInput):
        plan_import(read_contacts_file(data), [])


@given(
    st.lists(HEADINGS, min_size=1, max_size=8),
    st.lists(st.lists(st.one_of(TEXTS, HOSTILE), max_size=8), max_size=5),
    st.sampled_from(",;\t"),
)
@settings(max_examples=300, deadline=None)
def test_whatever_the_cells_are_every_line_has_an_outcome(headings, rows, delimiter):
    quoted = ["E-mail", *headings], *([f"c{n}@x.example", *row] for n, row in enumerate(rows))
    text = "\r\n".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in quoted
    )
    try:
        file = read_contacts_file(text.encode("utf-8", "surrogatepass"))
    except InvalidInput:
        return
    first = plan_import(file, [])
    assert len(first.lines) == len(file.rows)
    for row in read_exported(first.added):
        assert not [cell for cell in row if FORMULA.match(cell)]
    again = plan_import(file, first.added)
    assert again.added == []
    assert Outcome.MERGED not in outcomes(again)


@st.composite
def stored_contacts(draw):
    """Contacts as the program stores them."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        step = draw(st.sampled_from([None, "Call", "=Call", "+46 later"]))
        found.append(
            Contact(
                email=f"c{number}@x.example",
                phone=draw(st.sampled_from([None, "+46701740605", "+442071838750"])),
                name=draw(st.sampled_from([None, "Ana", "=1+1", "'t Hooft", "@x", "-", "A; B"])),
                company=draw(st.sampled_from([None, "Tidal", "+Plus", '"Quoted"'])),
                status=draw(st.sampled_from(["new", "in_talks", "junk"])),
                notes=draw(st.sampled_from(["", "One\nTwo", "=SUM(A1)\n'x'\n- point"])),
                owner_notes=draw(st.sampled_from([None, "Mine\n=mine", "+\n\n-"])),
                tags=draw(st.sampled_from([None, [], ["a"], ["@x", "b c"]])),
                next_step=step,
                next_step_on="2026-11-21" if step and draw(st.booleans()) else None,
                junk_reason=draw(st.sampled_from([None, "", "A reason."])),
                consent_at=draw(st.sampled_from([None, at(1)])),
                email_verified_at=draw(st.sampled_from([None, at(2)])),
                created_at=at(3),
                updated_at=at(4),
            )
        )
    return found


@given(stored_contacts())
@settings(max_examples=200, deadline=None)
def test_what_was_exported_changes_nothing_and_restores_everything(known):
    data = write_contacts_csv(map(build_contact, known))
    assert set(outcomes(plan(data, *known))) == {Outcome.UNCHANGED}
    assert write_contacts_csv(map(build_contact, known)) == data
    restored = plan(data).added
    assert [row.id for row in restored] == [row.id for row in known]
    assert write_contacts_csv(map(build_contact, restored)) == data


async def test_a_file_is_tried_out_and_then_imported_once(database):
    desk = make_desk(database)
    add(database, Contact(name="Ana", email="ana@nordwind.se"))
    data = GOOGLE.encode() + b"Eva,,Lind,,,,,,eva@x.example,,,\r\n,,,,,,,,nothing,,,\r\n"
    tried = await desk.preview_import(data)
    assert outcomes(tried) == [Outcome.MERGED, Outcome.ADDED, Outcome.REFUSED]
    assert [row.company for row in contacts(database)] == [None]
    done = await desk.import_contacts(data)
    assert [(line.line, line.outcome) for line in done.lines] == [
        (line.line, line.outcome) for line in tried.lines
    ]
    assert {row.email: row.company for row in contacts(database)} == {
        "ana@nordwind.se": "Nordwind",
        "eva@x.example": None,
    }
    again = await desk.import_contacts(data)
    assert outcomes(again) == [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.REFUSED]
    assert len(contacts(database)) == 2


async def test_an_export_comes_back_without_a_change(database):
    desk = make_desk(database)
    add(
        database,
        Contact(name="=1+1", email="a@x.example", notes="- one\n- two", tags=["b", "a"]),
        Contact(name="Eva", phone="+46701740605", owner_notes="+ plus", junk_reason=""),
        Contact(name="Nobody"),
    )
    exported = (await desk.export_contacts()).content
    assert outcomes(await desk.import_contacts(exported)) == [Outcome.UNCHANGED] * 3
    assert (await desk.export_contacts()).content == exported


async def test_an_id_that_is_in_a_foreign_file_is_not_believed(sqlite_database):
    (row,) = add(sqlite_database, Contact(name="Ana", email="a@x.example"))
    data = f"Contact id,E-mail\r\n{row.id},b@x.example\r\n{uuid.uuid4()},c@x.example".encode()
    await make_desk(sqlite_database).import_contacts(data)
    assert len(contacts(sqlite_database)) == 3
