import pytest

from chatbot.web.origins import Origins

ORIGINS = Origins(frozenset({"https://me.example"}))


@pytest.mark.parametrize(
    ("origin", "host", "is_accepted"),
    [
        (None, "app.example", True),
        ("https://app.example", "app.example", True),
        ("http://app.example:7860", "app.example:7860", True),
        ("https://APP.example", "app.Example", True),
        ("https://me.example", "app.example", True),
        ("http://me.example", "app.example", False),
        ("https://app.example:444", "app.example", False),
        ("https://app.example.evil.example", "app.example", False),
        ("null", "app.example", False),
        ("file://", "app.example", False),
        ("https://", "", False),
        ("http://[", "app.example", False),
        ("", "", False),
    ],
)
def test_only_our_own_pages_are_accepted(origin: str | None, host: str, is_accepted: bool) -> None:
    assert ORIGINS.accepts(origin, host=host) is is_accepted
