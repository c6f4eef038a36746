"""What the page and the start are told about the owner and the set-up."""

from pathlib import Path
from urllib.parse import urlsplit

from chatbot.foundations import (
    find_page_url,
    has_hugging_face,
    has_provider,
    is_disk_lost,
    is_on_server,
    list_notify_urls,
)
from chatbot.knowledge.sections import Profile
from chatbot.knowledge.starters import build_starters
from chatbot.llm.prices import is_private_endpoint
from chatbot.settings import Settings
from chatbot.ui.locales.privacy_en import ENGLISH_PRIVACY
from chatbot.ui.values import PageLink, PageValues

SHORT_PASSWORD = 12


def build_page_values(
    settings: Settings,
    profile: Profile,
    *,
    has_owner_area: bool = False,
    call_address: str = "",
) -> PageValues:
    """What the page is told about its owner and its set-up."""
    has_model = has_provider(settings)
    return PageValues(
        name=profile.name,
        first_name=profile.first_name,
        headline=profile.headline,
        place=profile.place,
        availability=profile.availability,
        links=tuple(PageLink(link.label, link.url) for link in profile.links),
        portrait=find_portrait(settings.profile_dir),
        accent_color=settings.accent_color,
        starters=build_starters(profile),
        provider_host=_provider_host(settings) if has_model else "",
        retention=ENGLISH_PRIVACY.kept_for.format(
            days=ENGLISH_PRIVACY.in_days(settings.chat_retention_days)
        ),
        chat_days=settings.chat_retention_days,
        contact_days=settings.contact_retention_days,
        is_pushed=bool(list_notify_urls(settings)),
        is_mailed=settings.email_url is not None,
        is_copied=settings.snapshot_store is not None,
        is_limited=not has_model,
        has_owner_area=has_owner_area,
        call_address=call_address,
        sends_email=settings.email_url is not None,
        problems=() if profile.sections else describe_problems(profile),
    )


def describe_problems(profile: Profile) -> tuple[str, ...]:
    """A line for each file of the profile that could not be used: its name, why, and the remedy."""
    return tuple(f"{problem.source}: {problem.reason}" for problem in profile.problems)


def find_portrait(folder: Path) -> Path | None:
    """The owner's picture in the profile folder, if there is one."""
    names = (f"portrait{ending}" for ending in (".jpg", ".jpeg", ".png", ".webp"))
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _provider_host(settings: Settings) -> str:
    """Who else gets the visitors' messages; nobody when the model runs on the owner's machines."""
    url = settings.openai_base_url or "https://api.openai.com"
    return "" if is_private_endpoint(url) else urlsplit(url).hostname or ""


def build_notes(settings: Settings, profile: Profile) -> tuple[str, ...]:
    notes = [f"Profile: {line}" for line in describe_problems(profile)]
    if not has_provider(settings):
        notes.append(
            "OPENAI_API_KEY is not set: the chat runs in limited mode and quotes the profile. "
            "Put a key in .env for answers in its own words."
        )
    if not list_notify_urls(settings):
        notes.append(
            "NOTIFY_URLS is not set: you are told of contacts and questions on your page only. "
            "Put an Apprise address in .env, or PUSHOVER_USER and PUSHOVER_TOKEN."
        )
    elif not find_page_url(settings):
        notes.append(
            "PUBLIC_URL is not set: your notifications carry no links to act by. "
            "Put the address of this page into .env, as others reach it."
        )
    if is_disk_lost(settings):
        notes.append(
            "SNAPSHOT_STORE names no place outside of this Space, whose disk is emptied at every "
            "restart, and all data with it. Set it to a bucket or a dataset under Settings, "
            "Variables of the Space."
        )
    if is_on_server(settings) and settings.secret_key is None:
        notes.append(
            "SECRET_KEY is not set: of several processes on this database each makes its own, and "
            "none believes the sign-ins of the others. Set the same one for all."
        )
    return tuple(notes)


def build_access_notes(settings: Settings) -> tuple[str, ...]:
    password = settings.owner_password
    if settings.owner_password_hash is not None:
        ignored = "OWNER_PASSWORD is ignored, because OWNER_PASSWORD_HASH is set. Remove one."
        return (ignored,) if password else ()
    if password is None:
        way = "by password " if has_hugging_face(settings) else ""
        return (
            f"OWNER_PASSWORD is not set: nobody can sign in {way}as the owner. "
            "Put one in .env to open the owner's area at /owner.",
        )
    if len(password.get_secret_value()) < SHORT_PASSWORD:
        return (f"OWNER_PASSWORD is short: use {SHORT_PASSWORD} characters or more.",)
    return ()
