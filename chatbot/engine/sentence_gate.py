"""Between the model and everybody else: lets through the sentences that the records support."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chatbot.events import Withheld
from chatbot.knowledge.evidence import AnswerCheck
from chatbot.knowledge.sentences import SentenceCutter

WITHHELD_NOTICE = (
    "I have left something out here, because it is not in {first}'s records. I have passed your "
    "question on to {first}."
)


@dataclass
class SentenceGate:
    """The gate of one answer; it counts the claims that it let through and those that it held."""

    check: AnswerCheck
    cutter: SentenceCutter = field(default_factory=SentenceCutter)
    supported: int = 0
    withheld: int = 0

    def feed(self, text: str) -> list[str | Withheld]:
        """What may be shown of the model's text by now, and what may not."""
        return self._judge(self.cutter.feed(text))

    def finish(self) -> list[str | Withheld]:
        """The rest, when the model says no more in this round."""
        return self._judge(self.cutter.finish())

    def _judge(self, sentences: Iterable[str]) -> list[str | Withheld]:
        passed: list[str | Withheld] = []
        for sentence in sentences:
            verdict = self.check.check(sentence)
            if verdict.supported:
                self.supported += verdict.claims
                passed.append(sentence)
                continue
            self.withheld += max(verdict.claims, 1)
            passed.append(Withheld(sentence.strip(), verdict.reason))
            ending = sentence[len(sentence.rstrip()) :]
            if "\n" in ending:
                # The line or list goes on: only its words are left out.
                passed.append(ending)
        return passed

    @property
    def share(self) -> float:
        """The part of the claims, 0..1, that the records support."""
        claims = self.supported + self.withheld
        return self.supported / claims if claims else 1.0
