import re
from dataclasses import replace

import pytest

from chatbot.ui.locales.privacy_en import ENGLISH_PRIVACY
from chatbot.ui.privacy_page import PrivacyPage
from tests.ui.examples import VALUES

HOSTILE = replace(VALUES, name="<b>M</b>", first_name='<i onx="">', provider_host="<u>")


def words_of(page: str) -> str:
    return re.sub(r"<[^>]*>", " ", page)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"provider_host": "api.example.com"}, "sent to api.example.com"),
        ({"provider_host": ""}, "No AI company"),
        ({"is_pushed": True}, "notification service"),
        ({"is_mailed": True}, "mail service"),
        ({"is_copied": True}, "gone from the copy within a day"),
        ({"chat_days": 7}, "erased 7 days after its last message"),
        ({"contact_days": 1}, "1 day after they were last needed"),
    ],
)
def test_the_page_follows_the_settings(changed: dict, words: str) -> None:
    page = PrivacyPage(replace(VALUES, **changed), ENGLISH_PRIVACY)
    assert words in words_of(page())


def test_what_is_not_so_is_not_said() -> None:
    plain = replace(VALUES, provider_host="", is_pushed=False, is_mailed=False)
    words = words_of(PrivacyPage(plain, ENGLISH_PRIVACY)())
    assert "notification service" not in words
    assert "mail service" not in words
    assert "gone from the copy" not in words


@pytest.mark.parametrize("make", [PrivacyPage.__call__, lambda page: page.dialog("Your data")])
def test_every_value_is_escaped_and_no_place_is_left_open(make) -> None:
    made = make(PrivacyPage(HOSTILE, ENGLISH_PRIVACY))
    assert not re.search(r"<(i |u>|b>M)", made)
    assert not re.search(r"\{\w+\}", made)


def test_the_dialog_is_one_line_for_markdown() -> None:
    assert "\n" not in PrivacyPage(VALUES, ENGLISH_PRIVACY).dialog("Your data")
