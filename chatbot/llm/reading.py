"""One reply, read to its end within its time limits."""

from chatbot.llm.connection import ReplyBytes
from chatbot.llm.deadline import Timing, TurnDeadline
from chatbot.llm.faults import AttemptFailed, Remedy, from_error_event
from chatbot.llm.rounds import ModelToolCall
from chatbot.llm.stream import BadReply, ErrorReply, Reply


class Patience:
    """How long one request may wait: `share_seconds` for its first output, then gap by gap."""

    def __init__(self, timing: Timing, deadline: TurnDeadline, share_seconds: float) -> None:
        self._gap = timing.gap_seconds
        self._deadline = deadline
        self._share_ends = deadline.remaining() - share_seconds

    def limit(self, *, has_output: bool) -> float:
        """Seconds that the next wait may take."""
        left = self._deadline.remaining()
        return min(self._gap, left if has_output else max(0.0, left - self._share_ends))


class ReplyReader:
    """Turns the bytes of one reply into text; raises AttemptFailed when something is wrong."""

    def __init__(
        self, source: ReplyBytes, patience: Patience, *, model: str, timing: Timing
    ) -> None:
        self._source = source
        self._patience = patience
        self._model = model
        self._timing = timing
        self._at_end = False
        try:
            self.reply = Reply(source.content_type)
        except BadReply as error:
            raise AttemptFailed(str(error)) from None

    async def next_text(self) -> str | None:
        """The text of the next piece, often empty; None at the end of the reply."""
        if self._at_end or self.reply.is_done:
            return None
        try:
            return await self._read_piece()
        except AttemptFailed:
            if self.reply.finish_reason is None:
                raise
            # The answer itself is complete; all that is missing is its usage.
            return None
        except BadReply as error:
            raise AttemptFailed(str(error)) from None
        except ErrorReply as error:
            raise from_error_event(self._model, error.error, self._timing) from None

    async def finish(self) -> list[ModelToolCall]:
        """Checks that the answer is complete and returns its tool calls."""
        reply = self.reply
        if reply.finish_reason is None:
            raise AttemptFailed("the answer ended without a finish reason")
        if reply.is_done and not self._at_end:
            await self._source.drain()
        calls = reply.list_tool_calls()
        if reply.has_text or calls or reply.finish_reason == "content_filter":
            return calls
        if reply.finish_reason == "length":
            raise AttemptFailed(
                "no text within the answer's tokens", Remedy.NEXT_MODEL, counts=False,
                usage=reply.usage, owner_action=f"{self._model} used up MAX_ANSWER_TOKENS before "
                "it wrote an answer. Raise MAX_ANSWER_TOKENS or choose another OPENAI_MODEL.",
            )  # fmt: skip
        raise AttemptFailed("an empty answer", usage=reply.usage)

    async def _read_piece(self) -> str:
        reply = self.reply
        limit = self._patience.limit(has_output=reply.has_output)
        if reply.finish_reason is not None:
            limit = min(limit, self._timing.usage_wait_seconds)
        gather = reply.has_output and reply.finish_reason is None
        piece = await self._source.read(limit, gather=gather)
        self._at_end = piece is None
        return reply.finish() if piece is None else reply.feed(piece)
