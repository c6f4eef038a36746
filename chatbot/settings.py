"""Every setting of the program, read once from the environment and from `.env`.

Nothing else reads the environment: `services.py` hands each part the values it needs.
"""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chatbot.errors import StartupError
from chatbot.hours import parse_hours, parse_span, parse_zone
from chatbot.rates import DEFAULT_RATES, parse_rates
from chatbot.storage.copies.addresses import check_address

MIN_SECRET_BYTES = 32
_SET_BY_SPACES = "Set by Hugging Face Spaces; do not set it yourself."


def _split_commas(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _split_urls(value: Any) -> Any:
    """Split at a comma that another address follows: an address may hold commas itself."""
    if isinstance(value, str):
        parts = re.split(r"[,\s]+(?=[A-Za-z][A-Za-z0-9+.-]*://)", value.strip())
        return [part.strip(", \t\r\n") for part in parts if part.strip(", \t\r\n")]
    return value


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _check_colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("write it as six hexadecimal digits, for example #2f5d50")
    return value


def _check_secret(value: SecretStr | None) -> SecretStr | None:
    if value and len(value.get_secret_value().encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"use at least {MIN_SECRET_BYTES} characters of random text")
    return value


def _check_origins(value: list[str]) -> list[str]:
    for origin in value:
        if not re.fullmatch(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?", origin):
            raise ValueError("write each origin as https://example.com, separated by commas")
    return value


def _check_url(value: str | None) -> str | None:
    if value and not re.match(r"https?://[^/\s]+", value):
        raise ValueError("write it with http:// or https:// and a host")
    return value


def _check_notify_urls(value: list[SecretStr] | None) -> list[SecretStr] | None:
    for position, url in enumerate(value or (), start=1):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", url.get_secret_value()):
            raise ValueError(
                f"address number {position} is not an Apprise address such as pover://user@token"
            )
    return value


def _check_pushover(value: SecretStr | None) -> SecretStr | None:
    if value and re.search(r"[\s,]", value.get_secret_value()):
        raise ValueError("it holds a space or a comma; copy it again from pushover.net")
    return value


def _check_zone(value: str) -> str:
    parse_zone(value)
    return value


def _check_hours(value: str) -> str:
    parse_hours(value, parse_zone("UTC"))
    return value


def _check_quiet_hours(value: str | None) -> str | None:
    if value:
        parse_span(value)
    return value


def _check_clock(value: str | None) -> str | None:
    if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("write it as a time of day, for example 18:00")
    return value


def _check_store(value: str | None) -> str | None:
    return check_address(value) if value else value


def _check_one_address(value: SecretStr | None) -> SecretStr | None:
    _check_notify_urls([value] if value else None)
    return value


def _check_rates(value: str) -> str:
    parse_rates(value)
    return value


def _check_networks(value: list[str] | None) -> list[str] | None:
    for network in value or ():
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise ValueError(
                "write each as an address or a network such as 10.0.0.0/8, separated by commas"
            ) from None
    return value


def _check_redis(value: SecretStr | None) -> SecretStr | None:
    if value and not re.match(r"(rediss?|unix)://\S+$", value.get_secret_value()):
        raise ValueError("write it as redis://host:6379/0")
    return value


CommaList = Annotated[list[str], NoDecode, BeforeValidator(_split_commas)]
Secret = Annotated[SecretStr | None, AfterValidator(_check_secret)]
NotifyUrls = Annotated[
    list[SecretStr] | None,
    NoDecode,
    BeforeValidator(_split_urls),
    AfterValidator(_check_notify_urls),
]
EmailUrl = Annotated[SecretStr | None, AfterValidator(_check_one_address)]
RedisUrl = Annotated[SecretStr | None, AfterValidator(_check_redis)]
Hours = Annotated[str, AfterValidator(_check_hours)]
PushoverKey = Annotated[SecretStr | None, AfterValidator(_check_pushover)]


class Settings(BaseSettings):
    """The settings, with their defaults; each description is a row of the README's table."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    host: str = Field("0.0.0.0", description="Address to listen on.")
    port: int = Field(7860, ge=1, le=65535, description="Port to listen on.")
    data_dir: Path = Field(
        Path(".state"), description="Folder for the database and the generated secret key."
    )
    profile_dir: Path = Field(
        Path("data/profile"), description="Folder with your CV, summary, FAQ and stories."
    )
    database_url: str | None = Field(
        None,
        description="`postgresql://`, `mysql://` or `sqlite:///` address; SQLite in `DATA_DIR` "
        "when empty.",
    )
    database_key: SecretStr | None = Field(
        None,
        description="Passphrase; encrypts the whole SQLite file. Keep it: without it the "
        "data is lost.",
    )
    secret_key: Secret = Field(
        None,
        description="Signs tickets and links; at least 32 characters. Made once in `DATA_DIR` "
        "when empty; required on a Space.",
    )
    owner_password: SecretStr | None = Field(
        None,
        description="Opens the owner's area at `/owner`; hashed at start. Without it and the next "
        "there is none.",
    )
    owner_password_hash: SecretStr | None = Field(
        None,
        description="In place of `OWNER_PASSWORD`: what `python -m chatbot.web.passwords` prints "
        "for it.",
    )
    owner_usernames: CommaList | None = Field(
        None,
        description="On a Space with sign-in: Hugging Face users who may open the owner's area, "
        "separated by commas; the Space's author when empty.",
    )
    openai_api_key: SecretStr | None = Field(
        None, description="Key of the model provider; without one the chat runs in limited mode."
    )
    openai_base_url: Annotated[str | None, AfterValidator(_check_url)] = Field(
        None, description="Address of another OpenAI-compatible provider (Ollama, OpenRouter, ...)."
    )
    openai_model: str = Field("gpt-4.1-mini", min_length=1, description="Model that answers.")
    openai_fallback_model: str | None = Field(
        None, description="Model that answers when the first one cannot."
    )
    embedding_model: str | None = Field(
        None,
        max_length=100,
        description="Embedding model of the provider, for example `text-embedding-3-small`: where "
        "the profile is larger than `PROFILE_TOKENS`, records are found by meaning too; off when "
        "empty.",
    )
    temperature: float = Field(0.7, ge=0, le=2, description="Sampling temperature, 0 to 2.")
    max_answer_tokens: int = Field(1000, ge=50, le=16000, description="Longest answer, in tokens.")
    profile_tokens: int = Field(
        12000, ge=500, le=200000, description="Tokens of the profile that the model is given."
    )
    job_tokens: int = Field(
        1500, ge=200, le=20000, description="Tokens of a job description that the model is given."
    )
    history_messages: int = Field(
        12,
        ge=2,
        le=200,
        description="Earlier messages the model is given at least; up to twice as many are kept "
        "before the oldest are cut.",
    )
    history_tokens: int = Field(
        4000, ge=500, le=100000, description="Tokens of earlier messages that the model is given."
    )
    daily_budget_usd: float = Field(
        2.0,
        ge=0,
        le=10000,
        description="Most that one UTC day may cost; then the chat runs in limited mode.",
    )
    model_prices: str | None = Field(
        None,
        description="Prices in USD per million tokens as JSON, for example "
        '`{"my-model": {"input": 0.1, "output": 0.4}}`.',
    )
    max_turns_in_flight: int = Field(
        60, ge=1, le=1000, description="Model answers at one time; more run in limited mode."
    )
    escalation_keywords: CommaList | None = Field(
        None,
        description="Phrases that hand the chat to you, separated by commas; a built-in list when "
        "empty.",
    )
    escalation_confidence: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Two career answers in a row with a confidence below this hand the chat to "
        "you.",
    )
    session_timeout_minutes: int = Field(
        30, ge=1, le=10080, description="Minutes without activity after which a session ends."
    )
    notify_urls: NotifyUrls = Field(
        None,
        description="Where you are told of contacts and questions: Apprise addresses, separated by "
        "commas (Telegram, Slack, ntfy, e-mail, ...).",
    )
    pushover_user: PushoverKey = Field(
        None, description="Your Pushover user key, in place of an address in `NOTIFY_URLS`."
    )
    pushover_token: PushoverKey = Field(
        None, description="The token of your Pushover application; needed with `PUSHOVER_USER`."
    )
    quiet_hours: Annotated[str | None, AfterValidator(_check_quiet_hours)] = Field(
        None,
        description="When nothing but an escalation is pushed to you, for example `22:00-07:00`.",
    )
    digest_at: Annotated[str | None, AfterValidator(_check_clock)] = Field(
        None, description="When you are sent a summary of the day, for example `18:00`."
    )
    email_url: EmailUrl = Field(
        None,
        description="Sends e-mail to visitors: one Apprise address of an HTTPS service (SendGrid, "
        "Mailgun, Resend, ...). Without it no e-mail is sent, and the page says so.",
    )
    public_url: Annotated[str | None, AfterValidator(_check_url)] = Field(
        None,
        description="Address of this page as others reach it, for links in notifications and "
        "e-mails; on a Space it is known.",
    )
    time_zone: Annotated[str, AfterValidator(_check_zone)] = Field(
        "UTC", description="Your time zone, for example `Europe/Berlin`."
    )
    working_hours: Hours = Field(
        "Mon-Fri 09:00-17:00",
        description="When visitors can expect you to answer, for example "
        "`Mon-Thu 09:00-12:30, 13:30-17:00; Fri 09:00-13:00`; `none` promises nothing.",
    )
    takeover_idle_minutes: int = Field(
        15,
        ge=1,
        le=1440,
        description="Minutes of your silence after which the bot resumes.",
    )
    escalation_remind_minutes: int = Field(
        30,
        ge=1,
        le=10080,
        description="Minutes after which an open escalation reminds you.",
    )
    calendar_url: Annotated[str | None, AfterValidator(_check_url)] = Field(
        None,
        description="Your page at Cal.com, Calendly, ...: a link to it takes the place of booking "
        "here.",
    )
    call_hours: Hours | None = Field(
        None,
        description="When calls can be booked, written like `WORKING_HOURS`, which serve when "
        "empty; `none` turns booking off.",
    )
    call_minutes: int = Field(30, ge=5, le=480, description="Length of a call, in minutes.")
    call_buffer_minutes: int = Field(
        15, ge=0, le=480, description="Free minutes before and after each call."
    )
    call_notice_hours: int = Field(
        24, ge=0, le=720, description="Hours between a booking and its call, at least."
    )
    call_days_ahead: int = Field(
        14, ge=1, le=90, description="Days ahead for which calls can be booked."
    )
    chat_retention_days: int = Field(
        90, ge=1, le=3650, description="Days after which a chat that rests is erased."
    )
    contact_retention_days: int = Field(
        365, ge=1, le=3650, description="Days after which a contact that rests is erased."
    )
    accent_color: Annotated[str, AfterValidator(_check_colour)] = Field(
        "#2f5d50", description="The page's one accent colour."
    )
    snapshot_store: Annotated[str | None, AfterValidator(_check_store)] = Field(
        None,
        description="Where copies of the SQLite database go, for a disk that does not last: "
        "`hf://buckets/OWNER/NAME`, `hf://datasets/OWNER/NAME` (both are made, private), or a "
        "folder on another disk.",
    )
    snapshot_token: SecretStr | None = Field(
        None,
        description="Hugging Face token that may write to that bucket or dataset, and to nothing "
        "else.",
    )
    embed_origins: Annotated[CommaList, AfterValidator(_check_origins)] = Field(
        ["https://huggingface.co"],
        description="Sites that may show the page in a frame, separated by commas.",
    )
    rate_limits: Annotated[str, AfterValidator(_check_rates)] = Field(
        DEFAULT_RATES,
        description="How often one visitor may write (`session`, `address`), leave details, call "
        "you and book, and how many visitors may come from one address (`visit`); `contact off` "
        "lifts one limit, `off` all of them.",
    )
    max_open_requests: int = Field(
        1000,
        ge=10,
        le=100_000,
        description="Requests, streams and WebSockets open at one time; one address may have a "
        "fifth of them.",
    )
    trusted_proxies: Annotated[CommaList | None, AfterValidator(_check_networks)] = Field(
        None,
        description="Addresses or networks of your proxies, separated by commas: only they are "
        "believed where a request comes from. On a Space it is known.",
    )
    redis_url: RedisUrl = Field(
        None,
        description="`redis://` address: several processes count the limits together there, and "
        "ring each other's pages.",
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = (
        Field("info", description="`debug`, `info`, `warning` or `error`.")
    )
    space_id: str | None = Field(None, description=_SET_BY_SPACES)
    space_host: str | None = Field(None, description=_SET_BY_SPACES)
    space_author_name: str | None = Field(None, description=_SET_BY_SPACES)
    system: str | None = Field(None, description=_SET_BY_SPACES)
    spaces_zero_gpu: bool = Field(False, description=_SET_BY_SPACES)
    oauth_client_id: str | None = Field(None, description=_SET_BY_SPACES)
    oauth_client_secret: SecretStr | None = Field(None, description=_SET_BY_SPACES)

    @model_validator(mode="after")
    def _check_pushover_pair(self) -> Self:
        if bool(self.pushover_user) != bool(self.pushover_token):
            given, missing = ("PUSHOVER_USER", "PUSHOVER_TOKEN")
            if self.pushover_token:
                given, missing = missing, given
            raise ValueError(f"{missing} is missing: {given} is set, and Pushover needs both")
        return self

    def secret_values(self) -> tuple[str, ...]:
        """Every secret as it was set, and the parts of addresses that hold one: for the log, which
        must never show them."""
        found = []
        for name in type(self).model_fields:
            if name == "owner_password":
                # Hashed at start and kept nowhere, not even to look for it.
                continue
            value = getattr(self, name)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, SecretStr):
                    found.append(item.get_secret_value())
        addresses = [*(self.notify_urls or ()), *filter(None, [self.email_url])]
        for url in addresses:
            found += re.findall(r"[A-Za-z0-9._~%+-]{6,}", url.get_secret_value())
        redis_url = self.redis_url.get_secret_value() if self.redis_url else ""
        for url in filter(None, (self.database_url, redis_url)):
            if password := re.match(r"[^:]+://[^:@/]*:(.+)@", url):
                found += [password[1], unquote(password[1])]
        return tuple(dict.fromkeys(found))


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read and check every setting.

    Raises StartupError with one line that names the first wrong setting, what is wrong with it and
    what to write instead.
    """
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        first = error.errors()[0]
        fact = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:  # a fact about two settings, which names them itself
            raise StartupError(
                f"{fact}. Correct it in .env or in the environment (see the settings table in "
                "README.md)."
            ) from error
        name = str(first["loc"][0]).upper()
        raise StartupError(
            f"{name} has a value that cannot be used: {fact}. "
            "Correct it in .env or in the environment (see the settings table in README.md)."
        ) from error
    except UnicodeDecodeError as error:
        raise StartupError(f"{env_file} is not UTF-8 text. Save it as UTF-8.") from error
