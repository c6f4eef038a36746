"""When a run that stepped down may lead again: the run that took over has died, say.

Who leads may ship nothing for hours, so silence alone proves nothing. After a while of it the
earlier run puts a claim into the store, greater than every other. A run that leads answers every
claim with an object; one that has not in good time is taken for dead. Should it be alive after all,
it sees the new leader's snapshot and steps down: what it has shipped by then is merged.
"""

import time
from collections.abc import Callable

from chatbot.storage.copies.objects import CLAIM, Codec, ObjectName, Writer, new_instance
from chatbot.storage.copies.stores import Store

QUIET_SECONDS = 60.0
ANSWER_SECONDS = 20.0
# A leader that has answered is asked less and less often.
LONGEST_QUIET = 3600.0
# A leader looks as often as we do, and may be about to look when the claim comes.
LOOKS_TO_ANSWER = 4


class Succession:
    """Watches the runs that are later than ours, from the moment at which we stepped down.

    `look_seconds` is how often a run looks at the store.
    """

    def __init__(
        self,
        store: Store,
        codec: Codec,
        *,
        look_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._codec = codec
        self._clock = clock
        self._quiet = max(QUIET_SECONDS, 2 * look_seconds)
        self._answer = max(ANSWER_SECONDS, LOOKS_TO_ANSWER * look_seconds)
        self._seen: set[ObjectName] = set()
        self._news_at = clock()
        self._claim: Writer | None = None
        self._claimed_at = 0.0

    def look(self, names: list[ObjectName], ours: Writer) -> Writer | None:
        """Whom we may lead as, once no later run shows a sign of life; None until then.

        Raises StoreError when a claim cannot be put.
        """
        now = self._clock()
        signs = {name for name in names if self._is_sign(name, ours)} - self._seen
        if signs:
            self._seen |= signs
            self._news_at = now
            if self._claim is not None:
                self._claim = None
                self._quiet = min(2 * self._quiet, LONGEST_QUIET)
        elif self._claim is not None:
            return self._claim if now - self._claimed_at > self._answer else None
        elif now - self._news_at > self._quiet:
            self._put_claim(names)
        return None

    def _is_sign(self, name: ObjectName, ours: Writer) -> bool:
        """Whether an object shows a later run alive; of two claims the greater one counts."""
        if name.kind == CLAIM:
            return name.writer > (self._claim or ours)
        return name.writer > ours

    def _put_claim(self, names: list[ObjectName]) -> None:
        writer = Writer(max(name.writer.epoch for name in names) + 1, new_instance())
        name = ObjectName(writer, 0, CLAIM)
        self._store.put(str(name), build_claim(self._codec, name))
        self._claim, self._claimed_at = writer, self._clock()


def build_claim(codec: Codec, name: ObjectName) -> bytes:
    """The content of a claim: that a run has begun, and when."""
    return codec.pack(name, [{"merged": {}, "at": time.time()}])
