import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chatbot.errors import InvalidInput, StartupError
from chatbot.people.channels import SendResult
from chatbot.people.confirming import Confirming, SafeCopies
from chatbot.people.mail import Mailer, MailerValues, add_email
from chatbot.people.mail_channel import Letter, MailChannel, open_mail_channel
from chatbot.storage.database import Database
from chatbot.storage.models import EmailMessage, Table
from tests.people.test_outbox import BUSY, DOWN, SENT, Clock

RESEND = "resend://re_canary123:me@example.org"
SERVICES = [
    RESEND,
    "sendgrid://SG.canary:me@example.org/other@example.org",
    "mailgun://me@example.org/1234567890abcdef-12345678-12345678",
    "brevo://xkeysib-canary:me@example.org",
    "smtp2go://me@example.org/api-canary1234567890",
    "sparkpost://me@example.org/canary1234567890abcdef",
    "mailersend://canary:me@example.org",
    "mailtos://me:canary@smtp.example.org?from=me@example.org",
]
VALUES = MailerValues(owner_name="Mira Voss", page_url="https://mira.example")


class MailService:
    """A loopback server that takes what a mail service takes: JSON with the letter in it."""

    def __init__(self) -> None:
        self.letters: list[dict] = []
        self.refusals: list[int] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = service.refusals.pop(0) if service.refusals else 200
                if status == 200:
                    service.letters.append(json.loads(body))
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/emails"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mail_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailService]:
    from apprise.plugins.resend import NotifyResend

    service = MailService()
    monkeypatch.setattr(NotifyResend, "notify_url", service.url)
    yield service
    service.close()


class Way:
    """Answers as it is told, the last answer for ever, and keeps what it took."""

    def __init__(self, *answers: SendResult) -> None:
        self.answers = list(answers or [SENT])
        self.taken: list[Letter] = []
        self.tries = 0

    async def send(self, letter: Letter) -> SendResult:
        self.tries += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.is_sent:
            self.taken.append(letter)
        return answer


def write(database: Database, **values: object) -> bool:
    letter = {"email": "ana@example.com", "subject": "Your call", "text": "At ten."} | values
    return database.write_now(lambda session: add_email(session, **letter))


def start(
    database: Database, way: Way | MailChannel | None, copies: SafeCopies | None = None
) -> tuple[Mailer, Clock]:
    clock = Clock()
    clock.pass_by(seconds=1)
    confirming = Confirming(database, copies)
    mailer = Mailer(
        database=database, channel=way, values=VALUES, confirming=confirming, clock=clock
    )
    return mailer, clock


def rows(database: Database, table: type[Table] = EmailMessage) -> list:
    from sqlmodel import select

    return database.read_now(lambda session: session.exec(select(table)).all())


async def test_a_letter_is_sent_once_and_its_content_is_not_kept(database: Database):
    assert write(database, dedupe_key="call-1", file_name="call.ics", file_text="BEGIN")
    assert not write(database, dedupe_key="call-1")
    way = Way()
    mailer, clock = start(database, way)
    assert await mailer.deliver_due() == 1
    clock.pass_by(hours=30)
    assert await mailer.deliver_due() == 0
    [letter] = way.taken
    assert (letter.email, letter.subject, letter.file_text) == (
        "ana@example.com",
        "Your call",
        "BEGIN",
    )
    assert letter.text.startswith("At ten.\n\n--\nYou get this because")
    assert "Mira Voss (https://mira.example)" in letter.text
    [row] = rows(database)
    assert (row.status, row.text, row.file_text) == ("sent", "", None)


async def test_a_letter_goes_when_a_copy_has_what_it_tells_of(sqlite_database: Database):
    class Copies:
        def __init__(self) -> None:
            self.asked, self.has_all = asyncio.Event(), asyncio.Event()

        async def confirm(self, seconds: float) -> bool:
            self.asked.set()
            await self.has_all.wait()
            return seconds > 0

    way, copies = Way(), Copies()
    mailer, _ = start(sqlite_database, way, copies)
    write(sqlite_database)
    sending = asyncio.create_task(mailer.deliver_due())
    await asyncio.wait_for(copies.asked.wait(), 10)
    assert (way.tries, sending.done()) == (0, False)
    copies.has_all.set()
    assert await sending == 1
    assert [letter.email for letter in way.taken] == ["ana@example.com"]


async def test_a_service_that_is_down_or_busy_is_asked_again(sqlite_database: Database):
    write(sqlite_database)
    way = Way(DOWN, BUSY, SENT)
    mailer, clock = start(sqlite_database, way)
    await mailer.deliver_due()
    assert rows(sqlite_database)[0].last_error == "Not reached"
    for _ in range(60):
        clock.pass_by(seconds=5)
        await mailer.deliver_due()
    assert (way.tries, len(way.taken)) == (3, 1)
    assert rows(sqlite_database)[0].last_error is None


async def test_after_a_day_it_is_given_up_and_the_owner_can_see_why(sqlite_database: Database):
    write(sqlite_database)
    way = Way(DOWN)
    mailer, clock = start(sqlite_database, way)
    for _ in range(26 * 12):
        await mailer.deliver_due()
        clock.pass_by(minutes=5)
    [row] = rows(sqlite_database)
    assert (row.status, row.last_error, row.text) == ("failed", "Not reached", "")
    assert 20 <= way.tries <= 45


async def test_without_a_service_nothing_waits_for_one(database: Database):
    write(database)
    mailer, _ = start(database, None)
    assert not mailer.is_set_up
    await mailer.deliver_due()
    assert [row.status for row in rows(database)] == ["skipped"]


async def test_what_a_dead_run_was_sending_is_taken_over(database: Database):
    write(database)
    dying, clock = start(database, Way())
    assert await dying._claim(rows(database)[0].id)
    way = Way()
    heir, _ = start(database, way)
    assert await heir.deliver_due() == 0
    await heir.take_over()
    assert await heir.deliver_due() == 1
    assert len(way.taken) == 1


async def test_a_letter_that_breaks_the_service_is_a_failure(sqlite_database: Database):
    class Broken(Way):
        async def send(self, letter: Letter) -> SendResult:
            raise ValueError(letter.text)

    write(sqlite_database)
    mailer, _ = start(sqlite_database, Broken())
    await mailer.deliver_due()
    assert rows(sqlite_database)[0].last_error == "Failed inside: ValueError"


@pytest.mark.parametrize(
    "email",
    ["ana@example.com\nBcc: all@example.com", "a@example.com,b@example.com", "not an address", ""],
)
def test_only_one_real_address_is_written_to(sqlite_database: Database, email: str):
    with pytest.raises(InvalidInput):
        write(sqlite_database, email=email)
    assert rows(sqlite_database) == []


def test_a_subject_is_one_line_and_a_file_name_harmless(sqlite_database: Database):
    write(sqlite_database, subject="Call\r\nBcc: x@y.com\u2028Z", file_name='../a\r\nb".ics')
    [row] = rows(sqlite_database)
    assert row.subject == "Call Bcc: x@y.com Z"
    assert row.file_name == "..-a-b-.ics"


async def test_the_service_is_given_one_recipient_plain_text_and_the_file(
    mail_service: MailService,
):
    channel = open_mail_channel(RESEND)
    letter = Letter(
        "ana@example.com", "Call <b>", "Hello <b>Ana</b> \\n {{x}}", "call.ics", "BEGIN:VCALENDAR"
    )
    assert (await channel.send(letter)).is_sent
    [sent] = mail_service.letters
    assert sent["to"] == "ana@example.com" or sent["to"] == ["ana@example.com"]
    assert sent["text"] == "Hello <b>Ana</b> \\n {{x}}"
    assert "html" not in sent
    assert sent["subject"] == "Call <b>"
    [file] = sent["attachments"]
    assert file["filename"] == "call.ics"
    assert base64.b64decode(file["content"]) == b"BEGIN:VCALENDAR"


async def test_what_the_service_answers_is_told_without_the_key(mail_service: MailService):
    mail_service.refusals = [429, 422]
    channel = open_mail_channel(RESEND)
    letter = Letter("ana@example.com", "A", "B")
    busy, refused = [await channel.send(letter) for _ in range(2)]
    assert (busy.is_sent, busy.retry_after) == (False, 60.0)
    assert refused.error.startswith("Answered 422")
    assert "canary" not in f"{busy}{refused}"


@pytest.mark.parametrize("url", SERVICES)
def test_every_mail_service_takes_another_recipient_for_each_letter(url: str):
    channel = open_mail_channel(url)
    for email in ("ana@example.com", "o'neil+x@example.co.uk"):
        [target] = channel._open(email).targets
        assert target in (email, (False, email))


@pytest.mark.parametrize(
    "url", ["json://localhost/canary", "tgram://123456789:canary_abcdefg/1", "nonsense://canary"]
)
def test_an_address_that_is_no_mail_service_stops_the_start_unseen(url: str):
    with pytest.raises(StartupError, match=r"^EMAIL_URL ") as stopped:
        open_mail_channel(url)
    assert "canary" not in str(stopped.value)


def test_a_space_lets_no_smtp_out():
    with pytest.raises(StartupError, match="Space"):
        open_mail_channel("mailto://me:secret@example.org", lets_smtp_out=False)
    assert open_mail_channel(None) is None
