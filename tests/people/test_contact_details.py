import time

import pytest

from chatbot.errors import InvalidInput
from chatbot.people.contact_details import (
    ContactDetails,
    find_contact,
    validate_email,
    validate_phone,
)


def test_full_introduction_gives_all_three() -> None:
    text = "Hi, I'm Rosa Quint from Fjord AS. Reach me at rosa@fjord.no or +47 22 12 34 56."
    assert find_contact(text) == ContactDetails("rosa@fjord.no", "+4722123456", "Rosa Quint")


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("my mail: Rosa.Quint@Fjord.NO.", "Rosa.Quint@fjord.no"),
        ("<rosa@fjord.no>", "rosa@fjord.no"),
        ("mailto:rosa@fjord.no", "rosa@fjord.no"),
        ("Please send the CV to rosa+jobs@fjord.no, thanks", "rosa+jobs@fjord.no"),
        ("You can contact me under rosa@fjord.no", "rosa@fjord.no"),
        ("Please send your price list to rosa@fjord.no", "rosa@fjord.no"),
        ("I read your profile, rosa@fjord.no", "rosa@fjord.no"),
        ("Is your address ines@fabricant.pt?", None),
        ("Is ines@fabricant.pt your address?", None),
        ("I wrote to ines@fabricant.pt last week", None),
        ("Please send it to my colleague at ines@fabricant.pt", None),
        ("Please send her papers to ines@fabricant.pt", None),
        ("the support address is help@fabricant.pt", None),
        ("My colleague Tom's e-mail is tom@fjord.no", None),
        ("Applications must be sent to jobs@fjord.no", None),
        ("For questions please contact office@fjord.no", None),
        ("https://maps.example.com/@59.9,10.7", None),
        ("http://user:secret@fjord.no/x", None),
        ("follow @rosa on any network", None),
        ("rosa@localhost or rosa@fjord", None),
    ],
)
def test_own_email_is_found_and_others_are_not(text: str, email: str | None) -> None:
    assert find_contact(text).email == email


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("call me at +44 20 7183 8750", "+442071838750"),
        ("my mobile number is 0171 2345678", "0171 2345678"),
        ("0171 2345678", "0171 2345678"),
        ("Phone: 555 0142", "555 0142"),
        ("contact: 9123456780", "9123456780"),
        ("my mob no is 9123456780", "9123456780"),
        ("is (212) 555-0187 your number?", None),
        ("WhatsApp 9123456780 please", "9123456780"),
        ("you reach me at (212) 555-0187", "(212) 555-0187"),
        ("the order 9123456780 never came", None),
        ("my phone broke and the order 9123456780 is late", None),
        ("I have your card, so call me on 0171 2345678", "0171 2345678"),
        ("my card is 4111 1111 1111 1111", None),
        ("from 01.04.2019 to 30.09.2021", None),
        ("2015 - 2019", None),
        ("between 90000-120000 EUR", None),
        ("the server 192.168.10.120 is down", None),
        ("invoice 20231187, account 88771234", None),
        ("we have 12000000 users", None),
        ("his phone is +44 20 7183 8750", None),
    ],
)
def test_own_phone_is_found_and_other_numbers_are_not(text: str, phone: str | None) -> None:
    assert find_contact(text).phone == phone


def test_region_turns_a_national_number_into_e164() -> None:
    assert find_contact("call me: 0171 2345678", region="DE").phone == "+491712345678"


def test_office_number_is_taken_before_the_fax() -> None:
    text = "Fax: +44 20 7183 8751\nPhone: +44 20 7183 8750"
    assert find_contact(text).phone == "+442071838750"


def test_details_in_a_long_pasted_text_are_not_the_visitors() -> None:
    posting = "We look for a hydrologist who likes pipes and pumps. " * 20
    assert find_contact(f"{posting} office@fjord.no").email is None
    assert find_contact(f"{posting}\n\nMy e-mail is rosa@fjord.no").email == "rosa@fjord.no"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is rosa quint and I lead hiring", "rosa quint"),
        ("This is Rosa Quint.", "Rosa Quint"),
        ("I'm Rosa, recruiter at Fjord", "Rosa"),
        ("Hi, Rosa here", "Rosa"),
        ("Name: Jan van der Berg\nPhone: 555 0142", "Jan van der Berg"),
        ("Could we talk?\n\nBest regards,\nRosa Quint", "Rosa Quint"),
        ("I'm interested in the role", None),
        ("I'm German", None),
        ("I am Head of Hiring at Fjord", None),
        ("This is GREAT", None),
        ("Rosa Quint recommended you", None),
        ("my name is not important", None),
        ("my name is misspelled on your page", None),
        ("you can call me Rosa", "Rosa"),
        ("call me Tomorrow", None),
        ("The name's Quint", "Quint"),
        ("It's me, Rosa", "Rosa"),
        ("it's Monday", None),
    ],
)
def test_own_name_is_found_and_others_are_not(text: str, name: str | None) -> None:
    assert find_contact(text).name == name


def test_text_without_details_gives_none() -> None:
    assert find_contact("What did you build in 2019 for 3 million users?") == ContactDetails()


def test_email_is_normalised() -> None:
    assert validate_email("  Rosa@FJORD.no ") == "Rosa@fjord.no"


@pytest.mark.parametrize(
    "text", ["", "rosa", "rosa@", "@fjord.no", "a@b@c.no", "rosa@fjord", "rosa@fjord.no\n"]
)
def test_bad_email_says_what_to_change(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"name@example\.com"):
        validate_email(text)


def test_phone_becomes_e164() -> None:
    assert validate_phone("020 7183 8750", "gb") == "+442071838750"
    assert validate_phone("+44 (0)20 7183 8750") == "+442071838750"


@pytest.mark.parametrize("text", ["", "12", "call me", "020 7183 8750", "+99 12345678"])
def test_bad_phone_asks_for_the_country_code(text: str) -> None:
    with pytest.raises(InvalidInput, match="country code"):
        validate_phone(text)


@pytest.mark.parametrize(
    "text",
    ["a" * 20_000, "@" * 20_000, "1 " * 10_000, "\n" * 20_000, "I'm " * 5_000, "a@" * 10_000,
     "my name is " * 2_000, "\ud800" * 100, "best\n" * 4_000, "+(" * 10_000],
)  # fmt: skip
def test_hostile_text_is_read_quickly(text: str) -> None:
    find_contact("warm up +44 20 7183 8750 rosa@fjord.no")
    start = time.perf_counter()
    find_contact(text, region="GB")
    # A few milliseconds; an expression that backtracks takes minutes.
    assert time.perf_counter() - start < 2
