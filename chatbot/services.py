"""Builds every part of the program from the settings, once, and hands each its own values."""

import asyncio
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from threading import Thread
from typing import TYPE_CHECKING

from chatbot.background import Background
from chatbot.engine.admission import Admission, AdmissionValues
from chatbot.engine.answering import Answering, AnsweringValues
from chatbot.engine.call_tools import build_call_tools
from chatbot.engine.context_view import ContextLimits, ContextReader
from chatbot.engine.ending import Ending, EndingValues
from chatbot.engine.engine import ChatEngine
from chatbot.engine.exam import Exam, ExamValues, RehearsalToolbox
from chatbot.engine.fit_desk import FitDesk
from chatbot.engine.health import Health, read_health
from chatbot.engine.knowledge_now import KnowledgeNow
from chatbot.engine.meaning import Meaning, MeaningValues
from chatbot.engine.model_answer import ModelAnswer, ModelValues
from chatbot.engine.other_runs import OtherRuns
from chatbot.engine.prompts import CountTokens, build_job_frame
from chatbot.engine.tailor import TailorDesk
from chatbot.engine.tools import TOOLS, Toolbox
from chatbot.engine.visitor_chat import VisitorChat, VisitorValues
from chatbot.engine.wording import Wording, WordingValues
from chatbot.foundations import (
    build_access_values,
    build_counted_addresses,
    build_embedder,
    build_limits,
    build_provider,
    build_wire,
    get_budget_cap,
    has_provider,
    is_disk_lost,
    list_notify_urls,
    load_secret_key,
    lock_database,
    open_copies,
    open_database,
)
from chatbot.hours import parse_zone
from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.sections import Profile
from chatbot.llm.prices import Prices
from chatbot.llm.provider import Provider
from chatbot.llm.tokens import count_tokens
from chatbot.owner_parts import (
    build_actions,
    build_calls,
    build_daily_summary,
    build_mailer,
    build_presence,
    build_privacy,
    build_quiet_hours,
    build_takeover,
    build_telling,
)
from chatbot.page_setup import build_access_notes, build_notes
from chatbot.people.action_effects import build_effects
from chatbot.people.action_links import ActionLinks
from chatbot.people.addresses import AddressHashes
from chatbot.people.calls import Calls
from chatbot.people.channels import open_channels
from chatbot.people.confirming import Confirming
from chatbot.people.contact_desk import ContactDesk
from chatbot.people.fit_links import FitLinks
from chatbot.people.gathering import GatheringValues
from chatbot.people.human_request import DEFAULT_KEYWORDS
from chatbot.people.inbox_desk import InboxDesk
from chatbot.people.job_descriptions import JobReader
from chatbot.people.job_links import JobLinks
from chatbot.people.knowledge_desk import KnowledgeDesk
from chatbot.people.limits import Limits
from chatbot.people.mail import Mailer
from chatbot.people.outbox import Outbox, OutboxValues
from chatbot.people.presence import Presence
from chatbot.people.privacy import Privacy
from chatbot.people.question_book import QuestionBook
from chatbot.people.reminders import Reminders
from chatbot.people.takeover import Takeover
from chatbot.settings import Settings
from chatbot.signing import Signer
from chatbot.storage.database import Database
from chatbot.storage.lock import FileLock
from chatbot.storage.signals import Signal, SignalKind
from chatbot.storage.wire import Wire
from chatbot.web.access import OwnerAccess
from chatbot.web.live import LiveBell

if TYPE_CHECKING:
    from chatbot.storage.copies.copies import Copies

COUNTED_TEXTS = 4096
# From the first word of the end to the last shipment; the whole end has to be over within 10 s.
END_SECONDS = 7.0
LAST_SHIPMENT_SECONDS = 2.5
DISK_LOST = (
    "this Space's disk is emptied at every restart, and SNAPSHOT_STORE names no place outside of it"
)


@dataclass(frozen=True)
class Services:
    """The parts that the page, the web and the lifespan need.

    `notes` are lines for the owner about the start: what is missing, and what could not be read;
    `budget_cap` is in micro-USD.
    """

    profile: Profile
    database: Database
    lock: FileLock | None
    answering: Answering
    engine: ChatEngine
    chat: VisitorChat
    ending: Ending
    book: QuestionBook
    live: LiveBell
    outbox: Outbox
    privacy: Privacy
    mailer: Mailer
    calls: Calls
    background: Background
    provider: Provider | None
    knowledge_desk: KnowledgeDesk
    exam: Exam
    takeover: Takeover
    presence: Presence
    contacts: ContactDesk
    inbox: InboxDesk
    limits: Limits
    fit: FitDesk
    tailor: TailorDesk
    context: ContextReader
    confirming: Confirming
    meaning: Meaning | None = None
    access: OwnerAccess | None = None
    budget_cap: int = 0
    wire: Wire | None = None
    copies: "Copies | None" = None
    is_disk_lost: bool = False
    actions: ActionLinks | None = None
    notes: tuple[str, ...] = ()

    async def start(self) -> None:
        """Take over what an earlier run left, and begin the background work."""
        loop = asyncio.get_running_loop()
        await self.engine.watch_runs()
        if self.wire is not None:
            self.wire.start(partial(self._hear, loop), self.live.ring_everybody)
        self.background.start()
        if self.copies is not None:
            self.copies.start(
                self.database,
                lambda: asyncio.run_coroutine_threadsafe(self._step_down(), loop),
                lambda: loop.call_soon_threadsafe(self._lead_again),
            )
        Thread(target=self._warm_up, args=[loop], name="warm-up", daemon=True).start()

    def _hear(self, loop: asyncio.AbstractEventLoop, signal: Signal) -> None:
        """Do what another process asks of this one; called by the wire's thread."""
        self.live.hear(signal)
        if signal.kind is SignalKind.STOP and signal.conversation_id is not None:
            with suppress(RuntimeError):  # The loop is closed: its turns have ended with it.
                loop.call_soon_threadsafe(
                    self.engine.hear_stop, signal.conversation_id, signal.reason
                )

    def _warm_up(self, loop: asyncio.AbstractEventLoop) -> None:
        self.limits.warm_up()
        self.answering.warm_up()
        with suppress(RuntimeError):  # stopped meanwhile
            loop.call_soon_threadsafe(self.answering.start)

    async def read_health(self) -> Health:
        """How the parts do that can fail; for the owner."""
        models = self.provider.status() if self.provider is not None else ()
        return await read_health(
            self.database,
            models=models,
            budget_cap=self.budget_cap,
            copies=self.copies.state() if self.copies is not None else None,
            risk=self.find_risk(),
        )

    async def _step_down(self) -> None:
        """Another run of the program has taken over: take no more turns, and send nothing."""
        await asyncio.gather(self.background.stop(), self.engine.close())

    def _lead_again(self) -> None:
        """The run that had taken over is gone: take turns and send again."""
        self.engine.open()
        self.background.start()

    def find_risk(self) -> str:
        """Why the data would not survive the end of this machine now, "" when it would."""
        if self.is_disk_lost:
            return DISK_LOST
        return self.copies.state().reason if self.copies is not None else ""

    async def stop(self) -> None:
        """Store what is running, ship what is not in the copies yet, and release everything."""
        if self.copies is not None:
            self.copies.stop_watching()
        await asyncio.gather(self.background.stop(), self.engine.close())
        await self.tailor.close()
        if self.wire is not None:
            await asyncio.to_thread(self.wire.stop)
        if self.copies is not None:
            spent = time.monotonic() - (self.engine.closed_at or 0.0)
            left = max(LAST_SHIPMENT_SECONDS, END_SECONDS - spent)
            await asyncio.to_thread(self.copies.stop, left)
        if self.meaning is not None:
            await self.meaning.close()
        if self.provider is not None:
            await self.provider.close()
        self.database.close()
        if self.lock is not None:
            self.lock.release()


def build_services(settings: Settings, *, is_beside: bool = False) -> Services:
    """Open the database, load the profile and connect the parts.

    `is_beside` is for a command that runs beside the program on its database, and starts nothing.

    Raises StartupError with one line that names the setting, what is wrong and the remedy.
    """
    secret_key = load_secret_key(settings)
    live = LiveBell(secret_key=secret_key)
    prices = Prices.load(settings.model_prices)
    channels = open_channels(list_notify_urls(settings))
    lock = None if is_beside else lock_database(settings)
    notes = build_access_notes(settings)
    copies = None if is_beside else open_copies(settings)
    if copies is not None:
        copies.restore()
    access_values = build_access_values(settings, secret_key)
    database = open_database(settings)
    profile = load_profile(settings.profile_dir, sends_codes=settings.email_url is not None)
    provider = build_provider(settings)
    embedder = build_embedder(settings)
    count = lru_cache(maxsize=COUNTED_TEXTS)(count_tokens)
    counted = build_counted_addresses(settings, secret_key)
    limits = build_limits(settings, counted)
    confirming = Confirming(database, copies)
    calls = build_calls(settings, profile, database, secret_key, limits, confirming)
    knowledge = KnowledgeNow(
        profile,
        escalation_keywords=settings.escalation_keywords or DEFAULT_KEYWORDS,
        call_address=calls.address,
    )
    meaning = None
    if embedder is not None:
        price = prices.price_of(embedder.model, settings.openai_base_url)
        meaning = Meaning(
            MeaningValues(price, settings.openai_base_url, get_budget_cap(settings)),
            embedder=embedder,
            database=database,
            knowledge=knowledge,
            count=count,
        )
    telling, book = build_telling(settings, profile, live), QuestionBook()
    fit_links = FitLinks(Signer(secret_key, "fit sheet"))
    frame = build_job_frame(profile.first_name)
    jobs = JobReader(tokens=settings.job_tokens, frame=frame, count=count)
    wording = _build_wording(settings, database, prices, count, provider)
    fit = FitDesk(
        database=database,
        knowledge=knowledge,
        reader=jobs,
        fetcher=JobLinks(),
        links=fit_links,
        bell=live,
        limits=limits,
        wording=wording,
    )
    build_answering = partial(
        _build_answering,
        settings,
        wording=wording,
        sheet_path=fit_links.build_path,
        knowledge=knowledge,
        database=database,
        prices=prices,
        count=count,
        provider=provider,
        meaning=meaning,
    )
    tools = (*TOOLS, *build_call_tools(calls))
    answering = build_answering(
        toolbox=Toolbox(database, tools, book=book, limits=limits, confirming=confirming), fit=fit
    )
    exam = Exam(
        ExamValues(settings.openai_model if provider else "", budget_cap=get_budget_cap(settings)),
        database=database,
        knowledge=knowledge,
        answering=build_answering(
            toolbox=RehearsalToolbox(database, tools, limits=limits, confirming=confirming)
        ),
    )
    ending = _build_ending(settings, profile)
    admission = _build_admission(settings, count, knowledge, jobs)
    others = OtherRuns(admission.run_id, database=database, budget_cap=get_budget_cap(settings))
    wire = build_wire(settings, database, secret_key=secret_key, run_id=admission.run_id)
    if wire is not None:
        live.tell_others = wire.tell
        others.tell_others = wire.tell if wire.is_prompt else None
    engine = ChatEngine(
        database=database,
        admission=admission,
        answering=answering,
        ending=ending,
        bell=live,
        confirming=confirming,
        others=others,
    )
    presence = build_presence(settings, database)
    takeover = build_takeover(settings, database, live, engine)
    reminders = Reminders(database=database, after_minutes=settings.escalation_remind_minutes)
    summary = build_daily_summary(settings, database)
    desk = KnowledgeDesk(database=database, bell=live, telling=telling, book=book)
    actions = None
    if access_values:
        actions = build_actions(
            settings, secret_key, database, build_effects(database, takeover, desk)
        )
    outbox = Outbox(
        database=database,
        channels=channels,
        values=OutboxValues(gathering=GatheringValues(quiet_hours=build_quiet_hours(settings))),
        links=actions,
    )
    privacy = build_privacy(
        settings, database, engine, live, forget=count.cache_clear, confirming=confirming
    )
    mailer = build_mailer(settings, profile, database, outbox, confirming)
    return Services(
        profile=profile,
        database=database,
        lock=lock,
        answering=answering,
        engine=engine,
        chat=VisitorChat(
            _build_visitor_values(settings, profile),
            database=database,
            engine=engine,
            ending=ending,
            bell=live,
            presence=presence,
            telling=telling,
            addresses=AddressHashes(),
            limits=limits,
            confirming=confirming,
        ),
        ending=ending,
        book=book,
        live=live,
        outbox=outbox,
        privacy=privacy,
        mailer=mailer,
        calls=calls,
        background=Background(
            database=database,
            engine=engine,
            outbox=outbox,
            privacy=privacy,
            mailer=mailer,
            session_timeout_minutes=settings.session_timeout_minutes,
            each_minute=(
                takeover.return_idle,
                reminders.remind,
                *([summary.sum_up] if summary else []),
            ),
        ),
        provider=provider,
        knowledge_desk=desk,
        exam=exam,
        takeover=takeover,
        presence=presence,
        contacts=ContactDesk(database=database, zone=parse_zone(settings.time_zone)),
        fit=fit,
        context=ContextReader(
            ContextLimits(settings.profile_tokens, settings.job_tokens, settings.history_tokens),
            database=database,
            admission=admission,
            knowledge=knowledge,
            count=count,
        ),
        meaning=meaning,
        tailor=TailorDesk(
            database=database, knowledge=knowledge, fit=fit, links=fit_links, wording=wording
        ),
        inbox=InboxDesk(
            database=database,
            bell=live,
            takeover=takeover,
            presence=presence,
            zone=parse_zone(settings.time_zone),
        ),
        actions=actions,
        access=OwnerAccess(access_values, database=database, addresses=counted)
        if access_values
        else None,
        limits=limits,
        confirming=confirming,
        budget_cap=get_budget_cap(settings),
        wire=wire,
        copies=copies,
        is_disk_lost=is_disk_lost(settings),
        notes=(*build_notes(settings, profile), *notes),
    )


def _build_admission(
    settings: Settings,
    count: CountTokens,
    knowledge: KnowledgeNow,
    jobs: JobReader,
) -> Admission:
    values = AdmissionValues(
        history_messages=settings.history_messages,
        history_tokens=settings.history_tokens,
        budget_cap=get_budget_cap(settings),
    )
    return Admission(values, count=count, knowledge=knowledge, jobs=jobs)


def _build_ending(settings: Settings, profile: Profile) -> Ending:
    values = EndingValues(
        owner_first_name=profile.first_name,
        escalation_confidence=settings.escalation_confidence,
        budget_cap=get_budget_cap(settings),
    )
    return Ending(values)


def _build_visitor_values(settings: Settings, profile: Profile) -> VisitorValues:
    return VisitorValues(
        owner_first_name=profile.first_name,
        session_timeout_minutes=settings.session_timeout_minutes,
        is_limited=not has_provider(settings),
    )


def _build_answering(
    settings: Settings,
    *,
    knowledge: KnowledgeNow,
    database: Database,
    prices: Prices,
    count: CountTokens,
    provider: Provider | None,
    meaning: Meaning | None,
    toolbox: Toolbox,
    sheet_path: Callable[[uuid.UUID], str],
    wording: Wording | None,
    fit: FitDesk | None = None,
) -> Answering:
    model = None
    if provider is not None:
        model = ModelAnswer(
            ModelValues(
                models=_list_models(settings),
                base_url=settings.openai_base_url,
                temperature=settings.temperature,
                max_answer_tokens=settings.max_answer_tokens,
                profile_tokens=settings.profile_tokens,
                budget_cap=get_budget_cap(settings),
            ),
            toolbox=toolbox,
            database=database,
            prices=prices,
            count=count,
            provider=provider,
            meaning=meaning,
        )
    values = AnsweringValues(
        owner_first_name=knowledge.latest.profile.first_name,
        max_turns_in_flight=settings.max_turns_in_flight,
    )
    return Answering(
        values,
        knowledge=knowledge,
        toolbox=toolbox,
        model=model,
        sheet_path=sheet_path,
        wording=wording,
        fit=fit,
    )


def _build_wording(
    settings: Settings,
    database: Database,
    prices: Prices,
    count: CountTokens,
    provider: Provider | None,
) -> Wording | None:
    if provider is None:
        return None
    url, models = settings.openai_base_url, _list_models(settings)
    values = WordingValues(
        prices={model: prices.price_of(model, url) for model in models},
        budget_cap=get_budget_cap(settings),
    )
    return Wording(values, provider=provider, database=database, count=count)


def _list_models(settings: Settings) -> tuple[str, ...]:
    models = (settings.openai_model, settings.openai_fallback_model)
    return tuple(model for model in models if model)
