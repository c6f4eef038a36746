"""What the program does without being asked, started and stopped with the server."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from sqlmodel import Session

from chatbot.engine.engine import ChatEngine
from chatbot.engine.other_runs import WATCH_SECONDS
from chatbot.errors import ChatbotError
from chatbot.people.mail import Mailer
from chatbot.people.outbox import Outbox
from chatbot.people.owner_sign_in import forget_old_tries
from chatbot.people.privacy import Privacy
from chatbot.people.sessions import end_idle_sessions
from chatbot.storage import leases
from chatbot.storage.database import Database
from chatbot.storage.models import utc_now

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
# A poll costs 0.1 % of a core, wakes for what other processes wrote too, and cannot miss a signal.
DELIVERY_SECONDS = 1.0
LEASE = "delivery"
LEASE_SECONDS = 10.0
RENEW_SECONDS = 3.0
AFTER_FAILURE_SECONDS = 5.0
# What was erased is to be unreadable within 60 s: this leaves room to try again twice.
PROMISES_SECONDS = 15.0
# A message that is being sent is waited for: cut off, it would be sent again after the restart.
STOP_SECONDS = 4.0


class Background:
    """Ends idle sessions and settles turns of dead runs once a minute, delivers notifications and
    e-mails, and erases what has been kept for long enough.


    `run_once` and `each_minute`, further work each apart from the others, may run in several
    processes at once: they change only rows that still need it.
    Of several processes the one that holds the lease does the rest.
    """

    def __init__(
        self,
        *,
        database: Database,
        engine: ChatEngine,
        outbox: Outbox,
        privacy: Privacy,
        mailer: Mailer,
        session_timeout_minutes: int,
        each_minute: Sequence[Callable[[], Awaitable[object]]] = (),
    ) -> None:
        self._database = database
        self._engine = engine
        self._outbox = outbox
        self._privacy = privacy
        self._mailer = mailer
        self._session_timeout_minutes = session_timeout_minutes
        self._each_minute = each_minute
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._leads_until = 0.0

    def start(self) -> None:
        """Begin, also again after `stop`."""
        self._stopping.clear()
        works: list[tuple[Callable[[], Awaitable[object]], float]] = [
            *((work, EVERY_SECONDS) for work in (self.run_once, *self._each_minute)),
            (self._renew_lease, RENEW_SECONDS),
            (self._deliver, DELIVERY_SECONDS),
            (self._keep_promises, PROMISES_SECONDS),
            (self._send_emails, DELIVERY_SECONDS),
        ]
        if not self._database.is_sqlite:
            works.append((self._engine.watch_runs, WATCH_SECONDS))
        self._tasks = [
            asyncio.create_task(self._repeat(work, seconds), name=f"background {_name(work)}")
            for work, seconds in works
        ]

    async def stop(self) -> None:
        """End all work; a notification that is on its way is waited for."""
        self._stopping.set()
        if not self._tasks:
            return
        _, running = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
        if self.is_leader:
            await self._give_up_lease()

    @property
    def is_leader(self) -> bool:
        """Whether this process may deliver, by its own clock."""
        return time.monotonic() < self._leads_until

    async def run_once(self) -> None:
        """One pass over the sessions, sign-in tries and turns that are due."""

        def work(session: Session) -> None:
            now = utc_now()
            end_idle_sessions(session, timeout_minutes=self._session_timeout_minutes, now=now)
            forget_old_tries(session, now=now)

        await self._database.write(work)
        await self._engine.settle_dead_turns()

    async def _renew_lease(self) -> None:
        begun, run_id = time.monotonic(), self._outbox.run_id
        is_ours = await self._database.write(
            lambda session: leases.take_lease(
                session, name=LEASE, holder=run_id, now=utc_now(), seconds=LEASE_SECONDS
            )
        )
        if is_ours and not self.is_leader:
            await self._outbox.take_over()
            await self._mailer.take_over()
        # Counted from before the write, so that we stop before another may begin.
        self._leads_until = begun + LEASE_SECONDS if is_ours else 0.0

    async def _deliver(self) -> None:
        if self.is_leader:
            await self._outbox.deliver_due(self._may_go_on)

    async def _send_emails(self) -> None:
        if self.is_leader:
            await self._mailer.deliver_due(self._may_go_on)

    def _may_go_on(self) -> bool:
        return self.is_leader and not self._stopping.is_set()

    async def _keep_promises(self) -> None:
        if self.is_leader:
            await self._privacy.keep_promises()

    async def _give_up_lease(self) -> None:
        run_id = self._outbox.run_id
        try:
            await self._database.write(
                lambda session: leases.give_up_lease(
                    session, name=LEASE, holder=run_id, now=utc_now()
                )
            )
        except ChatbotError as error:
            log.warning("lease not given up: %s", error)

    async def _repeat(self, work: Callable[[], Awaitable[object]], seconds: float) -> None:
        while not self._stopping.is_set():
            pause = seconds
            try:
                await work()
            except ChatbotError as error:
                pause = max(seconds, AFTER_FAILURE_SECONDS)
                log.warning("background work will be tried again: %s", error)
            except Exception:
                # One failed pass must not end the loop for the rest of the process's life.
                pause = max(seconds, AFTER_FAILURE_SECONDS)
                log.exception("background work failed")
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                continue


def _name(work: Callable[[], Awaitable[object]]) -> str:
    return getattr(work, "__qualname__", repr(work))
