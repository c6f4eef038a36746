"""What a clause may not say although its words are known: the contrary, or another's deed."""

import re
from collections.abc import Iterable

from chatbot.knowledge.evidence_index import RecordIndex
from chatbot.knowledge.evidence_lines import FROM_TO, are_like, is_reversed
from chatbot.knowledge.evidence_reading import Reading
from chatbot.knowledge.evidence_support import Support
from chatbot.knowledge.evidence_words import NEGATIONS, light_stems
from chatbot.knowledge.words import content_stems, stem

_WHEN = re.compile(r"(?i)\s*(?:when|if|while|unless|whether)\b")
_REFUSING = frozenset(
    "refuse refuses refused dislike dislikes disliked hate hates avoid avoids rejects unwilling"
    " incapable".split()
)
_NO_WORDS = frozenset(map(stem, NEGATIONS))


class Contradictions:
    """Finds what speaks against a clause in the records of one profile."""

    def __init__(self, index: RecordIndex, support: Support) -> None:
        self._index = index
        self._support = support

    def is_of_another(self, reading: Reading, own: Iterable[int]) -> bool:
        """Whether plain words retell a line of another record than the one spoken of."""
        softs = set(reading.softs)
        if len(softs) < 3:
            return False
        records = [self._index.records[number] for number in own]
        lines = [line for record in records for line in (record.head, *record.lines)]
        is_own = sum(are_like(soft, *lines) for soft in softs) >= 0.5 * len(softs)
        return not is_own and self._says_any_line(reading)

    def retells_another(self, reading: Reading, found: set[int]) -> bool:
        """Whether a line of another record says all of these plain words and none of these does."""
        softs = set(reading.softs)
        if len(softs) < 3 or reading.numbers:
            return False
        best, elsewhere = 0, False
        for record in self._index.records:
            for line in (record.head, *record.lines):
                if record.number in found:
                    best = max(best, len(softs & line.stems))
                else:
                    elsewhere = elsewhere or softs <= line.stems
        return elsewhere and best < 0.7 * len(softs)

    def contradicts(self, reading: Reading) -> bool:
        """Whether plain words deny what a line says, or say what it denies."""
        if self._says_any_line(reading, denied=not reading.negated):
            return True
        firm = set(reading.softs) - light_stems()
        told = [
            line for r in self._index.records for line in r.lines if firm and firm <= line.stems
        ]
        return (
            bool(told)
            and not reading.negated
            and all(self._support.denies(line, reading) for line in told)
        )

    def denies_plainly(self, reading: Reading, text: str) -> bool:
        """Whether a clause without a telling word denies what a line says: "never on call"."""
        is_plain = not (reading.claims or reading.softs) and not _WHEN.match(text)
        if not reading.negated or not is_plain:
            return False
        if "never" not in reading.words:
            # "Refuses to be on call" needs a line that denies; "not" may be no more than tone.
            return bool(_REFUSING.intersection(reading.words))
        said = set(content_stems(text, ignored=self._index.owner_words)) - _NO_WORDS
        if {stem("finish"), stem("complete")} & said:
            return True
        return bool(said) and any(
            said <= set(content_stems(line.text)) and not line.reading.negated
            for record in self._index.records
            for line in record.lines
        )

    def turns_round(self, reading: Reading, text: str) -> bool:
        """Whether "from A to B" is told the other way round wherever both are told of."""
        if FROM_TO.search(text.lower()) is None:
            return False
        lines = [line for r in self._index.records for line in (r.head, *r.lines)]
        return is_reversed(reading, lines, text.lower())

    def _says_any_line(self, reading: Reading, *, denied: bool = False) -> bool:
        """Whether some line says nearly all of these plain words or, with `denied`, denies them."""
        softs = set(reading.softs)
        return len(softs) > 1 and any(
            len(softs & (line.stems | record.head.stems)) >= 0.7 * len(softs)
            and (not denied or self._support.denies(line, reading))
            for record in self._index.records
            for line in record.lines
            if line.reading.negated is denied
        )
