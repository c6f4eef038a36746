import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from chatbot.logs import log_context, set_up_logging
from chatbot.storage.database import Database
from chatbot.storage.models import Contact
from tests.fakes import Visitor, make_settings, running_services

log = logging.getLogger("chatbot.test")
SECRETS = ("canary-\u00e9-1", "canary/2+x", "a")


@pytest.fixture
def lines() -> Iterator["Lines"]:
    root, own = logging.getLogger(), logging.getLogger("chatbot")
    before, hook = (list(root.handlers), root.level, own.level), sys.excepthook
    stream = Lines()
    # pytest's own handlers would be removed: it looks at them when the test is over.
    set_up_logging(level="debug", secrets=SECRETS, stream=stream)
    yield stream
    root.handlers[:], sys.excepthook = before[0], hook
    root.setLevel(before[1])
    own.setLevel(before[2])
    logging.captureWarnings(False)


class Lines(io.StringIO):
    """What was logged, as text and as objects."""

    @property
    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    @property
    def last(self) -> dict:
        return self.events[-1]


def test_a_line_says_when_how_bad_and_what(lines: Lines):
    log.info("saved %d rows", 3, extra={"ms": 12, "empty": None})
    assert lines.last.pop("time").endswith("+00:00")
    assert lines.last | {"time": ""} == {
        "time": "",
        "level": "info",
        "event": "saved 3 rows",
        "logger": "chatbot.test",
        "ms": 12,
    }


def test_ids_of_the_context_are_on_every_line_inside_it(lines: Lines):
    with log_context(turn_id="t1"), log_context(session_id="s1"):
        log.info("inside")
    log.info("outside")
    inside, outside = lines.events
    assert (inside["turn_id"], inside["session_id"]) == ("t1", "s1")
    assert "turn_id" not in outside


@pytest.mark.parametrize(
    "words",
    ["a\nb", 'x"}\r\n{"level": "critical"}', "\x1b[2J\x1b[31m", "\u2028\u2029\x85", "\u202eabc"],
)
def test_no_text_forges_a_line_or_a_colour(lines: Lines, words: str):
    log.info("said %s", words, extra={"field": words})
    log.error(words)
    assert len(lines.getvalue().splitlines()) == lines.getvalue().count("\n") == 2
    assert lines.getvalue().isascii()
    assert lines.getvalue().replace("\n", "").isprintable()
    assert lines.events[0]["field"] == words


@pytest.mark.parametrize("secret", [SECRETS[0], SECRETS[1], "canary%2F2%2Bx"])
def test_a_secret_is_never_shown(lines: Lines, secret: str):
    log.debug("key %s", secret, extra={"where": {"deep": [secret]}})
    try:
        raise ValueError(f"refused {secret}")
    except ValueError:
        log.exception("failed with %s", secret)
    assert "canary" not in lines.getvalue()
    assert lines.getvalue().count("***") == 4


def test_an_error_is_named_with_its_places_and_the_first_line_of_its_words(lines: Lines):
    def fail() -> None:
        raise ValueError("first\nsecond line with a value")

    try:
        try:
            fail()
        except ValueError as error:
            raise RuntimeError("outer") from error
    except RuntimeError:
        log.exception("failed")
    event = lines.last
    assert (event["error"], event["message"], event["cause"]["message"]) == (
        "RuntimeError",
        "outer",
        "first",
    )
    assert "test_logs.py" in event["cause"]["trace"][-1]
    assert "second" not in lines.getvalue()


def test_the_values_of_a_failed_statement_are_not_logged(lines: Lines, database: Database):
    row = {"email": "ana@example.com", "notes": "my words"}
    database.write_now(lambda session: session.add(Contact(**row)))
    with pytest.raises(IntegrityError) as caught:
        database.write_now(lambda session: session.add(Contact(**row)))
    log.error("failed", exc_info=caught.value)
    assert "my words" not in str(caught.value)
    assert lines.last["error"] == "IntegrityError"
    assert lines.last["message"]
    assert "my words" not in lines.getvalue()
    assert "ana@example.com" not in lines.getvalue()


def test_libraries_speak_from_warning_on(lines: Lines):
    for name in ("httpx", "urllib3.connectionpool", "apprise", "openai"):
        logging.getLogger(name).debug("a whole request")
        logging.getLogger(name).info("a whole address")
    logging.getLogger("asyncio").warning("a slow task")
    assert [event["event"] for event in lines.events] == ["a slow task"]


def test_a_crash_is_a_line_too(lines: Lines):
    try:
        raise RuntimeError("out")
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
    assert (lines.last["event"], lines.last["level"]) == ("program crashed", "critical")


async def test_every_line_of_a_turn_has_its_id_and_none_its_words(lines: Lines, sqlite_values):
    async with running_services(make_settings(sqlite_values, log_level="debug")) as services:
        visitor = await Visitor.arrive(services.chat)
        answer = await visitor.ask("Where did you study, xylophone?")
    ours = [event for event in lines.events if event.get("turn_id") == str(answer.id)]
    assert [event["event"] for event in ours] == ["turn started", "turn ended"]
    assert ours[-1]["status"] == "done"
    assert ours[-1]["ms"] >= 0
    assert "xylophone" not in lines.getvalue()
    assert answer.text[:20] not in lines.getvalue()
