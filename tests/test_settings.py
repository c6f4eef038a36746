import re
from pathlib import Path

import pytest

from chatbot.errors import StartupError
from chatbot.foundations import find_page_url, list_notify_urls, load_secret_key
from chatbot.services import build_services
from chatbot.settings import Settings, load_settings
from tests.fakes import make_settings

ROOT = Path(__file__).parent.parent
INTERNAL = {
    "SPACE_ID",
    "SPACE_HOST",
    "SPACE_AUTHOR_NAME",
    "SYSTEM",
    "SPACES_ZERO_GPU",
    "OAUTH_CLIENT_ID",
    "OAUTH_CLIENT_SECRET",
}


def documented_default(name: str) -> str:
    default = Settings.model_fields[name].default
    if default is None:
        return ""
    return ",".join(default) if isinstance(default, list) else str(default)


def test_the_readme_table_is_the_settings():
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", (ROOT / "README.md").read_text(), re.M
    )
    expected = [
        (
            name.upper(),
            f"`{documented_default(name)}`" if documented_default(name) else "",
            field.description,
        )
        for name, field in Settings.model_fields.items()
        if name.upper() not in INTERNAL
    ]
    assert rows == expected


def test_the_env_example_names_every_setting_with_its_default():
    lines = re.findall(r"^#?\s?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M)
    expected = [
        (name.upper(), documented_default(name))
        for name in Settings.model_fields
        if name.upper() not in INTERNAL
    ]
    assert lines == expected


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "99999", "less than or equal to 65535"),
        ("PORT", "web", "valid integer"),
        ("TEMPERATURE", "3", "less than or equal to 2"),
        ("SECRET_KEY", "short", "at least 32"),
        ("ACCENT_COLOR", "green", "six hexadecimal digits"),
        ("EMBED_ORIGINS", "example.com", "https://example.com"),
        ("OPENAI_BASE_URL", "localhost:11434", "http://"),
        ("LOG_LEVEL", "loud", "'debug'"),
        ("NOTIFY_URLS", "json://127.0.0.1/x, my-canary", "address number 1"),
        ("NOTIFY_URLS", "my-canary", "pover://user@token"),
        ("PUSHOVER_USER", "my canary", "space"),
        ("EMAIL_URL", "my-canary", "pover://user@token"),
        ("TIME_ZONE", "Mars/Olympus", "Europe/Berlin"),
        ("WORKING_HOURS", "9 to 5", "Mon-Fri 09:00-12:30"),
        ("CALL_HOURS", "Mon 17:00-09:00", "ends before it begins"),
        ("QUIET_HOURS", "at night", "22:00-07:00"),
        ("DIGEST_AT", "noon", "18:00"),
        ("PUBLIC_URL", "example.com", "https://"),
        ("SNAPSHOT_STORE", "s3://bucket/name", "hf://buckets/OWNER/NAME"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line(monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    with pytest.raises(StartupError) as caught:
        load_settings(None)
    line = caught.value.user_message
    assert line.startswith(name)
    assert words in line
    assert "\n" not in line
    if name == "SECRET_KEY":
        assert value not in line.split()
    assert "canary" not in line


@pytest.mark.parametrize(
    ("given", "missing"),
    [("PUSHOVER_USER", "PUSHOVER_TOKEN"), ("PUSHOVER_TOKEN", "PUSHOVER_USER")],
)
def test_half_of_pushover_stops_the_start(monkeypatch, given, missing):
    monkeypatch.setenv(given, "canary")
    with pytest.raises(StartupError, match=f"^{missing} is missing: {given} is set") as caught:
        load_settings(None)
    assert "canary" not in caught.value.user_message


def test_addresses_of_channels_may_hold_commas(monkeypatch):
    urls = ["mailto://a:b@example.com?to=x@y.com,z@y.com", "ntfy://topic", "tgram://1:a/2"]
    monkeypatch.setenv("NOTIFY_URLS", f" {urls[0]},{urls[1]} ,\n {urls[2]},")
    assert list_notify_urls(load_settings(None)) == urls


def test_the_pushover_keys_are_one_more_channel(monkeypatch):
    monkeypatch.setenv("NOTIFY_URLS", "ntfy://topic")
    monkeypatch.setenv("PUSHOVER_USER", "user")
    monkeypatch.setenv("PUSHOVER_TOKEN", "to/ken")
    urls = list_notify_urls(load_settings(None))
    assert urls == ["ntfy://topic", "pover://user@to%2Fken"]


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, ""),
        ({"public_url": "https://mara.example/"}, "https://mara.example"),
        ({"space_host": "mara-chat.hf.space"}, "https://mara-chat.hf.space"),
        ({"space_host": "mara-chat.hf.space, mara.example"}, "https://mara-chat.hf.space"),
        (
            {"space_host": "mara-chat.hf.space", "public_url": "https://mara.example"},
            "https://mara.example",
        ),
    ],
)
def test_the_address_that_links_lead_to(sqlite_values, settings, address):
    assert find_page_url(make_settings(sqlite_values, **settings)) == address


async def test_without_an_address_or_an_owner_there_are_no_links_and_the_start_says_so(
    sqlite_values,
):
    told = {"notify_urls": "json://127.0.0.1:9", "owner_password": "a password of an owner"}
    for settings, has_links, has_note in (
        (told, False, True),
        ({**told, "public_url": "https://mara.example"}, True, False),
        ({"notify_urls": told["notify_urls"], "public_url": "https://x.example"}, False, False),
        ({"owner_password": told["owner_password"]}, False, False),
    ):
        services = build_services(make_settings(sqlite_values, **settings))
        assert (services.actions is not None) is has_links
        assert any(note.startswith("PUBLIC_URL") for note in services.notes) is has_note
        await services.stop()


def test_every_secret_is_known_to_the_log(monkeypatch):
    secrets = {
        name.upper(): f"canary-{number}-of-more-than-thirty-two-characters"
        for number, (name, field) in enumerate(Settings.model_fields.items())
        if "SecretStr" in str(field.annotation)
        and name not in ("notify_urls", "email_url", "redis_url", "owner_password")
    }
    assert len(secrets) >= 5
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NOTIFY_URLS", "tgram://123:canary-part/5")
    monkeypatch.setenv("EMAIL_URL", "sendgrid://canary-mail:me@example.com")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:canary%40pw@host/name")
    monkeypatch.setenv("REDIS_URL", "redis://:canary-redis@host:6379/0")
    found = load_settings(None).secret_values()
    parts = {"canary-part", "canary-mail", "canary%40pw", "canary@pw", "canary-redis"}
    assert {*secrets.values(), *parts} <= set(found)


def test_the_file_is_read_and_the_environment_wins(monkeypatch, tmp_path):
    file = tmp_path / ".env"
    file.write_text('OPENAI_MODEL="from-file"\nPORT=8000\nEXTRA=1\n')
    monkeypatch.setenv("PORT", "9000")
    settings = load_settings(file)
    assert (settings.openai_model, settings.port) == ("from-file", 9000)


def test_an_empty_value_is_the_default(monkeypatch):
    monkeypatch.setenv("OPENAI_MODEL", "")
    assert load_settings(None).openai_model == Settings.model_fields["openai_model"].default


def test_the_secret_key_is_made_once_and_kept_private(tmp_path, sqlite_values):
    settings = make_settings(sqlite_values, secret_key=None, data_dir=tmp_path / "state")
    key = load_secret_key(settings)
    assert len(key) >= 32
    assert load_secret_key(settings) == key
    assert (tmp_path / "state" / "secret_key").stat().st_mode & 0o077 == 0


def test_a_space_without_a_secret_key_is_refused(sqlite_values):
    settings = make_settings(sqlite_values, secret_key=None, space_id="me/space")
    with pytest.raises(StartupError, match="SECRET_KEY is not set"):
        build_services(settings)


def test_a_channel_that_does_not_exist_stops_the_start(sqlite_values):
    settings = make_settings(sqlite_values, notify_urls="nonsense://canary")
    with pytest.raises(StartupError, match="^NOTIFY_URLS: address number 1") as caught:
        build_services(settings)
    assert "canary" not in caught.value.user_message


def test_a_key_for_a_database_that_cannot_be_encrypted_is_refused(sqlite_values):
    settings = make_settings(
        sqlite_values, database_url="postgresql://localhost/x", database_key="key"
    )
    with pytest.raises(StartupError, match="DATABASE_KEY"):
        build_services(settings)


def test_prices_that_are_not_json_are_refused(sqlite_values):
    with pytest.raises(StartupError, match="MODEL_PRICES"):
        build_services(make_settings(sqlite_values, model_prices="cheap"))


def test_secrets_do_not_show_in_the_settings_text(sqlite_values):
    settings = make_settings(sqlite_values, openai_api_key="sk-canary", database_key="canary-2")
    assert "canary" not in repr(settings)
