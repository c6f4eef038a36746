"""The openai client, and the bytes of one streamed reply with a time limit on every read."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from chatbot.llm.deadline import Timing
from chatbot.llm.faults import AttemptFailed, Remedy, from_status
from chatbot.llm.rounds import ProviderValues

if TYPE_CHECKING:
    import httpx2
    import openai

OPENAI_BASE_URL = "https://api.openai.com/v1"
# A read that took longer waited for the network; a shorter one found its bytes in the buffer.
WAITED_SECONDS = 0.0005


class Connection:
    """One openai client with its pool of connections, made on first use."""

    def __init__(self, values: ProviderValues, timing: Timing) -> None:
        self._values = values
        self._timing = timing
        self._lock = threading.Lock()
        self._client: openai.AsyncOpenAI | None = None

    def warm_up(self) -> None:
        """Imports the package and makes the client, about one second; safe in any thread."""
        with self._lock:
            if self._client is None:
                self._client = self._make_client()

    async def open(self, body: dict[str, Any], limit_seconds: float) -> "ReplyBytes":
        """Sends a request and returns its reply once the headers are there.

        Raises AttemptFailed for everything that prevents it, a time-out after `limit_seconds`
        included.
        """
        model = str(body["model"])
        if self._client is None:
            await asyncio.to_thread(self.warm_up)
        assert self._client is not None
        # The typed arguments of create() cost 7 ms for 40 messages; extra_body goes out as it is.
        create = self._client.chat.completions.with_raw_response.create
        rest = {name: value for name, value in body.items() if name not in ("model", "stream")}
        try:
            async with asyncio.timeout(limit_seconds):
                raw = await create(model=model, messages=[], stream=True, extra_body=rest)
        except foreign_errors() as error:
            # Without its cause: the provider's words can hold pieces of the key.
            raise translate(error, model, self._timing, limit_seconds) from None
        return ReplyBytes(raw.http_response, model, self._timing)

    async def embed(self, model: str, texts: Sequence[str], limit_seconds: float) -> Any:
        """The JSON that the embeddings endpoint answers, as it came.

        Raises AttemptFailed like `open`, also for a reply that is no JSON.
        """
        if self._client is None:
            await asyncio.to_thread(self.warm_up)
        assert self._client is not None
        create = self._client.embeddings.with_raw_response.create
        try:
            async with asyncio.timeout(limit_seconds):
                # Not base64, which the package would ask for: not every server has it.
                raw = await create(model=model, input=list(texts), encoding_format="float")
                return json.loads(raw.content)
        except foreign_errors() as error:
            raise translate(error, model, self._timing, limit_seconds) from None
        except ValueError:
            raise AttemptFailed("the reply is no JSON") from None

    async def close(self) -> None:
        """Closes all connections; the next request opens them again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _make_client(self) -> "openai.AsyncOpenAI":
        import httpx2
        import openai

        timing = self._timing
        client = openai.AsyncOpenAI(
            # Local servers take any key, but the header must not be empty.
            api_key=self._values.api_key or "none",
            base_url=self._values.base_url or OPENAI_BASE_URL,
            timeout=httpx2.Timeout(timing.gap_seconds, connect=timing.connect_seconds),
            max_retries=0,
        )
        # Reading the attribute imports the package's request modules, which takes 40 ms.
        _ = client.chat.completions.with_raw_response
        return client


class ReplyBytes:
    """The body of one reply, piece by piece."""

    def __init__(self, response: "httpx2.Response", model: str, timing: Timing) -> None:
        self.content_type: str = response.headers.get("content-type", "")
        self._response = response
        self._model = model
        self._timing = timing
        self._pieces: AsyncIterator[bytes] = response.aiter_bytes()
        self._waited = False

    async def read(self, limit_seconds: float, *, gather: bool = False) -> bytes | None:
        """The next piece, or None at the end. With `gather`, lets some pieces come in first.

        Raises AttemptFailed when the connection breaks or brings nothing for `limit_seconds`.
        """
        if gather and self._waited:
            await asyncio.sleep(min(self._timing.gather_seconds, limit_seconds))
        started = time.perf_counter()
        try:
            async with asyncio.timeout(limit_seconds):
                piece = await anext(self._pieces, None)
        except foreign_errors() as error:
            raise translate(error, self._model, self._timing, limit_seconds) from None
        self._waited = time.perf_counter() - started > WAITED_SECONDS
        return piece

    async def drain(self) -> None:
        """Reads what little is left: only a body read to its end leaves a connection to reuse."""
        with contextlib.suppress(AttemptFailed):
            while await self.read(self._timing.drain_seconds) is not None:
                pass

    async def aclose(self) -> None:
        """Gives the connection back, or closes it when the body was not read to its end."""
        await self._response.aclose()


def foreign_errors() -> tuple[type[Exception], ...]:
    """Everything that a request may raise: the package, its HTTP client, time, and bad headers."""
    import httpx2
    import openai

    return (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, UnicodeError)


def translate(error: Exception, model: str, timing: Timing, limit_seconds: float) -> AttemptFailed:
    """The failure that a foreign error stands for, of a wait that might take `limit_seconds`."""
    import httpx2
    import openai

    if isinstance(error, openai.APIStatusError):
        return from_status(
            model, status=error.status_code, error=error.body, headers=error.response.headers,
            timing=timing,
        )  # fmt: skip
    if isinstance(error, UnicodeError):
        return _from_unicode_error(error)
    if isinstance(error, (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException)):
        sent = not isinstance(error.__cause__, (httpx2.ConnectTimeout, httpx2.PoolTimeout))
        counts = limit_seconds >= timing.fair_wait_seconds
        return AttemptFailed("no answer in time", timed_out=True, sent=sent, counts=counts)
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
    sent = not isinstance(cause, (httpx2.ConnectError, httpx2.UnsupportedProtocol))
    return AttemptFailed(f"connection failed ({type(cause).__name__})", sent=sent)


def _from_unicode_error(error: UnicodeError) -> AttemptFailed:
    if isinstance(error, UnicodeEncodeError) and error.encoding == "ascii":
        action = "OPENAI_API_KEY holds a character that no key has. Copy the key again."
        return AttemptFailed(
            "the key is not ASCII", Remedy.NEXT_MODEL, action, counts=False, sent=False
        )
    reason = "the messages are not valid Unicode"
    return AttemptFailed(reason, Remedy.NEXT_MODEL, counts=False, sent=False)
