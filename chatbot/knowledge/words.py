"""Text to stemmed words: the one reading of a text that retrieval, coverage and scope share."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from threading import Lock
from typing import Any

# Names such as C++, C#, .NET, Node.js, A/B and R&D are one word; Chinese, Japanese and Korean are
# written without spaces, so each of their characters is a word.
_TOKEN = re.compile(
    r"[a-z]\+\+|\b[acfj]#|(?<!\w)\.net\b|\b[a-z]{2,20}\.(?:js|io|ai|net)\b|\b[a-z][/&][a-z]\b"
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
_LONGEST_WORD = 40
# The stemmer keeps the word it works on in itself, and turns read texts in threads.
_stemming = Lock()
_POSSESSIVE = re.compile(r"['’]s\b")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")

QUESTION_WORDS = frozenset(
    """
    a about above across actually after again all also although always am an and another any anybody
    anyone anything anyway are arent around as ask asked at away back be became because been before
    being between both bring but by came can cannot cant come comes concerning could couldnt did
    didnt do does doesnt doing done dont down during each either else enough especially etc ever
    every everyone everything exactly explain far few first for from further gave general generally
    get gets getting give given gives go goes going gone good got had has hasnt have havent having
    he hed hello help her here hers herself hey hi him himself his how hows however i id if ill im
    in into is isnt it its itself ive just kind kindly know known knows last let lets like list
    little look looking lot made make makes making many may maybe me mean mention mentioned might
    more most much must my myself name need needs never nice no not nothing now of off often oh ok
    okay on once one ones only or other others our out over overall own particular perhaps please
    possible provide put quite rather really regarding right said same say says see seem seems seen
    shall she should show so some somebody someone something sort still such sure take talk tell
    than thank thanks that thats the their theirs them themselves then there theres these they thing
    things think this those though through to together too toward try type under until up upon us
    use used uses using very via want wanted wants was wasnt way we well went were what whats
    whatever when where wheres which while who whom whos whose why will with within without wont
    would wouldnt yes yet you your youre yours yourself youve
    describe details elaborate information interested hear curious learn discuss share walk
    """.split()
)


@cache
def _stemmer() -> Any:
    import snowballstemmer  # type: ignore[import-untyped]

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English Snowball stem of a lower-case word; words of other languages mostly stay."""
    if len(word) > _LONGEST_WORD:
        return word
    with _stemming:
        return str(_stemmer().stemWord(word))


def plain(text: str) -> str:
    """Lower case without accents, so that "Boğaziçi" and "bogazici" are one word."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    letters = (c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(letters))


def split_words(text: str) -> list[str]:
    """The words of a text in order, in plain form, unstemmed; "don't" is read as "dont"."""
    simple = _APOSTROPHE.sub("", _POSSESSIVE.sub("", plain(text)))
    return _TOKEN.findall(simple)


def split_stems(text: str) -> list[str]:
    """The stemmed words of a text in order, question words included."""
    return [stem(word) for word in split_words(text)]


def content_stems(text: str, *, ignored: Iterable[str] = ()) -> list[str]:
    """The stems that carry meaning: no question words, no single letters, none of `ignored`."""
    skip = {*QUESTION_WORDS, *ignored}
    return [stem(w) for w in split_words(text) if w not in skip and not _is_noise(w)]


def common_words(text: str) -> list[str]:
    """The words of a text that carry no meaning, in order: question words and single letters."""
    return [word for word in split_words(text) if word in QUESTION_WORDS or _is_noise(word)]


def _is_noise(word: str) -> bool:
    return len(word) == 1 and word.isascii() and word not in "cr"
