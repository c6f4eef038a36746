import csv
import io
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.people.contacts_csv import COLUMNS, make_safe, read_csv, write_contacts_csv, write_csv
from chatbot.storage.owner_contacts import ContactRow

HOSTILE_LETTERS = "=+-@＝＋－＠'\"; ,\t\r\n\x00\x0b\u00a0\u200b\ufeff|a1é日"
CELLS = st.one_of(
    st.text(alphabet=HOSTILE_LETTERS, max_size=12),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=20),
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5)
FORMULA = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝＋－＠]")


@given(ROWS)
@settings(max_examples=300, deadline=None)
def test_every_cell_comes_back_as_it_was(rows):
    assert read_csv(write_csv(rows)) == rows


@given(ROWS)
@settings(max_examples=300, deadline=None)
def test_no_cell_is_a_formula_whatever_separates_the_cells(rows):
    """As Excel reads a file: by the comma, or by the semicolon or the tab of other settings."""
    words = write_csv(rows).decode("utf-8-sig")
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(words, newline=""), delimiter=delimiter):
            assert not [cell for cell in row if FORMULA.match(cell)]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+46701740605",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "\n=1",
    ],
)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(cell):
    assert make_safe(cell) == f"'{cell}" or make_safe(cell) == f"'{cell[0]}'{cell[1:]}"


@pytest.mark.parametrize("cell", ["", "Ana", "a=b", "1-2", "ana@example.com", "Ana, Ben", "O'Neil"])
def test_harmless_cells_stay_as_they_are(cell):
    assert make_safe(cell) == cell


def test_contacts_are_rows_under_headings():
    moment = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    contact = ContactRow(
        id=UUID(int=7),
        name='=HYPERLINK("https://evil.example")',
        email="ana@example.com",
        phone="+46701740605",
        company=None,
        status="new",
        notes="First line\n- second line, with a comma",
        has_consented=True,
        conversation_id=None,
        created_at=moment,
        updated_at=moment,
        owner_notes="Call her",
        tags=("a", "b"),
        next_step="Send the portfolio",
        next_step_on="2026-06-01",
        junk_reason="A reason.",
        consent_at=moment,
    )
    data = write_contacts_csv([contact])
    assert data.startswith(b"\xef\xbb\xbf")
    headings, row = read_csv(data)
    assert headings == list(COLUMNS)
    assert row == [
        contact.name,
        "ana@example.com",
        "+46701740605",
        "",
        "new",
        contact.notes,
        "Call her",
        "a, b",
        "Send the portfolio",
        "2026-06-01",
        "A reason.",
        "yes",
        "2026-05-04 09:30:00",
        "",
        "2026-05-04 09:30:00",
        "2026-05-04 09:30:00",
        str(contact.id),
    ]
    assert b'"\'+46701740605"' in data
