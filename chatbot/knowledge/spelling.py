"""Which words of the profile a word may stand for that the profile lacks."""

from collections import defaultdict
from collections.abc import Collection
from os.path import commonprefix

_MISSPELT = 0.6
_KIN = 0.5
_SHORTEST_MISSPELT = 5
_LONGEST_MISSPELT = 30
_SHORTEST_START = 5
_LONGEST_END = 3
_SHORTEST_PART = 2
_SHORTEST_COMPOUND = 6


class WordFinder:
    """Finds the known stems near an unknown one; never changes, so safe among threads."""

    def __init__(self, stems: Collection[str]) -> None:
        self._stems = frozenset(stems)
        self._spellings: dict[str, set[str]] = defaultdict(set)
        self._starts: dict[str, list[str]] = defaultdict(list)
        for known in self._stems:
            for spelling in _spellings(known):
                self._spellings[spelling].add(known)
            if known.isalpha():
                self._starts[known[:_SHORTEST_START]].append(known)

    def find(self, stem: str) -> dict[str, float]:
        """The known stems that an unknown one may stand for, and how surely, 0..1.

        A slip of the pen ("hydrolgy") before a word of the same root ("primality", "prime") before
        two words written as one ("opensource").
        """
        near = {known for form in _spellings(stem) for known in self._spellings.get(form, ())}
        # Slips of the pen rarely hit a word's first letter: "married" is not "carried".
        slips = [known for known in near if known[0] == stem[0]]
        if slips:
            return dict.fromkeys(slips, _MISSPELT)
        return dict.fromkeys(self._kin(stem) or self._parts(stem), _KIN)

    def _kin(self, stem: str) -> list[str]:
        return [
            known
            for known in self._starts.get(stem[:_SHORTEST_START], ())
            if max(len(stem), len(known)) - len(commonprefix((stem, known))) <= _LONGEST_END
        ]

    def _parts(self, stem: str) -> tuple[str, ...]:
        if not _SHORTEST_COMPOUND <= len(stem) <= _LONGEST_MISSPELT:
            return ()
        for cut in range(_SHORTEST_PART, len(stem) - _SHORTEST_PART + 1):
            if stem[:cut] in self._stems and stem[cut:] in self._stems:
                return stem[:cut], stem[cut:]
        return ()


def _spellings(stem: str) -> set[str]:
    """The stem and each form with one letter left out: two words one slip apart share a form.

    The deletion index of the SymSpell algorithm (Garbe, https://github.com/wolfgarbe/SymSpell).
    """
    if not _SHORTEST_MISSPELT <= len(stem) <= _LONGEST_MISSPELT or not stem.isalpha():
        return set()
    return {stem, *(stem[:place] + stem[place + 1 :] for place in range(len(stem)))}
