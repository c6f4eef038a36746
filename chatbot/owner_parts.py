"""Builds the parts behind the owner's side: takeover, presence, links, calls, e-mail, privacy."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from chatbot.engine.engine import ChatEngine
from chatbot.foundations import find_page_url, get_budget_cap, list_notify_urls
from chatbot.hours import DailySpan, parse_clock, parse_hours, parse_span, parse_zone
from chatbot.knowledge.sections import Profile
from chatbot.knowledge.words import stem
from chatbot.people.action_links import ActionLinks, Effect
from chatbot.people.action_subjects import Action
from chatbot.people.bookings import Bookings
from chatbot.people.call_desk import CallDesk
from chatbot.people.call_letters import CallLetters, LetterValues
from chatbot.people.calls import Calls
from chatbot.people.confirming import Confirming
from chatbot.people.daily_summary import DailySummary
from chatbot.people.email_codes import EmailCodes
from chatbot.people.limits import Limits
from chatbot.people.mail import Mailer, MailerValues, add_email
from chatbot.people.mail_channel import open_mail_channel
from chatbot.people.outbox import Outbox
from chatbot.people.presence import Presence
from chatbot.people.privacy import Privacy
from chatbot.people.retention import Retention
from chatbot.people.return_links import ReturnLinks
from chatbot.people.slots import CallRules
from chatbot.people.takeover import Takeover, TakeoverValues
from chatbot.people.telling import Telling, TellingValues
from chatbot.settings import Settings
from chatbot.signing import Sealer, Signer
from chatbot.storage.database import Database
from chatbot.web.live import LiveBell
from dashboards.daily import read_day


def build_telling(settings: Settings, profile: Profile, live: LiveBell) -> Telling:
    return Telling(
        TellingValues(
            owner_name=profile.name,
            owner_first_name=profile.first_name,
            sends_codes=profile.sends_codes,
        ),
        add_email=add_email if settings.email_url else None,
        has_open_page=lambda session_id: live.open_pages(session_id) > 0,
    )


def build_presence(settings: Settings, database: Database) -> Presence:
    hours = parse_hours(settings.working_hours, parse_zone(settings.time_zone))
    return Presence(hours, database=database)


def build_takeover(
    settings: Settings, database: Database, live: LiveBell, engine: ChatEngine
) -> Takeover:
    values = TakeoverValues(
        idle_minutes=settings.takeover_idle_minutes, budget_cap=get_budget_cap(settings)
    )
    return Takeover(values, database=database, bell=live, turns=engine)


def build_actions(
    settings: Settings, secret_key: str, database: Database, effects: Mapping[Action, Effect]
) -> ActionLinks | None:
    """What the owner can do from a notification; nothing where no link could lead here."""
    address = find_page_url(settings)
    if not address:
        return None
    return ActionLinks(
        database=database,
        secret_key=secret_key,
        address=address,
        effects=effects,
    )


def build_quiet_hours(settings: Settings) -> DailySpan | None:
    """When only escalations are pushed, by the owner's clock."""
    if not settings.quiet_hours:
        return None
    start, end = parse_span(settings.quiet_hours)
    return DailySpan(start, end, parse_zone(settings.time_zone))


def build_daily_summary(settings: Settings, database: Database) -> DailySummary | None:
    if not settings.digest_at or not list_notify_urls(settings):
        return None
    return DailySummary(
        database=database,
        minutes=parse_clock(settings.digest_at),
        zone=parse_zone(settings.time_zone),
        read_figures=read_day,
    )


def build_privacy(
    settings: Settings,
    database: Database,
    engine: ChatEngine,
    live: LiveBell,
    forget: Callable[[], None],
    confirming: Confirming,
) -> Privacy:
    def forget_texts() -> None:
        """Caches of what is derived from texts hold the texts themselves."""
        forget()
        stem.cache_clear()

    retention = Retention(
        chat_days=settings.chat_retention_days, contact_days=settings.contact_retention_days
    )
    return Privacy(
        retention,
        database=database,
        bell=live,
        turns=engine,
        forget=forget_texts,
        confirming=confirming,
    )


def build_mailer(
    settings: Settings,
    profile: Profile,
    database: Database,
    outbox: Outbox,
    confirming: Confirming,
) -> Mailer:
    url = settings.email_url.get_secret_value() if settings.email_url else None
    return Mailer(
        database=database,
        channel=open_mail_channel(url, lets_smtp_out=settings.space_id is None),
        values=MailerValues(owner_name=profile.name, page_url=find_page_url(settings)),
        confirming=confirming,
        run_id=outbox.run_id,
    )


def build_calls(
    settings: Settings,
    profile: Profile,
    database: Database,
    secret_key: str,
    limits: Limits,
    confirming: Confirming,
) -> Calls:
    zone = parse_zone(settings.time_zone)
    hours = settings.call_hours or settings.working_hours
    rules = CallRules(
        hours=parse_hours(hours, zone),
        length=timedelta(minutes=settings.call_minutes),
        buffer=timedelta(minutes=settings.call_buffer_minutes),
        notice=timedelta(hours=settings.call_notice_hours),
        days_ahead=settings.call_days_ahead,
    )
    sends_email = settings.email_url is not None
    letters = CallLetters(
        LetterValues(
            owner_name=profile.name,
            owner_first_name=profile.first_name,
            owner_zone=zone,
            page_url=find_page_url(settings),
            sends_email=sends_email,
        )
    )
    bookings = Bookings(rules, letters=letters, signer=Signer(secret_key, "call"))
    codes = EmailCodes(
        database=database,
        signer=Signer(secret_key, "e-mail code"),
        owner_name=profile.name,
        sends_email=sends_email,
    )
    return Calls(
        bookings=bookings,
        desk=CallDesk(
            bookings,
            database=database,
            signer=Signer(secret_key, "visit"),
            limits=limits,
            confirming=confirming,
        ),
        codes=codes,
        confirming=confirming,
        links=ReturnLinks(database=database, sealer=Sealer(secret_key, "return")),
        zone=zone,
        calendar_url=settings.calendar_url or "",
        hours_text=hours,
    )
